"""What stands at a path: told without changing it, and refused where it is no archive."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from samples import numbered
from torture import Tally, tallied

from archive import Archive
from archive.errors import DatabaseError
from archive.identity import APPLICATION_ID, FileState, identify

ROOT = Path(__file__).resolve().parent.parent


def digests(folder: Path) -> dict[str, str]:
    """The hash of each file in a folder."""
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def refused(file: Path) -> DatabaseError:
    """The error with which a file is refused, reading or writing; its folder stays as it is."""
    before = digests(file.parent)
    with pytest.raises(DatabaseError):
        Archive.open(file, readonly=True)
    with pytest.raises(DatabaseError) as caught:
        Archive.open(file, create=True)
    assert digests(file.parent) == before
    assert caught.value.exit_code == 5
    assert file.name in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint
    return caught.value


def sqlite(file: Path, script: str) -> Path:
    """Run a script on an SQLite file; one in rollback mode keeps nothing beside it."""
    connection = sqlite3.connect(file)
    connection.executescript(script)
    connection.close()
    return file


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    with tallied(
        "foreign, truncated, garbage, older, newer database",
        file=__file__,
        of=5,
        result="refused, their bytes as they were; an empty one is a new archive",
        control="opened without a look: {} are changed",
    ) as counted:
        yield counted


def counted(file: Path, kind: str, tally: Tally) -> DatabaseError:
    """The error with which a file is refused; and whether SQLite would have changed it."""
    error = refused(file)
    tally.passed.add(kind)
    before = file.read_bytes()
    with suppress(sqlite3.Error):
        sqlite(file, "PRAGMA journal_mode = WAL")
    if file.read_bytes() != before:
        tally.control.add(kind)
    return error


def test_an_archive_is_known_by_its_application_id(path: Path) -> None:
    assert path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4, "big") == b"ArcN"
    assert identify(path) is FileState.ARCHIVE


@pytest.mark.torture
def test_a_foreign_database_is_refused(tmp_path: Path, tally: Tally) -> None:
    file = sqlite(tmp_path / "places.db", "CREATE TABLE place (name); INSERT INTO place VALUES (1)")
    assert "not an archive" in counted(file, "foreign", tally).message


def test_a_foreign_database_with_an_application_id_is_refused(tmp_path: Path) -> None:
    file = sqlite(tmp_path / "map.gpkg", "PRAGMA application_id = 0x47504B47")
    assert "not an archive" in refused(file).message


@pytest.mark.parametrize("kept", ["-wal", ""])
def test_a_foreign_database_with_a_write_ahead_log_is_refused(tmp_path: Path, kept: str) -> None:
    live = tmp_path / "live.db"
    connection = sqlite3.connect(live)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE place (name)")
    if not kept:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = tmp_path / "folder" / "copy.db"
    file.parent.mkdir()
    file.write_bytes(live.read_bytes())
    if kept:
        (file.parent / "copy.db-wal").write_bytes((tmp_path / "live.db-wal").read_bytes())
    connection.close()
    assert "not an archive" in refused(file).message


def test_a_foreign_database_with_an_unfinished_transaction_is_refused(tmp_path: Path) -> None:
    live, file = tmp_path / "live.db", tmp_path / "folder" / "copy.db"
    sqlite(live, "CREATE TABLE place (name); INSERT INTO place VALUES (hex(zeroblob(99999)))")
    connection = sqlite3.connect(live, isolation_level=None)
    connection.execute("PRAGMA cache_size = 2")  # so that pages are written before the commit
    connection.execute("BEGIN")
    connection.execute("UPDATE place SET name = hex(zeroblob(88888))")
    file.parent.mkdir()
    for suffix in ("", "-journal"):
        data = live.with_name(f"live.db{suffix}").read_bytes()
        file.with_name(f"copy.db{suffix}").write_bytes(data)
    connection.close()
    assert "not an archive" in refused(file).message


@pytest.mark.parametrize(
    "content",
    [
        b"a note\n",
        b"SQLite format 3\x00",
        b"SQLite format 3\x00" + bytes(50),
        bytes(200),
        bytes(68) + b"ArcN" + bytes(28),  # the mark of an archive, but no SQLite file
        b"SQLite format 3\x00" + bytes(52) + b"ArcN",
        b"\xff" * 999,
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "note.txt"
    file.write_bytes(content)
    assert "left untouched" in refused(file).message


def test_a_folder_is_refused(tmp_path: Path) -> None:
    for create in (False, True):
        with pytest.raises(DatabaseError, match="is a folder"):
            Archive.open(tmp_path, create=create)


def test_a_fifo_or_device_is_refused_without_reading_from_it(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    both_ends = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    os.write(both_ends, bytes(200))
    for file in (fifo, Path(os.devnull)):
        with pytest.raises(DatabaseError, match="not an archive"):
            Archive.open(file, create=True)
    assert os.read(both_ends, 999) == bytes(200)  # nobody has read from it
    os.close(both_ends)


@pytest.mark.torture
def test_a_truncated_archive_is_refused(path: Path, tally: Tally) -> None:
    path.write_bytes(path.read_bytes()[:-4096])
    assert "where its header says" in counted(path, "truncated", tally).message


def test_an_archive_whose_log_holds_its_last_pages_is_opened(path: Path, tmp_path: Path) -> None:
    """The header is that of the last checkpoint; a kill during one leaves the rest in the log."""
    copy = tmp_path / "killed" / "news.db"
    copy.parent.mkdir()
    with Archive.open(path) as archive:
        archive.add(numbered(3))
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        connection.close()
        copy.write_bytes(path.read_bytes()[:-4096])
        copy.with_name("news.db-wal").write_bytes(path.with_name("news.db-wal").read_bytes())
    link = tmp_path / "link.db"
    link.symlink_to(copy)
    for file in (link, copy):
        with Archive.open(file, readonly=True) as archive:
            assert len(archive.articles()) == 3


@pytest.mark.torture
@pytest.mark.parametrize("place", [100, 4096])
def test_a_damaged_archive_is_named_and_left_as_it_is(path: Path, place: int, tally: Tally) -> None:
    data = bytearray(path.read_bytes())
    data[place : place + 4096 * 3] = b"\xa5" * 4096 * 3
    path.write_bytes(data)
    assert "damaged" in counted(path, "garbage", tally).message


@pytest.mark.torture
def test_an_older_archive_is_refused_with_what_upgrades_it(tmp_path: Path, tally: Tally) -> None:
    file = tmp_path / "old.db"
    shutil.copy(ROOT / "tests" / "assets" / "databases" / "0001.db", file)
    error = counted(file, "older", tally)
    assert "schema 0001" in error.message
    assert error.hint is not None
    assert "db upgrade" in error.hint


def test_an_archive_without_its_version_is_damaged(path: Path) -> None:
    refused(sqlite(path, "DROP TABLE alembic_version"))


@pytest.mark.torture
def test_a_newer_archive_is_refused(path: Path, tally: Tally) -> None:
    sqlite(path, "UPDATE alembic_version SET version_num = '9999'")
    error = counted(path, "newer", tally)
    assert "newer program" in error.message
    assert "9999" in error.message


def test_an_index_of_other_rules_is_refused(path: Path) -> None:
    assert (
        "rules 99" in refused(sqlite(path, "UPDATE section_index_version SET version = 99")).message
    )


def test_a_missing_file_is_made_only_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "new" / "news.db"
    assert identify(file) is FileState.MISSING
    for readonly in (False, True):
        with pytest.raises(DatabaseError, match="no archive at") as caught:
            Archive.open(file, readonly=readonly)
        assert caught.value.exit_code == 5
    assert not file.parent.exists()
    with Archive.open(file, create=True) as archive:
        assert archive.articles() == []


@pytest.mark.torture
@pytest.mark.parametrize("script", [None, "VACUUM", "PRAGMA journal_mode = WAL"])
def test_an_empty_file_is_a_new_archive(tmp_path: Path, script: str | None) -> None:
    file = tmp_path / "news.db"
    file.touch()
    if script is not None:
        sqlite(file, f"CREATE TABLE t (a); DROP TABLE t; {script}")
        assert file.stat().st_size > 0
    assert identify(file) is FileState.NEW
    with pytest.raises(DatabaseError, match="no archive at"):
        Archive.open(file)
    with Archive.open(file, create=True) as archive:
        assert [o.status for o in archive.add(numbered(1))] == ["stored"]


def test_a_link_is_followed(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with Archive.open(link) as archive:
        archive.add(numbered(1))
    assert not list(tmp_path.glob("link.db-*"))
    with Archive.open(path) as archive:
        assert len(archive.articles()) == 1
