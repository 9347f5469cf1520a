"""Showing what a ref names, and listing what there is: rows → results.

Invariant: nothing here writes. What a listing shows comes from few columns; the stored text is
read only for the articles that are shown.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from archive import foreign, schema
from archive.errors import require
from archive.matching import listed
from archive.models import Article, Capture, Duplicate, Origin, Section, SectionIndexVersion
from archive.models import Failure as FailureRow
from archive.ref import KEY_DIGITS, Ref
from archive.resolve import chosen_sections, find
from archive.results import Article as ShownArticle
from archive.results import (
    CapturedFrom,
    CaptureFacts,
    Citation,
    DatabaseStatus,
    Failure,
    ListedArticle,
    ListedSection,
    Revision,
)
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


def revisions(session: Session, ref: Ref) -> list[Revision]:
    """The versions of the article that a ref names, the oldest first.

    One takes the place of another when it is stored, so their ids stand in the order of the chain.
    """
    earlier = select(Article.id).where(Article.id == find(session, ref).id).cte(recursive=True)
    earlier = earlier.union(select(Article.id).where(Article.superseded_by == earlier.c.id))
    chain = select(earlier.c.id).cte(recursive=True)
    later = select(Article.superseded_by).where(
        Article.id == chain.c.id, Article.superseded_by.is_not(None)
    )
    chain = chain.union(later)
    rows = (
        select(Article, Capture.ingested)
        .join(Capture, Article.capture_id == Capture.id)
        .where(Article.id.in_(select(chain.c.id)))
        .order_by(Article.id)
    )
    return [
        Revision(
            article=article.id,
            key=article.key,
            title=article.title,
            published=article.published,
            ingested=ingested,
            current=article.superseded_by is None,
        )
        for article, ingested in session.execute(rows)
    ]


CURRENT = Article.superseded_by.is_(None)
"""The condition that no newer version took an article's place."""

SORTS = {
    "id": (Article.id,),
    "newest": (Article.published.desc().nulls_last(), Article.id.desc()),
    "oldest": (Article.published.asc().nulls_last(), Article.id),
    "source": (Article.source.asc().nulls_last(), Article.id),
    "title": (Article.title, Article.id),
}
"""The orders of ``archive list``; ids break ties, so that pages never overlap."""


def articles(
    session: Session,
    conditions: Iterable[ColumnElement[bool]] = (),
    *,
    sort: str = "id",
    limit: int | None = None,
    offset: int = 0,
) -> list[ListedArticle]:
    """A page of the list of articles.

    Args:
        session: a reading session.
        conditions: what the articles must fulfil, from :mod:`archive.filters`.
        sort: one of :data:`SORTS`.
        limit: how many at the most; ``None`` for all.
        offset: how many to pass over first.

    Raises:
        UsageError: no such order.
    """
    require(sort, SORTS, "order")
    query = (
        select(
            Article.id,
            Article.key,
            Article.title,
            Article.published,
            Article.source,
            Article.channel,
            _section_count(),
        )
        .where(*conditions)
        .order_by(*SORTS[sort])
        .limit(limit)
        .offset(offset)
    )
    return [
        ListedArticle(id_, key, title, published, source, tuple(channel), sections)
        for id_, key, title, published, source, channel, sections in session.execute(query)
    ]


def _section_count() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Section.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )


def within(session: Session, ref: Ref) -> ColumnElement[bool]:
    """The condition that a section is one of those that a ref names."""
    chosen = chosen_sections(session, find(session, ref), ref)
    return Section.id.in_([section.id for section in chosen])


def sections(session: Session, conditions: Iterable[ColumnElement[bool]]) -> list[ListedSection]:
    """The sections that fulfil all conditions, in the order of articles and numbers."""
    query = (
        select(
            Article.id, Article.key, Section.number, Article.title, Section.heading, Section.text
        )
        .join(Article, Section.article_id == Article.id)
        .where(*conditions)
        .order_by(Article.id, Section.number)
    )
    return [
        ListedSection(
            article=id_,
            key=key,
            section=number,
            title=title,
            heading=heading,
            paragraphs=text.count("\n") + 1 if text else 0,
            characters=len(text),
        )
        for id_, key, number, title, heading, text in session.execute(query)
    ]


def ids(session: Session) -> list[int]:
    """The ids of all articles, superseded ones included, in their order."""
    return list(session.scalars(select(Article.id).order_by(Article.id)))


def failures(session: Session) -> list[Failure]:
    """What failed when it was last ingested, by path."""
    rows = session.scalars(select(FailureRow).order_by(FailureRow.path))
    return [Failure(row.path, row.reason, row.failed, row.tries) for row in rows]


def status(session: Session, path: Path) -> DatabaseStatus:
    """Counts, sizes and versions; sizes in bytes, text in characters."""
    connection = session.connection()
    page_size, pages, free = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_size", "page_count", "freelist_count")
    )
    return DatabaseStatus(
        path=str(path),
        schema=schema.current(connection) or "",
        index_rules=session.scalar(select(SectionIndexVersion.version)) or 0,
        captures=_total(session, func.count(Capture.id)),
        articles=_total(session, func.count(Article.id)),
        sections=_total(session, func.count(Section.id)),
        capture_bytes=_total(session, func.sum(Capture.bytes)),
        text_characters=_total(session, func.sum(func.length(Section.text))),
        file_bytes=page_size * pages,
        **_sizes(session, page_size * (pages - free)),
        free_bytes=page_size * free,
        foreign=tuple(foreign.strangers(connection)),
    )


_PARTS = {
    "captures_bytes": ("capture",),
    "text_bytes": ("article", "section"),
}


def _sizes(session: Session, used: int) -> dict[str, int]:
    """How many bytes each part of the file takes.

    SQLite tells by reading all pages, so this takes as long as reading the file.
    """
    sql = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name"
    tables: dict[str, int] = dict(session.connection().exec_driver_sql(sql).all())
    sizes = {part: sum(tables[name] for name in names) for part, names in _PARTS.items()}
    index = sum(size for name, size in tables.items() if name.startswith("section_index"))
    return {**sizes, "index_bytes": index, "other_bytes": used - sum(sizes.values()) - index}


def _total(session: Session, expression: ColumnElement[int]) -> int:
    return session.scalar(select(expression)) or 0
