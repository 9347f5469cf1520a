"""A dump holds every row, and a restored archive is the one that was dumped."""

import gzip
import hashlib
import io
import json
import re
import sqlite3
import stat
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import make_archive, refused, run, write
from conftest import Write
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import article, item, numbered, section
from test_index import spoil
from whole_archives import state

from archive import Archive, schema
from archive.dump import SEQUENCE, SHAPE, TABLES
from archive.errors import DatabaseError
from archive.models import Base
from archive.reindex import SIDE_TABLES

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROOT = Path(__file__).resolve().parent.parent

BIG5 = "山村有了信號塔\n\n　　青嵐山的信號塔，昨天開通了。\n".encode("big5")


@pytest.fixture
def full(path: Path, write: Write) -> Path:
    """An archive with something in every table: removed and failed captures, revisions, bytes."""
    with Archive.open(path) as archive:
        list(
            archive.ingest(
                [
                    write("a.txt", "题目一\n\n　　放管服来了，说几句。\n"),
                    write("b.txt", BIG5),
                    write("further.txt", "题目一\n\n　　放管服来了，说几句。\n\n"),
                    write("copy/a.txt", "题目一\n\n　　放管服来了，说几句。\n"),
                    write("none.bin", b"\x00\x01\x02" * 99),
                    write("also.bin", b"\x00\x01\x02" * 99),
                ]
            )
        )
        archive.add(
            [item(article("夹", section(None, "零\x00、\u2028、\u202e、🀄。")), path="c.txt")]
        )
        archive.add(numbered(3))
        archive.remove("6")
        archive.remove("5")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE article SET superseded_by = 3 WHERE id = 1")
    connection.close()
    assert all(state(path)[name] for name in (*TABLES, SEQUENCE))
    return path


def dumped(path: Path) -> bytes:
    with Archive.open(path, readonly=True) as archive:
        archive.dump(file := io.BytesIO())
        return file.getvalue()


def restored(data: bytes, path: Path) -> Path:
    Archive.restore(path, io.BytesIO(data))
    return path


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def test_every_table_is_in_a_dump_or_follows_from_one() -> None:
    """Whoever adds a table says here, or in ``TABLES``, what becomes of it."""
    assert set(TABLES).union(table.__tablename__ for table in SIDE_TABLES) == set(
        Base.metadata.tables
    )


def test_the_page_names_every_table_and_column() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (`.*) \|$", page, flags=re.MULTILINE)
    named = {table: re.findall(r"`(\w+)`", columns) for table, columns in rows}
    tables = Base.metadata.tables
    known = {name: [column.name for column in tables[name].columns] for name in TABLES}
    assert named == known | {SEQUENCE: ["name", "seq"]}
    assert f'{{"dump":{{"schema":{SHAPE},"tables":"{schema.head()}"}}}}' in page


def test_a_restored_archive_equals_the_dumped_one(full: Path, tmp_path: Path) -> None:
    data = dumped(full)
    copy = restored(data, tmp_path / "copy.db")
    assert state(copy) == state(full)
    assert dumped(copy) == data


def test_a_restored_archive_answers_and_goes_on(full: Path, tmp_path: Path) -> None:
    copy = restored(dumped(full), tmp_path / "copy.db")
    with Archive.open(full, readonly=True) as one, Archive.open(copy) as other:
        for query in ("放管服", "信号塔", "正文", "NOT 没有"):
            assert other.search(query, unit="section") == one.search(query, unit="section")
        assert other.raw("2") == BIG5
        # the last article was removed; its id is not given again
        assert [o.article for o in other.add(numbered(1, first=9))] == [7]


def test_a_dump_names_rows_in_order_and_nothing_else(full: Path) -> None:
    head, *rows, end = lines(dumped(full))
    assert list(head) == ["dump"]
    assert head["dump"].keys() == {"schema", "tables"}
    names = [next(iter(row)) for row in rows]
    assert list(dict.fromkeys(names)) == [*TABLES, SEQUENCE]
    for table in ("capture", "origin", "article", "section"):
        ids = [row[table]["id"] for row in rows if table in row]
        assert ids == sorted(ids)
    paths = [row["failure"]["path"] for row in rows if "failure" in row]
    assert paths == sorted(paths)
    assert len(paths) == 2
    raw = dumped(full).splitlines(keepends=True)
    digest = hashlib.sha256(b"".join(raw[:-1])).hexdigest()
    assert end == {"end": {"rows": len(rows), "sha256": digest}}


def test_bytes_are_text_where_they_are_utf8(full: Path) -> None:
    captures = {
        row["capture"]["id"]: row["capture"] for row in lines(dumped(full)) if "capture" in row
    }
    assert captures[1]["data"] == "题目一\n\n　　放管服来了，说几句。\n"
    assert list(captures[2]["data"]) == ["base64"]


ODD = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@settings(max_examples=60)
@given(
    texts=st.lists(
        ODD | ODD.map(lambda text: f"标题\n\n　　{text}。\n\n小标题\n\n　　{text}，又说。\n"),
        max_size=5,
    ),
    codec=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    gone=st.integers(0, 6),
)
def test_whatever_was_ingested_comes_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], codec: str, gone: int
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    for number, text in enumerate(texts):
        (folder / f"{number}.txt").write_bytes(text.encode(codec))
    original, copy = folder / "news.db", folder / "copy.db"
    with Archive.open(original, create=True) as archive:
        list(archive.ingest([str(folder / f"{number}.txt") for number in range(len(texts))]))
        for listed in archive.articles():
            if listed.article == gone:
                archive.remove(str(gone))
    data = dumped(original)
    restored(data, copy)
    assert state(copy) == state(original)
    assert dumped(copy) == data


def test_a_dump_is_of_one_moment(path: Path) -> None:
    """What another writes while the lines are taken is not in it."""

    class Interrupted(io.BytesIO):
        def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
            if self.tell() == 0:
                with Archive.open(path) as writer:
                    writer.add(numbered(5, first=10))
                with sqlite3.connect(path) as connection:
                    connection.execute("UPDATE article SET title = '改' WHERE id = 4")
                connection.close()
            return super().write(data)

    with Archive.open(path) as archive:
        archive.add(numbered(4))
        before = dumped(path)
        archive.dump(file := Interrupted())
        assert file.getvalue() == before
        assert len(archive.articles()) == 9
        assert dumped(path) != before


def test_one_capture_is_in_memory_at_a_time(path: Path) -> None:
    size = 1 << 20
    with Archive.open(path) as archive:
        for number in range(12):
            page = article(f"第{number}篇")
            archive.add([item(page, f"{number}".encode() + b"x" * size, path=f"{number}.txt")])

        class Sink(io.BytesIO):
            def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
                return len(data)

        tracemalloc.start()
        archive.dump(Sink())
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8 * size


def test_a_damaged_capture_is_named(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(2))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE capture SET data = x'0102' WHERE id = 2")
    connection.close()
    with (
        Archive.open(path) as archive,
        pytest.raises(DatabaseError, match="after row 1 of capture"),
    ):
        archive.dump(io.BytesIO())


# The command


def test_a_dump_is_made_whole_and_private_and_replaces_nothing(tmp_path: Path) -> None:
    db, file = make_archive(tmp_path), tmp_path / "news.jsonl"
    result = run("dump", str(file), db=db)
    assert (result.code, result.stdout) == (0, "")
    assert "3 captures, 3 articles" in result.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == run("dump", "-", db=db).out
    file.write_text("kept")
    refused(run("dump", str(file), db=db), 2, "is there already")
    assert file.read_text() == "kept"
    assert run("dump", "--force", str(file), db=db).code == 0
    assert file.read_bytes() == dumped(db)
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_failed_dump_leaves_the_old_one(tmp_path: Path) -> None:
    db, file = make_archive(tmp_path), write(tmp_path / "news.jsonl", "kept")
    with sqlite3.connect(db) as connection:
        connection.execute("UPDATE capture SET data = x'0102' WHERE id = 2")
    connection.close()
    refused(run("dump", "--force", str(file), db=db), 5, "cannot be unpacked")
    assert file.read_text() == "kept"
    assert not list(tmp_path.glob("*.unfinished"))


@pytest.mark.parametrize("ending", [".zst", ".gz"])
def test_the_name_says_how_to_compress(tmp_path: Path, ending: str) -> None:
    db, file = make_archive(tmp_path), tmp_path / f"news.jsonl{ending}"
    assert run("dump", str(file), db=db).code == 0
    first = file.read_bytes()
    unpack = zstd.decompress if ending == ".zst" else gzip.decompress
    assert unpack(first) == dumped(db)
    assert ending != ".gz" or first[4:8] == bytes(4)  # no time, and so the same bytes tomorrow
    assert run("restore", str(file), db=tmp_path / "copy.db").code == 0
    assert state(tmp_path / "copy.db") == state(db)
    renamed = tmp_path / f"other.jsonl{ending}"
    assert run("dump", str(renamed), db=tmp_path / "copy.db").code == 0
    assert renamed.read_bytes() == first


def test_a_dump_is_not_for_a_terminal(tmp_path: Path) -> None:
    refused(run("dump", "-", db=make_archive(tmp_path), terminal=80), 2, "terminal")


def test_tables_of_others_leave_no_trace_in_a_dump(full: Path, tmp_path: Path) -> None:
    before = run("dump", "-", db=full).out
    spoil(full, "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    spoil(full, "INSERT INTO notes VALUES (7)")
    assert run("dump", "-", db=full).out == before
    assert run("restore", "-", db=tmp_path / "copy.db", stdin=before).code == 0
