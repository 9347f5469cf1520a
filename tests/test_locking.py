"""One writer at a time: who waits, for whom, how long, and what happens to the lock's file."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_helpers import make_archive, refused, run, write
from samples import numbered

from archive import Archive, locking
from archive.errors import DatabaseError, StorageError

ROOT = Path(__file__).resolve().parent.parent

HOLD = """
import sys
from archive import Archive
with Archive.open(sys.argv[1], exclusive=True):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the lock in here, unless it is ended before."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.communicate("end\n")


WRITING = [
    ["ingest", "captures"],
    ["remove", "1", "--yes"],
    ["db", "create"],
    ["db", "upgrade"],
    ["db", "reindex"],
    ["db", "reread"],
    ["restore", "dump.jsonl"],
    ["similar", "1"],
    ["reprints"],
]


@pytest.mark.parametrize("command", WRITING, ids=lambda words: " ".join(words[:2]))
def test_every_command_that_writes_waits_for_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    db = make_archive(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run("dump", "dump.jsonl", db=db).code == 0
    before = db.read_bytes()
    with another_writer(db) as holder:
        result = run(*command, "--wait", "0", db=db)
        refused(result, 5, f"is busy, another process writes: process {holder.pid} on ")
        assert "--wait" in result.stderr
    assert db.read_bytes() == before


READING = [
    ["list"],
    ["search", "改革"],
    ["show", "1"],
    ["db", "status"],
    ["db", "reread", "--dry-run"],
]


@pytest.mark.parametrize("command", READING, ids=lambda words: " ".join(words[:2]))
def test_readers_never_wait(tmp_path: Path, command: list[str]) -> None:
    db = make_archive(tmp_path)
    with another_writer(db):
        result = run(*command, db=db)
    assert result.code == 0
    assert "waiting" not in result.stderr


def test_a_second_writer_says_whom_it_waits_for_and_then_goes_on(tmp_path: Path) -> None:
    db = make_archive(tmp_path)
    with another_writer(db) as holder:
        ended = threading.Timer(0.3, holder.kill)
        ended.start()
        result = run("-q", "remove", "1", "--yes", db=db)
        ended.join()
    assert result.code == 0
    first, *rest = result.stderr.splitlines()
    assert first.startswith(f"archive: waiting for another writer of {db}: process {holder.pid} on")
    assert "since 20" in first
    assert rest == []
    assert len(run("list", db=db).objects) == 2


def test_a_restore_waits_before_its_work(tmp_path: Path) -> None:
    """The file that it is to make may be another's meanwhile, and is then not empty."""
    db, new = make_archive(tmp_path), tmp_path / "new.db"
    dump = run("dump", "-", db=db).out
    assert run("db", "create", db=new).code == 0
    with another_writer(new) as holder:
        ended = threading.Timer(0.3, holder.kill)
        ended.start()
        result = run("restore", "-", db=new, stdin=dump)
        ended.join()
    assert result.code == 0
    first, done = result.stderr.splitlines()
    assert first.startswith(f"archive: waiting for another writer of {new}: process {holder.pid}")
    assert done.endswith(f"restored into {new}")


def test_after_the_time_given_a_writer_gives_up(path: Path) -> None:
    told: list[str] = []
    with another_writer(path), Archive.open(path, wait=0.1, tell=told.append) as archive:
        with pytest.raises(DatabaseError, match="is busy"):
            archive.add(numbered(1))
        assert len(told) == 1
        assert archive.articles() == []
    with Archive.open(path, wait=0) as archive:
        archive.add(numbered(1))


def test_a_writer_that_is_killed_gives_the_lock_back(path: Path) -> None:
    with another_writer(path) as holder:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with Archive.open(path, exclusive=True, wait=0) as archive:
            archive.add(numbered(1))


def test_the_lock_file_is_never_deleted_and_its_text_alone_locks_nothing(path: Path) -> None:
    lock = path.with_name("news.db.lock")
    with Archive.open(path) as archive:
        archive.add(numbered(1))
    inode = lock.stat().st_ino
    lock.write_text("process 1 on elsewhere since 2026-01-01T00:00:00Z, archive ingest\n" * 99)
    with Archive.open(path, wait=0) as archive:
        archive.add(numbered(1, first=2))
    assert lock.stat().st_ino == inode
    assert lock.read_text().startswith(f"process {os.getpid()} on ")
    assert len(lock.read_text().splitlines()) == 1


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\n\x1b[31m" * 999])
def test_whatever_the_lock_file_says_is_told_in_one_clean_line(tmp_path: Path, text: bytes) -> None:
    db = make_archive(tmp_path)
    lock = db.with_name("shelf.db.lock")
    with lock.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        lock.write_bytes(text)
        result = run("remove", "1", "--yes", "--wait", "0", db=db)
    refused(result, 5, "another process writes: ")
    assert "\x1b" not in result.stderr
    assert len(result.stderr) < 2000


def test_a_disk_too_full_for_the_text_does_not_keep_anybody_from_the_lock(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with Archive.open(path, exclusive=True) as archive:
        assert archive.articles() == []


def test_one_archive_may_write_while_another_in_the_process_is_open(path: Path) -> None:
    with Archive.open(path, wait=0) as first, Archive.open(path, wait=0) as second:
        first.add(numbered(1))
        second.add(numbered(1, first=2))
        first.add(numbered(1, first=3))
        assert len(second.articles()) == 3


def test_the_lock_of_a_link_is_that_of_its_file(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    with another_writer(path), pytest.raises(DatabaseError, match="is busy"):
        Archive.open(link, exclusive=True, wait=0)


def test_what_is_no_regular_file_is_not_taken_for_a_lock(path: Path, tmp_path: Path) -> None:
    lock = path.with_name("news.db.lock")
    os.mkfifo(lock)
    with pytest.raises(StorageError, match="no regular file"):
        Archive.open(path, exclusive=True)
    lock.unlink()
    victim = write(tmp_path / "elsewhere.txt", "kept")
    lock.symlink_to(victim)
    with pytest.raises(StorageError, match=r"news\.db\.lock beside it cannot be made"):
        Archive.open(path, exclusive=True)
    assert victim.read_text() == "kept"


def test_where_the_system_has_no_flock_sqlite_alone_orders_writers(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "fcntl", None)
    with Archive.open(path, exclusive=True, wait=0) as archive:
        archive.add(numbered(1))
    assert not path.with_name("news.db.lock").exists()


def test_a_refused_file_gets_no_lock_beside_it(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("no archive")
    for db in (tmp_path / "note.txt", tmp_path / "missing.db"):
        assert run("remove", "1", "--yes", db=db).code == 5
        assert run("db", "reindex", db=db).code == 5
    assert [file.name for file in tmp_path.iterdir()] == ["note.txt"]


def test_a_refused_writer_leaves_no_connection_open(path: Path) -> None:
    with Archive.open(path, wait=0) as archive, another_writer(path):
        with pytest.raises(DatabaseError) as kept:  # with all that its traceback holds
            archive.add(numbered(1))
        assert kept.value.exit_code == 5
        assert archive._engine.pool.checkedout() == 0  # type: ignore[attr-defined] # a queue's


def test_a_busy_lock_leaves_no_descriptor(tmp_path: Path) -> None:
    busy = locking.WriterLock(tmp_path / "a.db", wait=0)
    with locking.WriterLock(tmp_path / "a.db").held():
        before = os.dup(0)  # the next free number
        os.close(before)
        with pytest.raises(DatabaseError):
            busy.take()
        after = os.dup(0)
        os.close(after)
        assert after == before


def test_a_file_system_that_keeps_no_locks_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: int, _how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with Archive.open(path) as archive, pytest.raises(StorageError, match="No locks available"):
        archive.add(numbered(1))
