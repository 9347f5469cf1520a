"""What is equal in all captures of an article."""

from typing import Any

import pytest

from archive.sameness import identity, story

FACTS: dict[str, Any] = {
    "title": "放管服改革",
    "source": "新华社",
    "published": "2018-10-12T07:47",
    "url": "https://example.org/a",
    "sections": [(None, "导语一。\n导语二。"), ("蝶变", "正文。")],
}


@pytest.mark.parametrize(
    "change",
    [
        {"title": "放管服改革开放"},
        {"source": "人民日报"},
        {"source": None},
        {"published": "2018-10-12"},
        {"url": None},
        {"sections": [(None, "导语一。\n导语二。"), ("蝶变", "正文")]},
        {"sections": [(None, "导语一。导语二。"), ("蝶变", "正文。")]},
        {"sections": [(None, "导语一。\n导语二。"), ("变", "正文。")]},
        {"sections": [(None, "导语一。\n导语二。\n蝶变\n正文。")]},
    ],
)
def test_whatever_differs_makes_another_article(change: dict[str, Any]) -> None:
    assert identity(**FACTS) != identity(**(FACTS | change))


def test_width_case_and_traditional_forms_do_not() -> None:
    folded = {
        "title": "放管服改革",
        "source": "新華社",
        "url": "https://EXAMPLE.org/a",
        "sections": [(None, "導語一。\n導語二。"), ("蝶變", "正文。")],
    }
    assert identity(**FACTS) == identity(**(FACTS | folded))


def test_a_story_is_title_source_and_day() -> None:
    one = story("题", "新华社", "2018-10-12T07:47")
    assert one is not None
    assert one == story("題", "新華社", "2018-10-12")
    assert one != story("题", "新华社", "2018-10-13")
    assert one != story("题", "新华", "2018-10-12")
    assert one != story("问题", "新华社", "2018-10-12")
    missing: list[tuple[str, str | None, str | None]] = [
        ("", "新华社", "2018-10-12"),
        ("题", None, "2018-10-12"),
        ("题", "", "2018-10-12"),
    ]
    missing += [("题", "新华社", None), ("题", "新华社", "2018-10")]
    assert [story(*facts) for facts in missing] == [None] * 5
