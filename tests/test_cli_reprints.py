"""``archive similar`` and ``archive reprints``: what they print, and what they need."""

import sqlite3
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from cli_helpers import make_archive, refused, run
from samples import news_of, words

from archive import Archive
from archive.errors import ArchiveError


@pytest.fixture
def shelf(path: Path) -> Path:
    """A story in two papers (1, 2), and another (3)."""
    with Archive.open(path) as archive:
        archive.add(
            [
                news_of(words(1), published="2020-01-02", source="乙报"),
                news_of(words(1)[:390], published="2020-01-01", source="甲报"),
                news_of(words(2)),
            ]
        )
    return path


def test_similar_lists_what_is_near(shelf: Path) -> None:
    result = run("similar", "1", db=shelf)
    assert result.code == 0
    assert result.stderr == "archive: 3 texts signed, once and for all\n"
    found = result.object
    assert (found["article"], found["source"], found["taken"]) == (2, "甲报", 1.0)
    assert found["resemblance"] == found["kept"] < 1
    assert run("similar", found["key"], db=shelf).object["article"] == 1
    assert run("similar", "1", "--threshold", "1", db=shelf).stdout == ""


def test_reprints_lists_clusters(shelf: Path) -> None:
    result = run("-q", "reprints", db=shelf)
    assert [(one["cluster"], one["article"]) for one in result.objects] == [(2, 2), (2, 1)]
    assert result.stderr == ""
    assert run("reprints", "source:乙报", db=shelf).objects == result.objects
    table = run("reprints", "--format", "table", db=shelf, terminal=100).stdout
    assert [line.split()[:2] for line in table.splitlines()[2:]] == [["2", "2"], ["2", "1"]]


@pytest.mark.parametrize(
    ("words_", "said"),
    [
        (["similar", "3"], "no text of 64 shingles or more is as near as 0.6"),
        (["reprints", "没有"], "no reprints"),
        (["reprints", "--threshold", "1"], "no reprints"),
    ],
)
def test_nothing_found_is_said(shelf: Path, words_: list[str], said: str) -> None:
    run("reprints", db=shelf)
    result = run(*words_, db=shelf)
    assert (result.code, result.stdout, result.stderr) == (0, "", f"archive: {said}\n")
    assert run("-q", *words_, db=shelf).stderr == ""
    assert run(*words_, "--limit", "0", db=shelf).stderr == ""


def test_a_hint_on_the_query_is_told(shelf: Path) -> None:
    assert "…" in run("reprints", "甲 …", db=shelf).stderr


def test_progress_is_drawn_on_a_terminal(shelf: Path) -> None:
    result = run("reprints", db=shelf, terminal=80)
    assert result.code == 0
    assert "3/3" in result.stderr


@pytest.mark.parametrize("threshold", ["0.4", "1.1", "nan", "much"])
def test_a_threshold_out_of_range_is_wrong_usage(shelf: Path, threshold: str) -> None:
    run("reprints", db=shelf)
    refused(run("similar", "1", "--threshold", threshold, db=shelf), 2, "threshold")
    refused(run("reprints", "--threshold", threshold, db=shelf), 2, "threshold")


def test_what_cannot_be_understood_is_refused_before_any_text_is_signed(shelf: Path) -> None:
    refused(run("similar", "9", db=shelf), 3, "no article")
    refused(run("similar", "1#0", db=shelf), 2, "only whole articles are compared")
    assert run("reprints", "(甲", db=shelf).code == 2
    with Archive.open(shelf) as archive:
        for ref in ("9", "1#0"):
            with pytest.raises(ArchiveError):
                archive.similar(ref)
        assert archive.unsigned() == 3


def test_without_the_extra_one_line_names_it(tmp_path: Path) -> None:
    with patch.dict(sys.modules, {"rensa": None}):
        db = make_archive(tmp_path)
        assert run("search", "改革", db=db).code == 0
        for command in (["similar", "1"], ["reprints"]):
            result = run(*command, db=db)
            refused(result, 1, "comparing texts needs a library that is not installed")
            assert "pip install 'archive[near]'" in result.stderr
        with Archive.open(db, exclusive=True):  # it is no writer that is lacking
            refused(run("similar", "1", "--wait", "0", db=db), 1, "not installed")


def test_once_all_are_signed_a_writer_is_not_waited_for(shelf: Path) -> None:
    run("reprints", db=shelf)
    writer = sqlite3.connect(shelf, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert run("similar", "1", db=shelf).object["article"] == 2
    assert len(run("reprints", db=shelf).objects) == 2
    writer.close()
