"""Texts as sets of shingles, and how much two of them share.

Idea: a shingle is 5 letters, digits or Han characters in a row, folded; white space and punctuation
do not count, so that a text set anew in other lines is the same text. How much two texts share is
counted on these sets (Broder, "On the resemblance and containment of documents", 1997). Invariant:
nothing here depends on what else is stored, so the same two texts always compare the same.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

from archive.sameness import Part
from archive.text import characters

SHINGLE = 5
"""Characters of a shingle; a text with fewer has none, and resembles nothing."""

FEWEST = 64
"""Texts of fewer are no reprints: of briefs that say little, many share much by chance."""

_MOST = 1 << 18
"""Of longer texts an even sample of about so many is compared, so that memory stays flat."""


class Shares(NamedTuple):
    """How much two texts share, each from 0 to 1."""

    resemblance: float
    """Of the shingles of either, the share that both have."""
    kept: float
    """Of the first text's shingles, the share that the second has."""
    taken: float
    """Of the second text's shingles, the share that the first has."""


class Shingled:
    """A text that is compared, perhaps with many others."""

    def __init__(self, sections: Iterable[Part]) -> None:
        parts = (part for heading, text in sections for part in (heading or "", text))
        self._text = "".join(map(characters, parts))
        self.step = 1
        """One shingle in so many is compared."""
        while len(self._text) > self.step * _MOST:
            self.step *= 2
        self._sets: dict[int, frozenset[str]] = {}

    def __len__(self) -> int:
        """How many characters count."""
        return len(self._text)

    def every(self) -> Iterator[str]:
        """The shingle at each place of the text."""
        text = self._text
        return (text[start : start + SHINGLE] for start in range(len(text) - SHINGLE + 1))

    def is_comparable(self) -> bool:
        """Whether the text has enough shingles to be looked for among all others."""
        return len(self.sample(self.step)) >= FEWEST

    def shares(self, other: "Shingled") -> Shares:
        """How much this text and another share.

        Where one is longer than 262,144 characters, those shingles are counted whose CRC-32 a power
        of two divides, so many that about as many are left.
        """
        step = max(self.step, other.step)
        one, two = self.sample(step), other.sample(step)
        shared = len(one & two)
        return Shares(
            _share(shared, len(one) + len(two) - shared),
            _share(shared, len(one)),
            _share(shared, len(two)),
        )

    def sample(self, step: int) -> frozenset[str]:
        """The different shingles; with a step above 1 one in so many of them, by their CRC-32."""
        if step not in self._sets:
            every = self.every()
            if step > 1:
                every = (one for one in every if crc32(one.encode()) % step == 0)
            self._sets[step] = frozenset(every)
        return self._sets[step]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
