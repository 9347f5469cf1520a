"""Keeping ``section_index`` equal to the rows: entries go in and out with the sections they index.

Idea: the index is contentless (it holds no text), one row a section, its rowid the section's id.
Title and captions stand in the row of the lead only. Columns stand in the order body, heading,
title, caption, since postings in later columns cost bytes.

Invariant: an entry is taken out with the very tokens that put it in; FTS5 does not notice wrong
ones and would keep ghost hits. So both ways use :func:`entry` on the stored text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.orm import Session

from archive.models import Article, Section, SectionIndexArticle, SectionIndexVersion
from archive.results import Progress
from archive.text import TEXT_VERSION, tokens

COLUMNS = ("body", "heading", "title", "caption")

_NAMES = ", ".join(COLUMNS)
INSERT = f"INSERT INTO section_index(rowid, {_NAMES}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - names from above
_DELETE = (
    f"INSERT INTO section_index(section_index, rowid, {_NAMES}) "  # noqa: S608 - names from above
    "VALUES ('delete', ?, ?, ?, ?, ?)"
)

DDL = """CREATE VIRTUAL TABLE section_index USING fts5(
            body, heading, title, caption, content='', tokenize='ascii', detail=full
        )"""
"""How the migrations make the index; a test compares them."""

SHADOWS = tuple(f"section_index_{part}" for part in ("config", "data", "docsize", "idx"))
"""The tables in which FTS5 keeps the index."""

SIDE_TABLES = (SectionIndexArticle, SectionIndexVersion)
"""The plain tables that serve search alone, and are made anew with the index."""

_OPENED = {
    "section_index_config": "(k PRIMARY KEY, v) WITHOUT ROWID",
    "section_index_data": "(id INTEGER PRIMARY KEY, block BLOB)",
}
"""Of these, what FTS5 reads before it will even drop its table."""

_BATCH = 200
_MERGE_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Indexed:
    """The texts of one section that the index holds; title and captions for the lead only."""

    section: int
    article: int
    body: str
    heading: str | None
    title: str = ""
    captions: Sequence[str] = ()


def entry(row: Indexed) -> tuple[int, str, str, str, str]:
    """The values of one row of ``section_index``."""
    return (
        row.section,
        tokens(row.body),
        tokens(row.heading or ""),
        tokens(row.title),
        tokens("\n".join(row.captions)),
    )


def put(session: Session, rows: Sequence[Indexed]) -> None:
    """Index new sections."""
    if not rows:
        return
    session.connection().exec_driver_sql(INSERT, [entry(row) for row in rows])
    session.execute(
        insert(SectionIndexArticle),
        [{"section_id": row.section, "article_id": row.article} for row in rows],
    )


def take_out(session: Session, rows: Iterable[Indexed]) -> None:
    """Remove the entries of sections whose rows hold the text that was indexed.

    FTS5 keeps a deleted entry's tokens until its segments are merged; :func:`merge` does that.
    """
    connection = session.connection()
    for row in rows:
        connection.exec_driver_sql(_DELETE, entry(row))
        connection.exec_driver_sql(
            "DELETE FROM section_index_article WHERE section_id = ?", (row.section,)
        )


def merge(session: Session) -> None:
    """Merge the index into one segment, which also drops the tokens of removed entries."""
    session.connection().exec_driver_sql(
        "INSERT INTO section_index(section_index) VALUES ('optimize')"
    )


def rebuild(session: Session, progress: Progress) -> int:
    """Make the index and its side tables anew from the rows, whatever they hold now.

    All of it is one transaction of the caller's: readers see the old index until it commits. What
    FTS5 keeps its index in is dropped and made again, since it does not empty what is damaged.

    Returns:
        How many sections are indexed.
    """
    connection = session.connection()
    _drop(connection)
    connection.exec_driver_sql(DDL)
    for table in SIDE_TABLES:
        table.__table__.create(connection, checkfirst=True)  # type: ignore[attr-defined] # it is a Table
        session.execute(delete(table))
    total = session.scalar(select(func.count()).select_from(Section)) or 0
    done = 0
    for rows in stored(session):
        put(session, rows)
        done += len(rows)
        progress("sections", done, total)
    _merge_in_steps(connection, progress)
    session.execute(insert(SectionIndexVersion).values(version=TEXT_VERSION))
    return done


def _drop(connection: Connection) -> None:
    """Drop the index, however damaged; FTS5 must first be able to open it."""
    run = connection.exec_driver_sql
    run(DDL.replace("section_index", "temp.section_index_empty", 1))
    for table, columns in _OPENED.items():
        run(f"DROP TABLE IF EXISTS {table}")
        run(f"CREATE TABLE {table} {columns}")
        run(f"INSERT INTO {table} SELECT * FROM {table.replace('index', 'index_empty')}")  # noqa: S608 - names from above
    run("DROP TABLE temp.section_index_empty")
    for table in ("section_index", *SHADOWS):
        run(f"DROP TABLE IF EXISTS {table}")


def stored(session: Session) -> Iterator[list[Indexed]]:
    """What the index should hold, a few sections at a time."""
    lead = Section.number == 0
    query = (
        select(Section.id, Article.id, Section.text, Section.heading, lead, Article.title)
        .add_columns(Article.captions)
        .join(Article, Section.article_id == Article.id)
        .order_by(Section.id)
        .execution_options(yield_per=_BATCH)
    )
    for rows in session.execute(query).partitions():
        yield [
            Indexed(id_, article, body, heading, title if first else "", captions if first else ())
            for id_, article, body, heading, first, title, captions in rows
        ]


def _merge_in_steps(connection: Connection, progress: Progress) -> None:
    """Do what :func:`merge` does, so that an interrupt is heeded between two steps."""
    steps, pages = 0, -_MERGE_PAGES  # the first, negative one says that all is to be one segment
    while True:
        before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        connection.exec_driver_sql(
            "INSERT INTO section_index(section_index, rank) VALUES ('merge', ?)", (pages,)
        )
        after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        if after - before < 2:  # noqa: PLR2004 - so FTS5 says that nothing is left to merge
            return
        steps, pages = steps + 1, _MERGE_PAGES
        progress("merging", steps, steps)
