"""Keeping ``section_index`` equal to the rows: entries go in and out with the sections they index.

Idea: the index is contentless: it holds no text, and its rowid is the section's id.

Invariant: an entry is taken out with the very tokens that put it in; FTS5 does not notice wrong
ones and would keep ghost hits. So both ways use :func:`archive.entry.entry` on the stored text.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from archive import levels
from archive.bm25 import COLUMNS
from archive.entry import Indexed

_NAMES = ", ".join(COLUMNS)
INSERT = f"INSERT INTO section_index(rowid, {_NAMES}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - names from above
_DELETE = (
    f"INSERT INTO section_index(section_index, rowid, {_NAMES}) "  # noqa: S608 - names from above
    "VALUES ('delete', ?, ?, ?, ?, ?)"
)
_INSERT_ARTICLE = (
    "INSERT INTO section_index_article(section_id, article_id, alone) VALUES (?, ?, ?)"
)


def put(session: Session, entries: Sequence[Indexed]) -> None:
    """Index new sections: all those of each article, so that it is known which stands alone."""
    if not entries:
        return
    connection = session.connection()
    connection.exec_driver_sql(INSERT, [(one.section, *one.entry.columns) for one in entries])
    reached = [(one.section, one.entry.levels) for one in entries if one.entry.levels]
    if reached and levels.are_kept(session):
        connection.exec_driver_sql(levels.INSERT, reached)
    sections = Counter(one.article for one in entries)
    connection.exec_driver_sql(
        _INSERT_ARTICLE,
        [(one.section, one.article, sections[one.article] == 1) for one in entries],
    )


def take_out(session: Session, entries: Iterable[Indexed]) -> None:
    """Remove the entries of sections whose rows hold the text that was indexed.

    FTS5 keeps a deleted entry's tokens until its segments are merged; :func:`merge` does that.
    """
    connection = session.connection()
    kept = levels.are_kept(session)
    for one in entries:
        connection.exec_driver_sql(_DELETE, (one.section, *one.entry.columns))
        if kept and one.entry.levels:
            connection.exec_driver_sql(levels.DELETE, (one.section, one.entry.levels))
        connection.exec_driver_sql(
            "DELETE FROM section_index_article WHERE section_id = ?", (one.section,)
        )


def merge(session: Session) -> None:
    """Merge each index into one segment, which also drops the tokens of removed entries."""
    for table in ("section_index", "section_index_levels"):
        session.connection().exec_driver_sql(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - names from above
