"""One bit of the file is another, in bytes that SQLite uses: a check finds it, and nothing ends.

The control is the fast check, which looks at less.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cli_helpers import HARVEST, PLAIN, REFORM, write
from samples import words
from torture import chance, rounds, told
from used_bytes import used

from archive import Archive
from archive.errors import ArchiveError

pytestmark = pytest.mark.torture

MISSED_AT_MOST = 0.03


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which nothing is wrong, without free pages, and nothing beside it."""
    folder = tmp_path_factory.mktemp("whole")
    for number in range(20):
        text = REFORM.replace("放管服", f"第{number}次放管服").replace(
            "2019年05", f"20{number:02}年05"
        )
        write(folder / "captures" / f"{number}.txt", f"{text}\n    {words(number)}\n")
    write(folder / "captures" / "long.txt", f"{HARVEST}\n    {words(99, 20_000)}\n")
    write(folder / "captures" / "plain.txt", PLAIN)
    db = folder / "whole.db"
    with Archive.open(db, create=True) as archive:
        assert {outcome.status for outcome in archive.ingest([str(folder / "captures")])} == {
            "stored"
        }
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")
    assert finds(db) == finds(db, fast=True) == []
    return db


def finds(db: Path, *, fast: bool = False) -> list[str]:
    """What a check says of a file; if it is refused, why."""
    try:
        with Archive.open(db, readonly=True, any_index=True) as archive:
            return [found.reason for found in archive.check(fast=fast) if found.damage]
    except ArchiveError as error:
        return [error.message]


@contextmanager
def flipped(db: Path, place: int, bit: int) -> Iterator[None]:
    """The file with one bit another."""
    with db.open("r+b") as file:
        file.seek(place)
        (before,) = file.read(1)
        for byte in (before ^ 1 << bit, before):
            file.seek(place)
            file.write(bytes([byte]))
            file.flush()
            if byte != before:
                yield


def test_one_flipped_bit_is_found(whole: Path) -> None:
    begun, decides = time.monotonic(), chance()
    places = used(whole)
    goes, within = rounds(10, 150), sorted(places)
    missed: Counter[str] = Counter()
    fast = 0
    for _ in range(goes):
        place, bit = decides.choice(within), decides.randrange(8)
        with flipped(whole, place, bit):
            found, found_fast = finds(whole), finds(whole, fast=True)
        fast += bool(found_fast)
        if not found:
            missed[places[place]] += 1
            print(f"missed: bit {bit} of byte {place}, of {places[place]}")  # noqa: T201 - shown where it fails
    assert finds(whole) == []
    number = goes - missed.total()
    listed = ", ".join(f"{count} in {name}" for name, count in missed.most_common())
    told(
        "a bit flipped in used bytes",
        file=__file__,
        rounds=goes,
        result=f"{number} of {goes} found"
        + (f" (not: {listed})" if missed else "")
        + ", 0 crashes",
        control=f"check --fast: {fast} of {goes} found",
        seconds=time.monotonic() - begun,
    )
    assert missed.total() <= max(1, MISSED_AT_MOST * goes)


def test_control_the_fast_check_misses_flips_in_the_index_that_the_check_finds(whole: Path) -> None:
    decides = chance()
    places = used(whole)
    within = sorted(place for place in places if places[place] == "section_index_data")
    missed: list[str] = []
    for place in decides.sample(within, 5):
        with flipped(whole, place, decides.randrange(8)):
            if not finds(whole, fast=True):  # it finds those few that break the order of a page
                missed += finds(whole)
    assert missed
