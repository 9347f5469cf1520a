"""The engine: how this project talks to SQLite, and what it refuses to touch.

Invariants, each held by a test in ``tests/test_database.py``:

* A file is identified by its first 100 bytes before SQLite opens it for writing, so that a foreign
  file keeps every byte.
* This module begins transactions itself (``isolation_level=None`` and an explicit BEGIN), since
  Python's legacy mode commits DDL behind SQLAlchemy's back; writers begin IMMEDIATE.
* After an error that made SQLite roll back on its own (full disk, I/O error, interrupt) the next
  INSERT would commit by itself; such a connection is treated as lost.
* WAL with ``synchronous=FULL``: what was committed survives a power cut.
"""

import json
import os
import sqlite3
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from archive.errors import ArchiveError, DatabaseError, StorageError

APPLICATION_ID = 0x4172634E
"""What marks a SQLite file as an archive (bytes 68 to 71 of its header): ``ArcN``."""

BUSY_SECONDS = 5.0
"""How long a statement waits for another process's lock."""

WRITE = "archive_write"
"""The execution option that marks a connection whose transactions take the write lock at once."""

_HEADER = 100
_MAGIC = b"SQLite format 3\x00"


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
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return FileState.MISSING
    except IsADirectoryError:
        raise DatabaseError(
            f"{path} is a folder, not an archive", hint="name a file: --db PATH"
        ) from None
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    if size == 0:
        return FileState.NEW
    if not header.startswith(_MAGIC) or len(header) < _HEADER:
        raise _foreign(path)
    if int.from_bytes(header[68:72], "big") == APPLICATION_ID:
        _refuse_truncated(path, header, size)
        return FileState.ARCHIVE
    if int.from_bytes(header[68:72], "big") == 0 and _has_no_tables(path):
        return FileState.NEW
    raise _foreign(path)


def _foreign(path: Path) -> DatabaseError:
    return DatabaseError(
        f"{path} is not an archive; it was left untouched",
        hint="name another file with --db, or create one: archive --db PATH db create",
    )


def _refuse_truncated(path: Path, header: bytes, size: int) -> None:
    """Refuse a file that ends before its last page; a log beside it may still hold the pages."""
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    pages = int.from_bytes(header[28:32], "big")
    if size < page_size * pages and not any(
        _size(path.with_name(path.name + suffix)) for suffix in ("-wal", "-journal")
    ):
        raise DatabaseError(
            f"{path} is damaged: {size:,} bytes where its header says {page_size * pages:,}",
            hint="take a backup, or save what is readable with sqlite3's .recover",
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _has_no_tables(path: Path) -> bool:
    """Whether the file holds no table; ``immutable`` keeps SQLite from writing beside it."""
    if _size(path.with_name(path.name + "-wal")):
        return False
    connection = sqlite3.connect(f"{_file_uri(path)}?immutable=1", uri=True)
    try:
        (count,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return bool(count == 0)


def _file_uri(path: Path) -> str:
    return "file:" + quote(os.fsencode(path.absolute()))


def make_engine(path: Path, *, readonly: bool = False, wal: bool = True) -> Engine:
    """An engine on the SQLite file at ``path``.

    Args:
        path: the archive's file, which :func:`identify` has looked at.
        readonly: open with ``mode=ro``; on a medium where SQLite cannot keep its shared memory
            file, with ``immutable=1``.
        wal: keep the write-ahead log. Creation works without, so that the header of a file that a
            kill leaves behind tells what it is.
    """
    query = {"uri": "true", "mode": "rwc"}
    if readonly:
        query["mode"] = "ro"
        if not os.access(path.parent, os.W_OK) and not _size(path.with_name(path.name + "-wal")):
            query["immutable"] = "1"
    engine = create_engine(
        URL.create("sqlite", database=_file_uri(path), query=query),
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        json_serializer=partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
        poolclass=NullPool if not wal else None,
    )
    event.listen(engine, "connect", partial(_set_pragmas, wal=wal and not readonly))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _handle_error)
    return engine


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry, *, wal: bool) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    if wal:
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.close()


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def pragma(connection: Connection, text: str) -> list[tuple[Any, ...]]:
    """Run a pragma outside of a transaction, where most of them must stand; returns its rows."""
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is open
    return driver.execute(f"PRAGMA {text}").fetchall()


def empty_log(connection: Connection, path: Path) -> None:
    """Write the log back and cut it to nothing, so that no removed byte stays in it.

    Raises:
        DatabaseError: another process reads an older state and keeps the log.
    """
    ((busy, _, _),) = pragma(connection, "wal_checkpoint(TRUNCATE)")
    if busy:
        raise DatabaseError(
            f"removed, but another program still reads {path}: its log keeps the old pages",
            hint="end that program; the log is emptied when the last one closes the archive",
        )


def _handle_error(context: ExceptionContext) -> ArchiveError | None:
    """Give up a connection whose transaction SQLite ended, and name what went wrong."""
    connection = context.connection
    if connection is not None and not connection.invalidated and connection.in_transaction():
        driver = connection.connection.driver_connection
        if driver is not None and not driver.in_transaction:
            context.is_disconnect = True
    return translate(context.original_exception, context.engine)


def translate(error: BaseException, engine: Engine | None = None) -> ArchiveError | None:
    """The error of this package that says what an SQLite error means to a user, if it has one.

    The names are SQLite's result codes, extended ones included (``SQLITE_IOERR_WRITE``).
    """
    name = getattr(error, "sqlite_errorname", "")
    file = _file_of(engine)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return DatabaseError(
            f"{file} is busy: another process is writing", hint="wait for it, then try again"
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DatabaseError(
            f"{file} is damaged: {error}",
            hint="take a backup, or save what is readable with sqlite3's .recover",
        )
    if name.startswith("SQLITE_FULL"):
        return StorageError(
            f"no room left for {file}; what was reported as stored is kept",
            hint="free some space, then run the same command again",
        )
    if name.startswith(("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageError(
            f"{file} cannot be written or opened: {error}",
            hint="check the disk and the permissions of the file and its folder",
        )
    return None


def _file_of(engine: Engine | None) -> str:
    database = engine.url.database if engine is not None else None
    return Path(unquote(database.removeprefix("file:"))).name if database else "the archive"
