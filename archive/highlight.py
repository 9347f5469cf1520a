"""The snippet that shows a hit: the stretch of its text in which most of the words stand.

Invariant: a snippet is a stretch of the stored text, a line break shown as a space, so that marks
keep their distance and the first marked place is known as offsets into the whole text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from archive.places import Place
from archive.text import is_word, white_space

WIDTH = 90
"""How many characters a snippet has at the most, without its ellipses."""

_LEAD = 24  # how much of the text before the first word is shown where no sentence begins nearer
_TAIL = 30  # how much of its width a snippet gives up to end with a sentence or a clause
_LONG = 20  # a Latin word longer than this may be cut
_SENTENCE_ENDS = "。！？!?；;…\n"
_CLAUSE_ENDS = "，、：,:—"
_CLOSING = "”’」』）)》〉】］]"
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
    begin = _begin(text, _densest(marked))
    end = _end(text, begin, [(a, b) for a, b, _ in marked if a >= begin])
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


def _begin(text: str, place: Place) -> int:
    """Where a snippet that shows a place begins: with a sentence or clause, if one is near enough.

    Near the end of the text it begins earlier, so that it is not shorter than it need be.
    """
    last = len(text) - WIDTH
    if place[0] - _LEAD <= last:
        starts = _starts(text, max(0, place[0] - _LEAD), place[0], _SENTENCE_ENDS)
        clauses = _starts(text, max(0, place[0] - _LEAD), place[0], _CLAUSE_ENDS)
        near = starts[-1:] or clauses[:1]
    else:
        low = max(0, last)
        starts = _starts(text, low, place[0], _SENTENCE_ENDS)
        whole = [start for start in starts if start <= low + _TAIL]
        near = whole[:1] or _starts(text, low, place[0], _CLAUSE_ENDS)[:1] or starts[:1]
    if near:
        return near[0]
    return _word_start(text, max(0, place[0] - _LEAD), place[0])


def _starts(text: str, low: int, high: int, ends: str) -> list[int]:
    """Where something begins behind one of these marks, between two places; the text itself does.

    What closes a quotation belongs to what ends there.
    """
    found = _behind(ends).finditer(text, max(low, 1) - 1, high)
    return [0] * (low == 0) + [met.end() for met in found]


@cache
def _behind(ends: str) -> re.Pattern[str]:
    """What stands between one of these marks and what begins behind it."""
    marks, others = re.escape(ends), re.escape(_CLOSING + "".join(sorted(white_space())))
    return re.compile(f"[{marks}][{marks}{others}]*")


def _end(text: str, begin: int, places: Sequence[Place]) -> int:
    """Where a snippet ends: with a sentence or clause if that leaves it long enough.

    No marked place is cut or lost for it; only one longer than the whole snippet is cut.
    """
    limit = begin + WIDTH
    if limit >= len(text):
        return len(text)
    whole = [(a, b) for a, b in places if b <= limit]
    cut = min((a for a, b in places if a < limit < b), default=limit)
    limit = cut if whole and cut > begin else limit
    least = max([begin + WIDTH - _TAIL, *(b for _, b in whole if b <= limit)])
    for at in range(limit, least, -1):
        if text[at - 1] in _SENTENCE_ENDS or (
            text[at - 1] in _CLOSING and text[at - 2] in _SENTENCE_ENDS
        ):
            return at if text[at - 1] != "\n" else at - 1
    for at in range(limit - 1, least - 1, -1):
        if text[at] in _CLAUSE_ENDS:
            return at
    end = limit
    while end > max(least, limit - _LONG) and is_word(text[end - 1]) and is_word(text[end]):
        end -= 1
    return end if end > max(least, limit - _LONG) else limit


def _word_start(text: str, start: int, place: int) -> int:
    """The first place from ``start`` on, before ``place``, where no word and no mark is cut."""
    at = start
    if at and is_word(text[at - 1]):
        while at < min(place, start + _LONG) and is_word(text[at]):
            at += 1
    while at < place and (text[at] in _SENTENCE_ENDS + _CLAUSE_ENDS + _CLOSING or text[at] == " "):
        at += 1
    return at


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
