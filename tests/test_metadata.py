"""Metadata: what is found in it, and how it is settled with what the page shows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.capture.agreement import settle
from archive.capture.markup import Marked
from archive.capture.metadata import Metadata, find_metadata
from archive.capture.parsed import ParsedArticle

CHINESE = "青岚市的老码头迎来第一班晨渡，读书屋也开了门。"


def found(head: str) -> Metadata:
    return find_metadata(Marked(f"<html><head>{head}</head><body>{CHINESE}</body></html>").parse())


def linked_data(value: object) -> Metadata:
    return found(f"<script type='application/ld+json'>{json.dumps(value)}</script>")


def values(metadata: Metadata, field: str) -> list[str]:
    return [told.value for told in getattr(metadata, field)]


def settled(head: str, shown: str = CHINESE, **page: str) -> ParsedArticle:
    article = ParsedArticle(title="老码头", sections=())._replace(**page)  # type: ignore[arg-type]
    return settle(article, found(head), shown)[0]


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "老码头 &amp; 读书屋",
    "datePublished": "2021-04-06T08:15:00+08:00",
    "author": {"@type": "Person", "name": "罗青"},
    "publisher": {"@type": "Organization", "name": "青岚日报"},
    "mainEntityOfPage": {"@id": "https://news.example/a/1"},
}


@pytest.mark.parametrize(
    "value",
    [
        ARTICLE,
        [ARTICLE],
        [{"@type": "WebSite", "name": "站名"}, ARTICLE],
        {"@graph": [{"@type": "Organization", "name": "别的"}, ARTICLE]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        {
            **ARTICLE,
            "@type": ["Article", "NewsArticle"],
            "author": ["罗青"],
            "publisher": "青岚日报",
        },
    ],
)
def test_linked_data(value: object) -> None:
    metadata = linked_data(value)
    assert values(metadata, "title") == ["老码头 & 读书屋"]
    assert values(metadata, "published") == ["2021-04-06T08:15:00+08:00"]
    assert values(metadata, "author") == ["罗青"]
    assert values(metadata, "source") == ["青岚日报"]
    assert values(metadata, "url") == ["https://news.example/a/1"]
    assert metadata.author[0].origin == "json-ld author"


@pytest.mark.parametrize(
    "text",
    [
        '{"headline": "老码头", "datePublished": "2021-04-06", }',
        '{"headline": "老码头", "description": "他说"好"", "datePublished": "2021-04-06"}',
        '// 注释\n{"headline": "老\\u7801头", "datePublished": "2021-04-06"}',
        '{"headline": "老码头",\n "datePublished": "2021-04-06"',
        '<!-- {"headline": "老码头", "datePublished": "2021-04-06"} -->',
        '{"headline": "老码头", "description": "两\n行 > 一行", "datePublished": "2021-04-06"}',
    ],
)
def test_linked_data_that_is_broken(text: str) -> None:
    metadata = found(f"<script type='application/LD+json'>{text}</script>")
    assert (values(metadata, "title"), values(metadata, "published")) == (
        ["老码头"],
        ["2021-04-06"],
    )


def test_names_of_meta_elements() -> None:
    metadata = found(
        "<meta property='og:title' content='老码头&amp;茶馆'>"
        "<meta name=PubDate content='2021-04-06 08:15'>"
        "<meta name='ContentSource' content='青岚日报'><meta content='https://news.example/b?id=2'"
        " property='og:url'><meta itemprop=editor content=宋青><meta name=author content=' '>"
        "<meta name=keywords content='码头,渡船'><meta name=description content='摘要'>"
        "<meta content>"
        "<link rel=canonical href='https://news.example/'>"
        "<span itemprop=datePublished>2021-04-07</span>"
    )
    assert values(metadata, "title") == ["老码头&茶馆"]
    assert values(metadata, "published") == ["2021-04-07", "2021-04-06 08:15"]
    assert values(metadata, "source") == ["青岚日报"]
    assert values(metadata, "editor") == ["宋青"]
    assert values(metadata, "author") == []
    assert values(metadata, "url") == ["https://news.example/b?id=2"]
    assert metadata.source[0].origin == "meta contentsource"


def test_a_breadcrumb_of_linked_data() -> None:
    steps = [
        {"name": "首页", "item": "/"},
        {"item": {"@id": "/a", "name": "要闻"}},
        {"name": "本页"},
    ]
    assert linked_data({"@type": "BreadcrumbList", "itemListElement": steps}).channel == (
        "首页",
        "要闻",
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["@type", "@graph", "headline", "author", "name", "itemListElement", "url"]
                ),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_any_linked_data_is_borne(value: object) -> None:
    metadata = linked_data(value)
    settle(ParsedArticle(title="", sections=()), metadata, "")


# What the page shows, and what the metadata says


@pytest.mark.parametrize(
    ("shown", "told", "published"),
    [
        (None, "2021-04-05T23:47:00Z", "2021-04-06T07:47:00"),
        (None, "2021-04-05T23:47+00:00", "2021-04-06T07:47"),
        (None, "2021-04-06T08:47+0900", "2021-04-06T07:47"),
        (None, "2021-04-05T19:47:10.123-04:00", "2021-04-06T07:47:10"),
        (None, "2021-04-06T07:47:00+08:00", "2021-04-06T07:47:00"),
        (None, "Mon, 05 Apr 2021 23:47:09 GMT", "2021-04-06T07:47:09"),
        (None, "2021-04-06 07:47", "2021-04-06T07:47"),
        (None, "2021-04-06T00:00:00Z", "2021-04-06"),
        (None, "2021/4/6", "2021-04-06"),
        (None, "昨天", None),
        (None, "9999-12-31T23:59:59Z", None),
        ("2021-04-06", "2021-04-05T23:47:00Z", "2021-04-06T07:47:00"),
        ("2021-04-06", "2021-04-08T01:00:00Z", "2021-04-06"),
        ("2021-04-06", "2021-04-06", "2021-04-06"),
        ("2021-04-06T07:30", "2021-04-06T07:47:00+08:00", "2021-04-06T07:30"),
        ("2021-04-06T07:30", "2021-05-01T07:47:00+08:00", "2021-04-06T07:30"),
    ],
)
def test_dates_by_the_clock_of_the_page(
    shown: str | None, told: str, published: str | None
) -> None:
    head = f"<meta property='article:published_time' content='{told}'>"
    assert settled(head, **({"published": shown} if shown else {})).published == published


def test_the_first_date_that_agrees_is_taken() -> None:
    head = (
        "<meta name=pubdate content='2021-04-09 01:02'><meta name=date content='2021-04-06 03:04'>"
    )
    assert settled(head, published="2021-04-06").published == "2021-04-06T03:04"


@pytest.mark.parametrize(
    ("shown", "published"),
    [
        ("The ferry leaves at dawn, as it always did.", "2021-04-05T23:47:00"),
        (f"格林尼治时间 07:00 {CHINESE}", "2021-04-06T07:47:00"),
        (f"更新时间 2021年4月6日, 格林尼治标准时间07:00 {CHINESE}", "2021-04-05T23:47:00"),
    ],
)
def test_only_the_clock_of_chinese_pages_is_known(shown: str, published: str) -> None:
    head = "<meta property='article:published_time' content='2021-04-05T23:47:00Z'>"
    assert settled(head, shown).published == published


def test_the_page_wins_and_metadata_fills_in() -> None:
    head = (
        "<meta name=source content='来源：青岚日报'><meta name=author content=罗青>"
        "<meta name=editor content='责任编辑：宋青'>"
    )
    shown = f"{CHINESE} 罗青 宋青"
    filled = settled(head, shown)
    assert (filled.source, filled.author, filled.editor) == ("青岚日报", "罗青", "宋青")
    kept = settled(head, shown, source="云川网", author="柳叶", editor="江一舟")
    assert (kept.source, kept.author, kept.editor) == ("云川网", "柳叶", "江一舟")


def test_what_is_glued_to_the_source_is_cut_off() -> None:
    head = "<meta name=source content=青岚日报><meta property='og:site_name' content=青岚>"
    assert settled(head, source="青岚日报石桥网").source == "青岚日报"


@pytest.mark.parametrize(
    "author",
    ["admin", "L_104", "name, email@mail.example", "青岚日报", "编辑", "https://x", "罗青"],
)
def test_names_that_the_page_does_not_show_are_not_believed(author: str) -> None:
    head = f"<meta name=author content='{author}'><meta name=source content=青岚日报>"
    shown = CHINESE if author == "罗青" else f"{CHINESE} {author}"
    assert settled(head, shown).author is None


@pytest.mark.parametrize(
    "source", ["https://news.example/", "www.news.example.com", "123", "长" * 31]
)
def test_what_is_no_source(source: str) -> None:
    assert settled(f"<meta name=source content='{source}'>").source is None


def test_notes_tell_what_was_taken_and_how() -> None:
    metadata = found(
        "<meta name=pubdate content='2021-04-05T23:47Z'><meta name=source content=青岚日报>"
    )
    _, notes = settle(ParsedArticle(title="", sections=(), source="云川网"), metadata, CHINESE)
    assert [(note.text, note.value) for note in notes] == [
        ("published from meta pubdate, 2021-04-05T23:47Z at +08:00", "2021-04-05T23:47Z")
    ]
