"""Articles as they are shown and cited: rows → results, with their sections and their history.

Invariant: nothing here writes; the stored text is read only for the articles that are shown.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.listed import listed
from archive.models import Article, Capture, Duplicate, Origin, Section
from archive.ref import KEY_DIGITS, Ref
from archive.resolve import chosen_sections, find
from archive.results import Article as ShownArticle
from archive.results import CapturedFrom, CaptureFacts, Citation
from archive.results import Section as ShownSection


def quote_of(ref: Ref, sections: Sequence[Section]) -> str | None:
    """The characters that a range names; ``None`` for a ref without one."""
    return None if ref.start is None else sections[0].text[ref.start : ref.end]


def show(session: Session, ref: Ref) -> ShownArticle:
    """An article with the sections that a ref names, and the quote of a range."""
    article = find(session, ref)
    history = _history(session, [article.id])[article.id]
    return _shown_article(article, chosen_sections(session, article, ref), ref, history)


def whole(session: Session, ids: Sequence[int]) -> Iterator[ShownArticle]:
    """These articles with all their sections, in this order."""
    query = (
        select(Article)
        .where(Article.id.in_(listed(ids)))
        .options(
            joinedload(Article.capture).selectinload(Capture.origins),
            selectinload(Article.sections),
        )
    )
    found = {article.id: article for article in session.scalars(query)}
    history = _history(session, ids)
    for id_ in ids:
        article = found[id_]
        yield _shown_article(article, article.sections, Ref(article.key), history[id_])


class _History(NamedTuple):
    """Where an article came from, and which it revises."""

    origins: list[CapturedFrom]
    revises: int | None


def _shown_article(
    article: Article, sections: Sequence[Section], ref: Ref, history: _History
) -> ShownArticle:
    return ShownArticle(
        id=article.id,
        key=article.key,
        title=article.title,
        published=article.published,
        source=article.source,
        author=article.author,
        editor=article.editor,
        channel=tuple(article.channel),
        url=article.url,
        captions=tuple(article.captions),
        sections=tuple(shown(section) for section in sections),
        capture=facts(article.capture),
        quote=quote_of(ref, sections),
        original_title=article.original_title,
        anchor=str(ref.anchored(article.key)),
        reader=article.reader,
        origins=tuple(history.origins),
        revises=history.revises,
        superseded_by=article.superseded_by,
    )


def _history(session: Session, ids: Sequence[int]) -> dict[int, _History]:
    """The history of articles; of origins those of an article's own capture come first."""
    own = select(Article.id, Article.capture_id, literal(0).label("further"))
    further = select(Duplicate.article_id, Duplicate.capture_id, literal(1))
    captures = union_all(
        own.where(Article.id.in_(listed(ids))), further.where(Duplicate.article_id.in_(listed(ids)))
    ).subquery()
    older = select(Article.superseded_by, Article.id).where(Article.superseded_by.in_(listed(ids)))
    revised = {row[0]: row[1] for row in session.execute(older)}
    found = {id_: _History([], revised.get(id_)) for id_ in ids}
    rows = (
        select(captures.c.id, Capture.sha256, Origin.path, Capture.bytes, Capture.encoding)
        .join(Capture, Capture.id == captures.c.capture_id)
        .join(Origin, Origin.capture_id == Capture.id)
        .order_by(captures.c.further, Capture.id, Origin.id)
    )
    for id_, sha, path, size, encoding in session.execute(rows):
        found[id_].origins.append(CapturedFrom(sha[:KEY_DIGITS], path, size, encoding))
    return found


def shown(section: Section) -> ShownSection:
    """A section's row as it is shown; an empty section has no paragraph."""
    paragraphs = tuple(section.text.split("\n")) if section.text else ()
    return ShownSection(section.number, section.heading, paragraphs)


def facts(capture: Capture) -> CaptureFacts:
    """What is known of a capture; its path is the first it came from."""
    return CaptureFacts(
        sha256=capture.sha256,
        path=capture.origins[0].path,
        encoding=capture.encoding,
        bytes=capture.bytes,
        ingested=capture.ingested,
        encoding_evidence=capture.encoding_evidence,
        replaced=capture.replaced,
    )


def cite(session: Session, ref: Ref) -> Citation:
    """What is needed to cite the place that a ref names."""
    article = find(session, ref)
    sections = chosen_sections(session, article, ref)
    return Citation(
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        url=article.url,
        heading=sections[0].heading if ref.first is not None else None,
        quote=quote_of(ref, sections),
        anchor=str(ref.anchored(article.key)),
        accessed=article.capture.ingested[:10],
        reader=article.reader,
    )
