"""A question's pieces, and its limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.query import LENGTH_LIMIT, parse, parse_question
from archive.text import BOUNDARY, phrase


def test_the_pieces_are_pairs_of_neighbours_and_each_token() -> None:
    question = parse_question("谁改革LED屏？")
    assert question.pairs == (
        ("谁", "改"),
        ("改", "革"),
        ("革", "led"),
        ("led", "屏"),
    )
    assert question.singles == (("谁",), ("改",), ("革",), ("led",), ("屏",))


def test_no_piece_crosses_punctuation_and_none_comes_twice() -> None:
    question = parse_question("改革，改革。革改")
    assert question.pairs == (("改", "革"), ("革", "改"))
    assert question.singles == (("改",), ("革",))


def test_nothing_is_an_operator() -> None:
    question = parse_question('-改 OR title:"革 (')
    assert ("or",) in question.singles
    assert ("title",) in question.singles
    assert question.hints == ()


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("改革", ["改 革"]),
        ("改革LED", ["改 革", "革 led", "led"]),  # a word says much by itself, a character little
        ("改", ["改"]),
        ("改。革", ["改", "革"]),
        ("LED。改革", ["改 革", "led"]),
    ],
)
def test_pairs_and_words_are_marked_in_a_hit(text: str, marked: list[str]) -> None:
    assert [shown.text for shown in parse_question(text).shown.phrases] == marked


@pytest.mark.parametrize("text", ["", " \n", "，。？", "\x00", "·"])
def test_a_question_without_a_word_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match=r"only punctuation|is empty"):
        parse_question(text)


def test_limits_are_stated() -> None:
    assert len(parse_question("改革" * (LENGTH_LIMIT // 2)).singles) == 2
    with pytest.raises(QueryError, match="1,001 characters and words; at most 1,000 are read"):
        parse_question("改" * (LENGTH_LIMIT + 1))
    with pytest.raises(QueryError, match="at most 65,536"):
        parse_question("改革" * 1_000_000)


@given(st.text(max_size=60))
def test_any_string_gives_pieces_or_is_refused(text: str) -> None:
    try:
        question = parse_question(text)
    except QueryError:
        assert not phrase(text)
        return
    assert question.singles
    for piece in (*question.pairs, *question.singles):
        assert BOUNDARY not in piece
    for shown in question.shown.phrases:
        assert parse(str(shown)).root == shown
