"""Compressed bytes as streams.

Nothing is held but the chunk in hand, and no size that a header names is believed. Invariant: what
comes out counts against a :class:`~archive.capture.budget.Budget`; what came out before a stream
breaks is given before the error is raised.
"""

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from archive.capture.budget import Budget, Buffer, Readable, fill
from archive.errors import CaptureError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 18
"""Bytes that are asked for at a time."""

_PACKED_CHUNK = 1 << 13
"""Compressed bytes that are handed to a decompressor at a time."""

_LZMA_MEMORY = 256 << 20
"""Memory that xz may ask for; its highest preset takes 65 MB."""


class _Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Inflate:
    """One member by zlib; it also checks gzip's length and checksum."""

    def __init__(self, wbits: int) -> None:
        self._inflate = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": lambda: _Inflate(31),
    "deflate": lambda: _Inflate(47),  # with zlib's header or gzip's
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LZMA_MEMORY),
    "zstd": zstd.ZstdDecompressor,
}


class Expanded(io.RawIOBase):
    """A compressed stream as the bytes it holds; several members or frames follow each other.

    Whatever came out before the stream breaks is given before the error is raised.

    Args:
        source: the compressed bytes.
        method: ``gzip``, ``deflate``, ``bzip2``, ``xz`` or ``zstd``.
        budget: what the bytes count against.
    """

    def __init__(self, source: Readable, method: str, budget: Budget) -> None:
        self._source = source
        self._method = method
        self._budget = budget
        self._decompressor: _Decompressor | None = _DECOMPRESSORS[method]()
        self._waiting = b""

    def readable(self) -> bool:
        """It can be read, from its beginning to its end."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        size = fill(buffer, self._expand)
        self._budget.expand(size)
        return size

    def _expand(self, size: int) -> bytes:
        """Up to ``size`` bytes, none at the end.

        Raises:
            CaptureError: the stream is damaged or cut off.
        """
        while self._decompressor is not None:
            if self._decompressor.eof:
                self._begin_next(self._decompressor.unused_data)
                continue
            packed, self._waiting = self._waiting, b""
            if not packed and self._decompressor.needs_input:
                packed = self._source.read(_PACKED_CHUNK)
                if not packed:
                    return self._drain(size)
            try:
                data = self._decompressor.decompress(packed, size)
            except (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError) as e:
                raise CaptureError(f"damaged {self._method} data ({e})") from e
            if data:
                return data
        return b""

    def _drain(self, size: int) -> bytes:
        """What the decompressor still holds at the end of the source."""
        data = self._decompressor.decompress(b"", size) if self._decompressor else b""
        if not data:
            raise CaptureError(
                f"the {self._method} data breaks off; what came before is kept if it was whole"
            )
        return data

    def _begin_next(self, unused: bytes) -> None:
        """Begin the member or frame behind one that has ended; zeros may pad it."""
        unused = unused.lstrip(b"\0")
        while not unused:
            chunk = self._source.read(_PACKED_CHUNK)
            if not chunk:
                self._decompressor = None
                return
            unused = chunk.lstrip(b"\0")
        self._waiting = unused
        self._decompressor = _DECOMPRESSORS[self._method]()


def read_up_to(source: Readable, size: int) -> bytes:
    """Up to ``size`` bytes of a stream, fewer only at its end."""
    chunks, missing = [], size
    while missing and (chunk := source.read(min(missing, CHUNK))):
        chunks.append(chunk)
        missing -= len(chunk)
    return b"".join(chunks)


def chunks_of(source: Readable) -> Iterator[bytes]:
    """The bytes of a stream, as they come."""
    while chunk := source.read(CHUNK):
        yield chunk


def peek(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first ``size`` bytes or more, and all chunks from the beginning.

    An error on the way is raised where it would have been: behind what came before it.
    """
    taken: list[bytes] = []
    broken: CaptureError | None = None
    try:
        while sum(map(len, taken)) < size and (chunk := next(chunks, b"")):
            taken.append(chunk)
    except CaptureError as error:
        broken = error

    def again() -> Iterator[bytes]:
        yield from taken
        if broken is not None:
            raise broken
        yield from chunks

    return b"".join(taken), again()
