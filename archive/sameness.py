"""What makes two captures the same article, and one article a newer version of another.

Idea: what must be equal is folded and hashed, so that an index finds it among millions. Captures of
one ``identity`` are one article (Duplicate, docs/design.md). Of one URL or one ``story`` they may
be versions of it, which they are if their texts share half of their shingles (Broder, "On the
resemblance and containment of documents", 1997). Invariant: nothing here depends on what else is
stored, so the same two texts always compare the same.

The hashes hold folded text: where the rules of :mod:`archive.text` change, they must be made anew.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from zlib import crc32

from archive.text import fold

SHINGLE = 5
"""Characters of a shingle; a text with fewer has none, and resembles nothing."""

REVISED = 0.5
"""The least resemblance of two versions."""

_DAY = len("2018-10-12")
_STORY_DIGITS = 32
_MOST_SHINGLES = 1 << 18
"""From longer texts an even sample of about so many is compared, so that memory stays flat."""

Part = tuple[str | None, str]
"""Heading and text of a section."""


def identity(
    title: str,
    source: str | None,
    published: str | None,
    url: str | None,
    sections: Sequence[Part],
) -> str:
    """SHA-256 of what is equal in all captures of one article: title, source, time, URL and text.

    All of it is folded. Sections count with their headings: a line that one capture shows as a
    heading and another as a paragraph makes two articles.
    """
    values = [_folded(title), _folded(source), published, _folded(url)]
    parts = [[_folded(heading), fold(text)] for heading, text in sections]
    return _hashed([*values, parts])


def story(title: str, source: str | None, published: str | None) -> str | None:
    """A hash of folded title, source and day; ``None`` where one of them is missing."""
    if not title or not source or published is None or len(published) < _DAY:
        return None
    return _hashed([fold(title), fold(source), published[:_DAY]])[:_STORY_DIGITS]


def compared(sections: Iterable[Part]) -> str:
    """The text that :func:`resemblance` takes: headings and text, folded, without white space."""
    parts = (part for heading, text in sections for part in (heading or "", text))
    return "".join("".join(map(fold, parts)).split())


def resemblance(one: str, other: str) -> float:
    """The share of the shingles of two texts that both have, from 0 to 1.

    Args:
        one: a text as :func:`compared` gives it, and so is ``other``.
        other: see ``one``. Where one text is longer than 262,144 characters, only shingles whose
            CRC-32 a power of two divides are counted, so many that about as many are left.
    """
    step = 1
    while max(len(one), len(other)) > step * _MOST_SHINGLES:
        step *= 2
    first, second = _shingles(one, step), _shingles(other, step)
    shared = len(first & second)
    union = len(first) + len(second) - shared
    return shared / union if union else 0.0


def _shingles(text: str, step: int) -> set[str]:
    every = (text[start : start + SHINGLE] for start in range(len(text) - SHINGLE + 1))
    if step == 1:
        return set(every)
    return {one for one in every if crc32(one.encode()) % step == 0}


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _hashed(values: Sequence[object]) -> str:
    return sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
