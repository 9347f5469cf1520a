"""An open archive file, and the transactions on it.

Idea: each use is one transaction. Reading begins a deferred one and sees one moment of the archive;
writing takes the write lock at once, so that two writers queue instead of failing half-way.
Invariants: nothing else in the package commits but what makes tables or a whole file (``schema``
and with it ``upgrade``, and ``restore``); a file is looked at before it is opened, and never
changed when it is refused; and whoever writes holds the lock of :mod:`archive.locking`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from archive import database, foreign, schema, search
from archive.errors import DatabaseError
from archive.identity import FileState, identify
from archive.locking import Tell, WriterLock, silent


class OpenFile:
    """An open archive file; use it in a ``with`` statement, or call :meth:`close`."""

    def __init__(
        self, path: Path, engine: Engine, lock: WriterLock, *, readonly: bool = False
    ) -> None:
        self.path = path
        self._readonly = readonly
        self._engine = engine
        self._lock = lock
        self._held = ExitStack()

    @classmethod
    def open(
        cls,
        path: str | PathLike[str],
        *,
        create: bool = False,
        readonly: bool = False,
        exclusive: bool = False,
        wait: float | None = None,
        tell: Tell = silent,
        any_index: bool = False,
    ) -> Self:
        """Open the archive at ``path``.

        Args:
            path: the SQLite file.
            create: make the file where there is none.
            readonly: never write; readers do not wait for a writer.
            exclusive: be the only writer until the file is closed; else only in each transaction.
            wait: how many seconds to wait for another writer; ``None``: as long as it takes.
            tell: is told, in a sentence, when another writer is waited for, and which.
            any_index: also if other rules made the index, so that it can be rebuilt or checked.

        Raises:
            DatabaseError: no such file, or it is foreign, damaged, older, newer or busy.
            StorageError: it cannot be read, or made.
        """
        file = Path(path)
        state = identify(file)
        lock = WriterLock(file, wait=wait, tell=tell)
        with ExitStack() as undo:
            if state is not FileState.ARCHIVE and not create:
                raise DatabaseError(
                    f"no archive at {file}",
                    hint=f"archive --db {file} ingest PATH makes one; --db names another",
                )
            if create:
                _create(file, lock)
            if exclusive:
                undo.enter_context(lock.held())
            engine = database.make_engine(file, readonly=readonly)
            opened = cls(file, engine, lock, readonly=readonly)
            undo.callback(opened._engine.dispose)
            with opened._reading() as session:
                schema.require_head(session.connection(), file)
                foreign.require_own_tables(session.connection(), file, any_index=any_index)
                if not any_index:
                    search.require_rules(session, file)
                if not readonly:
                    foreign.refuse_triggers(session.connection(), file)
            if not readonly:
                database.keep_log(opened._engine)
            opened._held = undo.pop_all()
        return opened

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _refresh_statistics(self) -> None:
        """Let SQLite look at a part of its tables whose statistics are old or missing."""
        with self._lock.held(), self._engine.connect() as connection:
            database.pragma(connection, "analysis_limit = 1000")
            database.pragma(connection, "optimize")

    @contextmanager
    def _reading(self, *, unlimited: bool = False) -> Iterator[Session]:
        """A session that sees one moment of the archive."""
        with (
            self._engine.connect().execution_options(
                **{database.UNLIMITED: unlimited}
            ) as connection,
            Session(connection) as session,
        ):
            yield session

    @contextmanager
    def _writing(self, *, empty_log: bool = False) -> Iterator[Session]:
        """A session whose work is committed at the end; then, if asked, the log is emptied."""
        with (
            self._lock.held(),
            self._engine.connect().execution_options(**{database.WRITE: True}) as connection,
        ):
            with Session(connection) as session, session.begin():
                foreign.refuse_triggers(session.connection(), self.path)
                yield session
            if empty_log:
                database.empty_log(connection, self.path)


def _create(path: Path, lock: WriterLock) -> None:
    """Make the archive unless it is there, perhaps since another process has just made it."""
    if identify(path) is not FileState.ARCHIVE:
        schema.make_folder(path)
        with lock.held():
            if identify(path) is not FileState.ARCHIVE:
                schema.create(path)
