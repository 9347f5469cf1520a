"""The engine: how this project talks to SQLite.

Invariants, each held by a test in ``tests/test_database.py``:

* This module begins transactions itself (``isolation_level=None`` and an explicit BEGIN), since
  Python's legacy mode commits DDL behind SQLAlchemy's back; writers begin IMMEDIATE.
* After an error that made SQLite roll back on its own (full disk, I/O error, interrupt) the next
  INSERT would commit by itself; such a connection is treated as lost.
* WAL with ``synchronous=FULL``: what was committed survives a power cut.
"""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from archive import identity
from archive.errors import ArchiveError, DatabaseError, StorageError
from archive.stored import as_json

BUSY_SECONDS = 5.0
"""How long a statement waits for another process's lock."""

WRITE = "archive_write"
"""The execution option that marks a connection whose transactions take the write lock at once."""

_RETRY_SECONDS = 0.02


def make_engine(path: Path, *, readonly: bool = False) -> Engine:
    """An engine on the SQLite file at ``path``.

    Args:
        path: the archive's file, which :func:`archive.identity.identify` has looked at.
        readonly: open with ``mode=ro``; on a medium where SQLite cannot keep its shared memory
            file, with ``immutable=1``.
    """
    query = {"uri": "true", "mode": "rwc"}
    if readonly:
        query["mode"] = "ro"
        if not os.access(path.resolve().parent, os.W_OK) and not identity.log_size(path):
            query["immutable"] = "1"
    engine = create_engine(
        URL.create("sqlite", database=identity.uri(path), query=query),
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        json_serializer=as_json,
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _handle_error)
    event.listen(engine, "engine_disposed", identity.leave)
    identity.use(path, engine)
    return engine


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what holds for one connection only, and writes nothing.

    ``secure_delete`` stands here, not only where articles are removed: merges of the index free
    pages with its older copies, and those must be overwritten too.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def keep_log(engine: Engine) -> None:
    """Change the file to a write-ahead log, for good; it waits for others that use the file.

    Only a file whose version was looked at may be changed so. Creation works without the log, so
    that the header of a file that a kill leaves behind tells what it is.

    Raises:
        DatabaseError: others kept the file busy.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    with engine.connect() as connection:
        while True:
            try:
                pragma(connection, "journal_mode = WAL")
            except DatabaseError as error:  # SQLite itself waits for readers, not for a writer
                busy = isinstance(error.__cause__, sqlite3.OperationalError)
                if not busy or time.monotonic() > deadline:
                    raise
                time.sleep(_RETRY_SECONDS)
            else:
                return


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def pragma(connection: Connection, text: str) -> list[tuple[Any, ...]]:
    """Run a pragma outside of a transaction, where most of them must stand; returns its rows.

    Raises:
        DatabaseError, StorageError: what an SQLite error means, if it has a meaning to a user.
    """
    return _outside(connection, f"PRAGMA {text}")


def copy_to(connection: Connection, path: Path) -> None:
    """Write a consistent copy of the archive to a new file, readable by its owner only.

    Raises:
        StorageError: no room, or the folder cannot be written.
    """
    try:
        path.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise StorageError(f"{path} cannot be made: {error.strerror}") from error
    _outside(connection, "VACUUM INTO ?", str(path))


def _outside(connection: Connection, sql: str, *values: str) -> list[tuple[Any, ...]]:
    """Run a statement that may stand in no transaction."""
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is open
    try:
        return driver.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        raise translate(error, connection.engine) or error from error


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
