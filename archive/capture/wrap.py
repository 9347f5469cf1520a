"""Hard-wrapped pages: paragraphs broken at a fixed width are joined again.

A page is wrapped if most of its lines that do not end a sentence are about as long as its longest
ones and are followed at once by another line. Then such a line goes on in the next one, unless
that begins with an indent.

Invariant: joining changes no character; the joined line keeps its physical lines as parts.
"""

from itertools import pairwise

from archive.capture.lines import PageLine, join

_NARROWEST, _WIDEST = 16, 130
"""The widths, in columns of one character each, at which text is wrapped by hand or by machine."""

_FULL = 0.75
"""A line of at least this share of the width is full."""

_FEWEST, _MOST = 3, 0.6
"""So many lines break off within a sentence on a wrapped page, and this share of them is full."""

_STOPS = 8
"""Running text has a full stop in at least one of so many lines."""

_ENDS = "。！？!?；…”）)：:"


def join_wrapped(lines: list[PageLine], text: str) -> list[PageLine]:
    """Join the wrapped lines of a page; a page that is not wrapped comes back as it is."""
    width = _width(lines) if len(lines) > _FEWEST else None
    if width is None:
        return lines
    paragraphs: list[list[PageLine]] = []
    full = 0  # the number of the line that would go on, if the last one was full
    for line in lines:
        if full == line.number and line.text and not _indented(line, text):
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        full = line.number + 1 if len(line.text) >= _FULL * width else 0
    return [join(paragraph, text) for paragraph in paragraphs]


def _indented(line: PageLine, text: str) -> bool:
    return line.pieces[0][0] - line.span[0] >= 1 and text[line.span[0]].isspace()


def _stops(text: str) -> bool:
    return "。" in text or text.endswith(".") or ". " in text


def _width(lines: list[PageLine]) -> int | None:
    """Measure the width that lines are wrapped at; None if they are not.

    Lists of links are lines without end marks too, but there is hardly a full stop in them.
    """
    sizes = []
    stops, within = 0, False
    for line, following in pairwise(lines):
        together = bool(line.text and following.text) and line.number < following.number
        stops += (together or within) and _stops(line.text)
        if together and line.text[-1] not in _ENDS:
            sizes.append(len(line.text))
        within = together
    if len(sizes) < _FEWEST or stops * _STOPS < len(sizes):
        return None
    width = sorted(sizes)[-1 - len(sizes) // 20]
    full = sum(size >= _FULL * width for size in sizes)
    return width if _NARROWEST <= width <= _WIDEST and full >= _MOST * len(sizes) else None
