"""The lines of a page: what the reader reads, whatever the capture's format.

This is the seam between formats and the reader. A format renders its capture to a :class:`Page`:
lines of text with the evidence its markup gives (tag, bold, share of link text, caption) and the
facts its metadata tells. Plain text has none of these, and every field has the default that says
so. One set of rules then reads them all.

Invariant: the spans of a page's lines follow each other without a gap and cover ``Page.text``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from archive.capture.parsed import Span

_BREAK = re.compile("\r\n|[\n\r\u2028\u2029\x0c]")
_RARE_BREAKS = "\r\u2028\u2029\x0c"


@dataclass(slots=True)
class PageLine:
    """One line of a page, with what its format knows about it."""

    number: int
    """The physical line, from 1."""
    span: Span
    """The whole stretch in ``Page.text``, white space and line break included."""
    text: str
    """What the line says: its pieces joined, no white space around it; empty for a blank line."""
    pieces: tuple[Span, ...]
    """Where ``text`` stands in ``Page.text``; several where inline markup is left out."""
    tag: str | None = None
    """The block element it stood in (``h2``, ``p``, ``li``, ``td``), in lower case."""
    bold: bool = False
    """Whether all of it is set in bold."""
    link_share: float = 0.0
    """The share of its characters that are link text, 0 to 1."""
    caption: bool = False
    """Whether its markup makes it a picture's text."""
    pictured: bool | None = None
    """Whether a picture stands right before it; None: the format does not tell."""
    within: tuple[int, ...] = ()
    """The elements that hold it, outermost first, each by a number of its own on the page."""
    joined: tuple["PageLine", ...] = ()
    """The physical lines it was joined of, where a paragraph was broken at a fixed width."""

    def part(self, start: int, end: int, span: Span) -> "PageLine":
        """Cut out ``text[start:end]`` as a line of its own that covers ``span`` of the page."""
        pieces, passed = [], 0
        for low, high in self.pieces:
            size = high - low
            left, right = max(start - passed, 0), min(end - passed, size)
            if left < right:
                pieces.append((low + left, low + right))
            passed += size
        return PageLine(
            self.number,
            span,
            self.text[start:end],
            tuple(pieces),
            self.tag,
            self.bold,
            self.link_share,
            self.caption,
            self.pictured,
            self.within,
            self.joined,
        )

    def place(self, offset: int) -> int:
        """Give the place in ``Page.text`` of the character ``text[offset]``."""
        for low, high in self.pieces:
            if offset < high - low:
                return low + offset
            offset -= high - low
        return self.pieces[-1][1]


class Facts(NamedTuple):
    """What a capture tells beside its lines: metadata, and where and when it came from."""

    title: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    path: str = ""
    captured: datetime | None = None


class Page(NamedTuple):
    """A capture rendered to lines."""

    text: str
    lines: list[PageLine]
    facts: Facts = Facts()
    article: bool = False
    """Whether the format vouches that all of it is the article (a Markdown file, a record)."""


def say(text: str, pieces: tuple[Span, ...]) -> str:
    """Give what pieces of a text say: joined by nothing, or by a space where two words meet."""
    said: list[str] = []
    for low, high in pieces:
        if said and _is_latin(said[-1][-1]) and _is_latin(text[low]):
            said.append(" ")
        said.append(text[low:high])
    return "".join(said)


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()


def join(lines: list[PageLine], text: str) -> PageLine:
    """Join lines that are one paragraph."""
    if len(lines) == 1:
        return lines[0]
    pieces = tuple(piece for line in lines for piece in line.pieces)
    return replace(
        lines[0],
        span=(lines[0].span[0], lines[-1].span[1]),
        text=say(text, pieces),
        pieces=pieces,
        joined=tuple(lines),
    )


def strip(text: str, start: int, end: int) -> Span:
    """Give the span of ``text[start:end]`` without white space or invisible marks around it."""
    if start < end and not (_is_blank(text[start]) or _is_blank(text[end - 1])):
        return start, end
    while True:
        raw = text[start:end]
        left = len(raw) - len(raw.lstrip())
        if left == len(raw):
            return start, start
        start, end = start + left, end - (len(raw) - len(raw.rstrip()))
        if text[start] not in _INVISIBLE and text[end - 1] not in _INVISIBLE:
            return start, end
        while start < end and text[start] in _INVISIBLE:
            start += 1
        while end > start and text[end - 1] in _INVISIBLE:
            end -= 1


def _is_blank(letter: str) -> bool:
    return letter.isspace() or letter in _INVISIBLE


_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\x00")


def cut_lines(text: str) -> list[PageLine]:
    r"""Cut a text into its physical lines; ``\r\n``, ``\n``, ``\r`` and form feed end one."""
    lines: list[PageLine] = []
    start = 0
    for number, (stop, end) in enumerate(_breaks(text), 1):
        lines.append(_line(text, number, (start, end), stop))
        start = end
    if start < len(text):
        lines.append(_line(text, len(lines) + 1, (start, len(text)), len(text)))
    return lines


def _breaks(text: str) -> Iterator[Span]:
    r"""Where the breaks between lines stand; most texts have none but ``\n``."""
    if any(rare in text for rare in _RARE_BREAKS):
        yield from (found.span() for found in _BREAK.finditer(text))
        return
    place = text.find("\n")
    while place >= 0:
        yield place, place + 1
        place = text.find("\n", place + 1)


def _line(text: str, number: int, span: Span, stop: int) -> PageLine:
    if stop == span[0]:
        return PageLine(number, span, "", ())
    low, high = strip(text, span[0], stop)
    if low == high:
        return PageLine(number, span, "", ())
    return PageLine(number, span, text[low:high], ((low, high),))
