"""An open archive file, and the transactions on it: nothing else in the package commits.

Idea: each use is one transaction. Reading begins a deferred one and sees one moment of the archive;
writing takes the write lock at once, so that two writers queue instead of failing half-way.
Invariant: a file is looked at before it is opened, and never changed when it is refused.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from archive import database, schema, search
from archive.errors import DatabaseError
from archive.identity import FileState, identify


class OpenFile:
    """An open archive file; use it in a ``with`` statement, or call :meth:`close`."""

    def __init__(self, path: Path, engine: Engine, *, readonly: bool) -> None:
        self.path = path
        self._engine = engine
        self._readonly = readonly

    @classmethod
    def open(
        cls, path: str | PathLike[str], *, create: bool = False, readonly: bool = False
    ) -> Self:
        """Open the archive at ``path``.

        Args:
            path: the SQLite file.
            create: make the file where there is none.
            readonly: never write; readers do not wait for a writer.

        Raises:
            DatabaseError: no such file, or it is foreign, damaged, older or newer.
            StorageError: it cannot be read, or made.
        """
        file = Path(path)
        state = identify(file)
        if state is not FileState.ARCHIVE:
            if not create:
                raise DatabaseError(
                    f"no archive at {file}",
                    hint=f"archive --db {file} ingest PATH makes one; --db names another",
                )
            schema.create(file)
        opened = cls(file, database.make_engine(file, readonly=readonly), readonly=readonly)
        try:
            with opened._reading() as session:
                schema.require_head(session.connection(), file)
                search.require_rules(session, file)
            if not readonly:
                database.keep_log(opened._engine)
        except BaseException:
            opened.close()
            raise
        return opened

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._engine.dispose()

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
        with self._engine.connect() as connection:
            database.pragma(connection, "analysis_limit = 1000")
            database.pragma(connection, "optimize")

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._engine.connect() as connection, Session(connection) as session:
            yield session

    @contextmanager
    def _writing(self, *, empty_log: bool = False) -> Iterator[Session]:
        """A session whose work is committed at the end; then, if asked, the log is emptied."""
        with self._engine.connect().execution_options(**{database.WRITE: True}) as connection:
            with Session(connection) as session, session.begin():
                yield session
            if empty_log:
                database.empty_log(connection, self.path)
