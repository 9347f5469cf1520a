"""``section_index_levels``: in which sections a character stands so densely that they rank high.

The tokens are those of :mod:`archive.density`. The table holds neither positions nor lengths and is
less than 1 % of the text. Invariant: it covers all sections (``section_index_version`` says so,
with the version of the rules) or is empty, and then FTS5 ranks alone; ``rebuild`` of
:mod:`archive.reindex` fills it.
"""

import json

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from archive.bm25 import LEVELS_VERSION
from archive.density import NAMES
from archive.models import SectionIndexVersion
from archive.query import Phrase

INSERT = "INSERT INTO section_index_levels(rowid, levels) VALUES (?, ?)"
DELETE = (
    "INSERT INTO section_index_levels(section_index_levels, rowid, levels) VALUES ('delete', ?, ?)"
)
_REACHING = text("""
    SELECT json_group_array(rowid) FROM (
        SELECT rowid FROM section_index_levels WHERE section_index_levels MATCH :match LIMIT :most
    )
""")
_CLEAR = "INSERT INTO section_index_levels(section_index_levels) VALUES ('delete-all')"


def are_kept(session: Session) -> bool:
    """Whether the table covers all sections, so that entries go in and out with them.

    What rules of another version filled is emptied.
    """
    version = rules(session)
    if version is not None and version != LEVELS_VERSION:
        clear(session)
        mark(session, None)
    return version == LEVELS_VERSION


def clear(session: Session) -> None:
    """Empty the table."""
    session.connection().exec_driver_sql(_CLEAR)


def mark(session: Session, version: int | None) -> None:
    """Note that the table covers all sections by the rules of a version, or by none."""
    session.execute(update(SectionIndexVersion).values(levels=version))


def are_usable(session: Session) -> bool:
    """Whether the table covers all sections by the present rules."""
    return rules(session) == LEVELS_VERSION


def rules(session: Session) -> int | None:
    """The version of the rules by which the table covers all sections; ``None``: it is empty."""
    return session.scalar(select(SectionIndexVersion.levels))


def reaching(session: Session, phrase: Phrase, level: int, most: int) -> set[int]:
    """The sections in which a phrase of characters may reach a level; no more than ``most``."""
    match = " AND ".join(token + NAMES[level] for token in phrase.tokens)
    found = session.execute(_REACHING, {"match": match, "most": most}).scalar_one()
    return set(json.loads(found))
