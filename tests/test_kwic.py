"""Keywords in context: all places and no other, in order, each with its paragraph's context."""

from dataclasses import replace

import corpora
import oracle
import pytest
from asked import Asked, plain
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import QueryError, UsageError
from archive.results import KeywordInContext

CONTEXT = 5


def article(
    *texts: str, title: str = "题", published: str | None = None, source: str | None = None
) -> oracle.OracleArticle:
    sections = (oracle.OracleSection("节" if n else None, text) for n, text in enumerate(texts))
    meta: dict[str, tuple[str, ...]] = {"source": (source,)} if source else {}
    return oracle.OracleArticle(title, tuple(sections), published=published, meta=meta)


def place(found: KeywordInContext) -> tuple[int, int, int, int]:
    start, end = found.anchor.rpartition(":")[2].split("-")
    return found.article - 1, found.section, int(start), int(end)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=4),
    st.lists(plain(), min_size=1, max_size=4),
)
def test_all_places_are_found_and_no_other(
    fresh: Fresh, known: list[oracle.OracleArticle], asked: list[Asked]
) -> None:
    with fresh(known) as archive:
        for query, question in asked:
            for unit in ("article", "section", "paragraph"):
                found = list(archive.kwic(query, unit=unit))
                truth = oracle.keywords(known, question, unit)
                assert sorted(map(place, found)) == sorted(truth), (query, unit)


@settings(max_examples=60, deadline=None)
@given(st.lists(corpora.articles(), min_size=1, max_size=4), plain())
def test_a_context_is_what_stands_beside_the_keyword_in_its_paragraph(
    fresh: Fresh, known: list[oracle.OracleArticle], asked: Asked
) -> None:
    with fresh(known) as archive:
        for found in archive.kwic(asked[0], context=CONTEXT):
            index, number, start, end = place(found)
            text = known[index].sections[number].text
            assert found.keyword == text[start:end] == archive.article(found.anchor).quote
            assert found.left == text[:start].split("\n")[-1][-CONTEXT:]
            assert found.right == text[end:].split("\n")[0][:CONTEXT]
            assert found.published == known[index].published


@settings(max_examples=60, deadline=None)
@given(st.lists(corpora.articles(), min_size=1, max_size=4), plain(), st.integers(0, 5))
def test_every_order_holds_the_same_places_and_a_limit_its_first(
    fresh: Fresh, known: list[oracle.OracleArticle], asked: Asked, limit: int
) -> None:
    with fresh(known) as archive:
        places = set(archive.kwic(asked[0]))
        for sort in ("newest", "date", "left", "right"):
            found = list(archive.kwic(asked[0], sort=sort))
            assert len(found) == len(set(found))
            assert set(found) == places
            assert list(archive.kwic(asked[0], sort=sort, limit=limit)) == found[:limit]


def lefts(found: list[KeywordInContext]) -> list[str]:
    return [one.left for one in found]


def test_the_left_context_is_compared_from_the_keyword_outwards(fresh: Fresh) -> None:
    known = [article("丙甲改革\n乙乙改革\n甲丙改革\n改革\n丁甲 改革\n乙甲\u3000改革")]
    with fresh(known) as archive:
        found = list(archive.kwic("改革", sort="left"))
    # 丁 < 丙 < 乙 < 甲 by their code points
    assert lefts(found) == ["", "甲丙", "乙乙", "丁甲 ", "丙甲", "乙甲\u3000"]


def test_the_right_context_is_compared_from_the_keyword_outwards(fresh: Fresh) -> None:
    with fresh([article("改革甲丙\n改革 乙乙\n改革\n改革甲乙\n改革Ａ\n改革b")]) as archive:
        found = list(archive.kwic("改革", sort="right"))
    assert [one.right for one in found] == ["", "Ａ", "b", " 乙乙", "甲丙", "甲乙"]


def test_places_are_in_the_order_of_dates_and_then_as_they_stand(fresh: Fresh) -> None:
    known = [
        article("一改革", "二改革改革", published="2018-10"),
        article("三改革"),
        article("四改革", published="2020"),
    ]
    with fresh(known) as archive:
        newest = list(archive.kwic("改革"))
        oldest = list(archive.kwic("改革", sort="date"))
    assert lefts(newest) == ["四", "一", "二", "二改革", "三"]
    assert lefts(oldest) == ["一", "二", "二改革", "四", "三"]


def test_only_places_in_what_matches_are_shown(fresh: Fresh) -> None:
    with fresh([article("改革一\n改革书记", "改革二", title="改革")]) as archive:

        def found(query: str, unit: str) -> list[str]:
            return [one.right for one in archive.kwic(query, unit=unit)]

        assert found("改革 书记", "article") == ["一", "书记", "", "二"]
        assert found("改革 书记", "section") == ["一", "书记", ""]
        assert found("改革 书记", "paragraph") == ["书记", ""]
        assert found("title:改革", "article") == found("title:改革 OR 没有", "article") == []


def test_strict_places_are_those_of_the_very_characters(fresh: Fresh) -> None:
    with fresh([article("放管服\n放管服 LED\n放管服 led", "放管服"), article("led")]) as archive:
        strict = list(archive.kwic("LED", strict=True))
        assert [one.keyword for one in strict] == ["LED"]
        assert len(list(archive.kwic("LED"))) == 3


def test_equal_terms_share_a_place_and_overlapping_places_are_two(fresh: Fresh) -> None:
    with fresh([article("哈哈哈")]) as archive:
        found = [place(one)[2:] for one in archive.kwic("哈哈 OR body:哈哈")]
        assert found == [(0, 2), (1, 3)]


def test_a_keyword_may_run_over_a_paragraph_but_no_context_does(fresh: Fresh) -> None:
    with fresh([article("一\n二甲\n乙三\n四")]) as archive:
        (found,) = archive.kwic('"甲，乙"')
        assert (found.left, found.keyword, found.right) == ("二", "甲\n乙", "三")
        assert list(archive.kwic('"甲，乙"', unit="paragraph")) == []


def test_a_replaced_version_of_a_page_is_left_out(fresh: Fresh) -> None:
    with fresh([article("改革旧"), article("改革新")]) as archive:
        with archive._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE article SET superseded_by = 2 WHERE id = 1")
        assert [one.right for one in archive.kwic("改革")] == ["新"]


def test_more_articles_than_are_read_at_a_time(fresh: Fresh) -> None:
    known = [article(f"改革{n}", published=f"{2000 + n % 25}") for n in range(230)]
    with fresh(known) as archive:
        found = list(archive.kwic("改革"))
        assert len(found) == 230
        dates = [one.published or "" for one in found]
        assert dates == sorted(dates, reverse=True)


def test_wrong_values_are_refused(fresh: Fresh) -> None:
    with fresh([replace(article("改革"), published="2018")]) as archive:
        with pytest.raises(UsageError, match="unit"):
            list(archive.kwic("改革", unit="chapter"))
        with pytest.raises(UsageError, match="order"):
            list(archive.kwic("改革", sort="best"))
        with pytest.raises(QueryError):
            list(archive.kwic("(改革"))
