"""Whatever is asked, through every question of the archive: an answer or a QueryError.

The long form runs as many examples as ``EXAMPLES`` says, each time others:

    EXAMPLES=20000 python -m pytest tests/test_bad_input.py
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import hostile
import oracle
import pytest
from cli_helpers import make_archive, run
from conftest import Fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive
from archive.errors import QueryError
from archive.query import parse
from archive.results import GROUPINGS

EXAMPLES = int(os.environ.get("EXAMPLES", "300"))

UNITS = ("article", "section", "paragraph")

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


def ask(archive: Archive, asked: str, unit: str, *, strict: bool, by: str) -> None:
    """Ask everything; either all of it is answered, and alike, or all refused at one place."""
    questions: Sequence[Callable[[], Any]] = (
        partial(archive.search, asked, unit=unit, strict=strict, limit=None),
        partial(archive.search, asked, unit=unit, strict=strict, sort="source", limit=None),
        lambda: list(archive.kwic(asked, unit=unit, strict=strict)),
        partial(archive.count, asked, unit=unit, strict=strict),
        partial(archive.count_by, asked, by, unit=unit, strict=strict),
        partial(archive.explain, asked, unit=unit, strict=strict),
        partial(archive.absent, asked, strict=strict),
    )
    try:
        parse(asked)
    except QueryError as error:
        refused = error
    else:
        hits, by_source, _, number, _, explanation, _ = [question() for question in questions]
        assert len(hits) == len(by_source) == number == explanation.found
        return
    assert len(refused.message) < 200
    assert refused.position is None or 0 <= refused.position <= len(asked)
    for question in questions:
        with pytest.raises(QueryError, match=re.escape(refused.message)):
            question()


@given(
    asked=hostile.strings,
    unit=st.sampled_from(UNITS),
    strict=st.booleans(),
    by=st.sampled_from(GROUPINGS),
)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
def test_any_string_is_answered_or_refused(
    small: Archive, asked: str, unit: str, by: str, *, strict: bool
) -> None:
    ask(small, asked, unit, strict=strict, by=by)


@pytest.mark.parametrize("number", range(len(hostile.long_ones)))
def test_a_long_query_is_answered_or_refused(small: Archive, number: int) -> None:
    unit, strict = UNITS[number % 3], number % 2 == 0
    ask(small, hostile.long_ones[number], unit, strict=strict, by="source")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


@given(hostile.strings)
@settings(max_examples=EXAMPLES // 30)
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
