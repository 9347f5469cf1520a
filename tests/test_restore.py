"""A dump is restored whole, into a place where nothing is, or not at all."""

import io
import json
import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import refused, run
from remade import ended
from samples import article, item, numbered, section
from test_index import spoil
from whole_archives import state

from archive import Archive, database, restore, schema
from archive.errors import DatabaseError

ROOT = Path(__file__).resolve().parent.parent


# Where to


def test_into_nothing_an_empty_file_a_new_archive_or_an_emptied_folder(
    shelf: Path, dump: bytes, tmp_path: Path
) -> None:
    places = [tmp_path / "missing.db", tmp_path / "folder" / "missing.db", tmp_path / "zero.db"]
    places[2].touch(mode=0o600)
    new = tmp_path / "new.db"
    assert run("db", "create", db=new).code == 0
    for place in (*places, new):
        result = run("restore", "-", db=place, stdin=dump)
        assert (result.code, result.stdout) == (0, "")
        assert "3 captures, 3 articles" in result.stderr
        assert state(place) == state(shelf)
        assert place.stat().st_mode & 0o777 == 0o600
        assert run("search", "放管服", db=place).objects[0]["article"] == 1


def test_an_archive_that_holds_anything_stays_as_it_is(dump: bytes, path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(1))
        archive.remove("1")  # what stays is that it was removed
    before = state(path)
    refused(run("restore", "-", db=path, stdin=dump), 5, "not empty")
    assert state(path) == before


OTHERS = {
    "table my notes": 'CREATE TABLE "my notes" (text)',
    "table section_index_notes": "CREATE TABLE section_index_notes (text);"
    "INSERT INTO section_index_notes VALUES ('kept')",
    "view article_titles": "CREATE VIEW article_titles AS SELECT title FROM article",
}


@pytest.mark.parametrize("stranger", OTHERS)
def test_what_others_made_of_an_empty_archive_stays(dump: bytes, path: Path, stranger: str) -> None:
    spoil(path, OTHERS[stranger])
    before = path.read_bytes()
    refused(run("restore", "-", db=path, stdin=dump), 5, f"has a {stranger}, which restoring")
    assert path.read_bytes() == before


def test_what_was_stored_meanwhile_is_not_replaced(
    dump: bytes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look before a long restore does not count; the one under the lock does."""
    real = schema.create

    def create(*arguments: Any) -> None:  # noqa: ANN401 - as schema.create has them
        spoil(path, "INSERT INTO removal VALUES ('x', '2020')")  # heeding no lock but SQLite's
        real(*arguments)

    monkeypatch.setattr(schema, "create", create)
    with pytest.raises(DatabaseError, match="not empty"):
        Archive.restore(path, io.BytesIO(dump))
    assert state(path)["removal"] == [("x", "2020")]


def test_an_archive_that_another_has_open_is_busy(
    dump: bytes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Archive.open(path) as other:
        assert other.articles() == []
        with pytest.raises(DatabaseError, match="busy"):
            Archive.restore(path, io.BytesIO(dump))
        assert other.add(numbered(1))[0].status == "stored"


def test_nobody_comes_between_the_last_look_and_the_copy(
    dump: bytes, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock that was taken to look is still held when the copy begins."""
    real, asked = restore._opened, []

    class Watched(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, **_: Any) -> None:  # noqa: ANN401 - as sqlite3 has it
            other = sqlite3.connect(path, timeout=0)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
            asked.append(path)
            super().backup(target)

    def opened(file: Path) -> sqlite3.Connection:
        if file == path:
            return real(file)
        return sqlite3.connect(file, factory=Watched, isolation_level=None)

    monkeypatch.setattr(restore, "_opened", opened)
    Archive.restore(path, io.BytesIO(dump))
    assert asked == [path]


def test_a_foreign_file_stays(dump: bytes, tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("notes")
    refused(run("restore", "-", db=file, stdin=dump), 5, "not an archive")
    assert file.read_text() == "notes"


def test_a_dump_that_is_not_there(tmp_path: Path) -> None:
    refused(run("restore", str(tmp_path / "no.jsonl"), db=tmp_path / "a.db"), 1, "No such file")
    assert not list(tmp_path.iterdir())


# Memory


def test_memory_does_not_grow_with_the_dump(tmp_path: Path) -> None:
    peaks = []
    for count in (32, 128):
        with Archive.open(tmp_path / f"{count}.db", create=True) as archive:
            for number in range(count):
                text = f"{number}" + "改革开放" * 20_000
                archive.add([item(article(f"第{number}篇", section(None, text)))])
            archive.dump(file := io.BytesIO())
        file.seek(0)
        tracemalloc.start()
        Archive.restore(tmp_path / f"{count}-copy.db", file)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


# Older


def test_an_older_dump_is_upgraded_as_an_older_archive_is(shelf: Path, tmp_path: Path) -> None:
    """A dump of the first schema knows neither original titles nor what makes duplicates."""
    head, *rows = (json.loads(line) for line in run("dump", "-", db=shelf).out.splitlines()[:-1])
    head["dump"]["tables"] = "0001"
    for row in rows:
        for column in ("original_title", "identity", "story"):
            row.get("article", {}).pop(column, None)
    lines = [json.dumps(record).encode() + b"\n" for record in (head, *rows)]
    Archive.restore(tmp_path / "a.db", io.BytesIO(ended(lines)))
    assert state(tmp_path / "a.db") == state(shelf)


# Kills

KILLED = """
import os, signal, sys
from archive import Archive, intake, restore, schema
point = sys.argv[3]

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def rows_then_kill(self, connection, record, insert=intake.Table.insert):
    insert(self, connection, record)
    if record.table == "section":
        kill()

def limit():
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (40960, 40960))

if point == "in the schema":
    real = schema.create
    schema.create = lambda *arguments: (limit(), real(*arguments))
elif point == "schema":
    restore._fill = kill
elif point == "rows":
    intake.Table.insert = rows_then_kill
elif point == "index":
    restore.reindex.rebuild = kill
elif point == "before the copy":
    restore._copy = kill
elif point == "in the copy":
    real = restore._copy
    restore._copy = lambda *arguments: (limit(), real(*arguments))
elif point == "after the copy":
    real = restore._copy
    restore._copy = lambda *arguments: (real(*arguments), kill())
Archive.restore(sys.argv[1], sys.argv[2])
"""


@pytest.mark.parametrize(
    "point",
    [
        "in the schema",
        "schema",
        "rows",
        "index",
        "before the copy",
        "in the copy",
        "after the copy",
    ],
)
@pytest.mark.parametrize("new", [True, False])
def test_a_kill_leaves_nothing_or_what_the_same_command_mends(
    shelf: Path, dump: bytes, tmp_path: Path, point: str, *, new: bool
) -> None:
    db, file = tmp_path / "a.db", tmp_path / "a.jsonl"
    file.write_bytes(dump)
    if not new:
        assert run("db", "create", db=db).code == 0
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(db), str(file), point], cwd=ROOT, check=False
    )
    assert killed.returncode in (-signal.SIGKILL, -signal.SIGXFSZ)
    if point == "after the copy":
        assert state(db) == state(shelf)
        db.unlink()
    else:
        assert len(run("list", db=db).stdout) == 0
    assert run("restore", str(file), db=db).code == 0
    assert state(db) == state(shelf)
    assert not list(tmp_path.glob("*.restoring*"))


def test_what_an_older_kill_left_is_neither_read_nor_kept(
    shelf: Path, dump: bytes, tmp_path: Path
) -> None:
    """A journal that stood beside another file would be played back into the new one."""
    for ending in ("", "-journal", "-wal", "-shm"):
        (tmp_path / f"a.db.restoring{ending}").write_bytes(b"left")
    Archive.restore(tmp_path / "a.db", io.BytesIO(dump))
    assert state(tmp_path / "a.db") == state(shelf)
    assert not list(tmp_path.glob("*.restoring*"))


def test_two_do_not_restore_into_one_file(dump: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    class Second(io.BytesIO):
        def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
            if self.tell() and not tried:
                tried.append(True)
                with pytest.raises(DatabaseError, match="is busy, another process writes"):
                    Archive.restore(path, io.BytesIO(dump), wait=0)
            return super().readinto(memoryview(buffer)[:2000])

    tried: list[bool] = []
    Archive.restore(path, Second(dump))
    assert tried


def test_into_an_archive_of_which_a_page_is_damaged(dump: bytes, path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:1000] = bytes(900)
    path.write_bytes(data)
    with pytest.raises(DatabaseError):
        Archive.restore(path, io.BytesIO(dump))
    assert path.read_bytes() == data
