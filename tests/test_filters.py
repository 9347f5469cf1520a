"""Conditions on what is known of an article: exact values, whole periods, one SQL for any value."""

from collections.abc import Callable
from typing import Any

import pytest
from samples import article, item
from sqlalchemy import event

from archive import Archive, filters
from archive.errors import QueryError
from archive.query import DateRange, Meta

DATES = (
    None,
    "2017-12-31",
    "2018",
    "2018-01-01",
    "2018-10",
    "2018-10-01",
    "2018-10-12T07:47",
    "2018-10-12T07:47:30",
    "2018-10-31T23:59",
    "2018-11-01T00:00",
    "2018-12-31",
    "2019",
    "2019-01-01T00:00",
)

Dated = Callable[[str], set[str | None]]


@pytest.fixture
def dated(news: Archive) -> Dated:
    """What a date finds among the articles of DATES, by the list and by a query alike."""
    news.add([item(article(f"{date}")._replace(published=date)) for date in DATES])

    def found(asked: str) -> set[str | None]:
        listed = {one.published for one in news.articles(date=asked)}
        assert {hit.published for hit in news.search(f'date:"{asked}"', limit=None)} == listed
        return listed

    return found


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2018", DATES[2:11]),
        ("2019", DATES[11:]),
        ("2018-10", DATES[4:9]),
        ("2018-10-12", DATES[6:8]),
        ("2018-10-01", ["2018-10-01"]),
        ("2018-12-31", ["2018-12-31"]),
        ("2018-10..2018-12", DATES[4:11]),
        ("2017..2018", DATES[1:11]),
        (">=2018-10-12", DATES[6:]),
        (">2018", DATES[11:]),
        ("<2018", DATES[1:2]),
        ("<=2018", DATES[1:11]),
        ("<2018-10", ["2017-12-31", "2018-01-01"]),
        ("2018-10-12..", DATES[6:]),
        ("..2018-01", ["2017-12-31", "2018-01-01"]),
        ("2016", []),
        ("2018-01..2018-12", DATES[2:11]),
        ("2018-10-01..2018-10-31", DATES[4:9]),
        (">=2018-10", DATES[4:9] + DATES[9:]),
        (">=2018-01-01", DATES[2:]),
        ("2018-02..2018-12", DATES[4:11]),
    ],
)
def test_a_date_covers_its_whole_period_and_no_more(
    dated: Dated, asked: str, expected: list[str]
) -> None:
    assert dated(asked) == set(expected)


@pytest.mark.parametrize("asked", ["", "yesterday", "2018-13", "2018-02-30", "2018..2017", ".."])
def test_a_date_that_cannot_be_understood_is_refused(news: Archive, asked: str) -> None:
    with pytest.raises(QueryError) as caught:
        news.articles(date=asked)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message


@pytest.fixture
def described(news: Archive) -> Archive:
    """Articles with all that the filters ask for."""
    facts: tuple[dict[str, Any], ...] = (
        {
            "source": "新华社",
            "author": "王小明",
            "editor": "李四",
            "channel": ("党建首页", "先进典型"),
        },
        {"source": "新华网", "author": "王小", "channel": ("新闻", "党建")},
        {"source": "人民日报", "channel": ('引"号', "[列表]")},
        {"source": "Reuters News", "editor": "Smith"},
        {},
    )
    news.add(
        [
            item(article(f"{n}")._replace(**known), path=f"网页/{n}.txt")
            for n, known in enumerate(facts, 1)
        ]
    )
    return news


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source:新华", {1, 2}),
        ("source:新华社", {1}),
        ("来源：新華社", {1}),
        ("source:社", {1}),
        ("source:reuters", {4}),
        ("source:ＮＥＷＳ", {4}),
        ("source:new", set()),
        ("source:new*", {4}),
        ("source:=新华", set()),
        ("source:=新华社", {1}),
        ("source:?", {5}),
        ("author:王小明", {1}),
        ("author:王小", {1, 2}),
        ("author:?", {3, 4, 5}),
        ("editor:李四", {1}),
        ("editor:SMITH", {4}),
        ("channel:党建", {1, 2}),
        ("channel:党建首页", {1}),
        ("channel:=党建", {2}),
        ("channel:首页先进", set()),
        ("channel:引号", set()),
        ("channel:列表", {3}),
        ("channel:?", {4, 5}),
        ("path:?", set()),
        ("-path:?", {1, 2, 3, 4, 5}),
        ("path:网页", {1, 2, 3, 4, 5}),
        ('path:"网页/3"', {3}),
    ],
)
def test_a_field_finds_the_values_that_hold_the_words(
    described: Archive, query: str, expected: set[int]
) -> None:
    assert {hit.article for hit in described.search(query)} == expected
    assert described.count(query) == len(expected)


def test_a_value_that_looks_like_a_list_is_a_value(news: Archive) -> None:
    news.add([item(article("一")._replace(source='["新华社', author="[]"))])
    assert news.count("source:新华社") == 1
    assert news.count("author:新") == 0
    assert news.count("channel:?") == 1


def test_the_list_asks_as_a_query_does(described: Archive) -> None:
    assert [one.article for one in described.articles(source="新华")] == [1, 2]
    assert [one.article for one in described.articles(channel="党建")] == [1, 2]
    assert [one.article for one in described.articles(source="新华", channel="首页")] == [1]
    assert described.articles(source="没有") == []


@pytest.mark.parametrize(
    "value", ["", "，。", "'; DROP TABLE article; --", "%", "_", "*", '"', "\0"]
)
def test_no_value_is_read_as_sql(described: Archive, value: str) -> None:
    try:
        assert described.articles(source=value, channel=value) == []
    except QueryError as error:
        assert "no letter, number or Han character" in error.message  # noqa: PT017 - either is right
    assert len(described.articles()) == 5


def test_no_sql_grows_with_the_values_that_match(news: Archive) -> None:
    statements: list[str] = []
    event.listen(
        news._engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    news.articles(source="新华")
    few = list(statements)
    news.add([item(article(f"{n}")._replace(source=f"新华{n}")) for n in range(200)])
    statements.clear()
    assert len(news.articles(source="新华")) == 200
    assert statements == few


def test_asked_gives_the_nodes_of_the_query_language() -> None:
    assert filters.asked("source", "新华社") == Meta(
        "source", "contains", "新华社", ("新", "华", "社")
    )
    assert filters.asked("date", "2018-10") == DateRange("2018-10", "2018-11", "2018-10")
