"""JSON files to the bytes of their records: lines of JSON Lines, elements of an array.

Each is cut out exactly as it stands; nothing is parsed here. Invariant: no more than one record and
one chunk are held, whatever the file's size; a record that is too large is set aside by its number,
and the next one is given.
"""

import re
from collections.abc import Iterable, Iterator

from archive.errors import CaptureError

Split = Iterator[tuple[int, bytes | str]]
"""A record's number and its bytes, or the reason why it is set aside."""

_ENDLESS = 256 << 20
"""A record that goes on for so many bytes is none; the file is given up."""

_DEEPEST = 100_000
"""An array that nests deeper is given up: its brackets are no structure."""


def lines(chunks: Iterable[bytes], most: int) -> Split:
    r"""The lines of JSON Lines by their number, without ``\n`` or ``\r\n``; blank ones are passed.

    Args:
        chunks: the file, in any encoding in which a byte 10 is a line's end.
        most: a longer line is set aside.
    """
    number, line = 1, _Piece(most)
    for chunk in chunks:
        start = 0
        if line.empty and not chunk.strip():
            number += chunk.count(b"\n")
            start = chunk.rfind(b"\n") + 1
        while (end := chunk.find(b"\n", start)) >= 0:
            line.add(chunk[start:end])
            yield from line.take(number)
            number, start = number + 1, end + 1
        line.add(chunk[start:])
    yield from line.take(number)


def too_large(most: int) -> str:
    """The reason why a record is set aside."""
    return f"larger than {most:,} bytes; --max-size sets the limit"


class _Piece:
    """The bytes of one record, gathered; no more than ``most`` of them are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def empty(self) -> bool:
        return not self._size

    def add(self, part: bytes) -> None:
        if not part:
            return
        self._size += len(part)
        if self._size > _ENDLESS:
            raise CaptureError(
                f"a record does not end within {_ENDLESS >> 20} MB; the rest is not read"
            )
        if self._size <= self._most:
            self._parts.append(part)
        else:
            self._parts.clear()

    def take(self, number: int, *, strip: bytes | None = b"\r") -> Split:
        """Give the record, unless it is blank, and begin another."""
        data, size = b"".join(self._parts), self._size
        self._parts, self._size = [], 0
        if size > self._most:
            yield number, too_large(self._most)
            return
        data = data.strip() if strip is None else data.removesuffix(strip)
        if data.strip():
            yield number, data


_MARK = re.compile(rb'["{}\[\],]')
_IN_STRING = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)


def elements(chunks: Iterable[bytes], most: int) -> Split:
    """The elements of a JSON array in UTF-8, or values that follow each other without one.

    Raises:
        CaptureError: the file breaks off inside a value, or nests too deep.
    """
    scanner = _Scanner(most)
    for chunk in chunks:
        yield from scanner.feed(chunk)
    yield from scanner.end()


class _Scanner:
    """Where values begin and end: strings are stepped over, brackets counted, nothing is parsed."""

    def __init__(self, most: int) -> None:
        self._piece = _Piece(most)
        self._number = 1
        self._depth = 0
        self._base: int | None = None
        """The depth at which values stand: 1 in an array, 0 without; None: nothing seen yet."""
        self._in_string = False
        self._escaped = False
        self._closed = False

    def feed(self, chunk: bytes) -> Split:
        """The values that end in this chunk."""
        if self._piece.empty:
            chunk = chunk.lstrip()
        if not chunk:
            return
        start = 0
        if self._base is None:
            start = self._base = self._depth = int(chunk[:1] == b"[")
        for stop, following in self._ends(chunk, start):
            self._piece.add(chunk[start:stop])
            for _, data in self._piece.take(self._number, strip=None):
                yield self._number, data
                self._number += 1
            start = following
        rest = chunk[start:]
        self._piece.add(rest.lstrip() if self._piece.empty else rest)
        if self._closed and not self._piece.empty:
            raise CaptureError("something stands behind the array; it is not read")

    def _ends(self, chunk: bytes, place: int) -> Iterator[tuple[int, int]]:
        """Where values end in a chunk, and where what follows them begins."""
        place += self._escaped
        self._escaped = False
        while place < len(chunk) and not self._closed:
            if self._in_string:
                place = self._leave_string(chunk, place)
                continue
            found = _MARK.search(chunk, place)
            if found is None:
                return
            place = found.end()
            if self._is_end(found[0]):
                yield (place if self._base == 0 else found.start()), place

    def _leave_string(self, chunk: bytes, place: int) -> int:
        stop = chunk.find(b'"', place)
        if stop >= 0 and chunk.find(b"\\", place, stop) < 0:  # most strings: many times faster
            self._in_string = False
            return stop + 1
        found = _IN_STRING.match(chunk, place)
        place = found.end() if found else len(chunk)
        if place < len(chunk):
            self._escaped = chunk[place] == ord("\\")  # its other half stands in the next chunk
            self._in_string = self._escaped
            place += 1
        return place

    def _is_end(self, mark: bytes) -> bool:
        """Take note of a mark outside strings; tell whether a value ends there."""
        if mark == b'"':
            self._in_string = True
        elif mark in b"{[":
            self._depth += 1
            if self._depth > _DEEPEST:
                raise CaptureError(f"nested deeper than {_DEEPEST:,}; the rest is not read")
        elif mark in b"}]":
            self._depth = max(self._depth - 1, 0)
            self._closed = self._base == 1 and self._depth == 0
            return self._depth == 0
        else:
            return self._base == 1 == self._depth
        return False

    def end(self) -> Split:
        """What is left at the end of the file."""
        if self._depth or self._in_string:
            raise CaptureError(
                f"the JSON breaks off in record {self._number}; what came before is kept"
            )
        yield from self._piece.take(self._number, strip=None)
