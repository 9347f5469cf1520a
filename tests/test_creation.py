"""Files as they are made and shared: kills, races, locks and permissions."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Write
from samples import numbered

from archive import Archive, database, schema
from archive.errors import DatabaseError
from archive.identity import FileState, identify

ROOT = Path(__file__).resolve().parent.parent


def test_a_file_is_made_in_rollback_mode_and_gets_its_log_when_opened(path: Path) -> None:
    """Of a file in rollback mode the header alone tells what it is, whenever a kill comes."""
    assert tuple(path.read_bytes()[18:20]) == (1, 1)
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    with Archive.open(path, readonly=True):
        assert tuple(path.read_bytes()[18:20]) == (1, 1)
    with Archive.open(path):
        assert tuple(path.read_bytes()[18:20]) == (2, 2)


def test_the_folders_that_are_made_for_an_archive_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may take a name away that its folder has not on the disk yet."""
    lasting = set()
    sync = os.fsync

    def noted(descriptor: int) -> None:
        lasting.add(os.fstat(descriptor).st_ino)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    Archive.open(tmp_path / "new" / "newer" / "news.db", create=True).close()
    assert {folder.stat().st_ino for folder in (tmp_path, tmp_path / "new")} <= lasting


KILLED = """
import os, resource, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from archive import schema

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def kill_in_commit(*_):  # the third page is one too many
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

def kill_midway(connection, _):
    calls = iter(range(10))
    connection.set_progress_handler(lambda: next(calls, None) is None and kill(), 50)

point = sys.argv[2]
if point == "first statement":
    event.listen(Engine, "begin", kill)
elif point == "midway":
    event.listen(Engine, "connect", kill_midway)
elif point == "before commit":
    event.listen(Engine, "commit", kill)
elif point == "in commit":
    event.listen(Engine, "commit", kill_in_commit)
elif point == "after commit":
    Engine.dispose = kill
schema.create(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("point", "left"),
    [
        ("first statement", FileState.NEW),
        ("midway", FileState.NEW),
        ("before commit", FileState.NEW),
        ("in commit", FileState.NEW),
        ("after commit", FileState.ARCHIVE),
    ],
)
def test_a_kill_during_creation_leaves_a_new_archive_or_a_whole_one(
    tmp_path: Path, point: str, left: FileState
) -> None:
    file = tmp_path / "news.db"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(file), point], cwd=ROOT, check=False)
    assert killed.returncode in (-signal.SIGKILL, -signal.SIGXFSZ)
    assert identify(file) is left
    if left is FileState.NEW:
        with pytest.raises(DatabaseError, match="no archive at"):
            Archive.open(file, readonly=True)
    with Archive.open(file, create=True) as archive:
        assert archive.status().schema == schema.head()
        assert [o.status for o in archive.add(numbered(1))] == ["stored"]


def test_a_power_cut_during_creation_may_leave_a_file_without_its_first_sector(
    tmp_path: Path,
) -> None:
    file = tmp_path / "news.db"
    command = [sys.executable, "-c", KILLED, str(file), "in commit"]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGXFSZ
    file.write_bytes(bytes(4096))
    assert identify(file) is FileState.NEW
    journal = file.with_name("news.db-journal").rename(tmp_path / "elsewhere")
    with pytest.raises(DatabaseError, match="not an archive"):
        Archive.open(file, create=True)
    assert file.read_bytes() == bytes(4096)
    journal.rename(tmp_path / "news.db-journal")
    with Archive.open(file, create=True) as archive:
        assert [o.status for o in archive.add(numbered(1))] == ["stored"]


def test_making_an_archive_that_another_process_made_meanwhile_keeps_it(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(1))
        schema.create(path)
        assert len(archive.articles()) == 1


@pytest.mark.parametrize("statement", ["SELECT * FROM article", "DELETE FROM article"])
def test_the_change_to_a_log_is_refused_while_others_use_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute(statement).fetchall()
    with pytest.raises(DatabaseError, match="busy"):
        Archive.open(path)
    other.close()


def test_the_change_to_a_log_waits_for_a_writer(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits: list[float] = []

    def end(seconds: float) -> None:
        waits.append(seconds)
        other.close()

    monkeypatch.setattr("time.sleep", end)
    with Archive.open(path) as archive:
        archive.add(numbered(1))
    assert len(waits) == 1
    assert path.read_bytes()[18] == 2


CREATE = """
import sys
from archive import Archive
sys.stdin.readline()
Archive.open(sys.argv[1], create=True).close()
"""


def test_processes_may_create_the_same_archive_at_once(tmp_path: Path) -> None:
    file = tmp_path / "news.db"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CREATE, str(file)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    errors = [process.communicate("go\n")[1] for process in processes]
    assert errors == [""] * 4
    with Archive.open(file) as archive:
        assert archive.status().index_rules > 0


WRITE_TWICE = """
import os, signal, subprocess, sys
from archive import Archive
file, first, second, third, other = sys.argv[1:]
archive = Archive.open(file)
list(archive.ingest([first]))
Archive.open(file, readonly=True).close()  # the same file, looked at once more
subprocess.run([sys.executable, "-c", other, file, second], check=True)
print(*[outcome.status for outcome in archive.ingest([third])], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
OTHER = """
import sys
from archive import Archive
with Archive.open(sys.argv[1]) as archive:
    list(archive.ingest([sys.argv[2]]))
"""


def test_opening_an_archive_twice_keeps_the_locks_of_the_first(path: Path, write: Write) -> None:
    """Else the other process takes the log for its own and deletes it, with what comes later."""
    captures = [write(f"{n}.txt", f"第{n}篇\n\n　　正文{n}。\n") for n in (1, 2, 3)]
    told = subprocess.run(
        [sys.executable, "-c", WRITE_TWICE, str(path), *captures, OTHER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert told.stdout.split() == ["stored"]
    with Archive.open(path) as archive:
        assert len(archive.articles()) == 3


def test_an_archive_is_private_to_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "news.db"
    before = os.umask(0)
    try:
        with Archive.open(file, create=True) as archive:
            archive.add(numbered(1))
            modes = {found.name: found.stat().st_mode & 0o777 for found in tmp_path.iterdir()}
    finally:
        os.umask(before)
    suffixes = ("", "-wal", "-shm", ".lock")
    assert modes == {f"news.db{suffix}": 0o600 for suffix in suffixes}
