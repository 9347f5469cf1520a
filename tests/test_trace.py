"""search --explain: what is told is what was done."""

import json
import sqlite3
from pathlib import Path

import corpora
import oracle
import pytest
from asked import Asked, questions
from cli_helpers import refused, run
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import Archive, best
from archive.errors import QueryError, UsageError
from archive.query import parse


@settings(max_examples=60)
@given(st.lists(corpora.articles(), min_size=1, max_size=4), questions)
def test_an_explanation_tells_the_tree_the_tokens_and_what_is_found(
    fresh: Fresh, known: list[oracle.OracleArticle], asked: Asked
) -> None:
    text, question = asked
    with fresh(known) as archive:
        for unit in ("article", "section", "paragraph"):
            told = archive.explain(text, unit=unit, limit=2)
            truth = oracle.answer(known, question, unit)
            assert (told.found, told.shown) == (len(truth), min(len(truth), 2))
            assert (told.query, told.unit) == (text, unit)
            assert parse(told.canonical).root == parse(text).root
            assert told.statements
            tokens = [list(term.tokens) for term in told.terms if term.term[0] == '"']
            assert all(tokens)
            assert all(" ".join(one) in "\n".join(told.tree) for one in tokens)


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "source"])
def test_statements_are_those_that_the_connection_sent(shelf: Path, sort: str) -> None:
    """Each runs again by itself, as it stands, and gives no fewer rows than were read."""
    with Archive.open(shelf, readonly=True) as archive:
        told = archive.explain("群众 (改革 OR LED) -煤城 NOT source:新华", sort=sort)
        sections = [archive.count(q, unit="section") for q in ("群众", "改革 OR LED", "煤城")]
    with sqlite3.connect(shelf) as connection:
        for sent in told.statements:
            given = connection.execute(sent.sql, sent.parameters).fetchall()
            if "json_group_array" in sent.sql:
                given = json.loads(given[0][0])
            assert len(given) >= sent.rows, sent.sql
    connection.close()
    matched = {sent.parameters[0]: sent.rows for sent in told.statements if "MATCH" in sent.sql}
    assert [matched[m] for m in ('"群 众"', '"改 革" OR "led"', '"煤 城"')] == sections


def test_rows_are_those_that_were_read_not_all_there_are(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(best, "_FIRST", 2)
    known = [
        oracle.OracleArticle(f"题{n}", (oracle.OracleSection(None, "改革"),)) for n in range(9)
    ]
    with fresh(known) as archive:
        for limit, read in ((1, [2]), (3, [2, 3]), (None, [2, 9])):
            told = archive.explain("改", limit=limit)
            assert [sent.rows for sent in told.statements if "bm25" in sent.sql] == read
            assert (told.shown, told.found) == (limit or 9, 9)


def test_only_the_search_is_watched_not_the_counting(shelf: Path) -> None:
    with Archive.open(shelf, readonly=True) as archive:
        told = archive.explain("群众")
    assert told.found == 1
    assert not [sent for sent in told.statements if "DISTINCT" in sent.sql]


def test_long_lists_of_ids_are_told_by_their_number(fresh: Fresh) -> None:
    known = [
        oracle.OracleArticle(f"题{n}", (oracle.OracleSection(None, "改革"),)) for n in range(99)
    ]
    with fresh(known) as archive:
        told = archive.explain("改革 -甲", sort="source")
    assert any(p.endswith(", … 99 ids]") for sent in told.statements for p in sent.parameters)


def test_what_is_no_query_or_unit_is_refused(shelf: Path) -> None:
    with Archive.open(shelf, readonly=True) as archive:
        with pytest.raises(QueryError):
            archive.explain("(")
        with pytest.raises(UsageError):
            archive.explain("改革", unit="chapter")
        with pytest.raises(UsageError):
            archive.explain("改革", sort="best")


def test_the_command_prints_text_or_one_object(shelf: Path) -> None:
    query = ("-煤城", "title:群众", "source:春江")
    text = run("search", "--explain", "--", *query, db=shelf)
    assert (text.code, text.stderr) == (0, "")
    lines = text.stdout.splitlines()
    assert lines[0] == "query  -煤城 title:群众 source:春江"
    assert lines[1] == 'means  (NOT "煤城" title:"群众" source:"春江")'
    assert "  AND" in lines
    assert "      phrase [煤 城]" in lines
    assert "    title holds phrase [群 众]" in lines
    assert '     ? = {title} : "群 众"' in lines
    assert lines[-1] == "found  0 articles, 0 of them shown by relevance"
    for form in ("json", "jsonl"):
        told = run("search", "--explain", "--format", form, "--", *query, db=shelf).object
        assert told["found"] == 0
        assert [term["term"] for term in told["terms"]] == [
            '"煤城"',
            'title:"群众"',
            'source:"春江"',
        ]
    terminal = run("search", "--explain", "--", *query, db=shelf, terminal=60)
    assert "煤 城" in terminal.stdout
    assert max(map(len, terminal.stdout.splitlines())) < 100
    assert run("search", "--explain", "改革", "--strict", db=shelf).stdout.splitlines()[-1] == (
        "found  1 article, strictly, 1 of them shown by relevance"
    )


@pytest.mark.parametrize("other", [["--count"], ["--format", "csv"], ["--format", "md"]])
def test_what_an_explanation_cannot_be_is_refused(shelf: Path, other: list[str]) -> None:
    refused(run("search", "--explain", *other, "改革", db=shelf), 2, "exclude each other")


def test_no_control_character_of_a_query_reaches_the_terminal(shelf: Path) -> None:
    for form in ("table", "json"):
        told = run("search", "--explain", "--format", form, "改\x1b[31m革 \x07a", db=shelf)
        assert told.code == 0
        assert not {"\x1b", "\x07"} & set(told.stdout)
    assert json.loads(told.stdout)["query"] == "改\x1b[31m革 \x07a"
