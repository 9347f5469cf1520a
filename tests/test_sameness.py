"""What is equal in all captures of an article, and how much two texts share."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import sameness
from archive.sameness import Part, compared, identity, resemblance, story

FACTS: dict[str, Any] = {
    "title": "放管服改革",
    "source": "新华社",
    "published": "2018-10-12T07:47",
    "url": "https://example.org/a",
    "sections": [(None, "导语一。\n导语二。"), ("蝶变", "正文。")],
}

texts = st.text("改革开放ab ", max_size=40)


def brute(one: str, other: str) -> float:
    """The definition: runs of five characters, as sets."""
    sets = [
        {text[n : n + 5] for n in range(len(text)) if n + 5 <= len(text)} for text in (one, other)
    ]
    union = sets[0] | sets[1]
    return len(sets[0] & sets[1]) / len(union) if union else 0.0


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


def test_what_is_compared_are_headings_and_text_folded_without_white_space() -> None:
    parts: list[Part] = [(None, "導語 一。\n\u3000ＬＥＤ"), ("小 標題", "b")]
    assert compared(parts) == "导语一。led小标题b"


@given(texts, texts)
def test_resemblance_is_the_share_of_shingles(one: str, other: str) -> None:
    assert resemblance(one, other) == brute(one, other)


def test_a_text_without_shingles_resembles_nothing() -> None:
    assert resemblance("改革开放", "改革开放") == resemblance("", "") == 0
    assert resemblance("改革开放了", "改革开放了") == 1


def test_of_long_texts_a_sample_tells_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    one = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(20_000))
    other = one[:15_000] + one[:5_000][::-1]
    exact = resemblance(one, other)
    monkeypatch.setattr(sameness, "_MOST_SHINGLES", 2000)
    assert resemblance(one, other) != exact
    assert resemblance(one, other) == pytest.approx(exact, abs=0.05)
    assert resemblance(one, one) == 1
