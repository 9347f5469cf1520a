"""Limits and offsets: whatever number is given, there is an answer or a reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import make_archive, run

from archive import Archive
from archive.errors import UsageError

HUGE = str(10**30)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize(
    "words",
    [
        ["search", "改革"],
        ["search", "改革", "--sort", "newest", "--unit", "section"],
        ["search", "改革", "--any"],
        ["kwic", "改革"],
        ["kwic", "改革", "--sort", "left"],
        ["count", "改革", "--by", "source"],
        ["export", "改革", "--format", "jsonl"],
        ["list"],
        ["reprints"],
        ["similar", "1"],
    ],
)
def test_a_limit_beyond_all_counting_is_all(shelf: Path, words: list[str]) -> None:
    done, limited = run(*words, db=shelf), run(*words, "--limit", HUGE, db=shelf)
    assert (limited.code, limited.stdout) == (0, done.stdout)


@pytest.mark.parametrize(
    "words", [["search", "改革"], ["export", "改革", "--format", "jsonl"], ["list"]]
)
def test_an_offset_beyond_all_counting_leaves_nothing(shelf: Path, words: list[str]) -> None:
    done = run(*words, "--offset", HUGE, "--limit", HUGE, db=shelf)
    assert (done.code, done.stdout) == (0, "")


ASKED: dict[str, Callable[..., Any]] = {
    "search": lambda news, **page: news.search("改革", **page),
    "explain": lambda news, **page: news.explain("改革", **page),
    "export": lambda news, **page: list(news.export("改革", **page)),
    "articles": lambda news, **page: news.articles(**page),
    "kwic": lambda news, **page: list(news.kwic("改革", **page)),
    "count_by": lambda news, **page: news.count_by("改革", "source", **page),
    "similar": lambda news, **page: news.similar("1", **page),
    "reprints": lambda news, **page: list(news.reprints(**page)),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_number_below_zero_is_refused(shelf: Path, name: str) -> None:
    with Archive.open(shelf) as news:
        with pytest.raises(UsageError, match="below zero"):
            ASKED[name](news, limit=-1)
        if name in ("search", "explain", "export", "articles"):
            with pytest.raises(UsageError, match="below zero"):
                ASKED[name](news, offset=-1)
