"""Power cuts while captures are ingested.

What SQLite asks of the disk is noted by a VFS (disk.py), with the outcomes that were told between.
Cut at some place, half of the time right after an outcome, a folder is made that a disk may then
hold (powerless.py), and opened by the program: what was acknowledged must be there, nothing be
half, and the same command finish. The folder of the archive itself is taken to be on the disk.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from cli_helpers import run
from disk import Asked, watched
from faults import captures, content, lost, wrong
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


def recorded(db: Path, pages: Path) -> Log:
    """What was asked of the disk and told; each capture is a batch, and told by itself."""
    db.parent.mkdir()
    log: Log = []

    def note(asked: Asked, proceed: Callable[[], int]) -> int:
        code = proceed()
        if code == 0:
            log.append(asked)
        return code

    files = [str(file) for file in sorted(pages.iterdir())]
    with watched(note), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "BATCH", ingest.Limits(1, 1 << 20))
        for some in (files[:FIRST], files[FIRST:]):
            with Archive.open(db, create=True) as archive:
                log.extend(archive.ingest(some))
    return log


def cuts(log: Log, folder: Path, random: Random) -> Iterator[tuple[Path, dict[str, Path]]]:
    """What may be left by so many cuts, and what was acknowledged before each."""
    told_at = [place for place, one in enumerate(log, 1) if isinstance(one, Outcome)]
    for number in range(CUTS):
        some = random.random() < 1 / 2
        before = log[: random.choice(told_at) if some else random.randrange(len(log))]
        disk = Disk()
        disk.run(one for one in before if isinstance(one, Asked))
        left = folder / f"{number}"
        left.mkdir(parents=True)
        disk.left(left, random)
        outcomes = (one for one in before if isinstance(one, Outcome))
        yield left / "news.db", {one.key or "": Path(one.path) for one in outcomes}


def test_a_power_cut_loses_nothing_that_was_told(tmp_path: Path, pages: Path) -> None:
    started, random = time.monotonic(), chance()
    log = recorded(tmp_path / "whole" / "news.db", pages)
    expected = content(tmp_path / "whole" / "news.db")
    acknowledged = 0
    for db, kept in cuts(log, tmp_path, random):
        acknowledged += len(kept)
        if kept or identify(db) is FileState.ARCHIVE:
            assert lost(db, kept) == []
            assert wrong(db) == []
        assert run("ingest", str(pages), db=db).code == 0
        assert content(db) == expected
    told(
        "power cut",
        file=__file__,
        rounds=CUTS,
        result=f"0 of {acknowledged:,} acknowledged captures lost, 0 half articles, "
        f"{CUTS} finished",
        control=f"synchronous=OFF: {careless(tmp_path / 'careless', pages, random)}",
        seconds=time.monotonic() - started,
    )


def careless(folder: Path, pages: Path, random: Random) -> str:
    """Without syncs some cuts must lose or damage, or the suite would see nothing."""
    folder.mkdir()

    def connected(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_set_pragmas", connected)
        log = recorded(folder / "whole" / "news.db", pages)
    broken = sum(is_broken(db, kept) for db, kept in cuts(log, folder, random))
    assert broken
    return f"{broken} of {CUTS} cuts lost or damaged some"


def is_broken(db: Path, kept: dict[str, Path]) -> bool:
    try:
        if not kept and identify(db) is not FileState.ARCHIVE:
            return False
        return bool(lost(db, kept) or wrong(db))
    except (ArchiveError, sqlite3.Error):
        return True
