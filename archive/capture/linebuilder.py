"""The text of a rendered page as it grows, line by line, and where in the source it stood.

White space collapses as in a browser: a run of it is one space within a line and nothing at its
ends; no-break and ideographic spaces are text. Character references are decoded.

Invariant: :class:`Places` leads every character of the rendered text back to the stretch of the
source that it came from; the lines follow each other without a gap.
"""

import html
import re
from bisect import bisect_left, bisect_right
from dataclasses import replace

from archive.capture.lines import PageLine, strip
from archive.capture.parsed import Span
from archive.capture.styles import PLAIN, Style

_ODD = re.compile(r"[ \t\n\r\f]+|&(?:#[xX]?[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?|[\0\x0b]")
"""White space that collapses, character references, and characters that are not shown."""

_WHITE = " \t\n\r\f"
_WIDE = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60‘’“”…—·]")
"""Between two of these a line break of the source is no space (CSS Text 3, 4.1.3)."""

_SPARE = 2
"""How many characters of a line in bold may be plain: a number, a colon, white space."""


_BENEATH = 90
"""The longest centred line beneath a picture that is its text, in characters."""

_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "title"})


class Places:
    """Where in the source the rendered characters stood."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._parts: list[tuple[int, int, int]] = []

    def add(self, start: int, size: int, source: Span) -> None:
        """Add ``size`` rendered characters from ``start`` on, which render ``source``."""
        self._starts.append(start)
        self._parts.append((size, *source))

    def source(self, span: Span) -> list[Span]:
        """Give the stretches of the source that a span of the rendered text came from."""
        found: list[Span] = []
        first = max(0, bisect_right(self._starts, span[0]) - 1)
        for place in range(first, bisect_left(self._starts, span[1])):
            start = self._starts[place]
            size, low, high = self._parts[place]
            left, right = max(span[0] - start, 0), min(span[1] - start, size)
            if left >= right:
                continue
            if size == high - low:
                low, high = low + left, low + right
            if found and found[-1][1] == low:
                found[-1] = (found[-1][0], high)
            elif low < high:
                found.append((low, high))
        return found


class LineBuilder:
    """The rendered text as it grows."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.said: list[str] = []
        self.lines: list[PageLine] = []
        self.places = Places()
        self.running = self.linked = self.hidden = 0
        """Characters of running text: shown, shown as links, and not shown."""
        self.pictured = False
        """Whether a picture was passed since the last line."""
        self.within: tuple[int, ...] = ()
        """The blocks that hold what is added next."""
        self._size = 0
        self._breaks = [found.start() for found in re.finditer("\n", source)]
        self._chunks: list[tuple[str, Span]] = []
        self._space: tuple[str, Span | None] | None = None
        self._style: Style = PLAIN
        self._within: tuple[int, ...] = ()
        self._bold = self._linked = self._captioned = self._centred = 0

    def add(self, start: int, end: int, style: Style) -> None:
        """Add a stretch of the source that is text."""
        for found in _ODD.finditer(self.source, start, end):
            self._say(self.source[start : found.start()], (start, found.start()), style)
            start = found.end()
            value = found[0]
            if value[0] == "&":
                value = html.unescape(value)
            if style.preformatted and "\n" in value:
                self.end_line()
            elif value and not value.strip(_WHITE):
                self.white(value, found.span())
            elif found[0] not in "\0\x0b":
                self._say(value, found.span(), style)
        self._say(self.source[start:end], (start, end), style)

    def white(self, value: str, span: Span | None) -> None:
        """Note white space, which is one space if text stands on both sides of it."""
        if self._chunks and self._space is None:
            self._space = (value, span)
        elif self._space is not None and "\n" not in value:
            self._space = (value, self._space[1] or span)

    def _say(self, said: str, span: Span, style: Style) -> None:
        if not said:
            return
        if self._space is not None:
            self._say_space(said[0])
        if not self._chunks:
            self._style, self._within = style, self.within
        self._chunks.append((said, span))
        size = len(said)
        self._bold += size if style.bold else 0
        self._linked += size if style.linked else 0
        self._captioned += size if style.caption else 0
        self._centred += size if style.centred else 0

    def _say_space(self, following: str) -> None:
        assert self._space is not None  # noqa: S101 for the type checker
        value, span = self._space
        self._space = None
        before, (_, high) = self._chunks[-1]
        if "\n" in value and _WIDE.match(before[-1]) and _WIDE.match(following):
            return
        self._chunks.append((" ", span or (high, high)))

    def end_line(self) -> None:
        """End the line, if it says anything."""
        chunks, self._chunks, self._space = self._chunks, [], None
        said = "".join(chunk[0] for chunk in chunks)
        low, high = strip(said, 0, len(said))
        if low < high:
            self._add_line(said, chunks, (low, high))
        self._bold = self._linked = self._captioned = self._centred = 0

    def _add_line(self, said: str, chunks: list[tuple[str, Span]], bare: Span) -> None:
        start = place = self._size
        for text, span in chunks:
            self.places.add(place, len(text), span)
            place += len(text)
        size = len(said)
        bold = 2 * self._bold > size and self._bold >= bare[1] - bare[0] - _SPARE
        beneath = self.pictured and 2 * self._centred > size and not bold and size <= _BENEATH
        self.lines.append(
            PageLine(
                number=bisect_left(self._breaks, chunks[0][1][0]) + 1,
                span=(start, place + 1),
                text=said[slice(*bare)],
                pieces=((start + bare[0], start + bare[1]),),
                tag=self._style.tag,
                bold=bold,
                link_share=min(1.0, self._linked / size),
                caption=2 * self._captioned > size or (beneath and self._style.tag not in _TITLES),
                pictured=self.pictured,
                within=self._within,
            )
        )
        self.said.extend((said, "\n"))
        self._size = place + 1
        self.pictured = False

    def join(self, first: int, mark: str) -> None:
        """Put the lines from ``first`` on on one line, one character between them."""
        cells = self.lines[first:]
        total = sum(len(cell.text) for cell in cells)
        for place in range(2 * first + 1, len(self.said) - 1, 2):
            self.said[place] = mark
        text = "".join(self.said[2 * first : -1])
        start = cells[0].span[0]
        low, high = cells[0].pieces[0][0], cells[-1].pieces[-1][1]
        self.lines[first:] = [
            replace(
                cells[0],
                span=(start, cells[-1].span[1]),
                text=text[low - start : high - start],
                pieces=((low, high),),
                tag="tr",
                bold=all(cell.bold for cell in cells),
                link_share=sum(cell.link_share * len(cell.text) for cell in cells) / total,
            )
        ]
        self.said[2 * first :] = [text, "\n"]
