"""Snippets: where the terms stand densest, whole sentences where possible, every term marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.highlight import WIDTH, Snippet, snippet
from archive.places import Place, Tokenized
from archive.query import Phrase, parse

LETTERS = "改革甲乙丙ab1 \u3000\n。，！”“》…é"


def shown(text: str, query: str) -> Snippet:
    """The snippet of a text for the phrases of a query."""
    places = [Tokenized(text).places(phrase) for phrase in parse(query).phrases]
    return snippet(text, places)


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


FILLER = "今天天气晴朗，大家都去公园里散步。" * 8


def test_the_stretch_with_most_terms_is_chosen_before_one_with_more_places() -> None:
    text = f"改革改革改革改革。{FILLER}改革要靠开放，开放要靠创新。{FILLER}"
    found = shown(text, "改革 OR 开放 OR 创新")
    assert marked(found) == ["改革", "开放", "开放", "创新"]
    assert found.text.startswith("…改革要靠开放，开放要靠创新。今天天气晴朗")
    assert found.first is not None
    assert text[slice(*found.first)] == "改革"


def test_it_begins_with_its_sentence_and_ends_with_one() -> None:
    text = f"{FILLER}会上，他谈到了改革。{FILLER}"
    found = shown(text, "改革")
    assert found.text.startswith("…会上，他谈到了改革。今天")
    assert found.text.endswith("散步。…")


def test_a_quotation_that_ends_a_sentence_stays_with_it() -> None:
    found = shown(f"{FILLER}他说：“来吧！”  随后谈到了改革。{FILLER}", "改革")
    assert found.text.startswith("…随后谈到了改革")


def test_in_a_long_sentence_it_begins_with_a_clause() -> None:
    found = shown(f"{'很长的话' * 30}，另一方面谈到了改革{'很长的话' * 30}", "改革")
    assert found.text.startswith("…另一方面谈到了改革很长")


def test_near_the_end_of_the_text_it_is_not_shorter_than_need_be() -> None:
    found = shown(f"{FILLER}他谈到了改革。", "改革")
    assert found.text.startswith("…今天天气晴朗")
    assert found.text.endswith("他谈到了改革。")
    assert len(found.text) > WIDTH - 30


def test_a_short_text_is_shown_whole() -> None:
    found = shown("一二三。他谈到了改革。", "改革")
    assert found.text == "一二三。他谈到了改革。"


@pytest.mark.parametrize("query", ["改革", "reform"])
def test_no_latin_word_is_cut(query: str) -> None:
    words = "internationalisation " * 12
    found = shown(f"{words}{query} {words}", query)
    assert set(found.text.strip("…").split()) == {"internationalisation", query}


def test_a_place_that_does_not_fit_is_not_cut_but_left_out() -> None:
    text = "改革" + "甲" * (WIDTH - 4) + "丙丙丙丙" + "甲" * 99
    found = shown(text, "改革 OR 丙丙丙丙")
    assert marked(found) == ["改革"]
    assert "丙" not in found.text


def test_what_is_longer_than_a_snippet_is_cut() -> None:
    long = "改" * (WIDTH + 10)
    found = shown(f"甲{long}甲", long)
    assert len(found.text.strip("…")) <= WIDTH
    assert found.first == (1, WIDTH + 11)


@given(
    st.text(LETTERS, max_size=400),
    st.lists(st.sampled_from(["改", "革甲", "a", "乙丙", "b1"]), min_size=1, max_size=4),
)
def test_a_snippet_is_a_stretch_of_the_text_with_every_term_in_it_marked(
    text: str, words: list[str]
) -> None:
    phrases = [Phrase((word,) if word.isascii() else tuple(word), word) for word in words]
    places: list[list[Place]] = [Tokenized(text).places(phrase) for phrase in phrases]
    found = snippet(text, places)
    every = {place for one in places for place in one}
    if not every:
        assert found.first is None
        return
    assert found.first in every
    assert len(found.text.removeprefix("…").removesuffix("…")) <= WIDTH + 2
    shift = found.marks[0][0] - found.first[0]
    for start, end in found.marks:
        assert found.text[start:end] == text[start - shift : end - shift].replace("\n", " ")
        assert any(a <= start - shift < b for a, b in every)
    last = found.marks[-1][1] - shift
    for a, b in every:
        if found.first[0] <= a and b <= last:
            assert any(start <= a + shift and b + shift <= end for start, end in found.marks)
