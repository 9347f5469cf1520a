"""kill -9 at random moments of ingest, reindex, upgrade and restore.

Each command runs in a process of its own and is killed at some moment between its first change of
the archive's folder and its end, or, half of the time, as soon as it has told a certain outcome.
Afterwards nothing acknowledged may be lost and nothing be half; the same command must finish what
was begun, and leave what a run leaves that nobody killed. The moments are those of the clock: a
seed repeats what is killed, not where exactly.
"""

import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cli_helpers import run
from faults import acknowledged, captures, content, hold, lost, wrong
from killing import Command
from torture import chance, rounds, told

from archive.errors import DatabaseError
from archive.identity import FileState, identify

pytestmark = pytest.mark.torture

KILLS = rounds(2, 200)
CAPTURES = 24

OLD = Path(__file__).parent / "assets" / "databases"

ARCHIVE = ("-m", "archive")

BATCHES = """
import sys
from archive import ingest
from archive.__main__ import main
ingest.BATCH = ingest.Limits(int(sys.argv.pop(1)), 1 << 20)
main()
"""
"""``archive`` with batches of so many captures: outcomes are told after each."""

TOLD_TOO_SOON = (
    """
from archive import Archive
from archive.ref import KEY_DIGITS
from archive.reports import Outcome, Status

def add(archive, items, waiting=[], real=Archive.add):
    if waiting:
        real(archive, waiting.pop())
    waiting.append(items)
    read = [item.hashed for item in items]
    return [
        Outcome(Status.STORED, one.capture.path, key=one.sha256[:KEY_DIGITS]) for one in read
    ]

Archive.add = add
"""
    + BATCHES
)
"""The control: a batch is told, and only then, with the next one, stored."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return captures(tmp_path_factory.mktemp("captures"), CAPTURES)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, pages: Path) -> Path:
    """An archive of all the pages."""
    db = tmp_path_factory.mktemp("shelf") / "shelf.db"
    assert run("ingest", str(pages), db=db).code == 0
    return db


def ingesting(pages: Path, db: Path, batch: int, driver: str = BATCHES) -> Command:
    words = ("-c", driver, str(batch), "ingest", str(pages))
    return Command(words, db, lines=CAPTURES if batch < CAPTURES else 0)


def test_ingest(tmp_path: Path, pages: Path, shelf: Path) -> None:
    started, random, expected = time.monotonic(), chance(), content(shelf)
    db = tmp_path / "killed" / "news.db"
    commands = [ingesting(pages, db, batch) for batch in random.sample((1, 5, 4000), 3)]
    acks = 0
    for command in islice(cycle(commands), KILLS):
        kept = acknowledged(command.kill(random))
        acks += len(kept)
        hold(db, kept)
        finish("ingest", str(pages), db=db)
        assert content(db) == expected
    control = told_too_soon(pages, tmp_path / "control" / "news.db", random)
    told(
        "kill -9 of ingest",
        file=__file__,
        rounds=KILLS,
        result=f"0 of {acks:,} acknowledged captures lost, 0 half articles, {KILLS} finished",
        control=control,
        seconds=time.monotonic() - started,
    )


def told_too_soon(pages: Path, db: Path, random: Random) -> str:
    """The control must lose captures, or the suite would not see it if the program did."""
    command = ingesting(pages, db, 5, TOLD_TOO_SOON)
    command.timed = False
    kills, losing = max(2, KILLS // 10), 0
    for _ in range(kills):
        kept = acknowledged(command.kill(random))
        losing += bool(kept and (identify(db) is not FileState.ARCHIVE or lost(db, kept)))
    assert losing
    return f"told before the commit: {losing} of {kills} lost some"


def finish(*words: str, db: Path) -> None:
    """The same command runs to its end, and leaves nothing beside the archive but its lock."""
    result = run(*words, db=db)
    assert (result.code, "Traceback" in result.stderr) == (0, False), result.stderr
    assert wrong(db) == []
    beside = {file.name.removeprefix(db.name) for file in db.parent.iterdir()}
    assert {name for name in beside if ".schema-" not in name} <= {"", ".lock", "-wal", "-shm"}


def test_reindex(tmp_path: Path, shelf: Path) -> None:
    """Killed, the index is as it was, here without the entries that someone took out, or new."""
    started, random, expected = time.monotonic(), chance(), content(shelf)
    damaged = tmp_path / "damaged.db"
    shutil.copy(shelf, damaged)
    with closing(sqlite3.connect(damaged)) as connection, connection:
        connection.execute("DELETE FROM section_index_article WHERE article_id % 7 = 1")
    before = wrong(damaged)
    assert before
    db = tmp_path / "killed" / "news.db"
    command = Command((*ARCHIVE, "db", "reindex"), db, lambda file: shutil.copy(damaged, file))
    found: Counter[bool] = Counter()
    for _ in range(KILLS):
        command.kill(random)
        left = wrong(db)
        assert left in ([], before)
        found[not left] += 1
        assert content(db) == expected
        finish("db", "reindex", db=db)
        assert content(db) == expected
    tell("reindex", f"the index as it was ({found[False]}) or new ({found[True]})", started)


def test_upgrade(tmp_path: Path) -> None:
    started, random = time.monotonic(), chance()
    db = tmp_path / "killed" / "news.db"
    schemas: Counter[bool] = Counter()
    upgrades = (Upgrade(old, db) for old in random.sample(sorted(OLD.glob("0*.db")), 4))
    for upgrade in islice(cycle(upgrades), KILLS):
        upgrade.command.kill(random)
        left = schema_and_rows(db)
        assert left in (upgrade.before, upgrade.after)
        schemas[left == upgrade.after] += 1
        finish("db", "upgrade", db=db)
        assert schema_and_rows(db) == upgrade.after
        assert content(db) == upgrade.expected
        for copy in db.parent.glob(f"{db.name}.schema-*"):
            assert schema_and_rows(copy) == upgrade.before
    tell("upgrade", f"the older schema ({schemas[False]}) or the newest ({schemas[True]})", started)


class Upgrade:
    """The upgrade of an archive of an older schema, and what it comes to undisturbed."""

    def __init__(self, old: Path, db: Path) -> None:
        self.command = Command((*ARCHIVE, "db", "upgrade"), db, lambda new: shutil.copy(old, new))
        self.before = schema_and_rows(old)
        self.command.run()
        self.after = schema_and_rows(db)
        self.expected = content(db)


def schema_and_rows(db: Path) -> tuple[Any, ...]:
    """The schema's version and what every schema has, of a file that must be sound."""
    with closing(sqlite3.connect(db)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return tuple(
            connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608 - from below
            for table, columns in (
                ("alembic_version", "version_num, 0"),
                ("capture", "id, sha256"),
                ("article", "id, key, title"),
                ("section", "article_id, number, text"),
            )
        )


def test_restore(tmp_path: Path, shelf: Path) -> None:
    started, random, expected = time.monotonic(), chance(), content(shelf)
    dump, db = tmp_path / "shelf.jsonl", tmp_path / "killed" / "news.db"
    assert run("dump", str(dump), db=shelf).code == 0
    command = Command((*ARCHIVE, "restore", str(dump)), db)
    found: Counter[bool] = Counter()
    for _ in range(KILLS):
        command.kill(random)
        done = holds(db, expected)
        found[done] += 1
        if done:
            assert wrong(db) == []
            continue
        assert identify(db) is not FileState.ARCHIVE or run("list", db=db).out == b""
        finish("restore", str(dump), db=db)
        assert content(db) == expected
    tell("restore", f"no archive ({found[False]}) or the whole ({found[True]})", started)


def holds(db: Path, expected: list[dict[str, Any]]) -> bool:
    """Whether a file is the whole archive; one that a writer must undo first is not."""
    try:
        return identify(db) is FileState.ARCHIVE and content(db) == expected
    except DatabaseError as error:
        if "broken off" not in error.message:
            raise
        return False


def tell(command: str, left: str, started: float) -> None:
    told(
        f"kill -9 of {command}",
        file=__file__,
        rounds=KILLS,
        result=f"0 lost, 0 half articles: {left}; then {KILLS} finished",
        seconds=time.monotonic() - started,
    )
