"""A dump is not trusted: what breaks off, was altered or cannot have been is refused."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import refused, run
from hypothesis import given, settings
from hypothesis import strategies as st
from remade import altered, beside, ended, fails

from archive import Archive
from archive.errors import DumpError


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
    ("capture", {"data": {"base64": "QQ==", "x": 1}}, "is no BLOB"),
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
    ("sqlite_sequence", {"seq": "abc"}, "'abc' is no seq"),
    ("sqlite_sequence", {"seq": (1 << 63) - 1}, "is no seq"),
    ("section", {"id": (1 << 63) - 1}, "is no id"),
    ("capture", {"id": -1}, "is no id"),
    ("article", {"published": "2018-02-30T00:00"}, "a date that no calendar has"),
    ("article", {"published": "2018-13"}, "a date that no calendar has"),
    ("article", {"published": "9999-99-99"}, "a date that no calendar has"),
    ("article", {"published": "0000-01-01"}, "a date that no calendar has"),
    ("article", {"published": "abcd"}, "a date that no calendar has"),
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
