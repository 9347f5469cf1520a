"""A dump made into an archive again.

Idea: the rows go into a temporary file beside the archive's, made at the schema that the dump was
taken at; it is then upgraded as any older archive is, indexed and checked, and copied into the
archive's file in one transaction of SQLite's. Invariants: others see nothing of a restored archive
or all of it; a dump that no archive can have given is refused; and nothing that is stored already
is replaced.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from archive import database, foreign, identity, invariants, reindex, schema
from archive.dump import TABLES
from archive.errors import DatabaseError, DumpError, StorageError
from archive.identity import FileState, identify
from archive.intake import tables_of
from archive.locking import WriterLock
from archive.sqlite_errors import translate
from archive.undump import MAX_LINE, Undump
from archive.unfinished import reserved

_TABLES = "SELECT lower(name) FROM sqlite_master WHERE type = 'table'"
_LOGS = ("-journal", "-wal", "-shm")


def restore(
    path: Path, file: BinaryIO, lock: WriterLock, *, max_line: int = MAX_LINE
) -> Counter[str]:
    """Make the archive at ``path`` of a dump.

    Args:
        path: the archive's file; there is none yet, or it has no rows.
        file: the dump, compressed or not.
        lock: the archive's; it is held from before the first row is read.
        max_line: how many bytes a line of it may have.

    Returns:
        How many rows of each table were restored.

    Raises:
        DumpError: the dump is damaged, cut off, of a newer program, or no archive gave it.
        DatabaseError: the archive holds something, is foreign, or another program uses it.
        StorageError: it cannot be written. In all cases nothing has changed.
    """
    identify(path)  # what is refused gets no lock beside it
    dump = Undump(file, max_line=max_line)
    _require_known(dump.revision)
    schema.make_folder(path)
    target = path.resolve()
    with lock.held():
        if identify(path) is FileState.ARCHIVE:
            with closing(_opened(path)) as connection:
                try:
                    _require_empty(connection, path)
                except sqlite3.Error as error:
                    raise translate(error) or error from error
        try:
            with reserved(target.with_name(f"{target.name}.restoring"), logs=_LOGS) as (made, _):
                counts = _make(made, dump)
                _copy(made, target)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be made: {error.strerror}",
                hint="check the folder and its permissions, or name another file with --db",
            ) from error
    return counts


def _require_known(revision: str) -> None:
    if revision not in schema.revisions():
        raise DumpError(
            1,
            f"its tables are of version {revision}, this program knows {schema.head()}",
            hint="upgrade archive, then try again",
        )


# The temporary file


def _make(path: Path, dump: Undump) -> Counter[str]:
    """The archive of a dump in a file that nobody else sees."""
    schema.create(path, dump.revision)
    engine = database.make_engine(path)
    try:
        counts = _fill(engine, dump)
        if dump.revision != schema.head():
            schema.upgrade(engine)
        with _careless(engine) as connection, Session(connection) as session, session.begin():
            _check(session, dump.line)
            reindex.rehash(session)  # other rules of folding may have made the hashes of the dump
            reindex.rebuild(session, lambda *_: None)
    finally:
        engine.dispose()
    return counts


@contextmanager
def _careless(engine: Engine) -> Iterator[Connection]:
    """A connection that need not survive anything: the file is thrown away if it fails."""
    with engine.connect() as connection:
        for careless in ("foreign_keys = OFF", "synchronous = OFF", "journal_mode = OFF"):
            database.pragma(connection, careless)
        try:
            yield connection
        finally:
            connection.invalidate()  # it never goes back to the pool


def _fill(engine: Engine, dump: Undump) -> Counter[str]:
    """Put the rows into their tables; foreign keys must hold when all are there."""
    counts: Counter[str] = Counter()
    with _careless(engine) as connection, connection.begin():
        tables = tables_of(connection)
        for record in dump:
            table = tables.get(record.table)
            if table is None:
                raise DumpError(record.line, f"there is no table {record.table!r}")
            table.insert(connection, record)
            counts[record.table] += 1
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise DumpError(dump.line, f"a row of {broken[0]} lacks its {broken[2]}")
    return counts


def _check(session: Session, line: int) -> None:
    """Refuse what no archive can have held."""
    for broken in invariants.broken(session):
        raise DumpError(line, str(broken))


# The archive's file


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        identity.uri(path), uri=True, isolation_level=None, timeout=database.BUSY_SECONDS
    )


def _require_empty(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse to restore into an archive that holds anything, be it of others."""
    hint = "name another file: archive --db PATH restore FILE"
    for stranger in foreign.strangers(connection):
        raise DatabaseError(f"{path} has a {stranger}, which restoring would remove", hint=hint)
    there = {name for (name,) in connection.execute(_TABLES)}
    for table in TABLES:  # of which an older archive lacks some
        if table in there and connection.execute(f"SELECT 1 FROM {table}").fetchone():  # noqa: S608 - names from above
            raise DatabaseError(
                f"{path} is not empty; a dump is restored into a new archive", hint=hint
            )


def _copy(made: Path, path: Path) -> None:
    """Copy the restored archive into its file, in one transaction that nobody can come between.

    The lock that is taken to look whether the file is empty is held until the copy is committed.
    """
    path.touch(mode=0o600)
    with closing(_opened(path)) as target, closing(_opened(made)) as source:
        try:
            target.execute("PRAGMA locking_mode = EXCLUSIVE")
            target.execute("PRAGMA synchronous = FULL")
            target.execute("BEGIN EXCLUSIVE")
            _require_empty(target, path)
            target.execute("COMMIT")
            source.backup(target)
        except sqlite3.Error as error:
            raise translate(error) or error from error
