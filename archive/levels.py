"""``section_index_levels``: in which sections a character stands so densely that they rank high.

Idea: FTS5 must score every hit of a common word to find the best 20. Here a section also has, for
each character and each level that its density reaches, a token such as ``改c``. A phrase is never
denser than any of its characters, so the sections of a level of all its characters hold every
section in which the phrase reaches that level: they are scored, level by level from the top, until
no other can be better (:mod:`archive.best`). The table holds neither positions nor lengths and is
some 3 % of the text.

Invariants: density is measured against a fixed length, so that levels never grow stale, and
:func:`bound` allows for the true mean. The table covers all sections (``section_index_version``
says so, with the version of these rules) or is empty, and then FTS5 ranks alone; ``rebuild`` of
:mod:`archive.index` fills it. Words of letters, numbers and kana have no levels.
"""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import cast

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from archive.bm25 import LEVELS_VERSION, WEIGHTS, Corpus, part
from archive.models import SectionIndexVersion
from archive.query import Phrase
from archive.text import BOUNDARY_PIECE, Pieces

_NAMES = "abcdefghijklmnopqrstuvwxyz"
_PADDING = 100
"""What is added to a length: a third of that of a common section, see :mod:`archive.bm25`."""

_DENSITIES = [0.008 * 1.25**level for level in range(len(_NAMES))]
"""The least density of each level; 6 times in a section of 630 tokens is the lowest."""

_LADDERS = [" ".join(f"?{name}" for name in _NAMES[:reached]) for reached in range(len(_NAMES) + 1)]
"""The tokens of a character that reaches so many levels, with ? for the character."""

TOP = len(_NAMES) - 1

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


def entry(columns: Sequence[Pieces]) -> str:
    """The tokens of the levels that a section reaches; its columns are cut as the index has them.

    Kana have levels here too, of no use to anybody: telling them apart costs more.
    """
    frequencies: dict[str, float] = {}
    length = 0
    for weight, (pieces, tokens) in zip(WEIGHTS, columns, strict=True):
        if not pieces:
            continue
        counted = Counter(pieces)
        # each character has two spaces; words are left out, so this is a lower bound
        length += (tokens.count(" ") - counted[" "]) // 2
        if frequencies or weight != 1.0:
            for piece, count in counted.items():
                frequencies[piece] = frequencies.get(piece, 0.0) + weight * count
        else:
            frequencies = cast("dict[str, float]", counted)
    padded = length + _PADDING
    least = ceil(_DENSITIES[0] * padded)
    return " ".join(
        [
            _LADDERS[bisect_right(_DENSITIES, frequency / padded)].replace("?", piece[1])
            for piece, frequency in frequencies.items()
            if frequency >= least and len(piece) > 1 and piece != BOUNDARY_PIECE
        ]
    )


def are_kept(session: Session) -> bool:
    """Whether the table covers all sections, so that entries go in and out with them.

    What rules of another version filled is emptied.
    """
    version = session.scalar(select(SectionIndexVersion.levels))
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
    return session.scalar(select(SectionIndexVersion.levels)) == LEVELS_VERSION


def reaching(session: Session, phrase: Phrase, level: int, most: int) -> set[int]:
    """The sections in which a phrase of characters may reach a level; no more than ``most``."""
    match = " AND ".join(token + _NAMES[level] for token in phrase.tokens)
    found = session.execute(_REACHING, {"match": match, "most": most}).scalar_one()
    return set(json.loads(found))


def bound(corpus: Corpus, level: int) -> float:
    """More than a phrase adds to a score, for a rarity of 1, where it does not reach a level."""
    widest = max(1.0, _PADDING / corpus.padding)
    return part(corpus, _DENSITIES[level] * widest) * (1 + 1e-9)
