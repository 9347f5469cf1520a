"""What stands at an archive's path, told before SQLite may write to it.

Idea: the first 100 bytes of an SQLite file say what it is. Invariants: looking changes no byte of a
file and makes none beside it; and a file that this process has open is not opened here, since
closing it again would drop the POSIX locks of all connections that the process has to it.
"""

import os
import re
import sqlite3
import stat
from enum import Enum
from pathlib import Path
from urllib.parse import quote
from weakref import WeakKeyDictionary

from archive.errors import DatabaseError, StorageError, UsageError

APPLICATION_ID = 0x4172634E
"""What marks a SQLite file as an archive (bytes 68 to 71 of its header): ``ArcN``."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_HEADER = 100
_MAGIC = b"SQLite format 3\x00"
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")

_in_use: WeakKeyDictionary[object, tuple[int, int]] = WeakKeyDictionary()
"""Device and inode of the file that each engine of this process has open."""


class FileState(Enum):
    """What stands at an archive's path."""

    MISSING = "missing"
    NEW = "new"
    ARCHIVE = "archive"


def identify(path: Path) -> FileState:
    """Tell what stands at ``path``, reading only.

    A file of 0 bytes, or an SQLite file without application id and tables (what a kill during
    creation leaves), is a new archive.

    Raises:
        DatabaseError: a folder, a foreign file, or a file that is shorter than its header says.
        StorageError: the file cannot be read.
        UsageError: the path is a URL, or no file can have it.
    """
    if _URL.match(path.as_posix()) or "\0" in str(path):
        raise UsageError(f"{str(path)!r} is no path", hint="an archive is a file: name one")
    try:
        status = path.stat()
        if (status.st_dev, status.st_ino) in _in_use.values():
            return FileState.ARCHIVE
        _refuse_special(path, status.st_mode)
        with path.open("rb") as file:
            header = file.read(_HEADER)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return FileState.MISSING
    except OSError as error:
        raise StorageError(
            f"{path} cannot be read: {error.strerror}",
            hint="check the path and its permissions, or name another file with --db",
        ) from error
    if size == 0 or (_may_be_ours(header) and _is_unfinished(path)):
        return FileState.NEW
    if not header.startswith(_MAGIC) or len(header) < _HEADER:
        raise _foreign(path)
    if _application(header) == APPLICATION_ID:
        _refuse_truncated(path, header, size)
        return FileState.ARCHIVE
    if _application(header) == 0 and _has_no_tables(path):
        return FileState.NEW
    raise _foreign(path)


def bears_our_mark(path: Path) -> bool:
    """Whether a file is an archive, be it damaged or cut off; a file in use is not opened."""
    try:
        return identify(path) is FileState.ARCHIVE
    except DatabaseError:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return _application(file.read(_HEADER)) == APPLICATION_ID


def _application(header: bytes) -> int:
    return int.from_bytes(header[68:72], "big")


def _may_be_ours(header: bytes) -> bool:
    """Whether a file begins as an archive does, or a power cut took its first sector."""
    ours = header.startswith(_MAGIC) and _application(header) == APPLICATION_ID
    return ours or not header.strip(b"\0")


def use(path: Path, user: object) -> None:
    """Note that ``user`` has the file open, until :func:`leave` or its end."""
    if path.exists():
        status = path.stat()
        _in_use[user] = (status.st_dev, status.st_ino)


def leave(user: object) -> None:
    """Note that ``user`` has closed its file."""
    _in_use.pop(user, None)


def log_size(path: Path) -> int:
    """The size of the write-ahead log beside a file; 0 where there is none."""
    return _size(path, "-wal")


def unfinished(path: Path) -> Path | None:
    """The file beside an archive without which it cannot be read, and which needs others made.

    It is a rollback journal that is to be undone, or a log whose index (``-shm``) is missing.
    """
    journal, log, shared = (_beside(path, suffix) for suffix in ("-journal", "-wal", "-shm"))
    if _size(path, "-journal"):
        return journal
    return log if log_size(path) and not shared.exists() else None


def uri(path: Path) -> str:
    """The SQLite URI of a file, whatever characters its path has."""
    return "file:" + quote(os.fsencode(path.absolute()))


def _foreign(path: Path) -> DatabaseError:
    return DatabaseError(
        f"{path} is not an archive; it was left untouched",
        hint="name another file with --db, or create one: archive --db PATH db create",
    )


def _refuse_special(path: Path, mode: int) -> None:
    """Refuse what is no regular file; opening a FIFO would wait for ever."""
    if stat.S_ISDIR(mode):
        raise DatabaseError(f"{path} is a folder, not an archive", hint="name a file: --db PATH")
    if not stat.S_ISREG(mode):
        raise _foreign(path)


def _is_unfinished(path: Path) -> bool:
    """Whether a rollback journal beside the file says that the file was empty before.

    A kill or a power cut during the commit of the creation leaves that; SQLite undoes it when it
    opens the file.
    """
    try:
        with _beside(path, "-journal").open("rb") as journal:
            start = journal.read(20)
    except OSError:
        return False
    return start.startswith(_JOURNAL_MAGIC) and int.from_bytes(start[16:20], "big") == 0


def _refuse_truncated(path: Path, header: bytes, size: int) -> None:
    """Refuse a file that ends before its last page; a log beside it may still hold the pages."""
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    pages = int.from_bytes(header[28:32], "big")
    if size < page_size * pages and not (_size(path, "-wal") or _size(path, "-journal")):
        raise DatabaseError(
            f"{path} is damaged: {size:,} bytes where its header says {page_size * pages:,}",
            hint="take a backup, or save what is readable with sqlite3's .recover",
        )


def _beside(path: Path, suffix: str) -> Path:
    """A file that SQLite keeps beside another; it follows links."""
    real = path.resolve()
    return real.with_name(real.name + suffix)


def _size(path: Path, suffix: str) -> int:
    file = _beside(path, suffix)
    return file.stat().st_size if file.exists() else 0


def _has_no_tables(path: Path) -> bool:
    """Whether the file holds no table; ``immutable`` keeps SQLite from writing beside it."""
    if _size(path, "-wal"):
        return False
    connection = sqlite3.connect(f"{uri(path)}?immutable=1", uri=True)
    try:
        (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return bool(count == 0)
