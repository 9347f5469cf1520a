"""Counts: what a query matches by source, channel, date and heading, against brute force."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import corpora
import oracle
import pytest
from asked import Asked, plain
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st
from test_kwic import article

from archive import Archive
from archive.errors import QueryError, UsageError
from archive.results import Count, RelativeCount

PRECISION = {"day": 10, "month": 7, "year": 4}
BY = ("source", "channel", "heading", *PRECISION)
UNITS = ("article", "section", "paragraph")

Known = list[oracle.OracleArticle]
Pair = tuple[int, int | None]


def value(known: Known, index: int, number: int | None, by: str | None) -> str | None:
    """What a section, or an article without one that counts, is counted under."""
    one = known[index]
    if by in PRECISION:
        dated = one.published or ""
        return dated[: PRECISION[by]] if len(dated) >= PRECISION[by] else None
    if by == "heading":
        return None if number is None else one.sections[number].heading
    return " > ".join(one.meta.get(by or "", ())) or None


def counted(known: Known, question: oracle.Question, unit: str) -> Iterator[Pair]:
    """The sections that count, and the articles of which none does."""
    found = oracle.answer(known, question, unit)
    if unit != "article":
        yield from found
        return
    holding = oracle.holding(known, question)
    if not list(oracle.shown(question)):
        holding = {(n, m) for n, one in enumerate(known) for m in range(len(one.sections))}
    for index, _ in found:
        own: list[Pair] = [(n, m) for n, m in holding if n == index]
        yield from own or [(index, None)]


def truth(known: Known, pairs: list[Pair], by: str | None) -> dict[str | None, Count]:
    groups: dict[str | None, list[Pair]] = defaultdict(list)
    for index, number in pairs:
        groups[value(known, index, number, by)].append((index, number))
    return {
        name: Count(
            name,
            len({index for index, _ in group}),
            sum(number is not None for _, number in group),
            sum(len(known[n].sections[m].text) for n, m in group if m is not None),
        )
        for name, group in groups.items()
    }


@settings(max_examples=120, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=6),
    st.lists(plain(), min_size=1, max_size=3),
)
def test_counts_are_those_of_brute_force(fresh: Fresh, known: Known, asked: list[Asked]) -> None:
    with fresh(known) as archive:
        for query, question in asked:
            for unit in UNITS:
                pairs = list(counted(known, question, unit))
                for by in BY:
                    expected = truth(known, pairs, by)
                    found = archive.count_by(query, by, unit=unit)
                    counts = {row.value: row for row in found if row.articles}
                    assert counts == expected, (query, unit, by)
                    assert len(found) == len({row.value for row in found})
                (total,) = archive.count_by(query, unit=unit)
                assert total == truth(known, pairs, None).get(None, Count(None, 0, 0, 0))
                in_unit = total.articles if unit == "article" else total.sections
                assert in_unit == archive.count(query, unit=unit)


@settings(max_examples=60, deadline=None)
@given(st.lists(corpora.articles(), min_size=1, max_size=6), plain(), st.sampled_from(BY))
def test_relative_counts_are_per_million_characters_of_all_that_has_the_value(
    fresh: Fresh, known: Known, asked: Asked, by: str
) -> None:
    everything = [(n, m) for n, one in enumerate(known) for m in range(len(one.sections))]
    published = truth(known, [*everything], by)
    with fresh(known) as archive:
        plain_rows = archive.count_by(asked[0], by)
        rows = archive.count_by(asked[0], by, relative=True)
    assert [(row.value, row.articles) for row in rows] == [
        (row.value, row.articles) for row in plain_rows
    ]
    for row in rows:
        assert isinstance(row, RelativeCount)
        characters = published[row.value].characters if row.value in published else 0
        if not characters:
            assert row.per_million is None
        else:
            assert row.per_million == pytest.approx(row.sections / characters * 1e6, rel=1e-5)


DATED = [
    article("改革", published="2018-11-30T23:59", source="新华社"),
    article("改革", published="2018-11", source="人民日报"),
    article("改革", published="2019-02-01", source="新华社"),
    article("改革", published="2018"),
    article("改革"),
    article("无", published="2019-01-15", source="新华社"),
]


def told(archive: Archive, by: str, query: str = "改革") -> list[tuple[str | None, int]]:
    return [(row.value, row.articles) for row in archive.count_by(query, by)]


def test_periods_come_in_order_with_the_empty_ones_between(fresh: Fresh) -> None:
    with fresh(DATED) as archive:
        assert told(archive, "year") == [("2018", 3), ("2019", 1), (None, 1)]
        assert told(archive, "month") == [
            ("2018-11", 2),
            ("2018-12", 0),
            ("2019-01", 0),
            ("2019-02", 1),
            (None, 2),
        ]
        days = told(archive, "day")
        assert days[0] == ("2018-11-30", 1)
        assert days[-2:] == [("2019-02-01", 1), (None, 3)]
        apart = date(2019, 2, 1) - date(2018, 11, 30)
        assert len(days) == apart.days + 2
        assert told(archive, "month", "改革 date:2018-11") == [("2018-11", 2)]
        assert told(archive, "month", "没有") == []


def test_a_date_centuries_away_does_not_bring_all_days_between(fresh: Fresh) -> None:
    known = [article("改革", published=day) for day in ("0001-01-01", "2018-10-12", "9999-12-31")]
    with fresh(known) as archive:
        days = [day for day, _ in told(archive, "day")]
        assert days == ["0001-01-01", "2018-10-12", "9999-12-31"]
        assert len(told(archive, "year")) == 9999


def test_other_values_come_by_their_number_of_articles_and_then_by_name(fresh: Fresh) -> None:
    with fresh([*DATED, article("改革", source="光明日报")]) as archive:
        expected = [("新华社", 2), (None, 2), ("人民日报", 1), ("光明日报", 1)]
        assert told(archive, "source") == expected
        limited = archive.count_by("改革", "source", limit=3)
        assert [(row.value, row.articles) for row in limited] == expected[:3]


def test_the_steps_of_a_channel_are_joined(fresh: Fresh) -> None:
    known = [
        oracle.OracleArticle("题", (oracle.OracleSection(None, "改革"),), meta={"channel": steps})
        for steps in ((), ("党建首页", "先进典型"), ("党建首页 > 先进典型",))
    ]
    with fresh(known) as archive:
        assert told(archive, "channel") == [("党建首页 > 先进典型", 2), (None, 1)]


def test_an_article_is_counted_under_each_heading_of_its_sections_that_hold_a_word(
    fresh: Fresh,
) -> None:
    sections = (
        oracle.OracleSection(None, "改革"),
        oracle.OracleSection("甲", "改革开放"),
        oracle.OracleSection("甲", "改革"),
        oracle.OracleSection("乙", "书记"),
        oracle.OracleSection("丙", "别的"),
    )
    with fresh([oracle.OracleArticle("题", sections)]) as archive:
        assert archive.count_by("改革 书记", "heading") == [
            Count("乙", 1, 1, 2),
            Count("甲", 1, 2, 6),
            Count(None, 1, 1, 2),
        ]


def test_strict_counts_the_sections_that_hold_the_very_characters(fresh: Fresh) -> None:
    with fresh([article("LED", "led", title="Led"), article("led")]) as archive:
        assert archive.count_by("LED", strict=True) == [Count(None, 1, 1, 3)]
        assert archive.count_by("Led", strict=True) == [Count(None, 1, 1, 3)]
        assert archive.count_by("led", strict=True) == [Count(None, 2, 2, 6)]
        assert archive.count_by("LED") == [Count(None, 2, 3, 9)]


def test_what_is_not_strict_counts_by_folded_characters(fresh: Fresh) -> None:
    with fresh([article("經濟發展，社會發展")]) as archive:
        (counted,) = archive.count_by("经济 社会")
        assert (counted.articles, counted.sections) == (1, 1)


def test_without_a_word_all_sections_of_what_matches_count(fresh: Fresh) -> None:
    known = [article("一", "二三", source="新华社"), article("四")]
    with fresh(known) as archive:
        assert archive.count_by("source:新华社") == [Count(None, 1, 2, 3)]
        assert archive.count_by("NOT 一") == [Count(None, 1, 1, 1)]


def test_a_replaced_version_of_a_page_is_not_counted(fresh: Fresh) -> None:
    with fresh([article("改革旧"), article("改革新")]) as archive:
        with archive._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE article SET superseded_by = 2 WHERE id = 1")
        for unit in UNITS:
            (row,) = archive.count_by("改革", unit=unit, relative=True)
            assert row == RelativeCount(None, 1, 1, 3, 333333.0)


def test_wrong_values_are_refused(fresh: Fresh) -> None:
    with fresh(DATED) as archive:
        with pytest.raises(UsageError, match="unit"):
            archive.count_by("改革", unit="chapter")
        with pytest.raises(UsageError, match="grouping"):
            archive.count_by("改革", "week")
        with pytest.raises(UsageError, match="no limit"):
            archive.count_by("改革", "month", limit=3)
        with pytest.raises(QueryError):
            archive.count_by("(改革", "month")
