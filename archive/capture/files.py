"""Finding captures: files, folders, globs and standard input, one value each, in a stable order.

Invariant: nothing found here ends the run; what cannot be read is a :class:`Failure` with its
reason. Only regular files are opened (a FIFO would block, a device would never end), links are
followed but no folder is entered twice, and no more than ``max_bytes`` of a file are read.
"""

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from archive.capture import media_type
from archive.capture.parsed import Capture

MAX_BYTES = 32 << 20
"""The largest capture that is read unless told otherwise; a news page has some 10 to 500 KB."""

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that gave no article, and why."""

    path: str
    reason: str
    error: BaseException | None = field(default=None, compare=False)
    """The unexpected exception behind it, for ``-v``."""


def find(paths: Iterable[str], *, max_bytes: int = MAX_BYTES) -> Iterator[Capture | Failure]:
    """The captures that ``paths`` name, in the order given; a folder's in the order of names."""
    for path in names(paths):
        if isinstance(path, Failure):
            yield path
        elif path == STANDARD_INPUT:
            yield _read_standard_input(max_bytes)
        else:
            yield _read_file(path, max_bytes)


def names(paths: Iterable[str]) -> Iterator[str | Failure]:
    """The paths of the captures that ``paths`` name, without reading them."""
    for path in paths:
        for name in _expand(path):
            if name != STANDARD_INPUT and os.path.isdir(name):
                yield from _walk(name)
            else:
                yield name


def shown(path: str) -> str:
    """A path as text that can be stored and printed; bytes that are no UTF-8 become ``\\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _expand(path: str) -> list[str]:
    """The paths that a glob matches; a path that exists, or is no glob, stands for itself."""
    if os.path.lexists(path) or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]


def _walk(folder: str) -> Iterator[str | Failure]:
    """The captures in a folder and all below it; hidden names and other types are passed over."""
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    found = False
    while waiting:
        current = waiting.pop()
        try:
            status = os.stat(current)
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError as error:
            found = True
            yield Failure(shown(current), _reason(error))
            continue
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                folders.append(entry.path)
            elif media_type(entry.name) is not None:
                found = True
                yield entry.path
        waiting.extend(reversed(folders))
    if not found:
        yield Failure(
            shown(folder),
            "no captures in this folder; name a file to read it whatever it is called",
        )


def _read_file(path: str, max_bytes: int) -> Capture | Failure:
    name = shown(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return Failure(name, "not a regular file (a FIFO, socket or device)")
        # O_NONBLOCK: should a FIFO take the file's place now, opening it must not wait for a writer
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if status.st_size > max_bytes:
                return _too_large(name, max_bytes)
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        return Failure(name, _reason(error))
    if len(data) > max_bytes:
        return _too_large(name, max_bytes)
    captured = datetime.fromtimestamp(status.st_mtime).astimezone()
    return Capture(data, name, media_type(path) or "text/plain", captured)


def _read_standard_input(max_bytes: int) -> Capture | Failure:
    data = sys.stdin.buffer.read(max_bytes + 1)
    if len(data) > max_bytes:
        return _too_large(STANDARD_INPUT, max_bytes)
    return Capture(data, STANDARD_INPUT)


def _too_large(name: str, max_bytes: int) -> Failure:
    return Failure(name, f"larger than {max_bytes:,} bytes; --max-size sets the limit")


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    return getattr(error, "strerror", None) or str(error)
