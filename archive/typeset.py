"""Where lines of Chinese and Latin text may end at the width of a terminal.

Idea: a line may end between any two wide characters, but closing punctuation never begins a line
and an opening mark never ends one (GB/T 15834); between narrow characters it ends at white space.
Invariant: no line is wider than asked, as long as one character fits.
"""

from collections.abc import Iterator
from itertools import accumulate

from rich.cells import get_character_cell_size as cells
from rich.text import Text

_NO_START = frozenset("，。、；：？！,.;:?!…—～”’）》〉】〕］｝」』)]}%％‰·°℃々ー")
_NO_END = frozenset("“‘（《〈【〔［｛「『([{￥$")
_CURLY = frozenset("“‘")  # of Chinese text, though terminals give them one cell


def lines(text: str, width: int, *, hanging: int = 0) -> Iterator[tuple[int, int]]:
    """The stretches of ``text`` that are shown a line each; white space at their ends is left out.

    Args:
        text: what is to be shown; a line feed ends a line.
        width: of the terminal, in cells.
        hanging: by how many cells all lines but the first are indented.
    """
    at = 0
    for part in text.split("\n"):
        yield from _wrapped(text, at, at + len(part), width, hanging if at else 0, hanging)
        at += len(part) + 1


def broken(text: Text, width: int, *, hanging: int = 0) -> Iterator[Text]:
    """The lines that a styled text is shown in; see :func:`lines`."""
    for number, (start, end) in enumerate(lines(text.plain, width, hanging=hanging)):
        yield Text.assemble(" " * hanging if number else "", text[start:end])


def _wrapped(
    text: str, start: int, stop: int, width: int, first: int, hanging: int
) -> Iterator[tuple[int, int]]:
    """The lines of one paragraph, ``text[start:stop]``."""
    reached = [0, *accumulate(cells(char) for char in text[start:stop])]
    at, room = start, width - first
    while True:
        end = at
        limit = reached[at - start] + max(room, 1)
        while end < stop and reached[end + 1 - start] <= limit:
            end += 1
        end = max(end, at + 1)  # one character at least, even where it does not fit
        if end >= stop:
            yield at, stop
            return
        end = _end(text, at, end)
        yield at, at + len(text[at:end].rstrip(" "))
        at, room = end, width - hanging
        while at < stop and text[at] == " ":
            at += 1


def _end(text: str, start: int, end: int) -> int:
    """Where the line that begins at ``start`` ends, if it must before ``end``."""
    for place in range(end, start, -1):
        if _may_end(text[place - 1], text[place]):
            return place
    return end


def _may_end(last: str, following: str) -> bool:
    """Whether a line may end between two characters."""
    if following == " " or last == " ":
        return True
    if following in _NO_START or last in _NO_END or cells(following) == 0:
        return False
    return following in _CURLY or cells(last) > 1 or cells(following) > 1
