"""Keeping ``section_index`` equal to the rows: entries go in and out with the sections they index.

Idea: the index is contentless (it holds no text), one row a section, its rowid the section's id.
Title and captions stand in the row of the lead only. Columns stand in the order body, heading,
title, caption, since postings in later columns cost bytes.

Invariant: an entry is taken out with the very tokens that put it in; FTS5 does not notice wrong
ones and would keep ghost hits. So both ways use :func:`entry` on the stored text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from archive.models import SectionIndexArticle
from archive.text import tokens

COLUMNS = ("body", "heading", "title", "caption")

_NAMES = ", ".join(COLUMNS)
INSERT = f"INSERT INTO section_index(rowid, {_NAMES}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - names from above
_DELETE = (
    f"INSERT INTO section_index(section_index, rowid, {_NAMES}) "  # noqa: S608 - names from above
    "VALUES ('delete', ?, ?, ?, ?, ?)"
)


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
