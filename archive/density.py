"""How densely characters stand in a section, as tokens: what is ranked high is found by them.

Idea: FTS5 must score every hit of a common word to find the best 20. Here a section also has, for
each character and each level that its density reaches, a token such as ``改c``. A phrase is never
denser than any of its characters, so the sections of a level of all its characters hold every
section in which the phrase reaches that level: they are scored, level by level from the top, until
no other can be better (:mod:`archive.best`).

Invariant: density is measured against a fixed length, so that levels never grow stale, and
:func:`bound` allows for the true mean. Only those of Han characters and hangul are ever asked for.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import cast

from archive.bm25 import WEIGHTS, Corpus, part
from archive.text import BOUNDARY_PIECE, Pieces

NAMES = "abcdefgh"
_PADDING = 100
"""What is added to a length: a third of that of a common section, see :mod:`archive.bm25`."""

_DENSITIES = [0.0125 * 1.5625**level for level in range(len(NAMES))]
"""The least density of each level: from 8 times in a section of 540 tokens to 1 token in 4.

Of a million articles the best 20 of 400 queries came within 54 ms on average and 137 ms at the 95th
percentile; with 26 levels from 0.008 on, nearly four times as many tokens, within 52 and 135 ms.
"""

_LADDERS = [" ".join(f"?{name}" for name in NAMES[:reached]) for reached in range(len(NAMES) + 1)]
"""The tokens of a character that reaches so many levels, with ? for the character."""

TOP = len(NAMES) - 1


def levels_of(columns: Sequence[Pieces]) -> str:
    """The tokens of the levels that a section reaches; its columns are cut as the index has them.

    Single kana and letters have levels here too: telling them apart costs more.
    """
    (body, tokens), *others = columns
    counted = Counter(body)  # a body's weight is 1
    length = _length(tokens, counted.get(" ", 0))
    frequencies = cast("dict[str, float]", counted)
    for weight, (pieces, tokens) in zip(WEIGHTS[1:], others, strict=True):
        length += _length(tokens, pieces.count(" "))
        for piece in pieces:
            frequencies[piece] = frequencies.get(piece, 0) + weight
    padded = length + _PADDING
    least = ceil(_DENSITIES[0] * padded)
    return " ".join(
        [
            _LADDERS[bisect_right(_DENSITIES, frequency / padded)].replace("?", piece[1])
            for piece, frequency in frequencies.items()
            if frequency >= least and len(piece) > 1 and piece != BOUNDARY_PIECE
        ]
    )


def _length(tokens: str, white: int) -> int:
    """How many tokens are characters, or boundaries: each has two spaces, white space has one.

    Words are left out, so this is a lower bound.
    """
    return (tokens.count(" ") - white) // 2


def bound(corpus: Corpus, level: int) -> float:
    """More than a phrase adds to a score, for a rarity of 1, where it does not reach a level."""
    widest = max(1.0, _PADDING / corpus.padding)
    return part(corpus, _DENSITIES[level] * widest) * (1 + 1e-9)
