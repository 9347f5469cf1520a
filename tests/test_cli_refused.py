"""An archive's file that is missing, foreign, newer, damaged, busy or not to be written."""

import os
import shutil
import sqlite3
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

import pytest
from cli_helpers import PLAIN, REFORM, make_archive, refused, run, unprivileged, write

from archive import Archive
from archive.errors import UsageError

READING = [
    ["list"],
    ["show", "1"],
    ["sections", "1"],
    ["search", "改革"],
    ["cite", "1"],
    ["db", "status"],
]
WRITING = [["ingest", "-"], ["remove", "1"], ["db", "create"]]
COMMANDS = [*READING, *WRITING]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def copy(shelf: Path, tmp_path: Path) -> Path:
    """A copy of the archive, to spoil."""
    return Path(shutil.copy(shelf, tmp_path / "copy.db"))


def label(command: list[str]) -> str:
    return " ".join(command)


@pytest.mark.parametrize("command", READING, ids=label)
def test_reading_or_removing_makes_no_archive(tmp_path: Path, command: list[str]) -> None:
    refused(run(*command, db=tmp_path / "gone.db"), 5, "no archive at")
    refused(run("remove", "1", db=tmp_path / "gone.db"), 5, "no archive at")
    refused(run(*command, db=tmp_path / "no" / "gone.db"), 5, "no archive at")
    assert list(tmp_path.iterdir()) == []


def test_ingest_makes_the_archive_and_its_folder(tmp_path: Path) -> None:
    db = tmp_path / "new" / "folder" / "a.db"
    assert run("ingest", "-", db=db, stdin=PLAIN.encode()).code == 0
    assert run("list", db=db).object["title"] == "灯塔"


def sqlite_file(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE others (data)")
    connection.close()


FOREIGN = {
    "text": lambda path: path.write_text("这不是档案。" * 100, encoding="utf-8"),
    "short": lambda path: path.write_bytes(b"SQLite format 3\0"),
    "nul": lambda path: path.write_bytes(b"\0" * 4096),
    "sqlite": sqlite_file,
}


@pytest.mark.parametrize("command", COMMANDS, ids=label)
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file_is_refused_and_unchanged(
    tmp_path: Path, kind: str, command: list[str]
) -> None:
    path = tmp_path / "other.db"
    FOREIGN[kind](path)
    before = path.read_bytes()
    refused(run(*command, db=path, stdin=PLAIN.encode()), 5, "is not an archive")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("command", COMMANDS, ids=label)
def test_a_newer_archive_is_refused_and_unchanged(copy: Path, command: list[str]) -> None:
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = copy.read_bytes()
    refused(run(*command, db=copy, stdin=PLAIN.encode()), 5, "was made by a newer program")
    assert copy.read_bytes() == before


@pytest.mark.parametrize("command", COMMANDS, ids=label)
@pytest.mark.parametrize("size", [4096, 50_000])
def test_a_truncated_archive_is_refused_and_unchanged(
    copy: Path, size: int, command: list[str]
) -> None:
    before = copy.read_bytes()[:size]
    assert len(before) == size
    copy.write_bytes(before)
    refused(run(*command, db=copy, stdin=PLAIN.encode()), 5, "is damaged")
    assert copy.read_bytes() == before


def test_a_damaged_page_is_told_not_traced(copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    for start in range(4096, len(data), 4096):
        data[start : start + 100] = b"\xff" * 100
    copy.write_bytes(data)
    for command in READING:
        refused(run(*command, db=copy), 5, "is damaged")


@pytest.mark.parametrize("command", COMMANDS, ids=label)
def test_a_folder_is_no_archive(tmp_path: Path, command: list[str]) -> None:
    refused(run(*command, db=tmp_path, stdin=PLAIN.encode()), 5, "is a folder, not an archive")
    below = write(tmp_path / "file.txt", "x") / "a.db"
    refused(run(*command, db=below, stdin=PLAIN.encode()), 1, "Not a directory")


def test_a_folder_that_cannot_be_made_is_one_line() -> None:
    db = Path("/proc/no/such/a.db")
    refused(run("ingest", "-", db=db, stdin=PLAIN.encode()), 1, "cannot be made")


def test_a_read_only_archive_is_read_but_not_written(copy: Path) -> None:
    copy.chmod(0o444)
    before = copy.read_bytes()
    with unprivileged(copy.parent):
        for command in READING:
            assert run(*command, db=copy).code == 0
        for command in (["ingest", "-"], ["remove", "1"]):
            refused(run(*command, db=copy, stdin=REFORM[:-9].encode()), 1, "cannot be written")
    assert copy.read_bytes() == before


def test_an_archive_in_a_read_only_folder_is_read(shelf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "medium"
    folder.mkdir()
    copy = Path(shutil.copy(shelf, folder / "copy.db"))
    copy.chmod(0o444)
    folder.chmod(0o555)
    try:
        with unprivileged(tmp_path):
            assert len(run("list", db=copy).objects) == 3
            assert run("search", "放管服", db=copy).object["article"] == 1
            refused(run("ingest", "-", db=copy, stdin=b"x"), 1, "cannot be written")
            refused(run("db", "create", db=folder / "new.db"), 1, "cannot be made")
            assert list(folder.iterdir()) == [copy]
    finally:
        folder.chmod(0o755)


def test_an_archive_that_may_not_be_read_is_one_line(copy: Path) -> None:
    copy.chmod(0)
    with unprivileged(copy.parent):
        for command in COMMANDS:
            refused(run(*command, db=copy, stdin=b"x"), 1, "cannot be read: Permission denied")


def test_a_busy_archive_is_told_and_readers_do_not_wait(copy: Path) -> None:
    other = sqlite3.connect(copy, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with patch("archive.database.BUSY_SECONDS", 0.05):
            result = run("ingest", "-", db=copy, stdin="别的一则消息，说海上起了大风。".encode())
            refused(result, 5, "is busy")
        assert len(run("list", db=copy).objects) == 3
    finally:
        other.close()
    assert len(run("list", db=copy).objects) == 3


def test_a_picture_never_replaces_an_archive(copy: Path) -> None:
    before = copy.read_bytes()
    refused(run("count", "改革", "--by", "year", "--svg", str(copy), db=copy), 2, "is an archive")
    assert copy.read_bytes() == before


@pytest.mark.parametrize("name", ["postgresql://me@host/news", "sqlite:///news.db"])
def test_what_is_no_path_makes_no_archive(tmp_path: Path, name: str) -> None:
    with chdir(tmp_path):
        refused(run("ingest", "-", db=Path(name)), 2, "is no path")
        for wrong in (name, "a\0b"):
            with pytest.raises(UsageError, match="is no path"):
                Archive.open(wrong, create=True)
    assert not list(tmp_path.iterdir())


def test_a_backup_may_have_any_name(copy: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.db")
    assert run("db", "backup", str(tmp_path / name), db=copy).code == 0
    assert run("db", "check", db=tmp_path / name).code == 0
