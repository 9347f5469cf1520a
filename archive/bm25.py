"""BM25 as FTS5 works it out, in plain arithmetic.

Idea: a phrase's part of the score grows with its density ``frequency / (length + average / 3)``
alone, whatever the two are; so a bound on the density bounds the score. Invariant: on the same
figures :func:`score` gives what FTS5's ``bm25()`` gives, operation by operation, with its sign
turned so that greater is better.
"""

from collections.abc import Sequence
from math import log
from typing import NamedTuple

COLUMNS = ("body", "heading", "title", "caption")
"""The columns of the index, in their order: later columns cost bytes."""

WEIGHTS = (1.0, 4.0, 8.0, 2.0)
"""What a word counts for in each of the columns.

Measured by ``benchmarks/weights.py`` on 17,364 news texts: of two remembered terms the article they
are from has a mean reciprocal rank of 0.796, against 0.779 with equal weights; greater weights gain
0.004 more and rank a body's words lower.
"""

LEVELS_VERSION = 2
"""The version of the rules of ``density.py`` and of the weights above, stored in an archive."""

K1, B = 1.2, 0.75
"""How soon a word more counts less, and how much a section's length counts, as FTS5 has them."""

_SELDOM = 1e-6
"""What a phrase counts for that stands in half of all sections or more."""


class Corpus(NamedTuple):
    """What BM25 knows of the whole index."""

    sections: int
    average: float
    """The mean number of tokens of a section."""

    def rarity(self, holders: int) -> float:
        """The weight of a phrase (IDF) that so many sections hold."""
        rarity = log((self.sections - holders + 0.5) / (holders + 0.5))
        return rarity if rarity > 0.0 else _SELDOM

    @property
    def padding(self) -> float:
        """What is added to a section's length in its density: the mean length over three."""
        return self.average * (1 - B) / B


def score(
    corpus: Corpus, rarities: Sequence[float], frequencies: Sequence[float], length: int
) -> float:
    """The score of a section.

    Args:
        corpus: the whole index.
        rarities: of each phrase.
        frequencies: of each phrase, how often it stands there, each time by the column's weight.
        length: the section's tokens, in all columns.
    """
    damping = K1 * (1 - B + B * length / corpus.average)
    total = 0.0
    for rarity, frequency in zip(rarities, frequencies, strict=True):
        total += rarity * ((frequency * (K1 + 1.0)) / (frequency + damping))
    return total


def part(corpus: Corpus, density: float) -> float:
    """What a phrase of that density adds to a score, for a rarity of 1."""
    return (K1 + 1.0) * density / (density + K1 * B / corpus.average)


def most(rarity: float) -> float:
    """More than phrases of that rarity, all in all, add to any score."""
    return rarity * (K1 + 1.0) * (1 + 1e-9)
