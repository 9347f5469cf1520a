"""Whatever is asked, through every question of the archive: an answer or a QueryError."""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import hostile
import oracle
import pytest
from cli_helpers import run
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st
from torture import EXAMPLES, many

from archive import Archive
from archive.errors import QueryError
from archive.query import parse
from archive.results import GROUPINGS

KNOWN = [
    oracle.OracleArticle(
        "改革LED",
        (oracle.OracleSection(None, "改革的LED，一l1\n革改"), oracle.OracleSection("革é", "新 a")),
        captions=("改é", "か゛"),
        published="2018-10",
        meta={"source": ("新华社",), "channel": ("改革", "x")},
    ),
    oracle.OracleArticle("𠀀", (oracle.OracleSection(None, "丁丂七 x1"),), published="2018-10-12"),
    oracle.OracleArticle("空", (oracle.OracleSection(None, ""),)),
]


@pytest.fixture(scope="module")
def small(fresh: Fresh) -> Iterator[Archive]:
    with fresh(KNOWN) as archive:
        yield archive


@dataclass(frozen=True)
class Way:
    """How a string is asked for."""

    asked: str
    unit: str
    strict: bool
    by: str = "source"

    @property
    def options(self) -> dict[str, Any]:
        return {"unit": self.unit, "strict": self.strict}


QUESTIONS: dict[str, Callable[[Archive, Way], int | None]] = {
    "count": lambda a, way: a.count(way.asked, **way.options),
    "search": lambda a, way: len(a.search(way.asked, limit=None, **way.options)),
    "by source": lambda a, way: len(a.search(way.asked, sort="source", limit=None, **way.options)),
    "explain": lambda a, way: a.explain(way.asked, **way.options).found,
    "kwic": lambda a, way: nothing(a.kwic(way.asked, **way.options)),
    "count by": lambda a, way: nothing(a.count_by(way.asked, way.by, **way.options)),
    "absent": lambda a, way: nothing(a.absent(way.asked, strict=way.strict)),
}
"""Each tells how many it found, if it is a number of hits."""


def nothing(answers: Iterable[object]) -> None:
    """Take all answers of a question that counts no hits."""
    for _ in answers:
        pass


def ask(archive: Archive, way: Way, names: Iterable[str]) -> None:
    """Ask all of these; either all is answered, and alike, or all refused at one place."""
    questions = [partial(QUESTIONS[name], archive, way) for name in names]
    try:
        parse(way.asked)
    except QueryError as error:
        refused = error
    else:
        assert len({question() for question in questions} - {None}) <= 1
        return
    assert len(refused.message) < 200
    assert refused.position is None or 0 <= refused.position <= len(way.asked)
    for question in questions:
        with pytest.raises(QueryError, match=re.escape(refused.message)):
            question()


def failing_raw(table: sqlite3.Connection, asked: str) -> bool:
    """Whether FTS5 fails on a string that is handed to it as it was typed."""
    try:
        table.execute("SELECT rowid FROM t WHERE t MATCH ?", (asked,)).fetchall()
    except (sqlite3.Error, UnicodeError):
        return True
    return False


def unquoted() -> str:
    """The control: of the strings of the property, how many an unquoted query fails on."""
    failed = []

    @settings(max_examples=EXAMPLES, database=None)
    @given(hostile.strings)
    def each(asked: str) -> None:
        failed.append(failing_raw(table, asked))

    with closing(sqlite3.connect(":memory:")) as table:
        table.execute("CREATE VIRTUAL TABLE t USING fts5(body, heading, title, caption)")
        each()
    return f"unquoted: {sum(failed):,} of {len(failed):,} fail in FTS5"


@pytest.mark.parametrize("asked", ["C++", '"放管服', "body:(", "econ* AND", "a-b", "'"])
def test_what_is_typed_would_fail_if_it_were_not_quoted(small: Archive, asked: str) -> None:
    with closing(sqlite3.connect(":memory:")) as table:
        table.execute("CREATE VIRTUAL TABLE t USING fts5(body, heading, title, caption)")
        assert failing_raw(table, asked)
    ask(small, Way(asked, "article", strict=False), QUESTIONS)


WAYS = list(product(["article", "section", "paragraph"], [False, True], GROUPINGS, QUESTIONS))


@many("hypothesis: query", file=__file__, control=unquoted)
@given(asked=hostile.strings, way=st.sampled_from(WAYS))
def test_any_string_is_answered_or_refused(
    small: Archive, asked: str, way: tuple[str, bool, str, str]
) -> None:
    unit, strict, by, question = way
    ask(small, Way(asked, unit, strict, by), [question])


@pytest.mark.parametrize("number", range(len(hostile.long_ones)))
def test_a_long_query_is_answered_or_refused(small: Archive, number: int) -> None:
    unit = ["article", "section", "paragraph"][number % 3]
    ask(small, Way(hostile.long_ones[number], unit, strict=number % 2 == 0), QUESTIONS)


@given(hostile.strings)
@settings(max_examples=10)
def test_the_command_line_never_ends_in_a_traceback(shelf: Path, asked: str) -> None:
    for command in (
        ["search"],
        ["search", "--count", "--strict"],
        ["search", "--explain"],
        ["kwic"],
        ["count", "--by", "source", "--svg", "-"],
    ):
        for width in (None, 60):
            result = run(*command, "--", asked, db=shelf, terminal=width)
            assert result.code in (0, 2), (command, result.stderr)
            assert "unexpected" not in result.stderr
            assert not {"\x00", "\u202e"} & set(result.stdout + result.stderr)
