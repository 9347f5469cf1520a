"""The snippet that shows a hit: the stretch of its text in which most of the words stand.

Invariant: a snippet is a stretch of the stored text, a line break shown as a space, so that marks
keep their distance and the first marked place is known as offsets into the whole text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.places import Place

WIDTH = 90
"""How many characters a snippet has at the most, without its ellipses."""

_LEAD = 24  # how much of the text before the first word is shown where no sentence begins nearer
_SENTENCE_ENDS = "。！？!?；;\n"
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A stretch of text on one line, and where the words stand in it."""

    text: str
    marks: tuple[Place, ...]
    first: Place | None
    """The first marked place, as offsets into the whole text."""


def marks(places: Sequence[Sequence[Place]]) -> tuple[Place, ...]:
    """The places of all terms in one text, in order, those that overlap made one."""
    return tuple(_merged(sorted(place for found in places for place in found)))


def snippet(text: str, places: Sequence[Sequence[Place]]) -> Snippet:
    """The stretch of ``text`` in which most of the terms stand, and most often.

    Args:
        text: the stored text.
        places: of each term, where it stands.
    """
    marked = sorted((start, end, term) for term, found in enumerate(places) for start, end in found)
    if not marked:
        return Snippet(_one_line(text, 0, min(len(text), WIDTH)), (), None)
    begin = _window(text, _densest(marked))
    end = min(len(text), begin + WIDTH)
    shown = _merged([(a, min(b, end)) for a, b, _ in marked if begin <= a < end])
    shift = (len(_ELLIPSIS) if begin else 0) - begin
    first = next((a, b) for a, b, _ in marked if a >= begin)
    return Snippet(
        _one_line(text, begin, end), tuple((a + shift, b + shift) for a, b in shown), first
    )


def _densest(marked: Sequence[tuple[int, int, int]]) -> tuple[int, int]:
    """The place that begins the stretch with most terms, then most places; the first of equals."""
    best, choice, last = (0, 0), marked[0], 0
    counts = dict.fromkeys((term for _, _, term in marked), 0)
    for n, mark in enumerate(marked):
        while last < len(marked) and marked[last][0] < mark[0] + WIDTH - _LEAD:
            counts[marked[last][2]] += 1
            last += 1
        weight = (sum(1 for count in counts.values() if count), last - n)
        if weight > best:
            best, choice = weight, mark
        counts[mark[2]] -= 1
    return choice[0], choice[1]


def _window(text: str, place: Place) -> int:
    """Where a snippet that shows a place begins: at its sentence, if that is near enough."""
    start = max(0, place[0] - _LEAD)
    sentence = max((text.rfind(mark, start, place[0]) for mark in _SENTENCE_ENDS), default=-1)
    if sentence >= 0:
        return sentence + 1
    return start


def _one_line(text: str, begin: int, end: int) -> str:
    before = _ELLIPSIS if begin else ""
    after = _ELLIPSIS if end < len(text) else ""
    return f"{before}{text[begin:end]}{after}".replace("\n", " ")


def _merged(places: Sequence[Place]) -> list[Place]:
    """The places with those that overlap made one; they come sorted."""
    merged: list[Place] = []
    for start, end in places:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
