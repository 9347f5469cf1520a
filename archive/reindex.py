"""Making the index anew from the rows.

Idea: whatever the index and its side tables hold, they are dropped and filled again by
:mod:`archive.index`, in the caller's transaction. Invariant: afterwards they are what they would be
had the same articles been stored into a new archive.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.orm import Session

from archive import fts, index
from archive.bm25 import LEVELS_VERSION
from archive.entry import Indexed, entry
from archive.models import (
    Article,
    Section,
    SectionIndexArticle,
    SectionIndexSignature,
    SectionIndexVersion,
)
from archive.reports import Progress
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
    lead = Section.number == 0
    query = (
        select(Section.id, Article.id, Section.text, Section.heading, lead, Article.title)
        .add_columns(Article.captions)
        .join(Article, Section.article_id == Article.id)
        .order_by(Section.article_id, Section.id)
        .execution_options(yield_per=_FETCHED)
    )
    waiting: list[Indexed] = []
    characters = 0
    for id_, article, body, heading, first, title, captions in session.execute(query):
        is_much = len(waiting) >= _BATCH or characters >= _CHARACTERS
        if is_much and waiting[-1].article != article:
            yield waiting
            waiting, characters = [], 0
        characters += len(body)
        waiting.append(
            Indexed(id_, article, entry(body, heading, *((title, captions) if first else ())))
        )
    if waiting:
        yield waiting


def _merge(session: Session, progress: Progress) -> None:
    """Do what :func:`archive.index.merge` does, in steps, between which an interrupt is heeded."""
    steps = 0
    while index.merge_some(session, begin=steps == 0):
        steps += 1
        progress("merging", steps, steps)
