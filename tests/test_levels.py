"""Levels of other rules: told, no damage, and gone before anything is added."""

import json
import sqlite3
from pathlib import Path

import pytest
from cli_helpers import run
from conftest import Write
from samples import numbered

from archive import Archive

EMPTY = "INSERT INTO section_index_levels(section_index_levels) VALUES ('delete-all')"


@pytest.fixture
def dense(path: Path, write: Write) -> Path:
    """An archive that notes dense characters."""
    assert (
        run("ingest", write("page.txt", f"题目在这里\n\n　　{'改革' * 30}。\n"), db=path).code == 0
    )
    assert noted(path) > 0
    return path


def noted(path: Path) -> int:
    """How many levels the table holds."""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE VIRTUAL TABLE temp.noted USING fts5vocab(main, section_index_levels, instance)"
    )
    (number,) = connection.execute("SELECT count(*) FROM temp.noted").fetchone()
    connection.close()
    assert isinstance(number, int)
    return number


def say(path: Path, version: int | None) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE section_index_version SET levels = ?", (version,))


def test_levels_of_other_rules_are_emptied_before_anything_is_added(dense: Path) -> None:
    say(dense, 0)
    with Archive.open(dense) as archive:
        archive.add(numbered(30))
        assert len(archive.search("末段", limit=None)) == 30
    with sqlite3.connect(dense) as connection:
        (version,) = connection.execute("SELECT levels FROM section_index_version").fetchone()
    assert version is None
    assert noted(dense) == 0


def test_without_levels_of_these_rules_a_check_tells_so_and_it_is_no_damage(dense: Path) -> None:
    for version in (0, None):
        say(dense, version)
        told = run("db", "check", db=dense)
        (finding,) = map(json.loads, told.stdout.splitlines())
        assert (finding["check"], finding["damage"], told.code) == ("index", False, 0)
        assert finding["reason"].endswith(
            "common words take longer; archive db reindex makes it anew"
        )
        with sqlite3.connect(dense) as connection:
            connection.execute(EMPTY)
    assert run("db", "reindex", db=dense).code == 0
    assert run("db", "check", db=dense).stdout == ""
    assert noted(dense) > 0


def test_levels_that_are_said_not_to_be_there_are_found_wrong(dense: Path) -> None:
    say(dense, None)
    told = run("db", "check", db=dense)
    assert [json.loads(line)["damage"] for line in told.stdout.splitlines()] == [False, True]
    assert told.code == 5
