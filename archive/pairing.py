"""Which texts of two sequences belong together: equal ones, and the most similar between them.

Idea: what stands once in both and is equal holds the rest in place (as in Bram Cohen's patience
diff); between two such anchors those are paired, in order, whose likeness is the greatest in all.
Invariants: every text comes exactly once, and both sequences stay in order. The time is bounded:
a stretch without an anchor is cut to windows where it has too many pairs.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

SIMILAR = 0.4
"""The least likeness of two texts that are paired: twice the neighbouring characters that both
have, divided by those of either (Dice)."""

_SQUARE = 10_000
_WINDOW = 32
"""A stretch with more pairs than the first is cut to windows of the second."""

Key = tuple[str, str]
"""The kind of a text and the text; only texts of one kind are paired."""

Pair = tuple[int | None, int | None]


def paired(old: Sequence[Key], new: Sequence[Key]) -> Iterator[Pair]:
    """Both sequences in order: the places that belong together, the others with ``None``."""
    start_old = start_new = 0
    for first, second in [*_anchors(old, new), (len(old), len(new))]:
        gap = _gap(old[start_old:first], new[start_new:second])
        yield from _shifted(gap, start_old, start_new)
        if first < len(old):
            yield first, second
        start_old, start_new = first + 1, second + 1


def _shifted(pairs: Iterator[Pair], old: int, new: int) -> Iterator[Pair]:
    for first, second in pairs:
        yield (None if first is None else first + old, None if second is None else second + new)


def _anchors(old: Sequence[Key], new: Sequence[Key]) -> list[tuple[int, int]]:
    """Places of what is equal and unique in both, as many as stand in the same order."""
    once_old = {key for key, count in Counter(old).items() if count == 1}
    once_new = {key for key, count in Counter(new).items() if count == 1}
    places = {key: place for place, key in enumerate(new) if key in once_old and key in once_new}
    common = [(place, places[key]) for place, key in enumerate(old) if key in places]
    return _longest_rising(common)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence in which the second numbers rise too."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for place, (_, second) in enumerate(pairs):
        length = bisect_left(tails, second)
        tails[length : length + 1] = [second]
        ends[length : length + 1] = [place]
        before.append(ends[length - 1] if length else -1)
    found = []
    place = ends[-1] if ends else -1
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


def _gap(old: Sequence[Key], new: Sequence[Key]) -> Iterator[Pair]:
    """A stretch between anchors: what is equal at its ends, then what is similar in between."""
    least = min(len(old), len(new))
    head = next((n for n in range(least) if old[n] != new[n]), least)
    least -= head
    tail = next((n for n in range(least) if old[-1 - n] != new[-1 - n]), least)
    yield from ((n, n) for n in range(head))
    end_old, end_new = len(old) - tail, len(new) - tail
    many = (end_old - head) * (end_new - head) > _SQUARE
    windows = -(-max(end_old - head, end_new - head) // _WINDOW) if many else 1
    cuts = [
        (head + (end_old - head) * n // windows, head + (end_new - head) * n // windows)
        for n in range(windows + 1)
    ]
    for (from_old, from_new), (to_old, to_new) in pairwise(cuts):
        pairs = _similar(old[from_old:to_old], new[from_new:to_new])
        yield from _shifted(pairs, from_old, from_new)
    yield from ((end_old + n, end_new + n) for n in range(tail))


def _similar(old: Sequence[Key], new: Sequence[Key]) -> Iterator[Pair]:
    """Pairs in order whose likeness is the greatest in all."""
    rows, columns = range(len(old)), range(len(new))
    first, second = [_neighbours(text) for _, text in old], [_neighbours(text) for _, text in new]
    likeness = [
        [_likeness(first[i], second[j]) if old[i][0] == new[j][0] else 0.0 for j in columns]
        for i in rows
    ]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(rows):
        for j in reversed(columns):
            paired = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] >= SIMILAR else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(old) or j < len(new):
        if i < len(old) and (j == len(new) or best[i][j] == best[i + 1][j]):
            yield i, None
            i += 1
        elif j < len(new) and (i == len(old) or best[i][j] == best[i][j + 1]):
            yield None, j
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


def _neighbours(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters; of one character itself."""
    return frozenset(map("".join, pairwise(text))) or frozenset([text])


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other))
