"""Power cuts while captures are ingested, and while a dump is restored.

What SQLite asks of the disk is noted by a VFS (disk.py), with the outcomes that were told between.
Cut at some place, half of the time right after an outcome, a folder is made that a disk may then
hold (powerless.py), and opened by the program: what was acknowledged must be there, nothing be
half, and the same command finish. The folder of the archive itself is taken to be on the disk.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from cli_helpers import run
from disk import Asked, watched
from faults import captures, content, hold, lost, wrong
from powerless import Disk
from torture import chance, rounds, told

from archive import Archive, database, ingest
from archive.errors import ArchiveError
from archive.identity import FileState, identify
from archive.reports import Outcome

pytestmark = pytest.mark.torture

CUTS = rounds(6, 300)
CAPTURES, FIRST = 50, 45
"""How many captures there are, and how many are ingested before the archive is closed once. So many
fill the log far enough for SQLite to write it back meanwhile."""

Log = list[Asked | Outcome]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return captures(tmp_path_factory.mktemp("captures"), CAPTURES)


@contextmanager
def recording() -> Iterator[Log]:
    """What is asked of the disk in here, and done."""
    log: Log = []

    def note(asked: Asked, proceed: Callable[[], int]) -> int:
        code = proceed()
        if code == 0:
            log.append(asked)
        return code

    with watched(note):
        yield log


def ingested(db: Path, pages: Path) -> Log:
    """What an ingest asks of the disk and tells; each capture is a batch, and told by itself."""
    db.parent.mkdir()
    files = [str(file) for file in sorted(pages.iterdir())]
    with recording() as log, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "BATCH", ingest.Limits(1, 1 << 20))
        for some in (files[:FIRST], files[FIRST:]):
            with Archive.open(db, create=True) as archive:
                log.extend(archive.ingest(some))
    return log


def cuts(log: Log, told_at: list[int], folder: Path, random: Random) -> Iterator[tuple[Path, Log]]:
    """What may be left by so many cuts, and what was asked and told before each."""
    for number in range(CUTS):
        some = random.random() < 1 / 2
        before = log[: random.choice(told_at) if some else random.randrange(len(log))]
        disk = Disk()
        disk.run(one for one in before if isinstance(one, Asked))
        left = folder / f"{number}"
        left.mkdir(parents=True)
        disk.left(left, random)
        yield left / "news.db", before


def cuts_of_ingest(
    log: Log, folder: Path, random: Random
) -> Iterator[tuple[Path, dict[str, Path]]]:
    """What may be left, and what was acknowledged."""
    told_at = [place for place, one in enumerate(log, 1) if isinstance(one, Outcome)]
    for db, before in cuts(log, told_at, folder, random):
        outcomes = (one for one in before if isinstance(one, Outcome))
        yield db, {one.key or "": Path(one.path) for one in outcomes}


def test_ingest(tmp_path: Path, pages: Path) -> None:
    started, random = time.monotonic(), chance()
    log = ingested(tmp_path / "whole" / "news.db", pages)
    expected = content(tmp_path / "whole" / "news.db")
    acknowledged = 0
    for db, kept in cuts_of_ingest(log, tmp_path, random):
        acknowledged += len(kept)
        hold(db, kept)
        assert run("ingest", str(pages), db=db).code == 0
        assert (content(db), wrong(db)) == (expected, [])
    told(
        "power cut",
        file=__file__,
        rounds=CUTS,
        result=f"0 of {acknowledged:,} acknowledged captures lost, 0 half articles, "
        f"{CUTS} finished",
        control=f"synchronous=OFF: {careless(tmp_path / 'careless', pages, random)}",
        seconds=time.monotonic() - started,
    )


def test_restore(tmp_path: Path) -> None:
    """Once it has ended, the archive is there; before, there is none, or all of it."""
    started, random = time.monotonic(), chance()
    shelf, dump, folder = tmp_path / "shelf.db", tmp_path / "shelf.jsonl", tmp_path / "whole"
    assert run("ingest", str(captures(tmp_path / "pages", 8)), db=shelf).code == 0
    assert run("dump", str(dump), db=shelf).code == 0
    folder.mkdir()
    with recording() as everything:
        assert run("restore", str(dump), db=folder / "news.db").code == 0
    log = [
        one
        for one in everything
        if isinstance(one, Asked) and "restoring" not in Path(one.name).name
    ]
    expected, there = content(shelf), 0
    for db, before in cuts(list(log), [len(log)], tmp_path, random):
        found = run("list", db=db)
        if found.out or len(before) == len(log):
            there += 1
            assert (content(db), wrong(db)) == (expected, [])
        else:
            assert run("restore", str(dump), db=db).code == 0
            assert content(db) == expected
    told(
        "power cut of restore",
        file=__file__,
        rounds=CUTS,
        result=f"no archive ({CUTS - there}), after which the same command made it, or the whole "
        f"({there})",
        seconds=time.monotonic() - started,
    )


def careless(folder: Path, pages: Path, random: Random) -> str:
    """Without syncs some cuts must lose or damage, or the suite would see nothing."""
    folder.mkdir()

    def connected(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_set_pragmas", connected)
        log = ingested(folder / "whole" / "news.db", pages)
    broken = sum(is_broken(db, kept) for db, kept in cuts_of_ingest(log, folder, random))
    assert broken
    return f"{broken} of {CUTS} cuts lost or damaged some"


def is_broken(db: Path, kept: dict[str, Path]) -> bool:
    try:
        if not kept and identify(db) is not FileState.ARCHIVE:
            return False
        return bool(lost(db, kept) or wrong(db))
    except (ArchiveError, sqlite3.Error):
        return True
