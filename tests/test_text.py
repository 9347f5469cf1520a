"""The token rules: the design's own examples, and equality with the oracle on anything."""

import subprocess
import sys
import unicodedata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import folding, text
from archive.patterns import gap_characters
from archive.text import (
    BOUNDARY,
    fold,
    is_white_space,
    is_word,
    phrase,
    spans,
    tokens,
    white_space,
)

ROOT = Path(__file__).resolve().parent.parent

CHARS = st.one_of(
    st.sampled_from("改革开放新泰煤城蝶变刘钦海〇々"),
    st.sampled_from("書記東風臺灣後發麵"),  # traditional
    st.sampled_from("𠀀𪚥㐀鿕豈⽅⺀㊀"),  # rare, astral, compatible, radical, circled
    st.sampled_from("カなーｶｰﾞゝヶ゙ㇰ"),
    st.sampled_from("한국어가힣ㄱᄒ"),
    st.sampled_from("abzABZéßſİıΣςЖ09٣²①ⅣＡｚ０ﬁµ"),
    st.sampled_from("\u0301\u0300\u20dd\u0610"),  # combining marks
    st.sampled_from("\u200d\u200b\u00ad\ufeff\ufe0f\U000e0100\u2060\u180b"),  # vanish
    st.sampled_from(" \t\r\u00a0\u3000\u2028\u0085"),
    st.sampled_from("\n，。！？、“”「」《》·…—-_.,:;'\"()（）+*/|￥€😀\x00\x07\ue000\u0378"),
)
TEXTS = st.text(CHARS, max_size=60)
LONG = "清晨六点，老码头的石阶上已经站满了等船的人。" * 5


def _is_settled(char: str) -> bool:
    """Whether the frozen tables and this Python speak of the same character.

    The tables have the foldings of one Unicode version. A newer Python folds characters that did
    not exist then; a Python of that version checks every character there is.
    """
    return (
        unicodedata.unidata_version == folding.FOLDING_UNICODE
        or char in folding.FOLDED_FROM
        or oracle.fold(char) == char
    )


ANYTHING = st.text(st.characters().filter(_is_settled), max_size=60)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("", ""),
        ("改革", "改 革"),
        ("LED 显示屏", "led 显 示 屏"),
        ("LED显示屏", "led 显 示 屏"),
        ("ＬＥＤ顯示屏", "led 显 示 屏"),
        ("129平方公里", "129 平 方 公 里"),
        ("カート ｶｰﾄ", "カー ト カー ト"),
        ("ｶｰﾄ", "カー ト"),
        ("甲，乙", "甲 · 乙"),
        ("甲\n乙", "甲 · 乙"),
        ("甲。” “乙", "甲 · 乙"),
        ("甲 。\n\u3000\u3000， 乙", "甲 · 乙"),
        ("甲\u3000\u3000乙\r丙\u2028丁", "甲 乙 丙 丁"),
        ("。改革。", "· 改 革 ·"),
        ("人々〇", "人 々 〇"),
        ("ラーメン", "ラー メ ン"),
        ("ラ\u200dーー麵 ー", "ラーー 面 ー"),
        ("ラ ー", "ラ ー"),
        ("한국어", "한 국 어"),
        ("soft\u00adware\ufe0f x", "software x"),
        ("cafe\u0301 naïve", "cafe\u0301 naïve"),
        ("改\u200b革", "改 革"),
        ("snake_case", "snake · case"),
        ("07:47", "07 · 47"),
        ("a" * 300 + "甲", "a" * 255 + " 甲"),
        ("\ud800a\x00b", "· a · b"),
    ],
)
def test_tokens_of_fixed_examples(stored: str, expected: str) -> None:
    assert tokens(stored) == expected
    assert oracle.tokens(stored) == expected.split()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("改革。", ["改", "革"]),
        ("C++", ["c"]),
        ("「甲，乙」", ["甲", BOUNDARY, "乙"]),
        ("。", []),
        ("", []),
        ("\u200b", []),
    ],
)
def test_phrase_drops_boundaries_at_its_ends(asked: str, expected: list[str]) -> None:
    assert phrase(asked) == expected == oracle.asked(asked)


@given(st.lists(TEXTS | st.text(st.sampled_from(folding.FOLDED_FROM)), max_size=9).map("".join))
@settings(max_examples=500)
def test_a_text_of_any_length_is_folded_character_by_character(stored: str) -> None:
    for repeated in (stored, stored * 9, f"{stored}{LONG}"):
        assert fold(repeated) == "".join(map(fold, repeated))


def test_phrase_can_keep_the_characters_as_they_stand() -> None:
    assert phrase("“ＬＥＤ書”", folded=False) == ["ＬＥＤ", "書"]
    assert phrase("“ＬＥＤ書”") == ["led", "书"]


@given(TEXTS | ANYTHING)
@settings(max_examples=1000)
def test_tokens_are_those_of_the_oracle(stored: str) -> None:
    assert tokens(stored).split(" ") == (oracle.tokens(stored) or [""])


@given(TEXTS | ANYTHING)
@settings(max_examples=500)
def test_spans_are_those_of_the_oracle(stored: str) -> None:
    assert spans(stored) == oracle.located(stored)


@given(st.lists(TEXTS | st.integers(250, 260).map("ab٣e\u0301".__mul__)).map("".join))
def test_spans_and_tokens_agree_on_long_runs(stored: str) -> None:
    assert " ".join(token for token, _, _ in spans(stored)) == tokens(stored)


@pytest.mark.parametrize("length", [*range(250, 260), 382, 383, 384, 511, 512, 10_000])
@pytest.mark.parametrize("before", ["", "甲", "甲" * 63 + "，", "ab cd" * 30])
def test_no_token_passes_the_limit_wherever_it_begins(before: str, length: int) -> None:
    found = tokens(f"{before} {'x' * length} 乙").split(" ")
    assert found[-2:] == ["x" * min(length, 255), "乙"]


@given(TEXTS | ANYTHING)
def test_fold_keeps_length_and_is_idempotent(stored: str) -> None:
    assert len(fold(stored)) == len(stored)
    assert fold(fold(stored)) == fold(stored)
    assert tokens(fold(stored)) == tokens(stored)


@given(TEXTS)
def test_unfolded_spans_stand_at_the_same_places(stored: str) -> None:
    strict = spans(stored, folded=False)
    assert [place[1:] for place in strict] == [place[1:] for place in spans(stored)]
    assert [fold(token) for token, _, _ in strict] == [token for token, _, _ in spans(stored)]


@given(TEXTS, TEXTS)
def test_a_quoted_span_is_found_again(before: str, after: str) -> None:
    stored = f"{before}改革LED{after}"
    found = spans(stored)
    for first in range(len(found)):
        quote = stored[found[first][1] : found[min(first + 2, len(found) - 1)][2]]
        wanted = phrase(quote)
        assert not wanted or f" {' '.join(wanted)} " in f" {tokens(stored)} "


def test_white_space_and_words() -> None:
    assert all(map(is_white_space, " \t\n\r\u3000\u00a0"))
    assert not any(map(is_white_space, "a改。\u200b\x00"))
    assert white_space() == set(filter(is_white_space, map(chr, range(sys.maxunicode + 1))))
    assert is_word("led")
    assert is_word("2018")
    assert not any(map(is_word, "改カ한·"))


def test_a_megabyte_of_anything_is_quick() -> None:
    for piece in ("。 ", "ー", "カー", "a\u200d", " ", "\n", "a", "\U000e0100"):
        tokens(piece * 200_000)
        spans(piece * 200_000)


def _script() -> ModuleType:
    spec = spec_from_file_location("make_folding", ROOT / "scripts" / "make_folding.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_frozen_table_is_what_the_script_makes() -> None:
    """A newer Python may fold characters that were unassigned; all others fold as before."""
    made = _script().foldings()
    frozen = dict(zip(folding.FOLDED_FROM, folding.FOLDED_TO, strict=True))
    assert len(frozen) > 5_000
    assert {char: made.get(char) for char in frozen} == frozen
    newer: dict[str, Any] = {char: made[char] for char in made if char not in frozen}
    assert not [char for char in newer if text._kinds[ord(char)] == "H"]
    assert not [char for char in newer if ord(char) < 0x0400]


def test_importing_costs_little() -> None:
    """It loads nothing but the table: a process starts with it on every command."""
    code = (
        "import sys; before = set(sys.modules); import archive.text;"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "archive" in loaded
    assert not loaded & {"unicodedata", "regex", "opencc", "sqlalchemy", "dataclasses", "inspect"}


def test_gaps_are_all_white_space_and_all_ignorable_characters() -> None:
    found = set(gap_characters())
    assert len(found) > 300
    unassigned = ("Cn", "Co", "Cs")
    likely = {c for c in map(chr, range(0x110000)) if unicodedata.category(c)[0] in "ZCM"}
    likely = found | {c for c in likely if unicodedata.category(c) not in unassigned}
    assert {c for c in likely if oracle.what(oracle.fold(c)) in ("space", "nothing")} == found
