"""The engine: how this project talks to SQLite.

Invariants, each held by a test in ``tests/test_database.py``:

* This module begins transactions itself (``isolation_level=None`` and an explicit BEGIN), since
  Python's legacy mode commits DDL behind SQLAlchemy's back; writers begin IMMEDIATE.
* After an error that made SQLite roll back on its own (full disk, I/O error, interrupt) the next
  INSERT would commit by itself; such a connection is treated as lost.
* WAL with ``synchronous=FULL``: what was committed survives a power cut.
* A file is not trusted: its schema may call nothing that has an effect, no value is longer than
  any that this project writes, and no statement of a reader runs for ever.
"""

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from archive import identity
from archive.errors import ArchiveError, DatabaseError, StorageError
from archive.sqlite_errors import file_of, translate, unreadable
from archive.stored import LONGEST_VALUE, as_json

BUSY_SECONDS = 5.0
"""How long a statement waits for another process's lock."""

WRITE = "archive_write"
"""The execution option that marks a connection whose transactions take the write lock at once."""

UNLIMITED = "archive_unlimited"
"""The execution option that marks a reading connection whose statements may take long."""

_CACHE = 16 * 1024
"""KiB of pages that a connection keeps. SQLite's own 2 MB do not hold what the index has of one
common character; with them a phrase of two takes 7 % longer to find, measured on 129 MB of news."""

STATEMENT_STEPS = 5_000_000_000
"""How many steps of SQLite's machine a statement of a reader may take: some minutes. Counting the
hits of a very common word in a million articles takes some 100 million."""

_STEPS_A_CALL = 10_000

_RETRY_SECONDS = 0.02

_NOT_MADE = ("SQLITE_CANTOPEN", "SQLITE_IOERR_SHM")
"""How the names of the errors begin that say that a file beside the archive could not be made."""


class _Steps:
    """What a reading connection's statement may still do; SQLite calls it now and then."""

    def __init__(self) -> None:
        self.left = 0

    def begin(self, *, limited: bool) -> None:
        """A statement begins."""
        self.left = STATEMENT_STEPS if limited else sys.maxsize

    def __call__(self) -> bool:
        """Whether the statement is to end; Python also heeds an interrupt here."""
        self.left -= _STEPS_A_CALL
        return self.left < 0


def make_engine(path: Path, *, readonly: bool = False) -> Engine:
    """An engine on the SQLite file at ``path``.

    Args:
        path: the archive's file, which :func:`archive.identity.identify` has looked at.
        readonly: open with ``mode=ro``; where SQLite cannot keep its shared memory file, on a
            medium that cannot be written or is full, with ``immutable=1``. Its statements have a
            limit; see :data:`STATEMENT_STEPS`.

    Raises:
        StorageError: a reader on such a medium cannot see what is committed; nothing is opened.
    """
    query = {"uri": "true", "mode": "rwc"}
    if readonly:
        query["mode"] = "ro"
        if not os.access(path.resolve().parent, os.W_OK):
            query |= _on_read_only_medium(path)
    engine = create_engine(
        URL.create("sqlite", database=identity.uri(path), query=query),
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        json_serializer=as_json,
    )
    event.listen(engine, "connect", _set_pragmas)
    if readonly:
        event.listen(engine, "do_connect", partial(_connect_reader, path))
        event.listen(engine, "checkin", _look_again)
        event.listen(engine, "connect", _limit_steps)
        event.listen(engine, "before_cursor_execute", _begin_statement)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _handle_error)
    event.listen(engine, "engine_disposed", identity.leave)
    identity.use(path, engine)
    return engine


def _on_read_only_medium(path: Path) -> dict[str, str]:
    """More of the URI where no file can be made beside the archive."""
    unseen = identity.unfinished(path)
    if unseen is not None:
        raise StorageError(
            f"{path} cannot be read in a folder that cannot be written: {unseen.name} beside it "
            "holds what the file does not have yet",
            hint="copy the file, with those beside it, to a folder that can be written",
        )
    return {} if identity.log_size(path) else {"immutable": "1"}


def _connect_reader(
    path: Path,
    dialect: Dialect,
    entry: ConnectionPoolEntry,
    args: list[str],
    options: dict[str, Any],
) -> DBAPIConnection:
    """Connect; if the disk is too full for what SQLite keeps beside a log, to the file alone.

    It holds everything where there is no log, and who wrote now would have to make one first.
    """
    connection: DBAPIConnection = dialect.connect(*args, **options)
    try:
        _set_pragmas(connection, entry)  # the first of them that reads the file fails
    except sqlite3.Error as error:
        is_full = error.sqlite_errorname.startswith(_NOT_MADE)
        if is_full and not (identity.log_size(path) or identity.unfinished(path)):
            connection.close()
            entry.info[_look_again] = True
            return dialect.connect(f"{args[0]}&immutable=1", **options)
    return connection  # its first statement says what else is wrong


def _look_again(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    """Read the file alone for one transaction only: later there may be room, and a log."""
    if entry.info.pop(_look_again, False):
        entry.invalidate()


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Set what holds for one connection only, and writes nothing.

    ``secure_delete`` stands here, not only where articles are removed: merges of the index free
    pages with its older copies, and those must be overwritten too.
    """
    with closing(connection.cursor()) as cursor:
        cursor.execute("PRAGMA trusted_schema = OFF")
        cursor.execute("PRAGMA cell_size_check = ON")  # before the others, which read the schema
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA cache_size = -{_CACHE}")
        try:
            cursor.execute("PRAGMA synchronous = FULL")
        except UnicodeDecodeError as error:  # the message quotes a damaged definition
            raise unreadable(error) from error
        cursor.execute("PRAGMA secure_delete = ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)


def _limit_steps(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    steps = entry.info[_Steps] = _Steps()
    connection.set_progress_handler(steps, _STEPS_A_CALL)


def _begin_statement(connection: Connection, *_: object) -> None:
    steps = connection.info.get(_Steps)
    if steps is not None:
        steps.begin(limited=not connection.get_execution_options().get(UNLIMITED, False))


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
    """Write a consistent copy of the archive to a file that has nothing in it yet.

    Raises:
        StorageError: no room.
    """
    driver = _driver(connection)
    driver.set_progress_handler(_go_on, _STEPS_A_CALL)
    try:
        _outside(connection, "VACUUM INTO ?", identity.uri(path))
    finally:
        driver.set_progress_handler(connection.info.get(_Steps), _STEPS_A_CALL)


def _go_on() -> bool:
    """Whether to end a statement that SQLite is at: never, but here Python heeds an interrupt."""
    return False


def rows(connection: Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a question, as the driver gives them: where there are millions, twice as fast.

    Raises:
        DatabaseError, StorageError: what an SQLite error means, if it has a meaning to a user.
    """
    _begin_statement(connection)
    try:
        # chained, so that rows left unread do not close the cursor, perhaps of a closed database
        yield from chain(_driver(connection).execute(sql))
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _meaning(error, connection) or error from error


def _outside(connection: Connection, sql: str, *values: str) -> list[tuple[Any, ...]]:
    """Run a statement that may stand in no transaction."""
    _begin_statement(connection)
    try:
        return _driver(connection).execute(sql, values).fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _meaning(error, connection) or error from error


def _driver(connection: Connection) -> sqlite3.Connection:
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]  # it is open
    return driver


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


_INTERRUPTED = "SQLITE_INTERRUPT"


def _handle_error(context: ExceptionContext) -> ArchiveError | None:
    """Give up a connection whose transaction SQLite ended, and name what went wrong."""
    connection = context.connection
    if connection is not None and not connection.invalidated and connection.in_transaction():
        driver = connection.connection.driver_connection
        if driver is not None and not driver.in_transaction:
            context.is_disconnect = True
    if connection is None or _Steps not in connection.info:  # no handler of ours ended it
        return translate(context.original_exception, context.engine)
    return _meaning(context.original_exception, connection)


def _meaning(error: BaseException, connection: Connection) -> ArchiveError | None:
    """What an SQLite error means to a user; of a statement that was ended, what ended it.

    That is the limit of a reader's statement, or the user, whom Python heeds in our handlers.

    Raises:
        KeyboardInterrupt: the user; SQLite has swallowed it.
    """
    if getattr(error, "sqlite_errorname", "") != _INTERRUPTED:
        return translate(error, connection.engine)
    steps = connection.info.get(_Steps)
    if steps is None or steps.left >= 0:
        raise KeyboardInterrupt from error
    return DatabaseError(
        f"a statement on {file_of(connection.engine)} was ended after {STATEMENT_STEPS:,} steps",
        hint="narrow the question, or let archive db check look at the file",
    )
