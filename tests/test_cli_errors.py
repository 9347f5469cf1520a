"""Wrong usage, unknown refs and faults: one line with a next step and the right exit code."""

import shutil
import sqlite3
from pathlib import Path
from unittest.mock import patch

import pytest
from cli_helpers import make_archive, refused, run

from archive.errors import UsageError
from archive.store import Archive


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def copy(shelf: Path, tmp_path: Path) -> Path:
    """A copy of the archive, to spoil."""
    return Path(shutil.copy(shelf, tmp_path / "copy.db"))


def label(command: list[str]) -> str:
    return " ".join(command)


# Usage


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["search", "--unit", "chapter", "改革"], "'chapter' is not one of"),
        (["search", "--limit", "-1", "改革"], "-1 is not in the range"),
        (["search", "--limit", "many", "改革"], "'many' is not a valid integer"),
        (["search"], "Missing argument"),
        (["list", "--sort", "size"], "'size' is not one of"),
        (["list", "--format", "xml"], "'xml' is not one of"),
        (["list", "--colour"], "No such option"),
        (["list", "1"], "unexpected extra argument"),
        (["list", "--date", "gestern"], "date: 'gestern' is no date"),
        (["list", "--date", "2018-13"], "date: the calendar has no such date"),
        (["list", "--source", "，"], "'，' has no letter, number or Han character"),
        (["sections"], "name an article, or a heading"),
        (["sections", "--heading", "…"], "'…' has no letter, number or Han character"),
        (["show"], "Missing argument"),
        (["show", "1", "--raw", "--explain"], "exclude each other"),
        (["cite", "1", "--style", "apa"], "'apa' is not one of"),
        (["ingest"], "name files, folders, globs or -"),
        (["ingest", "--max-size", "lots", "."], "'lots' is no size"),
        (["ingest", "--max-size", "0", "."], "'0' is out of range"),
        (["ingest", "--max-size", "99999999999G", "."], "'99999999999G' is out of range"),
        (["ingest", "--max-size", "-1K", "."], "'-1K' is no size"),
        (["ingest", "--max-size", "", "."], "'' is no size"),
        (["ingest", "--encoding", "klingon", "."], "'klingon' is unknown"),
        (["ingest", "--encoding", "base64", "."], "'base64' is unknown"),
        (["ingest", "--map", "colour=farbe", "."], "there is no field 'colour"),
        (["nonsense"], "No such command 'nonsense'"),
        (["--color", "pink", "list"], "'pink' is not one of"),
        (["remove", "--wait", "nan", "1"], "nan is no number of seconds"),
        (["remove", "1#2"], "1#2 names a section"),
    ],
    ids=lambda value: label(value) if isinstance(value, list) else None,
)
def test_wrong_usage_exits_2(shelf: Path, words: list[str], message: str) -> None:
    result = run(*words, db=shelf)
    if words[0] == "remove":
        assert (result.code, result.stderr.splitlines()[0].partition(message)[1]) == (2, message)
    else:
        refused(result, 2, message)


@pytest.mark.parametrize("words", [[], ["db"]], ids=label)
def test_a_group_alone_shows_its_help(words: list[str]) -> None:
    result = run(*words)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: archive")
    assert "\nCommands:\n" in result.stderr


def test_wrong_usage_makes_no_archive(tmp_path: Path) -> None:
    for words in (["ingest", "--max-size", "x", "."], ["ingest", "--encoding", "x", "."]):
        assert run(*words, db=tmp_path / "new.db").code == 2
    assert list(tmp_path.iterdir()) == []


# Refs


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("99", "no article 99"),
        ("0", "no article 0"),
        ("99999999999", "no article 99999999999"),
        ("abcdef", "no article with key abcdef"),
        ("abcde", "a key's prefix has 6 to 16 digits"),
        ("zz", "'zz' is no ref"),
        ("", "'' is no ref"),
        ("1#", "'1#' is no ref"),
        ("1#x", "'1#x' is no ref"),
        ("1#9", "no section 9 in article 1: its sections are 0 to 2"),
        ("1#1-9", "no section 9 in article 1"),
        ("1#2-1", "section 1 stands before section 2"),
        ("1#0:5-3", "the range ends before it starts"),
        ("1#0:0-9999", "section 0 of article 1 has 115 characters, not 9999"),
        ("1#1-2:3-4", "is no ref"),
        ("-1", "No such option"),
    ],
)
@pytest.mark.parametrize("command", ["show", "cite", "sections"])
def test_an_unknown_ref_exits_3(shelf: Path, command: str, ref: str, message: str) -> None:
    refused(run(command, ref, db=shelf), 2 if ref == "-1" else 3, message)


def test_an_id_too_large_for_sqlite_is_an_unknown_ref(shelf: Path) -> None:
    for digits in ("9" * 15, "9" * 16, "0" * 15 + "1"):
        assert run("show", digits, db=shelf).code == 3
    assert run("show", "9" * 40, db=shelf).code == 3


def test_an_ambiguous_prefix_lists_the_candidates(copy: Path) -> None:
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE article SET key = 'abcdef1234567890' WHERE id = 1")
        connection.execute("UPDATE article SET key = 'abcdef1234567891' WHERE id = 2")
    connection.close()
    result = run("show", "abcdef", db=copy)
    refused(result, 3, "abcdef is ambiguous: abcdef1234567890, abcdef1234567891")
    assert run("show", "abcdef1234567891", "--format", "json", db=copy).object["id"] == 2


# What nobody foresaw


def test_verbose_shows_where_an_error_came_from(shelf: Path) -> None:
    result = run("-v", "show", "99", db=shelf)
    assert result.code == 3
    assert "Traceback (most recent call last)" in result.stderr
    assert result.stderr.splitlines()[-2:] == [
        "archive: no article 99",
        "  archive list shows what there is",
    ]


def test_a_fault_of_the_program_is_one_line_too(shelf: Path) -> None:
    with patch.object(Archive, "articles", side_effect=ValueError("a\x1bb")):
        refused(run("list", db=shelf), 1, "unexpected ValueError('a\\x1bb')")
        assert "Traceback" in run("-v", "list", db=shelf).stderr
    with patch.object(Archive, "articles", side_effect=UsageError("a\x1b[31mb")):
        assert "\x1b" not in run("-v", "list", db=shelf).stderr


def test_output_that_cannot_be_written_is_one_line(shelf: Path) -> None:
    full = OSError(28, "No space left on device")
    with patch("archive.cli.list_.records", side_effect=full):
        refused(run("list", db=shelf), 1, "writing failed: No space left on device")
