"""The newest of much that matches are met on a walk through the dates, and are the newest."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from archive import Archive
from archive.results import Hit, Statement

COUNT, OLD, LEAP = 4_000, 400, 1234
"""So many that a walk is worth it."""


def text(number: int) -> str:
    """In all of them is 春, in one of three 秋 and 冬雨, in the oldest ids 夏, in one 闰."""
    words = [
        "春天来了",
        "冬雨绵绵，秋高" if number % 3 == 0 else "",
        "夏日" if number < OLD else "",
    ]
    return "，".join([*words, "闰年" if number == LEAP else "", f"第{number}篇"])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of many articles, their dates drawn at random."""
    folder = tmp_path_factory.mktemp("many")
    chance = Random(5)  # noqa: S311 - no secret
    with (folder / "news.jsonl").open("w", encoding="utf-8") as file:
        for number in range(COUNT):
            year, month, day = chance.randrange(10), chance.randrange(12), chance.randrange(28)
            date = f"201{year}-{month + 1:02}-{day + 1:02}"
            record = {"title": f"标题{number}", "date": date, "text": text(number)}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    db = folder / "news.db"
    with Archive.open(db, create=True) as archive:
        statuses = [outcome.status for outcome in archive.ingest([str(folder / "news.jsonl")])]
    assert statuses == ["stored"] * COUNT
    return db


def dates(hits: list[Hit]) -> list[tuple[str, int]]:
    return [(hit.published or "", hit.article) for hit in hits]


HOLDING: dict[str, Callable[[int], bool]] = {
    "春": lambda _: True,
    "秋": lambda number: number % 3 == 0,
    "冬雨": lambda number: number % 3 == 0,
    "夏": lambda number: number < OLD,
    "夏日": lambda number: number < OLD,
    "闰年": lambda number: number == LEAP,
    "闰 OR 春天": lambda _: True,
}


@pytest.mark.parametrize("unit", ["article", "section", "paragraph"])
@pytest.mark.parametrize("query", HOLDING)
@pytest.mark.parametrize("limit", [1, 20, 45])
def test_the_first_of_an_order_are_those_of_all(
    many: Path, unit: str, query: str, limit: int
) -> None:
    with Archive.open(many, readonly=True) as archive:
        everything = dates(archive.search("标题", limit=None))
        newest = dates(archive.search(query, unit=unit, sort="newest", limit=limit))
        oldest = dates(archive.search(query, unit=unit, sort="oldest", limit=limit))
    assert len(everything) == COUNT
    wanted = sorted(one for one in everything if HOLDING[query](one[1] - 1))
    assert newest == wanted[::-1][:limit]
    assert oldest == wanted[:limit]


def statements(many: Path, query: str) -> list[Statement]:
    with Archive.open(many, readonly=True) as archive:
        return list(archive.explain(query, sort="newest", limit=20).statements)


def texts(asked: list[Statement]) -> int:
    return sum(one.rows for one in asked if "s.text" in one.sql)


@pytest.mark.parametrize("query", ["春", "春天"])
def test_where_much_matches_the_index_is_asked_for_a_few_of_it_only(many: Path, query: str) -> None:
    asked = statements(many, query)
    assert all("LIMIT" in one.sql for one in asked if "MATCH" in one.sql)
    assert 20 < texts(asked) < 100


def test_a_walk_ends_soon_where_what_matches_lies_elsewhere(many: Path) -> None:
    asked = statements(many, "夏")
    assert any("LIMIT" not in one.sql for one in asked if "MATCH" in one.sql)
    assert 20 < texts(asked) < 100
