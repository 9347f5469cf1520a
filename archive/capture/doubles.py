"""Text that a page holds twice: the whole body captured again, or parts of it.

A line says what an earlier one said if the two are equal without white space and width of
punctuation, if one is the beginning of the other (cut short), or if it is made of whole lines above
it. Lines that are only much alike (the second copy differs lightly) count as repeated if they do so
in order, a line beside its neighbour as in the first copy: the cases of a list are alike too.
Short lines (headings, captions) count as repeated only beside repeated running text, since a
sub-heading may well stand twice in one article.

Invariant: of two that say the same the longer one is kept, else the first.
"""

from itertools import pairwise

from archive.capture.evidence import Evidence
from archive.text import fold

_RUNNING = 20
"""From so many characters on a line is compared; shorter ones repeat by chance."""

_ANCHOR = 10
"""Characters at either end by which lines that differ lightly find each other."""

_ALIKE, _LONGER = 0.7, 0.3
"""Share of common pieces from which two lines are alike, and how much longer one of them may be."""

_PIECE = 4
"""Characters of the pieces that are compared."""

_QUOTED, _MOST_QUOTED = 60, 400
"""The shortest text looked for in all lines above it, and how many may be: bounds the time."""

_GAP = 6
"""How many short lines (adverts) may stand within a second copy."""


def mark_repeats(lines: list[Evidence]) -> None:
    """Set :attr:`Evidence.repeat` on the lines that say again what another line says."""
    if all(line.size < _RUNNING for line in lines[1:]):  # then none repeats; folding costs
        return
    plain = [_plain(line.text) for line in lines]
    running = [
        place
        for place, line in enumerate(lines)
        if len(plain[place]) >= _RUNNING and line.label is None
    ]
    _mark_equal(lines, plain, running)
    _mark_quotes(lines, plain)
    _spread(lines, plain)


def _plain(text: str) -> str:
    text = "".join(text.split()).replace("\u200b", "").replace("\ufeff", "")
    return text if len(text) < _RUNNING else fold(text)


def _mark_equal(lines: list[Evidence], plain: list[str], running: list[int]) -> None:
    """Mark lines equal to an earlier one, cut short, or alike in the order of the first copy."""
    exact: dict[str, int] = {}
    anchors: dict[str, int] = {}
    matches: dict[int, int] = {}
    for rank, place in enumerate(running):
        text = plain[place]
        if text in exact:
            lines[place].repeat = True
            matches[rank] = exact[text]
            continue
        exact[text] = rank
        rival = _rival(anchors, text)
        if rival is not None and lines[place].prose:
            _compare(lines, plain, running[rival], place)
            if _alike(plain[running[rival]], text):
                matches[rank] = rival
        anchors[text[:_ANCHOR]] = anchors["$" + text[-_ANCHOR:]] = rank
    for rank, rival in matches.items():
        beside = matches.get(rank - 1) == rival - 1 or matches.get(rank + 1) == rival + 1
        if beside and rank - rival > 1:
            lines[running[rank]].repeat = True


def _rival(anchors: dict[str, int], text: str) -> int | None:
    found = anchors.get(text[:_ANCHOR])
    return anchors.get("$" + text[-_ANCHOR:]) if found is None else found


def _compare(lines: list[Evidence], plain: list[str], first: int, second: int) -> None:
    one, other = plain[first].rstrip(".…"), plain[second].rstrip(".…")
    if one.startswith(other):
        lines[second].repeat = True
    elif other.startswith(one):
        lines[first].repeat = True


def _alike(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > _LONGER * max(len(one), len(other)):
        return False
    pieces = {one[at : at + _PIECE] for at in range(len(one) - _PIECE + 1)}
    others = {other[at : at + _PIECE] for at in range(len(other) - _PIECE + 1)}
    return len(pieces & others) >= _ALIKE * max(len(pieces), len(others))


def _mark_quotes(lines: list[Evidence], plain: list[str]) -> None:
    """Mark running text made of whole lines above it: what share widgets and summaries carry."""
    long = [
        place
        for place, line in enumerate(lines)
        if line.prose and len(plain[place]) >= _QUOTED and not line.repeat
    ]
    if len(long) > _MOST_QUOTED:
        return
    above, told = "", 0
    for place in long:
        above += "".join(plain[told:place])
        told = place
        lines[place].repeat = plain[place][_ANCHOR:] in above


def _spread(lines: list[Evidence], plain: list[str]) -> None:
    """Mark the short lines of a second copy: those beside repeated text that stood before too."""
    seen: set[str] = set()
    before = [False] * len(lines)
    for place, text in enumerate(plain):
        before[place] = text in seen
        seen.add(text)
    marked = [place for place, line in enumerate(lines) if line.repeat]
    for low, high in pairwise(marked):
        if 1 < high - low <= _GAP:
            for line in lines[low + 1 : high]:
                line.repeat = not line.prose
    for place in range(len(lines) - 2, -1, -1):
        lines[place].repeat |= before[place] and lines[place + 1].repeat
    for place in range(1, len(lines)):
        if lines[place - 1].repeat and not lines[place].repeat:
            lines[place].repeat = before[place] or _cut_short(plain, seen, place)


def _cut_short(plain: list[str], seen: set[str], place: int) -> bool:
    """Tell whether the last line of a page is the beginning of an earlier line."""
    text = plain[place]
    if place < len(plain) - 1 or len(text) < _PIECE:
        return False
    return any(other.startswith(text) and other != text for other in seen)
