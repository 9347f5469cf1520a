"""Keeping ``section_index`` equal to the rows: entries go in and out with the sections they index.

Idea: the index is contentless (it holds no text), one row a section, its rowid the section's id.
Title and captions stand in the row of the lead only. Columns stand in the order body, heading,
title, caption, since postings in later columns cost bytes.

Invariant: an entry is taken out with the very tokens that put it in; FTS5 does not notice wrong
ones and would keep ghost hits. So both ways use :func:`entry` on the stored text.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from archive import levels, signatures
from archive.bm25 import COLUMNS
from archive.text import NOTHING, pieces

_NAMES = ", ".join(COLUMNS)
INSERT = f"INSERT INTO section_index(rowid, {_NAMES}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - names from above
_DELETE = (
    f"INSERT INTO section_index(section_index, rowid, {_NAMES}) "  # noqa: S608 - names from above
    "VALUES ('delete', ?, ?, ?, ?, ?)"
)
_INSERT_ARTICLE = (
    "INSERT INTO section_index_article(section_id, article_id, alone) VALUES (?, ?, ?)"
)

TABLES = {
    "section_index": """CREATE VIRTUAL TABLE section_index USING fts5(
            body, heading, title, caption, content='', tokenize='ascii', detail=full
        )""",
    "section_index_levels": "CREATE VIRTUAL TABLE section_index_levels USING fts5"
    "(levels, content='', tokenize='ascii', detail=none, columnsize=0)",
    "section_index_near": "CREATE VIRTUAL TABLE section_index_near USING fts5"
    "(bands, content='', tokenize='ascii', detail=none, columnsize=0)",
}
"""How the migrations make the FTS5 tables; a test compares them."""

SHADOWS = {
    "section_index": ("config", "data", "docsize", "idx"),
    "section_index_levels": ("config", "data", "idx"),
    "section_index_near": ("config", "data", "idx"),
}
"""In which tables, named by the table and this, FTS5 keeps each."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """The texts of one section that the index holds; title and captions for the lead only."""

    section: int
    article: int
    body: str
    heading: str | None
    title: str = ""
    captions: Sequence[str] = ()


class Entry(NamedTuple):
    """What the index holds of a section: the tokens of each column, and the levels it reaches."""

    section: int
    columns: tuple[str, ...]
    levels: str


def entry(row: Indexed) -> Entry:
    """The entry of one section."""
    texts = (row.body, row.heading or "", row.title, "\n".join(row.captions))
    cut = [pieces(text) if text else NOTHING for text in texts]
    return Entry(row.section, tuple(column.tokens for column in cut), levels.entry(cut))


def put(session: Session, rows: Sequence[Indexed]) -> None:
    """Index new sections: all those of each article, so that it is known which stands alone."""
    if not rows:
        return
    connection = session.connection()
    entries = [entry(row) for row in rows]
    connection.exec_driver_sql(INSERT, [(one.section, *one.columns) for one in entries])
    reached = [(one.section, one.levels) for one in entries if one.levels]
    if reached and levels.are_kept(session):
        connection.exec_driver_sql(levels.INSERT, reached)
    sections = Counter(row.article for row in rows)
    connection.exec_driver_sql(
        _INSERT_ARTICLE, [(row.section, row.article, sections[row.article] == 1) for row in rows]
    )


def take_out(session: Session, rows: Iterable[Indexed]) -> None:
    """Remove the entries of sections whose rows hold the text that was indexed.

    The signatures of their articles go as well, since the texts that they stand for change or go.
    FTS5 keeps a deleted entry's tokens until its segments are merged; :func:`merge` does that.
    """
    connection = session.connection()
    kept = levels.are_kept(session)
    rows = list(rows)
    signatures.take_out(session, {row.article for row in rows})
    for one in map(entry, rows):
        connection.exec_driver_sql(_DELETE, (one.section, *one.columns))
        if kept and one.levels:
            connection.exec_driver_sql(levels.DELETE, (one.section, one.levels))
        connection.exec_driver_sql(
            "DELETE FROM section_index_article WHERE section_id = ?", (one.section,)
        )


def merge(session: Session) -> None:
    """Merge each index into one segment, which also drops the tokens of removed entries."""
    for table in TABLES:
        session.connection().exec_driver_sql(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - names from above
