"""Finding captures: files, folders, globs and standard input, one value each, in a stable order.

Invariant: nothing found here ends the run; what cannot be read is a :class:`Failure` with its
reason. Only what is a regular file by its folder's list, or else by its status, is opened, and read
if it still is one (a FIFO would block, a device would never end); links are followed but no folder
is entered twice; and no more than ``max_bytes`` of a capture are held.
"""

# Names are kept as they were given or found, and a folder may hold very many: no Path objects.
# ruff: noqa: PTH112, PTH114, PTH116, PTH207

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BufferedReader, FileIO
from operator import attrgetter

from archive.capture.kinds import is_read, kind_of, media_type
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure, of_seconds

MAX_BYTES = 32 << 20
"""The largest capture that is read unless told otherwise; a news page has some 10 to 500 KB."""

STANDARD_INPUT = "-"

_Found = tuple[str, bool]
"""A path, and whether it was seen to be that of a regular file."""


def find(paths: Iterable[str], options: Options) -> Iterator[Capture | Failure]:
    """The captures that ``paths`` name, in the order given; a folder's in the order of names.

    A container or a file of records gives one for each member or record.
    """
    for found in _look_for(paths):
        if isinstance(found, Failure):
            yield found
            continue
        path, regular = found
        if path == STANDARD_INPUT:
            yield _read_standard_input(options.max_bytes)
        elif (kind := media_type(path)) is None and kind_of(path).is_container:
            yield from _unpack(path, options)
        else:
            yield _read(path, kind or "text/plain", options.max_bytes, regular=regular)


def names(paths: Iterable[str]) -> Iterator[str | Failure]:
    """The paths of the captures that ``paths`` name, without reading them."""
    return (one if isinstance(one, Failure) else one[0] for one in _look_for(paths))


def _look_for(paths: Iterable[str]) -> Iterator[_Found | Failure]:
    for path in paths:
        for name in _expand(path):
            if name != STANDARD_INPUT and os.path.isdir(name):
                yield from _walk(name)
            else:
                yield name, False


def total(paths: Iterable[str]) -> int | None:
    """How many bytes the captures have that ``paths`` name; None if they are still packed."""
    size = 0
    for path in names(paths):
        if isinstance(path, Failure):
            continue
        if path == STANDARD_INPUT or kind_of(path).is_packed:
            return None
        with suppress(OSError, ValueError):  # it will be told when it is to be read
            size += os.stat(path).st_size
    return size


def shown(path: str) -> str:
    r"""A path as text that can be stored and printed; bytes that are no UTF-8 become ``\xNN``."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def _expand(path: str) -> list[str]:
    """The paths that a glob matches; a path that exists, or is no glob, stands for itself."""
    if os.path.lexists(path) or not glob.has_magic(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) or [path]


def _walk(folder: str) -> Iterator[_Found | Failure]:
    """The captures in a folder and all below it; hidden names and other types are passed over.

    So is a link that leads nowhere or to itself, unless its name is that of a capture.
    """
    entered: set[tuple[int, int]] = set()
    waiting = [folder]
    found = False
    while waiting:
        current = waiting.pop()
        try:
            status = os.stat(current)
            entries = sorted(os.scandir(current), key=attrgetter("name"))
        except OSError as error:
            found = True
            yield Failure(shown(current), _reason(error))
            continue
        if (status.st_dev, status.st_ino) in entered:
            continue
        entered.add((status.st_dev, status.st_ino))
        folders = []
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            regular = entry.is_file(follow_symlinks=False)
            if not regular and _is_folder(entry):
                folders.append(entry.path)
            elif is_read(name):
                found = True
                yield entry.path, regular
        waiting.extend(reversed(folders))
    if not found:
        yield Failure(
            shown(folder),
            "no captures in this folder; name a file to read it whatever it is called",
        )


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _unpack(path: str, options: Options) -> Iterator[Capture | Failure]:
    """The captures in a container or record file."""
    from archive.capture.containers import unpack  # noqa: PLC0415 - few files are one

    descriptor = _open(path)
    if isinstance(descriptor, Failure):
        yield descriptor
        return
    with BufferedReader(FileIO(descriptor)) as file:
        modified = of_seconds(os.fstat(descriptor).st_mtime)
        yield from unpack(file, shown(path), modified=modified, options=options)


def _read(path: str, kind: str, max_bytes: int, *, regular: bool) -> Capture | Failure:
    """Read a file as a capture; of a folder of known ones this takes most of the time."""
    descriptor = _open(path, regular=regular)
    if isinstance(descriptor, Failure):
        return descriptor
    name = shown(path)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Failure(name, _NOT_REGULAR)
        data = _bytes(descriptor, status.st_size, max_bytes)
    except OSError as error:
        return Failure(name, _reason(error, path))
    finally:
        os.close(descriptor)
    if data is None:
        return _too_large(name, max_bytes)
    return Capture(data, name, kind, status.st_mtime)


def _open(path: str, *, regular: bool = False) -> int | Failure:
    """Open a file that is seen to be regular, or that was."""
    try:
        if not (regular or stat.S_ISREG(os.stat(path).st_mode)):
            return Failure(shown(path), _NOT_REGULAR)
        return os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        return Failure(shown(path), _reason(error, path))


_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""Should a FIFO have taken the file's place, opening it must not wait for a writer."""

_NOT_REGULAR = "not a regular file (a FIFO, socket or device); pipe it to archive ingest -"


def _bytes(descriptor: int, size: int, max_bytes: int) -> bytes | None:
    """All bytes of an open file that has ``size`` of them; None if they are too many."""
    if size > max_bytes:
        return None
    data = os.read(descriptor, size + 1) if size else b""
    if len(data) != size or not size:  # it changes meanwhile, or is one that tells no size
        with BufferedReader(FileIO(descriptor, closefd=False)) as rest:
            data += rest.read(max_bytes + 1 - len(data))
    return data if len(data) <= max_bytes else None


def _read_standard_input(max_bytes: int) -> Capture | Failure:
    if sys.stdin is None:
        return Failure(STANDARD_INPUT, "standard input is closed; pipe a capture to it")
    try:
        data = sys.stdin.buffer.read(max_bytes + 1)
    except OSError as error:
        return Failure(STANDARD_INPUT, _reason(error))
    if len(data) > max_bytes:
        return _too_large(STANDARD_INPUT, max_bytes)
    return Capture(data, STANDARD_INPUT)


def _too_large(name: str, max_bytes: int) -> Failure:
    return Failure(name, f"larger than {max_bytes:,} bytes; --max-size sets the limit")


def _reason(error: OSError | ValueError, path: str = "") -> str:
    if isinstance(error, FileNotFoundError):
        if os.path.islink(path):
            return "a link to a file that is not there; mend or remove it"
        if glob.has_magic(path):
            return "no file matches this pattern; check the path"
        return "no such file or folder; check the path"
    if isinstance(error, PermissionError):
        return "permission denied; check who may read it"
    return f"{getattr(error, 'strerror', None) or error}; check the path"
