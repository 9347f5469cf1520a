"""What a file may make: one budget for all that is read of it and comes out of it.

Invariant: every byte that comes out of a decompressor passes :meth:`Budget.expand` and everything a
container holds passes :meth:`Budget.enter`, so that a small file can make only so much work,
however it is nested.
"""

import io
import sys
from collections.abc import Callable
from typing import IO, Protocol

from archive.errors import CaptureError

if sys.version_info >= (3, 12):
    from collections.abc import Buffer
else:
    from typing import Any

    Buffer = Any

WASTED = 256 << 20
RATIO = 100
"""More than ``WASTED`` bytes that made no capture, and ``RATIO`` times what was read, are a bomb.

News compresses 3 to 10 times, zeros 1,028 times (gzip) to a million times (bzip2). What became a
capture is no waste, so that a dump that says the same over and over is read whole."""

ORDINARY = 256 << 10
"""As much of a capture counts as no waste."""

MEMBERS = 1_000_000
"""So many things may stand in one archive."""

UNREMARKABLE = 10_000
"""So many may be smaller than a compressed byte each; more of those say the same again."""

_LARGEST_READ = 96 << 20
"""The largest piece a library may ask for at once: the directory of a zip of a million members."""


class SpentError(CaptureError):
    """The budget of a file is spent: nothing more of it is read."""

    path: str | None = None
    """The member at which it was spent."""


class Budget:
    """What has been read of one file, and what came out of it, in bytes."""

    def __init__(self) -> None:
        self.packed = 0
        """Bytes read of the file."""
        self._wasted = 0
        self._entered = 0

    def expand(self, size: int) -> None:
        """Note that a decompressor gave ``size`` bytes.

        Raises:
            SpentError: the file is a bomb.
        """
        self._wasted += size
        if self._wasted > WASTED and self._wasted > RATIO * self.packed:
            raise SpentError(f"expands {RATIO} times and more, to nothing that is a capture")

    def use(self, size: int) -> None:
        """Note that ``size`` bytes became a capture."""
        self._wasted -= min(size, ORDINARY)

    def enter(self, *, most: int | None = None) -> None:
        """Note that one more member or record is looked at; ``most`` of them may be.

        Raises:
            SpentError: there are too many.
        """
        self._entered += 1
        if self._entered > UNREMARKABLE and self._entered > self.packed:
            raise SpentError("more records than it has bytes")
        if most is not None and self._entered > most:
            raise SpentError(f"holds more than {most:,} members")


class Counted(io.RawIOBase):
    """A file whose bytes are counted as they are read."""

    def __init__(self, file: IO[bytes], budget: Budget) -> None:
        self._file = file
        self._budget = budget

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """Whether the file can."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where in the file the next byte is."""
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes.

        Raises:
            SpentError: so much is asked for at once that memory would not be flat.
        """
        data = self._file.read(min(size, _LARGEST_READ + 1) if size >= 0 else _LARGEST_READ + 1)
        if len(data) > _LARGEST_READ:
            raise SpentError(f"asks for more than {_LARGEST_READ >> 20} MB at once")
        self._budget.packed += len(data)
        return data

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer."""
        return fill(buffer, self.read)


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes; none at the end."""
        ...


class Metered(io.RawIOBase):
    """What a library decompresses, counted as it comes out."""

    def __init__(self, source: Readable, budget: Budget) -> None:
        self._source = source
        self._budget = budget

    def readable(self) -> bool:
        """It can be read, from its beginning to its end."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer."""
        size = fill(buffer, self._source.read)
        self._budget.expand(size)
        return size


def fill(buffer: Buffer, read: Callable[[int], bytes]) -> int:
    """Fill a buffer by one call of ``read``; return how many bytes it gave."""
    view = memoryview(buffer)
    data = read(len(view))
    view[: len(data)] = data
    return len(data)
