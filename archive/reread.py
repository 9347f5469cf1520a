"""Reading kept captures anew with the present reader: what changes, and which anchors move.

Invariant: an article keeps its id and key, and none is merged or split, not even where two now say
the same; the index is changed with the rows in one transaction. A capture that the present reader
refuses stays as it is, and says so.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from archive import capture as readers
from archive import index, rows, writing
from archive.capture.parsed import Capture, Decoded, ParsedArticle
from archive.errors import CaptureError
from archive.listed import listed
from archive.models import Article, Section
from archive.models import Capture as CaptureRow
from archive.ref import Ref
from archive.reports import Moved, Reread

_OVERRULED = "override"
"""The evidence of an encoding that the user insisted on; it is not looked for again."""


_DERIVED = frozenset({"digest", "identity", "story", "reader"})
"""Columns that tell of no change by themselves."""


class Paragraph(NamedTuple):
    """Where a paragraph of an article stands."""

    section: int
    start: int
    end: int


def kept(row: CaptureRow) -> Capture:
    """The capture that a row keeps, as it came first."""
    origin = row.origins[0]
    captured = datetime.fromisoformat(row.captured) if row.captured else None
    return Capture(row.data, origin.path, row.media_type, captured, origin.url)


def overruled(row: CaptureRow) -> str | None:
    """The encoding that the user insisted on when the capture came, if so."""
    return row.encoding if row.encoding_evidence == _OVERRULED else None


def reread(session: Session, article: Article, *, dry_run: bool) -> Reread:
    """Read one article's capture anew, and store what changed unless ``dry_run``."""
    row = article.capture
    try:
        decoded, parsed = readers.read(kept(row), encoding=overruled(row))
    except CaptureError as error:
        return Reread(article.id, article.key, article.title, (), (), error.message)
    changed = tuple(_changed(article, decoded, parsed))
    moved = tuple(_moved(article, parsed))
    if not dry_run:
        _store(session, article, decoded, parsed)
    return Reread(article.id, article.key, parsed.title, changed, moved)


def _changed(article: Article, decoded: Decoded, parsed: ParsedArticle) -> Iterator[str]:
    """The names of what reads otherwise than before."""
    values = rows.of_article(parsed)
    for name in values:
        if name not in _DERIVED and getattr(article, name) != values[name]:
            yield name
    if article.capture.encoding != decoded.encoding:
        yield "encoding"
    before = [(section.heading, section.text) for section in article.sections]
    after = [rows.of_section(section) for section in parsed.sections]
    if before != [(values["heading"], values["text"]) for values in after]:
        yield "sections"


def _moved(article: Article, parsed: ParsedArticle) -> Iterator[Moved]:
    """The paragraphs that no longer stand where their anchor says."""
    before = _places([section.text for section in article.sections])
    after = _places([rows.of_section(section)["text"] for section in parsed.sections])
    for text, places in before.items():
        new = after.get(text, [])
        stayed = set(places) & set(new)
        free = iter([place for place in new if place not in stayed])
        for place in places:
            if place not in stayed:
                target = next(free, None)
                yield Moved(
                    _anchor(article.key, place), _anchor(article.key, target) if target else None
                )


def _places(texts: list[str]) -> dict[str, list[Paragraph]]:
    """Where each paragraph stands, by its text."""
    found = defaultdict(list)
    for number, text in enumerate(texts):
        start = 0
        for paragraph in text.split("\n") if text else ():
            found[paragraph].append(Paragraph(number, start, start + len(paragraph)))
            start += len(paragraph) + 1
    return found


def _anchor(key: str, place: Paragraph) -> str:
    return str(Ref(key, place.section, start=place.start, end=place.end))


def _store(session: Session, article: Article, decoded: Decoded, parsed: ParsedArticle) -> None:
    index.take_out(session, writing.indexed(article))
    session.execute(update(Article).where(Article.id == article.id).values(rows.of_article(parsed)))
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.id == article.capture_id)
        .values(rows.of_decoding(decoded))
    )
    numbers = {section.number: section.id for section in article.sections}
    for number, section in enumerate(parsed.sections):
        values = rows.of_section(section)
        known = numbers.pop(number, None)
        if known is None:
            values |= {"article_id": article.id, "number": number}
            session.execute(insert(Section).values(values))
        else:
            session.execute(update(Section).where(Section.id == known).values(values))
    session.execute(delete(Section).where(Section.id.in_(listed(numbers.values()))))
    session.expire_all()
    index.put(session, writing.indexed(article))
