"""Listing what there is: rows → results.

Invariant: nothing here writes, and what a listing shows comes from few columns; no text is read.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from archive import foreign, schema
from archive.errors import require
from archive.listed import listed
from archive.models import Article, Capture, Section, SectionIndexVersion
from archive.models import Failure as FailureRow
from archive.ref import Ref
from archive.reports import DatabaseStatus, Failure
from archive.resolve import chosen_sections, find
from archive.results import ListedArticle, ListedSection, Revision
from archive.window import window


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
        UsageError: no such order, or a number below zero.
    """
    require(sort, SORTS, "order")
    start, end = window(limit, offset)
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
        .limit(None if end is None else end - start)
        .offset(start)
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
    return Section.id.in_(listed(section.id for section in chosen))


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
        **_sizes(session, page_size, pages - free),
        free_bytes=page_size * free,
        foreign=tuple(foreign.strangers(connection)),
    )


_PARTS = {
    "captures_bytes": ("capture",),
    "text_bytes": ("article", "section"),
}


def _sizes(session: Session, page_size: int, used: int) -> dict[str, int]:
    """How many bytes each part of the used pages takes.

    SQLite tells by reading all pages, so this takes as long as reading the file. Pages are counted,
    since SQLite 3.40 gives a table's bytes as a number of 32 bits, wrong from 2 GiB on.
    """
    sql = "SELECT name, pageno FROM dbstat WHERE aggregate = TRUE"
    pages: dict[str, int] = dict(session.connection().exec_driver_sql(sql).all())
    counts = {part: sum(pages[name] for name in names) for part, names in _PARTS.items()}
    counts["index_bytes"] = sum(n for name, n in pages.items() if name.startswith("section_index"))
    counts["other_bytes"] = used - sum(counts.values())
    return {part: page_size * count for part, count in counts.items()}


def _total(session: Session, expression: ColumnElement[int]) -> int:
    return session.scalar(select(expression)) or 0
