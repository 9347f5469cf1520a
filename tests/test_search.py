import corpora
import oracle
import pytest
from asked import Asked, questions, terms
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import QueryError, UsageError


@settings(max_examples=150, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=6),
    st.lists(questions, min_size=1, max_size=6),
)
def test_search_finds_what_the_oracle_finds_and_no_more(
    fresh: Fresh, known: list[oracle.OracleArticle], asked: list[Asked]
) -> None:
    with fresh(known) as archive:
        for text, question in asked:
            for unit in ("article", "section", "paragraph"):
                truth = oracle.answer(known, question, unit)
                hits = archive.search(text, unit=unit, limit=None)
                found = [(hit.article - 1, hit.section if unit != "article" else 0) for hit in hits]
                assert sorted(found) == sorted(truth), (text, unit)
                assert archive.count(text, unit=unit) == len(truth)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=4),
    st.sampled_from(["改革 -书", "改 服", "改 NEAR/0 革", "改 -title:革", "改 OR 服 -革"]),
    st.booleans(),
)
def test_of_one_paragraph_a_place_that_matches_is_named(
    fresh: Fresh, known: list[oracle.OracleArticle], query: str, strict: bool
) -> None:
    with fresh(known) as archive:
        lines = archive.kwic(query, unit="paragraph", limit=None, strict=strict)
        places = {line.anchor for line in lines}
        for hit in archive.search(query, unit="paragraph", limit=None, strict=strict):
            assert ":" not in hit.anchor or hit.anchor in places


def test_a_paragraph_that_is_denied_is_not_shown(fresh: Fresh) -> None:
    text = "改革一书记\n别的\n改革二"
    known = [oracle.OracleArticle("题", (oracle.OracleSection(None, text),))]
    with fresh(known) as archive:
        (hit,) = archive.search("改革 -书记", unit="paragraph")
        assert hit.anchor.endswith("#0:9-11")
        assert [hit.snippet[start:end] for start, end in hit.marks] == ["改革"]


@settings(max_examples=100, deadline=None)
@given(st.lists(corpora.articles(), min_size=1, max_size=4), terms())
def test_an_anchor_quotes_exactly_the_characters_found(
    fresh: Fresh, known: list[oracle.OracleArticle], asked: Asked
) -> None:
    text, (_, term, field) = asked
    with fresh(known) as archive:
        for hit in archive.search(text, limit=None):
            there = archive.article(hit.anchor)
            section = known[hit.article - 1].sections[hit.section]
            places = oracle.places(section.text, term) if field in (None, "body") else []
            if places:
                assert there.quote in {section.text[start:end] for start, end in places}
            else:
                assert there.quote is None
            assert all(
                oracle.asked(hit.snippet[start:end])[:1] == oracle.asked(term)[:1]
                for start, end in hit.marks
            )


def _article(
    title: str, *texts: str, published: str | None = None, source: str | None = None
) -> oracle.OracleArticle:
    return oracle.OracleArticle(
        title,
        tuple(oracle.OracleSection("节" if n else None, t) for n, t in enumerate(texts)),
        published=published,
        meta={"source": (source,)} if source else {},
    )


def test_an_article_ranks_by_its_best_section_and_names_all_that_hold_a_word(fresh: Fresh) -> None:
    filler = "甲乙丙丁" * 20
    known = [
        _article("一", filler, f"{filler}改革", "改革"),
        _article("二", filler, filler),
        _article("三", f"{filler}改革{filler}"),
    ]
    with fresh(known) as archive:
        hits = archive.search("改革")
        assert [(hit.article, hit.section, hit.sections) for hit in hits] == [
            (1, 2, (1, 2)),
            (3, 0, (0,)),
        ]
        assert hits[0].score > hits[1].score


def test_a_word_in_the_title_counts_more_than_one_in_the_body(fresh: Fresh) -> None:
    known = [_article("甲", "乙丙改革丁戊"), _article("改革", "乙丙丁戊己庚"), _article("无", "辛")]
    with fresh(known) as archive:
        assert [hit.article for hit in archive.search("改革")] == [2, 1]


@pytest.mark.parametrize("unit", ["article", "section", "paragraph"])
@pytest.mark.parametrize(("sort", "expected"), [("newest", [3, 1, 2]), ("oldest", [1, 3, 2])])
def test_dates_order_hits_and_those_without_come_last(
    fresh: Fresh, sort: str, expected: list[int], unit: str
) -> None:
    known = [
        _article("一", "改革", published="2018-10-12"),
        _article("二", "改革"),
        _article("三", "改革", published="2019-01"),
    ]
    with fresh(known) as archive:
        hits = archive.search("body:改革", sort=sort, unit=unit)
        assert [hit.article for hit in hits] == expected
        pages = [
            archive.search("body:改革", sort=sort, unit=unit, limit=1, offset=n) for n in range(3)
        ]
        assert [page[0].article for page in pages] == expected


def test_sources_order_hits_and_of_each_the_newest_comes_first(fresh: Fresh) -> None:
    known = [
        _article("一", "改革", published="2019"),
        _article("二", "改革", "改革", source="新华社", published="2018-10"),
        _article("三", "改革", source="新华社", published="2019-01"),
        _article("四", "改革", source="新华社"),
        _article("五", "改革", source="人民日报", published="2017"),
        _article("六", "改革", source="新华社", published="2018-10"),
        _article("七", "改革"),
    ]
    expected = [5, 3, 6, 2, 4, 1, 7]
    with fresh(known) as archive:
        assert [hit.article for hit in archive.search("改革", sort="source")] == expected
        pages = [archive.search("改革", sort="source", limit=1, offset=n) for n in range(7)]
        assert [page[0].article for page in pages] == expected
        for unit in ("section", "paragraph"):
            sections = archive.search("改革", sort="source", unit=unit)
            places = [(hit.article, hit.section) for hit in sections]
            assert places == [(5, 0), (3, 0), (6, 0), (2, 0), (2, 1), (4, 0), (1, 0), (7, 0)]


def test_terms_that_find_nothing_by_themselves_are_named(fresh: Fresh) -> None:
    with fresh([_article("一", "改革")]) as archive:
        assert archive.search("改革 开放 title:改革") == []
        assert archive.absent("改革 开放 title:改革") == ['"开放"', 'title:"改革"']


def test_a_thousand_terms_are_answered(fresh: Fresh) -> None:
    words = [chr(0x4E00 + n) for n in range(999)]
    with fresh([_article("一", "".join(words))]) as archive:
        assert archive.count(" ".join(words)) == 1
        assert archive.count(" OR ".join(words)) == 1
        assert archive.count("一 " + " ".join(f"-{word}" for word in words[1:])) == 0


@pytest.mark.parametrize(
    ("unit", "denied"),  # the title is a place of its own where a paragraph must hold all
    [("article", [2]), ("section", [2]), ("paragraph", [1, 2])],
)
def test_strict_compares_characters_as_they_stand(
    fresh: Fresh, unit: str, denied: list[int]
) -> None:
    known = [
        _article("改革", "LED 显示屏"),
        _article("改革", "led顯示屏"),
        _article("ＬＥＤ", "无"),
    ]
    with fresh(known) as archive:

        def found(query: str) -> list[int]:
            return [hit.article for hit in archive.search(query, unit=unit, strict=True)]

        assert found("LED显示屏") == [1]
        assert found("顯示屏") == found("led") == [2]
        assert found("title:ＬＥＤ") == [3]
        assert found("改革 NOT LED") == denied
        assert archive.count("led", unit=unit, strict=True) == 1
        assert archive.count("led", unit=unit) == 3
        assert archive.absent("Led 改革", strict=True) == ['"Led"']


@pytest.mark.parametrize("unit", ["chapter", ""])
def test_an_unknown_unit_is_refused(fresh: Fresh, unit: str) -> None:
    with fresh([_article("一", "改革")]) as archive, pytest.raises(UsageError, match="unit"):
        archive.search("改革", unit=unit)


def test_a_heading_with_nothing_to_look_for_is_refused(fresh: Fresh) -> None:
    with fresh([_article("一", "改革")]) as archive, pytest.raises(QueryError):
        archive.sections(heading="——")
