"""Where a query's words stand in stored text, and the snippet that shows them.

Offsets are code points of the text as it is stored, half-open, so that an anchor made of them
quotes exactly the characters found. Invariant: a place found here is a run of tokens that the index
would match, since both come from :func:`archive.text.spans`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from archive import text as rules
from archive.query import Near, Phrase
from archive.text import is_white_space

Place = tuple[int, int]

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


class Tokenized:
    """A text's tokens with their offsets, cut once for all phrases of a query."""

    def __init__(self, text: str) -> None:
        spans = rules.spans(text)
        self._tokens = [token for token, _, _ in spans]
        self._places = [(start, end) for _, start, end in spans]

    def places(self, phrase: Phrase) -> list[Place]:
        """Where a phrase stands, in order; places of one phrase may overlap."""
        sought, tokens = list(phrase.tokens), self._tokens
        found: list[Place] = []
        length, at = len(sought), -1
        while True:
            at = self._next(sought[0], at + 1, prefix=phrase.prefix and length == 1)
            if at < 0:
                return found
            run = tokens[at : at + length]
            last_fits = len(run) == length and (
                run[-1].startswith(sought[-1]) if phrase.prefix else run[-1] == sought[-1]
            )
            if last_fits and run[:-1] == sought[:-1]:
                found.append((self._places[at][0], self._places[at + length - 1][1]))

    def _next(self, token: str, start: int, *, prefix: bool) -> int:
        if prefix:
            rest = range(start, len(self._tokens))
            return next((n for n in rest if self._tokens[n].startswith(token)), -1)
        try:
            return self._tokens.index(token, start)
        except ValueError:
            return -1


def near(text: str, node: Near, field: str) -> bool:
    """Whether two phrases stand in the text of a field no further apart than ``node`` allows.

    Either order; white space between is not counted, and the two may not overlap.
    """
    if any(phrase.field not in (None, field) for phrase in (node.left, node.right)):
        return False
    tokenized = Tokenized(text)
    left, right = tokenized.places(node.left), tokenized.places(node.right)
    if not left or not right:
        return False
    counted = [0, *accumulate(0 if is_white_space(char) else 1 for char in text)]
    edges = [
        (a, b) for first, last in ((left, right), (right, left)) for a, b in _facing(first, last)
    ]
    return any(counted[start] - counted[end] <= node.distance for end, start in edges)


def _facing(first: Sequence[Place], last: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """For each place of ``last``, the nearest end of ``first`` that is not after its start."""
    ends = sorted(end for _, end in first)
    for start, _ in last:
        before = bisect_right(ends, start)
        if before:
            yield ends[before - 1], start


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
