"""Signatures of texts: what finds the few that may be near a text among a million.

Idea: MinHash (Broder, 1997). Of a text's shingles each of 128 hash functions keeps the least value;
two texts have the same value in a slot about as often as they share shingles. 4 slots are a band,
and texts with an equal band are candidates (Leskovec, Rajaraman, Ullman, "Mining of Massive
Datasets", chapter 3): with a resemblance of 0.5 87 % of them are found, with 0.6 98.8 %, with 0.7
99.98 %, with 0.2 5 % and with 0.05 0.02 %. Whether a candidate is near is told by the texts alone.

A slot keeps 16 of its bits (Li, König, "b-Bit Minwise Hashing", 2010). Bands are the tokens of
``section_index_near``, an FTS5 table with a row an article, which takes millions in without
reading random pages. Invariants: all signatures were made in one way, which
``section_index_version`` names, and each has its row there; an article whose text changes or goes
loses both (:mod:`archive.index` sees to it) until :func:`make` runs. A text that is too short to be
compared has an empty signature.

Only :func:`min_hash` needs rensa, which hashes; the extra ``near`` brings it.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from operator import eq
from struct import Struct
from typing import Protocol, cast
from zlib import crc32

from sqlalchemy import TextClause, select, text, update
from sqlalchemy.orm import Session

from archive.errors import ArchiveError
from archive.models import SectionIndexVersion
from archive.shingles import FEWEST, SHINGLE, Shingled
from archive.text import TEXT_VERSION

SLOTS = 128
_SEED = 1
_BANDS = "0123456789abcdefghijklmnopqrstuv"
"""The first character of each band's token."""

ALGORITHM = (
    f"rensa 0.5 RMinHash, seed {_SEED}: {SLOTS} slots of 16 bits, {len(_BANDS)} bands by CRC-32; "
    f"shingles of {SHINGLE}, at least {FEWEST}; text {TEXT_VERSION}"
)
"""How signatures are made; those made otherwise are made anew."""

MOST = 1_000
"""So many candidates are looked at without asking for each band by itself."""

_LOW = (1 << 16) - 1
_SIGNATURE = Struct(f"<{SLOTS}H")
BYTES = _SIGNATURE.size
"""How long a signature is that is not empty."""

_INSERT = "INSERT INTO section_index_near(rowid, bands) VALUES (?, ?)"
_DELETE = "INSERT INTO section_index_near(section_index_near, rowid, bands) VALUES ('delete', ?, ?)"
_CLEAR = "INSERT INTO section_index_near(section_index_near) VALUES ('delete-all')"
_MERGE = "INSERT INTO section_index_near(section_index_near) VALUES ('optimize')"
_KEEP = "INSERT INTO section_index_signature(article_id, signature) VALUES (?, ?)"
_KEPT = text("""
    SELECT article_id, signature FROM section_index_signature
    WHERE article_id IN (SELECT value FROM json_each(:ids))
""")
_FORGET = text("""
    DELETE FROM section_index_signature
    WHERE article_id IN (SELECT value FROM json_each(:ids))
""")
_LACKING = text("""
    SELECT id FROM article WHERE id > :after AND NOT EXISTS
        (SELECT 1 FROM section_index_signature WHERE article_id = article.id)
    ORDER BY id LIMIT :most
""")
_NUMBER_LACKING = text("""
    SELECT count(*) FROM article WHERE NOT EXISTS
        (SELECT 1 FROM section_index_signature WHERE article_id = article.id)
""")
_ARTICLES = text("SELECT count(*) FROM article")
_SIGNATURES = text("SELECT count(*) FROM section_index_signature")
_TEXTS = text("""
    SELECT article_id, heading, text FROM section
    WHERE article_id IN (SELECT value FROM json_each(:ids)) ORDER BY article_id, number
""")
_ABOVE = text("""
    SELECT rowid FROM section_index_near
    WHERE section_index_near MATCH :bands AND rowid > :id ORDER BY rowid LIMIT :most
""")
_BELOW = text("""
    SELECT rowid FROM section_index_near
    WHERE section_index_near MATCH :bands AND rowid < :id ORDER BY rowid DESC LIMIT :most
""")


def count(session: Session) -> int:
    """How many articles have a signature of the present kind."""
    return session.scalar(_SIGNATURES) or 0 if _are_current(session) else 0


def lacking(session: Session) -> int:
    """How many articles have none."""
    return session.scalar(_NUMBER_LACKING if _are_current(session) else _ARTICLES) or 0


def min_hash() -> Callable[..., "_MinHash"]:
    """What signatures are made with.

    Raises:
        ArchiveError: the extra is not installed.
    """
    try:
        from rensa import RMinHash  # noqa: PLC0415 - only making signatures needs it
    except ImportError:
        raise ArchiveError(
            "comparing texts needs a library that is not installed",
            hint="pip install 'archive[near]'",
        ) from None
    return cast("Callable[..., _MinHash]", RMinHash)


def make(session: Session, after: int, most: int) -> list[int]:
    """Sign some of the articles that lack a signature: those with the next ids.

    Args:
        session: a writing session.
        after: articles up to this id are passed over.
        most: how many.

    Returns:
        The ids of what was signed.

    Raises:
        ArchiveError: the extra is not installed.
    """
    hashing = min_hash()
    if not _are_current(session):
        _clear(session)
        session.execute(update(SectionIndexVersion).values(near=ALGORITHM))
    ids = list(session.scalars(_LACKING, {"after": after, "most": most}))
    signed = dict.fromkeys(ids, b"")
    signed |= {id_: _signature(hashing, one) for id_, one in shingled(session, ids)}
    connection = session.connection()
    if signed:
        connection.exec_driver_sql(_KEEP, list(signed.items()))
    if found := [(id_, " ".join(bands(one))) for id_, one in signed.items() if one]:
        connection.exec_driver_sql(_INSERT, found)
    return ids


def merge(session: Session) -> None:
    """Merge the bands into one segment of FTS5, in which they are found several times as fast."""
    session.connection().exec_driver_sql(_MERGE)


def shingled(session: Session, ids: Collection[int]) -> Iterator[tuple[int, Shingled]]:
    """The texts of articles by their ids, in order; headings are part of them."""
    rows = session.execute(_TEXTS, {"ids": json.dumps(sorted(ids))})
    for id_, sections in groupby(rows, key=lambda row: row.article_id):
        yield id_, Shingled((row.heading, row.text) for row in sections)


def kept(session: Session, ids: Collection[int]) -> dict[int, bytes]:
    """The signatures of those of these articles that have one."""
    rows = session.execute(_KEPT, {"ids": json.dumps(sorted(ids))})
    return {row.article_id: row.signature for row in rows}


def bands(signature: bytes) -> list[str]:
    """The tokens of a signature's bands; none of an empty one."""
    width = len(signature) // len(_BANDS)
    return [
        f"{name}{crc32(signature[place * width : (place + 1) * width]):08x}"
        for place, name in enumerate(_BANDS)
        if signature
    ]


def estimate(one: bytes, other: bytes) -> float:
    """How much two texts resemble each other, by their signatures; its deviation is 0.044."""
    equal: int = sum(map(eq, _SIGNATURE.unpack(one), _SIGNATURE.unpack(other)))
    return equal / SLOTS


def candidates(session: Session, id_: int, signature: bytes) -> set[int]:
    """The other articles with an equal band.

    Where that are very many, of each band the :data:`MOST` with the next higher ids and as many
    with lower ones: that still holds for both of two articles or for neither, and chains them all.
    """
    wanted = bands(signature)
    if not wanted:
        return set()
    found = set(_with(session, _ABOVE, " OR ".join(wanted), 0, MOST + 1))
    if len(found) > MOST:
        found = {
            other
            for band in wanted
            for side in (_ABOVE, _BELOW)
            for other in _with(session, side, band, id_, MOST)
        }
    return found - {id_}


def _with(
    session: Session, side: TextClause, expression: str, id_: int, most: int
) -> Sequence[int]:
    return session.scalars(side, {"bands": expression, "id": id_, "most": most}).all()


def take_out(session: Session, ids: Collection[int]) -> None:
    """Forget the signatures of articles whose texts change or go."""
    signed = kept(session, ids)
    if not signed:
        return
    if not _are_current(session):  # what their bands were is not known
        _clear(session)
        return
    connection = session.connection()
    for id_, signature in signed.items():
        if signature:
            connection.exec_driver_sql(_DELETE, (id_, " ".join(bands(signature))))
    session.execute(_FORGET, {"ids": json.dumps(list(signed))})


def _are_current(session: Session) -> bool:
    return session.scalar(select(SectionIndexVersion.near)) == ALGORITHM


def _clear(session: Session) -> None:
    session.connection().exec_driver_sql("DELETE FROM section_index_signature")
    session.connection().exec_driver_sql(_CLEAR)


class _MinHash(Protocol):
    """What rensa makes of a text."""

    def update(self, items: list[str]) -> None: ...

    def digest(self) -> list[int]: ...


def _signature(hashing: Callable[..., _MinHash], text_: Shingled) -> bytes:
    if not text_.is_comparable():
        return b""
    hashed = hashing(num_perm=SLOTS, seed=_SEED)
    hashed.update(list(text_.every()))
    return _SIGNATURE.pack(*(value & _LOW for value in hashed.digest()))
