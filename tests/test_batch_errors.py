"""An error inside a batch: a full file or an interrupt, somewhere in it.

After such errors SQLite has ended the transaction by itself, and what follows would be stored by
itself, row by row. Invariant: all of a batch is stored, or nothing, also if its caller passes over
errors. The controls take out what guards this, and must leak.
"""

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from faults import captures, content, wrong
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from torture import chance, rounds, told

from archive import Archive, bulk, database, index
from archive.errors import ArchiveError
from archive.sqlite_errors import translate

pytestmark = pytest.mark.torture

ROUNDS = rounds(4, 200)
STEPS = 50
"""So many steps of SQLite's machine lie between two places of an interrupt."""


@dataclass
class Fault:
    """Where a connection fails: at so many pages, or at a call of its progress handler."""

    pages: int = sys.maxsize
    calls: int = sys.maxsize
    called: int = 0

    def begin(self, archive: Archive) -> None:
        with archive._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.set_progress_handler(self, STEPS)
            if self.pages < sys.maxsize:
                driver.execute(f"PRAGMA max_page_count = {self.pages}")

    def __call__(self) -> bool:
        self.called += 1
        return self.called >= self.calls


Batch = Callable[[Archive], Any]


def reindex(archive: Archive) -> None:
    archive.reindex()


@contextmanager
def passing_over_errors() -> Iterator[None]:
    """Whoever stores a batch goes on after an error, as careless code does."""

    def careless(real: Callable[..., None]) -> Callable[..., None]:
        def done(*arguments: Any, **options: Any) -> None:  # noqa: ANN401 - those of the real one
            with suppress(ArchiveError, SQLAlchemyError):
                real(*arguments, **options)

        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "insert_rows", careless(bulk.insert_rows))
        patch.setattr(index, "put", careless(index.put))
        yield


@contextmanager
def without_guard() -> Iterator[None]:
    """An error that ended the transaction is passed on, and no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            database, "_handle_error", lambda one: translate(one.original_exception, one.engine)
        )
        yield


@contextmanager
def legacy_transactions() -> Iterator[None]:
    """Python begins transactions, before some statements only."""

    def create(*arguments: Any, connect_args: dict[str, Any], **options: Any) -> Engine:  # noqa: ANN401 - as above
        legacy = connect_args | {"isolation_level": ""}
        return create_engine(*arguments, connect_args=legacy, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_engine", create)
        patch.setattr(database, "_begin", lambda _: None)
        yield


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    with Archive.open(folder / "shelf.db", create=True) as archive:
        list(archive.ingest([str(captures(folder / "captures", 3))]))
    return folder / "shelf.db"


@pytest.fixture(scope="module")
def ingest(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    pages = captures(tmp_path_factory.mktemp("captures"), 12)
    return lambda archive: list(archive.ingest([str(pages)]))


def run(shelf: Path, db: Path, batch: Batch, fault: Fault) -> bool:
    """Do the batch in a copy of the archive; whether it came to its end."""
    shutil.copy(shelf, db)
    with Archive.open(db) as archive:
        fault.begin(archive)
        try:
            batch(archive)
        except (ArchiveError, SQLAlchemyError):
            return False
    return True


class Counted(NamedTuple):
    """How many rounds there were, how many failed, and how many left a part of the batch."""

    rounds: int
    failed: int
    leaked: int


def counted(
    shelf: Path, folder: Path, batch: Batch, random: Random, *, most: int = ROUNDS
) -> Counted:
    """Fail in the batch at so many places; if more are allowed, until something leaked."""
    folder.mkdir()
    sound, whole = Fault(), folder / "whole.db"
    assert run(shelf, whole, batch, sound)
    states = (content(shelf), content(whole))
    grows = pages(shelf) < pages(whole)
    failed = leaked = done = 0
    while done < ROUNDS or (done < most and not leaked):
        db = folder / f"{done}.db"
        if grows and random.random() < 1 / 2:
            fault = Fault(pages=random.randrange(pages(shelf), pages(whole)))
        else:
            fault = Fault(calls=random.randint(1, sound.called))
        failed += not run(shelf, db, batch, fault)
        leaked += is_leak(db, states)
        done += 1
    return Counted(done, failed, leaked)


def is_leak(db: Path, states: tuple[Any, ...]) -> bool:
    try:
        return content(db) not in states or wrong(db) != []
    except (ArchiveError, SQLAlchemyError):
        return True


def pages(db: Path) -> int:
    with closing(sqlite3.connect(db)) as connection:
        (count,) = connection.execute("PRAGMA page_count").fetchone()
    return int(count)


def test_no_row_leaks_out_of_its_batch(tmp_path: Path, shelf: Path, ingest: Batch) -> None:
    started, random = time.monotonic(), chance()
    stored = counted(shelf, tmp_path / "stored", ingest, random)
    rebuilt = counted(shelf, tmp_path / "rebuilt", reindex, random)
    with passing_over_errors():
        careless = counted(shelf, tmp_path / "careless", ingest, random)
    assert (stored.leaked, rebuilt.leaked, careless.leaked) == (0, 0, 0)
    with passing_over_errors(), without_guard():
        unguarded = counted(shelf, tmp_path / "unguarded", ingest, random, most=100)
    with legacy_transactions():
        legacy = counted(shelf, tmp_path / "legacy", reindex, random, most=100)
    assert unguarded.leaked
    assert legacy.leaked
    failed = stored.failed + rebuilt.failed + careless.failed
    told(
        "an error inside a batch",
        file=__file__,
        rounds=3 * ROUNDS,
        result=f"0 rows leaked from {failed} batches that failed: of ingest, of reindex, and of "
        "an ingest that goes on after errors",
        control=f"without the guard {unguarded.leaked} of {unguarded.rounds} leaked, with legacy "
        f"transactions {legacy.leaked} of {legacy.rounds}",
        seconds=time.monotonic() - started,
    )
