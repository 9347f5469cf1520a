"""Finding what is wrong with an archive: rows against bytes and digests, sections against captures.

Idea: whatever is stored twice, or can be made again, is compared: the bytes with their hash, an
article with its digest, its sections with what the reader makes of the bytes today, the index with
the text (:mod:`archive.check_index`). Each part goes on where it can, and a part that cannot be
done at all is a finding itself.

Invariant: nothing is altered, least of all a damaged capture. A difference that is no damage (an
older reader, a table of others) is told as such.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from archive import capture as readers
from archive import check_index, check_schema, check_signatures, foreign, invariants, rows
from archive.capture import READER_VERSION
from archive.capture.parsed import Decoded, ParsedArticle
from archive.errors import ArchiveError, CaptureError
from archive.models import OF_CAPTURE, Article, Duplicate, Section
from archive.models import Capture as CaptureRow
from archive.reports import Finding, Progress
from archive.reread import kept, overruled
from archive.stored import portions

_MOST_MESSAGES = 100
"""How many faults SQLite names before it stops looking."""

_BATCH = 100

_NOT_READ = frozenset({"digest", "reader"})


class _Stored(NamedTuple):
    """An article as its rows say."""

    article: rows.Row
    sections: Sequence[rows.Row]

    def finding(self, check: str, reason: str, section: int | None = None) -> Finding:
        id_, key = self.article["id"], self.article["key"]
        return Finding(check, reason, article=id_, key=key, section=section)


def check(session: Session, *, fast: bool, progress: Progress) -> Iterator[Finding]:
    """Everything that is wrong with an archive, as far as it can be told.

    Args:
        session: a reading session whose statements may take long.
        fast: stop after the file, its captures and the digests of articles.
        progress: is told how far each part is.
    """
    parts: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("file", lambda: _file(session, progress, fast=fast)),
        ("file", lambda: check_schema.check(session)),
        ("file", lambda: _others(session)),
        ("foreign keys", lambda: _foreign_keys(session)),
        ("capture", lambda: _captures(session, progress)),
        ("article", lambda: _articles(session, progress)),
        ("article", lambda: _invariants(session)),
    ]
    if not fast:
        parts += [
            ("section", lambda: _readings(session, progress)),
            ("section", lambda: _duplicates(session, progress)),
            ("index", lambda: check_index.version(session)),
            ("index", lambda: check_index.structure(session, progress)),
            ("index", lambda: check_index.terms(session, progress)),
            ("index", lambda: check_index.side_table(session)),
            ("index", lambda: check_index.tokens(session, progress)),
            ("index", lambda: check_signatures.check(session, progress)),
        ]
    for name, part in parts:
        try:
            yield from part()
        except ArchiveError as error:
            yield Finding(name, f"cannot be checked to its end: {error.message}")
        except Exception as error:  # noqa: BLE001 - what damage makes of a row may raise anything
            yield Finding(name, f"cannot be checked to its end: {error!r}")


def _file(session: Session, progress: Progress, *, fast: bool) -> Iterator[Finding]:
    """What SQLite says of its pages, and of its own indexes unless it is to be fast."""
    progress("file", 0, 1)
    pragma = "quick_check" if fast else "integrity_check"
    said = session.connection().exec_driver_sql(f"PRAGMA main.{pragma}({_MOST_MESSAGES})")
    for (message,) in said.all():
        if message != "ok":
            said_of = (line for line in message.splitlines() if not line.startswith("***"))
            yield from (Finding("file", line) for line in said_of)


def _others(session: Session) -> Iterator[Finding]:
    """Triggers that stop writing, and what else is not ours."""
    connection = session.connection()
    for trigger in foreign.triggers(connection):
        yield Finding("file", f"{trigger}: no archive has one, and it stops writing")
    for note in foreign.notes(connection):
        yield Finding("file", note, damage=False)


def _foreign_keys(session: Session) -> Iterator[Finding]:
    broken = session.connection().exec_driver_sql("PRAGMA main.foreign_key_check")
    for table, row, parent, _ in broken:
        yield Finding("foreign keys", f"row {row} of {table} belongs to no {parent}")


def _ids(session: Session, column: InstrumentedAttribute[int]) -> "array[int]":
    return array("q", session.scalars(select(column).order_by(column)))


def _captures(session: Session, progress: Progress) -> Iterator[Finding]:
    """That the bytes have the hash and the length that they came with."""
    ids = _ids(session, CaptureRow.id)
    for done, id_ in enumerate(ids, 1):
        reason = _capture_fault(session, id_)
        if reason:
            article, key = _article_of(session, id_)
            yield Finding("capture", reason, article=article, key=key)
        progress("captures", done, len(ids))


def _capture_fault(session: Session, id_: int) -> str | None:
    try:
        hashed, frame, size = (
            session.connection()
            .exec_driver_sql("SELECT sha256, data, bytes FROM capture WHERE id = ?", (id_,))
            .one()
        )
        found, length = sha256(), 0
        for portion in portions(frame):
            found.update(portion)
            length += len(portion)
    except ArchiveError as error:
        return error.message
    if found.hexdigest() != hashed:
        return f"its bytes are not those that came: their SHA-256 is {found.hexdigest()}"
    if length != size:
        return f"it has {length:,} bytes, its row says {size!r}"
    return None


def _article_of(session: Session, capture: int) -> tuple[int | None, str | None]:
    found = session.execute(
        select(Article.id, Article.key).join(CaptureRow, OF_CAPTURE).where(CaptureRow.id == capture)
    ).first()
    return (found.id, found.key) if found else (None, None)


def _articles(session: Session, progress: Progress) -> Iterator[Finding]:
    """That rows say what was recovered when they were written: their digest."""
    for one in _stored(session, "articles", progress):
        if isinstance(one, Finding):
            yield one
            continue
        if one.article["digest"] not in rows.digests(*one):
            yield one.finding("article", "it was altered: its digest is another")


def _invariants(session: Session) -> Iterator[Finding]:
    """That the rows go together as those of every archive do."""
    for broken in invariants.broken(session):
        found = (
            _article_of(session, broken.id)
            if broken.table == "capture"
            else (broken.id, session.scalar(select(Article.key).where(Article.id == broken.id)))
        )
        article, key = found
        yield Finding(broken.table, str(broken), article=article, key=key)


def _stored(session: Session, doing: str, progress: Progress) -> Iterator[_Stored | Finding]:
    """Every article as its rows say; one whose rows cannot be read is a finding."""
    ids = _ids(session, Article.id)
    for start in range(0, len(ids), _BATCH):
        batch = list(ids[start : start + _BATCH])
        try:
            yield from _loaded(session, batch)
        except Exception:  # noqa: BLE001 - as in check(); one by one it is known which
            for id_ in batch:
                try:
                    yield from _loaded(session, [id_])
                except Exception as error:  # noqa: BLE001 - likewise
                    yield Finding("article", f"its rows cannot be read: {error}", article=id_)
        progress(doing, start + len(batch), len(ids))


def _loaded(session: Session, ids: list[int]) -> list[_Stored]:
    articles = session.execute(_ARTICLES, {"ids": ids}).all()
    sections: defaultdict[int, list[rows.Row]] = defaultdict(list)
    for section in session.execute(_SECTIONS, {"ids": ids}):
        sections[section.article_id].append(section._asdict())
    return [_Stored(article._asdict(), sections[article.id]) for article in articles]


_WANTED: BindParameter[list[int]] = bindparam("ids", expanding=True)
_ARTICLES = select(Article.__table__).where(Article.id.in_(_WANTED)).order_by(Article.id)
_SECTIONS = (
    select(Section.__table__)
    .where(Section.article_id.in_(_WANTED))
    .order_by(Section.article_id, Section.number)
)


def _readings(session: Session, progress: Progress) -> Iterator[Finding]:
    """That the reader makes of each capture what is stored, if it is the reader that made it."""
    others = Counter[int]()
    for one in _stored(session, "readings", progress):
        if isinstance(one, Finding):
            continue  # told with the articles
        if one.article["reader"] == READER_VERSION:
            yield from _reading(session, one)
        else:
            others[one.article["reader"]] += 1
    for reader, number in sorted(others.items()):
        reason = (
            f"{number:,} articles were read by reader {reader}, this program has {READER_VERSION}; "
            "archive db reread reads them anew"
        )
        yield Finding("section", reason, damage=False)


def _reading(session: Session, stored: _Stored) -> Iterator[Finding]:
    capture = stored.article["capture_id"]
    return _again(session, capture, stored.finding, partial(_differences, stored))


def _duplicates(session: Session, progress: Progress) -> Iterator[Finding]:
    """That the reader finds the same in each further capture, if it made the article."""
    ids = _ids(session, Duplicate.capture_id)
    for done, id_ in enumerate(ids, 1):
        found = session.execute(_DUPLICATED, {"capture": id_}).first()
        if found is not None and found.reader == READER_VERSION:
            yield from _duplicate(session, id_, _Stored(found._asdict(), ()))
        progress("duplicates", done, len(ids))


_DUPLICATED = (
    select(Article.id, Article.key, Article.identity, Article.reader)
    .join(Duplicate, Duplicate.article_id == Article.id)
    .where(Duplicate.capture_id == bindparam("capture"))
)


def _duplicate(session: Session, capture: int, stored: _Stored) -> Iterator[Finding]:
    def differences(_row: CaptureRow, _: Decoded, parsed: ParsedArticle) -> Iterator[Finding]:
        if rows.of_article(parsed)["identity"] != stored.article["identity"]:
            yield stored.finding("capture", f"its further capture {capture} says something else")

    return _again(session, capture, stored.finding, differences)


def _again(
    session: Session,
    capture: int,
    finding: Callable[[str, str], Finding],
    differences: Callable[[CaptureRow, Decoded, ParsedArticle], Iterator[Finding]],
) -> Iterator[Finding]:
    """Read a capture again, and tell what differs; that it cannot be read is a finding as well."""
    try:
        row = session.get_one(CaptureRow, capture, options=[undefer(CaptureRow.data)])
        yield from differences(row, *readers.read(kept(row), encoding=overruled(row)))
    except CaptureError as error:
        reason = f"it cannot be read again here: {error.message}"
        yield replace(finding("section", reason), damage=False)
    except Exception as error:  # noqa: BLE001 - as in check()
        yield finding("section", f"its capture cannot be read again: {error}")
    finally:
        session.expunge_all()


def _differences(
    stored: _Stored, row: CaptureRow, decoded: Decoded, parsed: ParsedArticle
) -> Iterator[Finding]:
    """What differs between the rows and what the capture says."""
    read: dict[str, Any] = rows.of_article(parsed)
    for name in sorted(read.keys() - _NOT_READ):
        if stored.article[name] != read[name]:
            yield stored.finding("article", f"its {name} is not what its capture says")
    of_capture = rows.of_decoding(decoded)
    if of_capture != {name: getattr(row, name) for name in of_capture}:
        yield stored.finding("capture", "its encoding is not what its bytes say")
    sections = {section["number"]: section for section in stored.sections}
    for number, section in enumerate(parsed.sections):
        found = sections.pop(number, None)
        if found is None:
            yield stored.finding("section", "its capture has this section, its rows do not", number)
            continue
        for name, value in rows.of_section(section).items():
            if found[name] != _listed(value):
                yield stored.finding("section", f"its {name} is not what its capture says", number)
    for number in sections:
        yield stored.finding("section", "its capture has no such section", number)


def _listed(value: Any) -> Any:  # noqa: ANN401 - a heading, a text, or spans
    """Spans as JSON gives them back: tuples are lists there."""
    if isinstance(value, list | tuple):
        return [_listed(one) for one in value]
    return value
