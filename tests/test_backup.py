"""A copy is whole, private, on the disk before it has its name, and replaces nothing unasked."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cli_helpers import make_archive, refused, run
from samples import numbered
from test_index import held, spoil

from archive import Archive, database
from archive.errors import StorageError, UsageError

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def filled(path: Path) -> Path:
    with Archive.open(path) as archive:
        archive.add(numbered(3))
    return path


def copy(path: Path, target: Path, *, force: bool = False) -> None:
    with Archive.open(path, readonly=True) as archive:
        archive.backup(target, force=force)


def test_a_copy_is_an_archive_with_the_same_rows_and_index(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    copy(filled, target)
    assert held(target) == held(filled)
    with Archive.open(target) as archive, Archive.open(filled, readonly=True) as original:
        assert archive.articles() == original.articles()
        assert [archive.article(str(n)) for n in (1, 2, 3)] == [
            original.article(str(n)) for n in (1, 2, 3)
        ]
        archive.remove("3")
        assert [o.article for o in archive.add(numbered(1, first=9))] == [4]  # no id twice


def test_a_copy_is_private_and_leaves_nothing_beside_it(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    before = os.umask(0)
    try:
        copy(filled, folder / "copy.db")
    finally:
        os.umask(before)
    assert [file.name for file in folder.iterdir()] == ["copy.db"]
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600


WRITE = """
import sys
sys.path.insert(0, "tests")
from samples import numbered
from archive import Archive
with Archive.open(sys.argv[1]) as archive:
    archive.add(numbered(50))
    print("begun", flush=True)
    for batch in range(1, 400):
        archive.add(numbered(50, first=50 * batch + 1))
"""


def test_a_copy_under_a_running_ingest_is_of_one_moment(path: Path, tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "begun\n"
    try:
        for n in range(5):
            copy(path, tmp_path / f"{n}.db")
        assert writer.poll() is None  # it wrote all the while
    finally:
        writer.kill()
        writer.communicate()
    for n in range(5):
        with Archive.open(tmp_path / f"{n}.db", readonly=True) as archive:
            assert archive.status().articles % 50 == 0
            assert {one.check for one in archive.check() if one.damage} <= {"article", "section"}
            assert [one for one in archive.check(fast=True) if one.damage] == []


def test_a_copy_has_its_name_only_when_it_is_on_the_disk(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, synced = tmp_path / "copy.db", []
    fsync = os.fsync

    def note(handle: int) -> None:
        synced.append((os.fstat(handle).st_ino, target.exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    copy(filled, target)
    assert synced[-2:] == [(target.stat().st_ino, False), (tmp_path.stat().st_ino, True)]


def test_a_file_that_is_there_is_kept_unless_forced(tmp_path: Path) -> None:
    db = make_archive(tmp_path)
    target = tmp_path / "copy.db"
    target.write_text("kept")
    refused(run("db", "backup", str(target), db=db), 2, "copy.db is there already")
    assert target.read_text() == "kept"
    result = run("db", "backup", str(target), "--force", db=db)
    assert result.code == 0
    assert result.stderr == f"{db} copied to {target}\n"
    assert len(run("list", db=target).objects) == 3


def test_a_file_that_came_meanwhile_is_kept(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "copy.db"
    monkeypatch.setattr(os, "fsync", lambda _: target.write_text("kept"))
    with pytest.raises(UsageError, match="is there already"):
        copy(filled, target)
    assert target.read_text() == "kept"
    assert list(tmp_path.glob("*copy*")) == [target]


def test_the_archive_itself_is_no_place_for_its_copy(filled: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(filled)
    for target in (filled, link):
        with pytest.raises(StorageError, match="is the archive itself"):
            copy(filled, target, force=True)


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_no_copy_gets_the_log_of_another_file(filled: Path, tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"copy.db{suffix}").write_bytes(b"of another")
    with pytest.raises(StorageError, match="belongs to another file"):
        copy(filled, tmp_path / "copy.db", force=True)


def test_a_copy_that_fails_leaves_nothing(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        copy(filled, tmp_path / "none" / "copy.db")

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageError, match="Input/output error"):
        copy(filled, tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy*"))


def test_an_interrupt_ends_a_copy_at_once_and_leaves_nothing(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python heeds a signal in the handler that SQLite calls; here every call is one
    interrupted = lambda *_: True  # noqa: E731 - as short as what it stands for
    monkeypatch.setattr(database, "_go_on", interrupted)
    monkeypatch.setattr(database, "_STEPS_A_CALL", 10)
    result = run("db", "backup", str(tmp_path / "copy.db"), db=filled)
    assert result.code == 130
    assert not list(tmp_path.glob("*copy*"))


KILLED = """
import os, signal, sys
from archive import Archive, database
database.copy_to = lambda _, path: (path.write_bytes(b"half"), os.kill(os.getpid(), signal.SIGKILL))
with Archive.open(sys.argv[1], readonly=True) as archive:
    archive.backup(sys.argv[2])
"""


def test_what_a_kill_leaves_is_gone_with_the_next_copy(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.db"
    target.parent.mkdir()
    subprocess.run([sys.executable, "-c", KILLED, str(filled), str(target)], cwd=ROOT, check=False)
    assert not target.exists()
    assert len(list(target.parent.iterdir())) == 1
    copy(filled, target)
    assert list(target.parent.iterdir()) == [target]


def test_a_verified_copy_says_so_and_a_damaged_one_is_told(tmp_path: Path) -> None:
    db, target = make_archive(tmp_path), tmp_path / "copy.db"
    result = run("db", "backup", str(target), "--verify", db=db)
    assert result.code == 0
    assert result.stderr.endswith(f"{target}: nothing wrong\n")
    spoil(db, "UPDATE article SET title = 'x' WHERE id = 2")
    result = run("db", "backup", str(target), "--verify", "--force", db=db)
    assert result.code == 5
    assert result.objects[0]["article"] == 2
    assert target.exists()


def test_a_file_system_without_hard_links_will_do(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_self: Path, _target: Path) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    copy(filled, tmp_path / "copy.db")
    assert held(tmp_path / "copy.db") == held(filled)


def test_a_copy_holds_nothing_that_was_removed(filled: Path, tmp_path: Path) -> None:
    shutil.copy(filled, tmp_path / "before.db")
    connection = sqlite3.connect(filled)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("CREATE TABLE zqx AS SELECT 'zqxmark' AS word")
    connection.execute("DROP TABLE zqx")
    connection.close()
    copy(filled, tmp_path / "copy.db")
    assert b"zqxmark" not in (tmp_path / "copy.db").read_bytes()
