"""Making anew what rules of folding made of the rows: the index, and hashes.

Idea: whatever the index and its side tables hold, they are dropped and filled again by
:mod:`archive.index`, in the caller's transaction; so are the hashes of :mod:`archive.sameness`.
Invariant: afterwards they are what they would be had the same articles been stored into a new
archive; but no article is merged with another.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session

from archive import fts, index, sameness
from archive.bm25 import LEVELS_VERSION
from archive.entry import Indexed, entry
from archive.models import (
    Article,
    Section,
    SectionIndexArticle,
    SectionIndexSignature,
    SectionIndexVersion,
)
from archive.reports import Progress, unseen
from archive.text import TEXT_VERSION

SIDE_TABLES = (SectionIndexArticle, SectionIndexSignature, SectionIndexVersion)
"""The plain tables that serve search alone, and are made anew with the index.

Signatures are made when they are next asked for (:mod:`archive.signatures`).
"""

_OPENED = {
    "config": "(k PRIMARY KEY, v) WITHOUT ROWID",
    "data": "(id INTEGER PRIMARY KEY, block BLOB)",
}
"""What FTS5 reads before it will even drop its table."""

_BATCH, _CHARACTERS, _FETCHED = 200, 1_000_000, 16
"""How many sections, and how much text, are indexed at once; how many rows are fetched at once."""

_HASH_SIZE = 64 * 1024 * 1024
"""In bytes, as migration 0003 sets it: what FTS5 gathers in memory before it writes a segment."""


def rebuild(session: Session, progress: Progress) -> int:
    """Make the index and its side tables anew from the rows, whatever they hold now.

    Where other rules of folding made the index, they made the hashes too, which are made anew then.
    All of it is one transaction of the caller's: readers see the old index until it commits. What
    FTS5 keeps its index in is dropped and made again, since it does not empty what is damaged.

    Returns:
        How many sections are indexed.
    """
    connection = session.connection()
    for name, ddl in fts.TABLES.items():
        _drop(connection, name)
        connection.exec_driver_sql(ddl)
        connection.exec_driver_sql(
            f"INSERT INTO {name}({name}, rank) VALUES ('hashsize', {_HASH_SIZE})"  # noqa: S608 - names from above
        )
    for table in SIDE_TABLES:
        table.__table__.create(connection, checkfirst=True)  # type: ignore[attr-defined] # it is a Table
    rules = session.scalars(select(SectionIndexVersion.version)).all()
    if rules != [TEXT_VERSION]:
        rehash(session, progress=progress)
    for table in SIDE_TABLES:
        session.execute(delete(table))
    versions = insert(SectionIndexVersion).values(version=TEXT_VERSION, levels=LEVELS_VERSION)
    session.execute(versions)
    total = session.scalar(select(func.count()).select_from(Section)) or 0
    done = 0
    for rows in stored(session):
        index.put(session, rows)
        done += len(rows)
        progress("sections", done, total)
    _merge(session, progress)
    return done


def rehash(
    session: Session, which: ColumnElement[bool] | None = None, *, progress: Progress = unseen
) -> None:
    """Make the hashes by which duplicates and versions are found anew, of some articles or all."""
    wanted = select(Article.id).order_by(Article.id)
    if which is not None:
        wanted = wanted.where(which)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    done = after = 0
    while ids := session.scalars(wanted.where(Article.id > after).limit(_BATCH)).all():
        session.execute(update(Article), [{"id": id_, **one} for id_, one in _hashes(session, ids)])
        after = ids[-1]
        done += len(ids)
        progress("hashes", done, total)


def _hashes(session: Session, ids: Sequence[int]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The hashes of each of these articles; one text at a time is held."""
    facts = (Article.title, Article.source, Article.published, Article.url)
    query = (
        select(Article.id, *facts, Section.heading, Section.text)
        .outerjoin(Section, Section.article_id == Article.id)
        .where(Article.id.in_(ids))
        .order_by(Article.id, Section.number)
        .execution_options(yield_per=_FETCHED)
    )
    found = groupby(session.execute(query), key=lambda row: row[:5])
    for (id_, title, source, published, url), rows in found:
        parts = [(row.heading, row.text) for row in rows if row.text is not None]
        yield id_, sameness.hashes(title, source, published, url, parts)


def _drop(connection: Connection, name: str) -> None:
    """Drop an FTS5 table, however damaged; FTS5 must first be able to open it."""
    run = connection.exec_driver_sql
    run(fts.TABLES[name].replace(name, "temp.section_index_empty", 1))
    for part, columns in _OPENED.items():
        run(f"DROP TABLE IF EXISTS {name}_{part}")
        run(f"CREATE TABLE {name}_{part} {columns}")
        run(f"INSERT INTO {name}_{part} SELECT * FROM temp.section_index_empty_{part}")  # noqa: S608 - names from above
    run("DROP TABLE temp.section_index_empty")
    run(f"DROP TABLE IF EXISTS {name}")
    for part in fts.SHADOWS[name]:
        run(f"DROP TABLE IF EXISTS {name}_{part}")


def stored(session: Session) -> Iterator[list[Indexed]]:
    """What the index should hold, a few articles at a time, each with all its sections."""
    query = (
        select(Section.id, Article.id, Section.text, Section.heading, Section.number)
        .add_columns(Article.title, Article.captions)
        .join(Article, Section.article_id == Article.id)
        .order_by(Section.article_id, Section.id)
        .execution_options(yield_per=_FETCHED)
    )
    waiting: list[Indexed] = []
    characters = 0
    for id_, article, body, *rest in session.execute(query):
        is_much = len(waiting) >= _BATCH or characters >= _CHARACTERS
        if is_much and waiting[-1].article != article:
            yield waiting
            waiting, characters = [], 0
        characters += len(body)
        waiting.append(Indexed(id_, article, entry(body, *rest)))
    if waiting:
        yield waiting


def _merge(session: Session, progress: Progress) -> None:
    """Do what :func:`archive.index.merge` does, in steps, between which an interrupt is heeded."""
    steps = 0
    while index.merge_some(session, begin=steps == 0):
        steps += 1
        progress("merging", steps, steps)
