"""Finding what a ref names, and listing what there is: rows → results.

Invariant: nothing here writes. What a listing shows comes from few columns; the stored text is
read only for the articles that are shown.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from archive import schema
from archive.errors import RefError, require
from archive.models import Article, Capture, Section, SectionIndexVersion
from archive.models import Failure as FailureRow
from archive.ref import Ref
from archive.results import Article as ShownArticle
from archive.results import (
    CaptureFacts,
    Citation,
    DatabaseStatus,
    Failure,
    ListedArticle,
    ListedSection,
)
from archive.results import Section as ShownSection

CANDIDATES = 10
"""How many articles an ambiguous key lists."""


def find(session: Session, ref: Ref) -> Article:
    """The article that a ref names.

    Raises:
        RefError: there is none, or the key's prefix names more than one.
    """
    if ref.is_id:
        article = session.get(Article, int(ref.article))
        if article is None:
            raise RefError(f"no article {ref.article}", hint="archive list shows what there is")
        return article
    upper = ref.article + "g"  # sorts after every key that begins with the prefix
    named = select(Article).where(Article.key >= ref.article, Article.key < upper)
    found = session.scalars(named.order_by(Article.key).limit(CANDIDATES + 1)).all()
    if not found:
        raise RefError(
            f"no article with key {ref.article}", hint="archive list shows what there is"
        )
    if len(found) > 1:
        keys = tuple(article.key for article in found[:CANDIDATES])
        more = " and more" if len(found) > CANDIDATES else ""
        raise RefError(
            f"{ref.article} is ambiguous: {', '.join(keys)}{more}",
            candidates=keys,
            hint="add digits until one is left",
        )
    return found[0]


def chosen_sections(session: Session, article: Article, ref: Ref) -> Sequence[Section]:
    """The sections that a ref names: all, one, or a range.

    Raises:
        RefError: the article has no such section, or the section is shorter than the range.
    """
    query = select(Section).where(Section.article_id == article.id).order_by(Section.number)
    if ref.first is None:
        return session.scalars(query).all()
    last = ref.first if ref.last is None else ref.last
    sections = session.scalars(query.where(Section.number.between(ref.first, last))).all()
    if len(sections) != last - ref.first + 1:
        count = session.scalar(select(func.count()).where(Section.article_id == article.id)) or 0
        raise RefError(
            f"no section {last if sections else ref.first} in article {article.id}: "
            f"its sections are 0 to {count - 1}",
            hint=f"archive sections {article.id}",
        )
    if ref.end is not None and ref.end > len(sections[0].text):
        raise RefError(
            f"section {ref.first} of article {article.id} has {len(sections[0].text)} characters, "
            f"not {ref.end}",
            hint=f"archive show {article.id}#{ref.first}",
        )
    return sections


def quote_of(ref: Ref, sections: Sequence[Section]) -> str | None:
    """The characters that a range names; ``None`` for a ref without one."""
    return None if ref.start is None else sections[0].text[ref.start : ref.end]


def show(session: Session, ref: Ref) -> ShownArticle:
    """An article with the sections that a ref names, and the quote of a range."""
    article = find(session, ref)
    sections = chosen_sections(session, article, ref)
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
    )


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
    """A page of the list of articles that are not superseded.

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
        .where(Article.superseded_by.is_(None), *conditions)
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
