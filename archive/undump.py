"""The lines of a dump, read with mistrust.

Invariant: what is given is a row with the number of its line; a dump that is cut off, altered or of
another kind ends in a :class:`~archive.errors.DumpError` with the line at which that was seen. One
line is in memory, and no line may be longer than was allowed.
"""

import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from archive.dump import END, HEAD, SHAPE
from archive.errors import DumpError, StorageError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_LINE = 256 << 20
"""How many bytes a line may have unless more are allowed."""

_ZSTANDARD, _GZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b"
_BROKEN = (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError)
_LARGEST = 1 << 63


class Record(NamedTuple):
    """A row of a table, and the line on which it stands."""

    line: int
    table: str
    row: dict[str, Any]


class Undump:
    """A dump from its beginning to its end.

    Args:
        file: the dump, compressed or not: its first bytes tell.
        max_line: how many bytes a line may have.

    Raises:
        DumpError: it does not begin as a dump does, or is of a newer kind.
        StorageError: it cannot be read.
    """

    def __init__(self, file: BinaryIO, *, max_line: int = MAX_LINE) -> None:
        self._file = _unpacked(file)
        self._max_line = max_line
        self.line = 0
        """The line that was read last."""
        self._digest = sha256()
        name, head = self._next()
        if name != HEAD or not isinstance(head.get("tables"), str):
            raise self._error("this is no dump of an archive")
        if head.get("schema") != SHAPE:
            raise self._error(
                f"it has schema {head.get('schema')}, this program knows {SHAPE}",
                hint="upgrade archive, then try again",
            )
        self.revision: str = head["tables"]
        """The version of the tables that it was taken from."""

    def __iter__(self) -> Iterator[Record]:
        """Every row, in order.

        Raises:
            DumpError, StorageError: as above; also behind the last row.
        """
        rows = 0
        while True:
            before = self._digest.hexdigest()
            name, value = self._next()
            if name == END:
                if value != {"rows": rows, "sha256": before}:
                    raise self._error("the lines above are not those that were written")
                if self._read():
                    raise self._error("something follows the end")
                return
            rows += 1
            yield Record(self.line, name, value)

    def _next(self) -> tuple[str, dict[str, Any]]:
        """The name and the values of the next line."""
        line = self._read()
        if not line:
            raise self._error("the dump breaks off here")
        self._digest.update(line)
        try:
            value = json.loads(line.decode(), parse_int=_integer)
        except (ValueError, RecursionError) as error:
            whole = line.endswith(b"\n")
            raise self._error("no JSON" if whole else "the dump breaks off here") from error
        if isinstance(value, dict) and len(value) == 1:
            ((name, row),) = value.items()
            if isinstance(row, dict):
                return name, row
        raise self._error('no {"TABLE": {…}}')

    def _read(self) -> bytes:
        self.line += 1
        try:
            line = self._file.readline(self._max_line + 1)
        except _BROKEN as error:
            raise self._error(f"the compressed data is damaged or breaks off ({error})") from error
        except OSError as error:
            raise StorageError(f"the dump cannot be read: {error.strerror}") from error
        if len(line) > self._max_line:
            raise self._error(
                f"longer than {self._max_line:,} bytes", hint="allow more with --max-line"
            )
        return line

    def _error(self, message: str, *, hint: str | None = None) -> DumpError:
        return DumpError(self.line, message, hint=hint)


def opened(path: Path) -> io.BufferedReader:
    """The file of a dump.

    Raises:
        StorageError: it cannot be opened.
    """
    try:
        return path.open("rb")
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror}", hint="check the path and its permissions"
        ) from error


def _unpacked(file: BinaryIO) -> zstd.ZstdFile | gzip.GzipFile | BinaryIO:
    """The dump without its compression."""
    buffered: Any = file if hasattr(file, "peek") else io.BufferedReader(file)
    start = buffered.peek(len(_ZSTANDARD))
    if start.startswith(_ZSTANDARD):
        return zstd.ZstdFile(buffered)
    if start.startswith(_GZIP):
        return gzip.GzipFile(fileobj=buffered)
    return buffered  # type: ignore[no-any-return]  # a BufferedReader, or like one


def _integer(digits: str) -> int:
    """A whole number that SQLite can keep.

    Raises:
        ValueError: it is larger.
    """
    number = int(digits)
    if not -_LARGEST <= number < _LARGEST:
        raise ValueError(digits)
    return number
