"""A dump is restored whole, into a place where nothing is, or not at all."""

import hashlib
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
from cli_helpers import make_archive, refused, run
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import article, item, numbered, section
from test_index import spoil
from whole_archives import state

from archive import Archive, database, restore, schema
from archive.errors import DatabaseError, DumpError

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def dump(shelf: Path) -> bytes:
    return run("dump", "-", db=shelf).out


def beside(path: Path) -> list[str]:
    """What stands in an archive's folder, but for the file whose lock tells who writes."""
    return sorted(found.name for found in path.parent.iterdir() if found.suffix != ".lock")


def fails(data: bytes, path: Path, message: str, line: int | None = None) -> None:
    """The dump is refused, and nothing is there afterwards that was not before."""
    before = beside(path)
    with pytest.raises(DumpError, match=message) as caught:
        Archive.restore(path, io.BytesIO(data))
    assert caught.value.exit_code == 1
    assert line is None or caught.value.line == line
    assert beside(path) == before


def altered(dump: bytes, table: str, **values: Any) -> bytes:  # noqa: ANN401 - of any column
    """The dump with other values in the first row of a table; its own hash is right again."""
    done = False
    lines = []
    for line in dump.splitlines(keepends=True)[:-1]:
        record = json.loads(line)
        if table in record and not done:
            done = True
            record[table] |= values
            record[table] = {k: v for k, v in record[table].items() if v != "absent"}
        lines.append(json.dumps(record).encode() + b"\n")
    assert done
    return ended(lines)


def ended(lines: list[bytes]) -> bytes:
    body = b"".join(lines)
    end = {"rows": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    return body + json.dumps({"end": end}).encode() + b"\n"


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


# Damage


def test_a_dump_that_breaks_off_is_refused_wherever_it_does(dump: bytes, tmp_path: Path) -> None:
    lines = dump.splitlines(keepends=True)
    for count in range(len(lines)):
        kept = b"".join(lines[:count])
        fails(kept, tmp_path / "a.db", "breaks off", count + 1)
        fails(kept + lines[count][:-9], tmp_path / "a.db", "breaks off", count + 1)


@pytest.mark.parametrize("ending", [".zst", ".gz"])
def test_a_compressed_dump_that_is_damaged_is_refused(
    shelf: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"a.jsonl{ending}"
    assert run("dump", str(file), db=shelf).code == 0
    data = file.read_bytes()
    middle = len(data) // 2
    for broken in (data[:middle], data[:-3], data[:middle] + b"????" + data[middle + 4 :]):
        with pytest.raises(DumpError):
            Archive.restore(tmp_path / "a.db", io.BytesIO(broken))
        assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "breaks off"),
        (b"\n", "no JSON"),
        (b"SQLite format 3\x00", "breaks off"),
        (b"\xff\xfe\n", "no JSON"),
        (b"[]\n", "TABLE"),
        (b'{"capture": {}}\n', "no dump"),
        (b'{"dump": {"schema": 1}}\n', "no dump"),
        (b'{"dump": {"schema": 2, "tables": "0002"}}\n', "schema 2, this program knows 1"),
        (b'{"dump": {"schema": 1, "tables": "9999"}}\n', "version 9999"),
        (b"[" * 100_000 + b"\n", "no JSON"),
        (b"9" * 10_000 + b"\n", "no JSON"),
    ],
)
def test_what_is_no_dump_or_a_newer_one_is_refused(
    tmp_path: Path, data: bytes, message: str
) -> None:
    fails(data, tmp_path / "a.db", message, 1)
    refused(run("restore", "-", db=tmp_path / "a.db", stdin=data), 1, "line 1 of the dump: ")


def test_an_altered_line_is_noticed_at_the_end(dump: bytes, tmp_path: Path) -> None:
    assert dump.count("放管服".encode()) > 1
    data = dump.replace("春江日报".encode(), "青江日报".encode())
    fails(data, tmp_path / "a.db", "SHA-256|not those that were written")


def test_nothing_may_follow_the_end(dump: bytes, tmp_path: Path) -> None:
    fails(dump + dump, tmp_path / "a.db", "follows the end", len(dump.splitlines()) + 1)


def test_a_line_may_not_be_endless(dump: bytes, tmp_path: Path) -> None:
    result = run("restore", "--max-line", "1K", "-", db=tmp_path / "a.db", stdin=dump)
    refused(result, 1, "line 2 of the dump: longer than 1,024 bytes")
    assert "--max-line" in result.stderr


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("capture", {"data": "other"}, "not those of its SHA-256"),
    ("capture", {"data": None}, "not those of its SHA-256"),
    ("capture", {"data": {"base64": "?"}}, "capture: "),
    ("capture", {"data": {"base64": 7}}, "is no BLOB"),
    ("capture", {"data": "\ud800"}, "surrogates"),
    ("capture", {"bytes": 7}, "has [0-9]+ bytes"),
    ("capture", {"id": "1"}, "is no INTEGER"),
    ("capture", {"id": True}, "is no INTEGER"),
    ("capture", {"id": 1.5}, "is no INTEGER"),
    ("capture", {"id": 2}, "UNIQUE"),
    ("capture", {"id": 1 << 63}, "no JSON"),
    ("capture", {"more": 1}, "more"),
    ("capture", {"encoding": "absent"}, "encoding"),
    ("capture", {"encoding": None}, "NOT NULL"),
    ("capture", {"media_type": "\ud800"}, "surrogates"),
    ("capture", {"id": 77}, "lacks its capture"),
    ("origin", {"capture_id": 3}, "capture 1 came from nowhere"),
    ("article", {"channel": "a"}, "is no JSON"),
    ("article", {"channel": [1]}, "no text"),
    ("article", {"captions": [["a"]]}, "no text"),
    ("article", {"captions": [{}]}, "is no JSON"),
    ("article", {"key": "0123456789abcdef"}, "article 1 has a key"),
    ("article", {"superseded_by": 9}, "lacks its article"),
    ("article", {"superseded_by": 1}, "article 1 is superseded by none that came later"),
    ("section", {"number": 9}, "article 1 lacks a section"),
    ("section", {"spans": [[[[1]]]]}, "is no JSON"),
    ("section", {"spans": [[["\udc00", None]]]}, "is no JSON"),
    ("sqlite_sequence", {"seq": [1]}, "is no value"),
    ("sqlite_sequence", {"name": "notes"}, "there is no table 'notes'"),
]


@pytest.mark.parametrize(("table", "values", "message"), HOSTILE)
def test_a_row_that_no_archive_can_have_held_is_refused(
    dump: bytes, tmp_path: Path, table: str, values: dict[str, Any], message: str
) -> None:
    fails(altered(dump, table, **values), tmp_path / "a.db", message)


@pytest.mark.parametrize("table", ["alembic_version", "section_index", "sqlite_master", "x; DROP"])
def test_no_other_table_takes_a_row(dump: bytes, tmp_path: Path, table: str) -> None:
    lines = dump.splitlines(keepends=True)
    row = json.dumps({table: {"version_num": "1"}}).encode() + b"\n"
    fails(ended([lines[0], row, *lines[1:-1]]), tmp_path / "a.db", "there is no table", 2)


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_is_done_to_a_dump_ends_in_an_error_or_an_archive(
    tmp_path_factory: pytest.TempPathFactory, dump: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(dump) - 1))
    length = data.draw(st.integers(0, 30))
    broken = dump[:at] + data.draw(st.binary(max_size=12)) + dump[at + length :]
    path = tmp_path_factory.mktemp("broken") / "a.db"
    try:
        Archive.restore(path, io.BytesIO(broken))
    except DumpError:
        assert not beside(path)
    else:
        with Archive.open(path) as archive:
            archive.dump(again := io.BytesIO())
        assert again.getvalue() == dump


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
