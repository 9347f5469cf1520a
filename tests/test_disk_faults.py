"""A disk that fails while captures are ingested: once (EIO), or from then on (ENOSPC).

Each thing that SQLite asks of the disk is refused in its turn, by a VFS (disk.py); a disk with room
for so many bytes is one more. Then the command ends with one clear line, what was acknowledged can
be read while the disk still fails, and the same command finishes when it works again.
"""

import gc
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_helpers import Result, run
from disk import Hook, watched
from failing import Full, Lying, Once, Room
from faults import acknowledged, captures, content, hold, lost, wrong
from torture import chance, rounds, told

from archive import Archive, ingest

pytestmark = pytest.mark.torture

CAPTURES, BATCH = 6, 2


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return captures(tmp_path_factory.mktemp("captures"), CAPTURES)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH", ingest.Limits(BATCH, 1 << 20))


def is_clear(result: Result) -> bool:
    """Whether a command is done, or has said in one line what is wrong, and what to do."""
    lines = result.stderr.splitlines()
    is_one = len(lines) == 2 and lines[0].startswith("archive: ") and lines[1].startswith("  ")
    said = result.code == 0 or (result.code in (1, 5) and is_one)
    return said and "unexpected" not in result.stderr and "Traceback" not in result.stderr


def readable(db: Path, kept: dict[str, Path]) -> None:
    """What was acknowledged can be listed and read, whatever the disk does.

    A file in which nothing was ever stored may be a half one, which the next command makes whole.
    """
    result = run("list", db=db)
    assert is_clear(result), result
    if kept:
        assert result.code == 0, result.stderr
        assert {one["key"] for one in result.objects} >= kept.keys()
        assert lost(db, kept) == []


def finish(pages: Path, db: Path, kept: dict[str, Path], expected: object) -> None:
    """With a disk that works again nothing is lost or half, and the same command finishes."""
    hold(db, kept)
    result = run("ingest", str(pages), db=db)
    assert result.code == 0, result.stderr
    assert (content(db), wrong(db)) == (expected, [])


class Start(NamedTuple):
    """An archive of a few articles, or none, and how the whole input is ingested into it."""

    pages: Path
    first: Path | None
    kept: dict[str, Path]

    def put(self, db: Path) -> None:
        db.parent.mkdir()
        if self.first is not None:
            shutil.copy(self.first, db)

    def asked(self, db: Path) -> int:
        """How much is asked of a sound disk."""
        self.put(db)
        sound = Once(0)
        with watched(sound):
            assert run("ingest", str(self.pages), db=db).code == 0
        return sound.asked


def starts(tmp_path: Path, pages: Path) -> list[Start]:
    db = tmp_path / "first.db"
    result = run("ingest", *map(str, sorted(pages.iterdir())[:BATCH]), db=db)
    return [Start(pages, None, {}), Start(pages, db, acknowledged(result.stdout))]


def endured(disk: Hook, start: Start, db: Path, expected: object) -> tuple[bool, int]:
    """Ingest on a disk that fails; whether that came to its end, and what it acknowledged."""
    start.put(db)
    with watched(disk):
        result = run("ingest", str(start.pages), db=db)
        assert is_clear(result), result
        kept = start.kept | acknowledged(result.stdout)
        readable(db, kept)
    finish(start.pages, db, kept, expected)
    return result.code == 0, len(kept)


def lie_is_noticed(place: int, start: Start, db: Path, expected: object) -> bool:
    """The control: what a disk has only feigned to write must be missed."""
    try:
        endured(Lying(place), start, db, expected)
    except Exception:  # noqa: BLE001 - whatever comes of the damage
        return True
    return False


@pytest.mark.parametrize(("suite", "disk"), [("EIO", Once), ("ENOSPC", Full)])
def test_each_thing_asked_of_the_disk_fails(
    tmp_path: Path, pages: Path, suite: str, disk: type[Once] | type[Full]
) -> None:
    started, random = time.monotonic(), chance()
    faults: list[tuple[Start, int]] = []
    for number, start in enumerate(starts(tmp_path, pages)):
        db = tmp_path / f"sound {number}" / "news.db"
        faults += [(start, place) for place in range(1, start.asked(db) + 1)]
        expected = content(db)
    chosen = random.sample(faults, rounds(4, len(faults)))
    ended: Counter[bool] = Counter()
    acks = 0
    for number, (start, place) in enumerate(chosen):
        done, kept = endured(disk(place), start, tmp_path / f"{number}" / "news.db", expected)
        ended[done] += 1
        acks += kept
    tries = noticed = 0
    while tries < len(chosen) or not noticed:
        start, place = random.choice(faults)
        noticed += lie_is_noticed(place, start, tmp_path / f"lie {tries}" / "news.db", expected)
        tries += 1
    told(
        suite,
        file=__file__,
        rounds=len(chosen),
        result=f"0 of {acks:,} acknowledged captures lost, 0 half articles, readable meanwhile, "
        f"all finished; {ended[False]} with one clear line, {ended[True]} without harm",
        control=f"writes that a disk only feigned: {noticed} of {tries} lost or damaged some",
        seconds=time.monotonic() - started,
    )


def test_a_disk_with_little_room(tmp_path: Path, pages: Path) -> None:
    """It fills up somewhere during ingest; the long form has file systems as small, too."""
    started, random = time.monotonic(), chance()
    sound = Room(sys.maxsize)
    with watched(sound):
        assert run("ingest", str(pages), db=tmp_path / "sound.db").code == 0
    expected = content(tmp_path / "sound.db")
    fillings, acks = rounds(4, 60), 0
    for number in range(fillings):
        db = tmp_path / f"{number}" / "news.db"
        with watched(Room(random.randrange(sound.used))):
            kept = until_full(pages, db)
            readable(db, kept)
        acks += len(kept)
        finish(pages, db, kept, expected)
    mounted = 0
    for number in range(rounds(0, 20)):
        with tmpfs(tmp_path / f"tmpfs {number}", random.randrange(sound.used)) as grow:
            if grow is None:
                break
            db = tmp_path / f"tmpfs {number}" / "news.db"
            kept = until_full(pages, db)
            fill(db.with_name("filler"))
            readable(db, kept)
            acks += len(kept)
            grow()
            finish(pages, db, kept, expected)
        mounted += 1
    told(
        "a full file system",
        file=__file__,
        rounds=fillings + mounted,
        result=f"0 of {acks:,} acknowledged captures lost, 0 half articles, readable while full; "
        f"{fillings} with a limit of our own, {mounted} on tmpfs"
        + ("" if mounted else ", which could not be mounted here"),
        seconds=time.monotonic() - started,
    )


def until_full(pages: Path, db: Path) -> dict[str, Path]:
    """Ingest as far as there is room; what was acknowledged."""
    result = run("ingest", str(pages), db=db)
    assert is_clear(result), result
    assert result.code == 0 or "room" in result.stderr or "No space left" in result.stderr, result
    return acknowledged(result.stdout)


@contextmanager
def tmpfs(folder: Path, size: int) -> Iterator[Callable[[], None] | None]:
    """A file system of so many bytes, and what makes it larger; None where none can be mounted."""
    folder.mkdir()
    mount = shutil.which("mount") or "mount"
    words = [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        yield None
        return

    def grow() -> None:
        subprocess.run([mount, "-o", "remount,size=64m", str(folder)], check=True)

    try:
        yield grow
    finally:
        gc.collect()  # an error's traceback may hold a connection
        subprocess.run([shutil.which("umount") or "umount", str(folder)], check=True)


def fill(file: Path) -> None:
    """Leave no room at all."""
    with suppress(OSError), file.open("wb", buffering=0) as filler:
        while filler.write(bytes(512)):
            pass


def test_a_closed_archive_is_readable_on_a_full_disk(tmp_path: Path, pages: Path) -> None:
    """Then there is no log, and SQLite cannot make what it keeps beside one."""
    db = tmp_path / "news.db"
    assert run("ingest", str(pages), db=db).code == 0
    disk = Full(1)
    with watched(disk), Archive.open(db, readonly=True) as archive:
        assert len(archive.articles()) == CAPTURES
        disk.failing = sys.maxsize  # now there is room, and somebody writes
        assert run("remove", "1", db=db).code == 0
        assert len(archive.articles()) == CAPTURES - 1
