"""The breadcrumb (栏目): where the page says it stands in its site.

Steps are short, parted by ``>``, ``>>``, ``»``, ``›``, ``→``, ``/`` or, behind a label such as
当前位置, by white space. A closing 正文 is the page itself and no step.
"""

import re

from archive.capture.clues import Clued
from archive.capture.dateline import find_date
from archive.capture.evidence import Evidence
from archive.capture.vocabulary import HOME, LOCATION, THIS_PAGE

_ARROWS = Clued(r"\s*(?:>+|＞+|»|›|→|&gt;|&raquo;|➤)\s*", *">＞»›→&➤")
_ARROW_ALONE = re.compile("[>＞»›→]+")
_SLASH = Clued(r"\s*/\s*", "/")
_STEP, _TRAIL = 14, 120
"""The most characters that a step has, and a line that is a breadcrumb."""

_BROKEN = 8
"""The longest step that stands alone on the line above the rest."""

_REACH = 25
"""How many lines above the dateline the breadcrumb may stand."""

_SENTENCE = re.compile("[。！？，；]|\\d{4}[-年/.]")


def find_trail(lines: list[Evidence], below: int) -> tuple[list[int], tuple[str, ...]]:
    """Find the breadcrumb above the line ``below``; the lowest one wins.

    Returns: the lines it stands on, and its steps; both empty if there is none.
    """
    if 0 <= below < len(lines) and (steps := _beside_date(lines[below].text)):
        return [], steps
    for place in range(min(below, len(lines)) - 1, max(-1, below - _REACH - 1), -1):
        if _ARROW_ALONE.fullmatch(lines[place].text):
            return _on_lines(lines, place)
        steps = split_trail(lines[place].text) if lines[place].size <= _TRAIL else ()
        if len(steps) > 1:
            return [place], steps
        if steps:
            above = lines[place - 1] if place else None
            if above and above.size <= _BROKEN and above.kind == "short":
                return [place - 1, place], (above.text, *steps)
            return [place], steps
    return [], ()


def _beside_date(text: str) -> tuple[str, ...]:
    """Read the breadcrumb that stands before the date, on its line."""
    date = find_date(text) if _ARROWS.search(text) else None
    said = text[: date.start].rstrip() if date else ""
    return split_trail(said) if _ARROWS.search(said) else ()


def _on_lines(lines: list[Evidence], last: int) -> tuple[list[int], tuple[str, ...]]:
    """Read a breadcrumb each of whose steps and arrows has a line of its own.

    Args:
        lines: the page's lines.
        last: the last arrow.
    """
    places = [last]
    if last + 1 < len(lines) and lines[last + 1].size <= _STEP:
        places.append(last + 1)
    place = last - 1
    while place >= 0 and lines[place].size <= _STEP:
        places.insert(0, place)
        if place == 0 or not _ARROW_ALONE.fullmatch(lines[place - 1].text):
            break
        places.insert(0, place - 1)
        place -= 2
    return places, split_trail(" ".join(lines[place].text for place in places))


def split_trail(text: str) -> tuple[str, ...]:
    """Split one line into the steps of a breadcrumb; empty if it is none.

    A single step is one only if the line says that it is (a label, or a closing 正文).
    """
    label = LOCATION.match(text)
    rest = text[label.end() :] if label else text
    parts = _ARROWS.split(rest)
    parted = len(parts) > 1
    if not parted:
        parts = _SLASH.split(rest)
        parted = len(parts) > 1 and (label is not None or HOME.match(parts[0]) is not None)
    if not parted:
        if label is None:
            return ()
        parts = rest.split()
    return _steps(parts, labelled=label is not None)


def _steps(parts: list[str], *, labelled: bool) -> tuple[str, ...]:
    named = [part.strip(" \t\xa0\u3000:：·|[]【】") for part in parts]
    if not named:
        return ()
    closed = not named[-1] or THIS_PAGE.match(named[-1]) is not None
    steps = [step for step in named if step and not THIS_PAGE.match(step)]
    if any(len(step) > _STEP or _SENTENCE.search(step) for step in steps[:-1]):
        return ()
    if steps and (len(steps[-1]) > _STEP or _SENTENCE.search(steps[-1])):
        steps.pop()  # the page's own title
    if len(steps) < 2 - (closed or labelled):
        return ()
    return tuple(step for place, step in enumerate(steps) if not place or step != steps[place - 1])
