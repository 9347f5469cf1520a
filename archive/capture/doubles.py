"""Text that a page holds twice: the whole body captured again, or parts of it.

A line says what an earlier one said if the two are equal without white space, if one is the
beginning of the other (cut short), or if they begin or end alike and share most of their four-character
pieces (differs lightly). Short lines (headings, captions) count as repeated only beside repeated
running text, since a sub-heading may well stand twice in one article.

Invariant: of two that say the same the longer one is kept, else the first.
"""

import re

from archive.capture.evidence import Evidence

_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_RUNNING = 20
"""From so many characters on a line is compared; shorter ones repeat by chance."""

_ANCHOR = 10
"""Characters at either end by which lines that differ lightly find each other."""

_ALIKE = 0.7
"""Share of common pieces from which two lines say the same."""

_QUOTED, _MOST_QUOTED = 60, 400
"""The shortest text looked for in all the lines above it, and how many may be: bounds the time."""

_GAP = 6
"""How many unrepeated short lines (adverts) may stand within a second copy."""


def mark_repeats(lines: list[Evidence]) -> None:
    """Set :attr:`Evidence.repeat` on the lines that say again what another line says."""
    plain = [_BLANK.sub("", line.text) for line in lines]
    exact: dict[str, int] = {}
    anchors: dict[str, int] = {}
    for place, (line, text) in enumerate(zip(lines, plain, strict=True)):
        if len(text) < _RUNNING or line.label is not None:
            continue
        if text in exact:
            line.repeat = True
            continue
        exact[text] = place
        if not line.prose and len(text) < 2 * _RUNNING:
            continue
        head, tail = text[:_ANCHOR], "$" + text[-_ANCHOR:]
        rival = anchors.get(head, anchors.get(tail))
        if rival is not None and not lines[rival].repeat:
            _compare(lines, plain, rival, place)
        if not line.repeat:
            anchors[head] = anchors[tail] = place
    _mark_quotes(lines, plain)
    _spread(lines, plain)


def _mark_quotes(lines: list[Evidence], plain: list[str]) -> None:
    """Mark running text that is made of whole lines above it (the text that share widgets carry)."""
    running = [
        place for place, line in enumerate(lines) if line.prose and len(plain[place]) >= _QUOTED
    ]
    if len(running) > _MOST_QUOTED:
        return
    above, told = "", 0
    for place in running:
        above += "".join(plain[told:place])
        told = place
        lines[place].repeat |= plain[place][_ANCHOR:] in above


def _compare(lines: list[Evidence], plain: list[str], first: int, second: int) -> None:
    one, other = plain[first], plain[second]
    if one.startswith(other.rstrip(".…")):
        lines[second].repeat = True
    elif other.startswith(one.rstrip(".…")):
        lines[first].repeat = True
    elif abs(len(one) - len(other)) < 0.3 * max(len(one), len(other)) and _alike(one, other):
        lines[second].repeat = True


def _alike(one: str, other: str) -> bool:
    pieces = {one[at : at + 4] for at in range(len(one) - 3)}
    others = {other[at : at + 4] for at in range(len(other) - 3)}
    return len(pieces & others) >= _ALIKE * max(len(pieces), len(others))


def _spread(lines: list[Evidence], plain: list[str]) -> None:
    """Mark the short lines of a second copy: those beside repeated text that stood before too."""
    seen: set[str] = set()
    before = [False] * len(lines)
    for place, text in enumerate(plain):
        before[place] = text in seen
        seen.add(text)
    marked = [place for place, line in enumerate(lines) if line.repeat]
    for low, high in zip(marked, marked[1:], strict=False):
        if 1 < high - low <= _GAP:
            for place in range(low + 1, high):
                lines[place].repeat |= not lines[place].prose
    for step, order in ((-1, range(len(lines) - 1, -1, -1)), (1, range(len(lines)))):
        for place in order:
            beside = place - step
            if 0 <= beside < len(lines) and lines[beside].repeat and not lines[place].repeat:
                cut = step == 1 and _cut_short(plain, seen, place)
                lines[place].repeat = before[place] or cut


def _cut_short(plain: list[str], seen: set[str], place: int) -> bool:
    """Tell whether the last line of a page is the beginning of an earlier line."""
    text = plain[place]
    if place < len(plain) - 1 or len(text) < 4:
        return False
    return any(other.startswith(text) and other != text for other in seen)
