"""Keeping ``section_index`` equal to the rows: entries go in and out with the sections they index.

Idea: the index is contentless: it holds no text, and its rowid is the section's id.

Invariant: an entry is taken out with the very tokens that put it in; FTS5 does not notice wrong
ones and would keep ghost hits. So both ways use :func:`archive.entry.entry` on the stored text.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from archive import levels, signatures
from archive.bm25 import COLUMNS
from archive.entry import Indexed
from archive.fts import TABLES
from archive.models import SectionIndexArticle

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
    _leave_merging(connection)
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

    The signatures of their articles go as well, since the texts that they stand for change or go.
    FTS5 keeps a deleted entry's tokens until its segments are merged; :func:`merge` does that.
    """
    connection = session.connection()
    kept = levels.are_kept(session)
    entries = list(entries)
    signatures.take_out(session, {one.article for one in entries})
    for one in entries:
        connection.exec_driver_sql(_DELETE, (one.section, *one.entry.columns))
        if kept and one.entry.levels:
            connection.exec_driver_sql(levels.DELETE, (one.section, one.entry.levels))
        connection.exec_driver_sql(
            "DELETE FROM section_index_article WHERE section_id = ?", (one.section,)
        )


_MERGING = {"automerge": 0, "crisismerge": 1999}
"""What FTS5 itself merges as entries go in: nothing, until as many segments are there as it can
have. Left to itself it merges every four, so that what is written first is written again and again,
and every sixteen in one transaction, which may be a large part of the file."""


def _leave_merging(connection: Connection) -> None:
    """Have FTS5 leave merging to :func:`merge_some`; it keeps that in the file."""
    for table in TABLES:
        found = connection.exec_driver_sql(f"SELECT k, v FROM {table}_config")  # noqa: S608 - names from above
        kept: dict[str, int] = dict(found.all())
        for name, value in _MERGING.items():
            if kept.get(name) != value:
                connection.exec_driver_sql(
                    f"INSERT INTO {table}({table}, rank) VALUES (?, ?)",  # noqa: S608 - as above
                    (name, value),
                )


_MUCH, _SHARE = 5000, 4
"""Sections from which on, and the part of all (a quarter) from which on, merging is worth it: it
rewrites the whole index, at some 22 CPU seconds a GB, so that a question looks into one segment."""

_STEP = 1000
"""Pages of some 4 KB that one step of a merge writes: some 0.1 s."""


_SEGMENTS = 64
"""From so many segments on merging is worth it whatever was added: each batch of runs that were
killed leaves one. Small runs never come to so many, since they merge every four of one size."""


def is_worth_merging(session: Session, added: int) -> bool:
    """Whether so many new sections are much, and much of all, or there are many segments."""
    if added >= _MUCH:
        sections: int = session.scalar(select(func.count(SectionIndexArticle.section_id))) or 0
        if added * _SHARE >= sections:
            return True
    segments = "SELECT count(DISTINCT segid) FROM section_index_idx"
    count: int = session.connection().exec_driver_sql(segments).scalar_one()
    return count >= _SEGMENTS


def merge_some(session: Session, *, begin: bool) -> bool:
    """Merge segments of each index, as much as one step does; whether there is more to do.

    With ``begin`` all of them are to become one, which further steps go on with; else those of one
    size are, where there are four or more. FTS5 marks all segments to be merged at a negative
    number of pages, and tells that it found nothing to do by fewer than two changes.
    """
    connection = session.connection()
    more = 0
    for table in TABLES:
        before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        connection.exec_driver_sql(
            f"INSERT INTO {table}({table}, rank) VALUES ('merge', ?)",  # noqa: S608 - names from above
            (-_STEP if begin else _STEP,),
        )
        after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        more += after - before >= 2  # noqa: PLR2004 - see above
    return more > 0


def merge(session: Session) -> None:
    """Merge each index into one segment, which also drops the tokens of removed entries."""
    for table in TABLES:
        session.connection().exec_driver_sql(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608 - names from above
