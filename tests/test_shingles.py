"""Shingles and shares against a count that is written from docs/reprints.md alone."""

import oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import shingles, text
from archive.shingles import Shingled

WORDS = st.text(st.sampled_from("改革開放Ａa1， 。\n\u200b·ー"), max_size=30)


def plain(*parts: str) -> str:
    """The characters that count: those of the oracle's tokens, which no long run cuts here."""
    return "".join(
        token for part in parts for token in oracle.tokens(part) if token != oracle.BOUNDARY
    )


def expected(one: str, other: str) -> tuple[float, float, float]:
    first, second = ({whole[n : n + 5] for n in range(len(whole) - 4)} for whole in (one, other))
    both = len(first & second)
    return both / len(first | second or "_"), both / len(first or "_"), both / len(second or "_")


@given(WORDS)
def test_the_characters_of_a_text_are_those_of_its_tokens(words: str) -> None:
    assert text.characters(words) == plain(words)
    assert text.characters(text.characters(words)) == text.characters(words)


@given(st.lists(WORDS, min_size=2, max_size=2), st.lists(WORDS, min_size=2, max_size=2))
def test_shares_are_counted_on_shingles_of_folded_text(one: list[str], other: list[str]) -> None:
    shares = Shingled([(one[0], one[1])]).shares(Shingled([(None, other[0]), (None, other[1])]))
    assert shares == expected(plain(*one), plain(*other))


def test_lines_punctuation_width_case_and_traditional_forms_do_not_matter() -> None:
    one = Shingled([(None, "改革开放以来ABC，成就巨大。")])
    other = Shingled([("改革 開放", "以来ａｂｃ\n成就巨大！")])
    assert one.shares(other) == (1, 1, 1)
    assert next(one.every()) == "改革开放以"


@pytest.mark.parametrize(("length", "comparable"), [(67, False), (68, True)])
def test_a_text_of_64_different_shingles_is_compared(length: int, comparable: bool) -> None:
    distinct = "".join(chr(0x4E00 + n * 7) for n in range(length))
    assert Shingled([(None, distinct)]).is_comparable() is comparable
    assert not Shingled([(None, "一二三" * length)]).is_comparable()


def test_long_texts_are_compared_by_an_even_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    distinct = "".join(chr(0x4E00 + n) for n in range(20_000))
    whole, part = Shingled([(None, distinct)]), Shingled([(None, distinct[:15_000])])
    exact = whole.shares(part)
    monkeypatch.setattr(shingles, "_MOST", 5_000)
    sampled, shorter = Shingled([(None, distinct)]), Shingled([(None, distinct[:15_000])])
    assert sampled.step == 4
    assert len(sampled.sample(4)) < 6_000
    assert sampled.shares(shorter) != exact
    assert sampled.shares(shorter) == pytest.approx(exact, abs=0.03)
    assert sampled.shares(sampled) == (1, 1, 1)
    short = Shingled([(None, distinct[:4_000])])
    assert short.shares(sampled).resemblance == sampled.shares(short).resemblance > 0.15
