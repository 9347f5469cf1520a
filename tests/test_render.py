"""Rendering: JSON, CSV and Markdown of results, what is cleaned, and lines broken at a width."""

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from archive import layout, typeset
from archive.render import Column, clean, dumps, line, records
from archive.results import Hit, ListedArticle

# of every kind that could steer a terminal or reorder what it shows, or that no output can encode
UNSAFE = [
    *map(chr, range(0x09)),
    *map(chr, range(0x0B, 0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\ud800\udc80\udfff",
]
COLUMNS = (
    Column("article", "id", right=True),
    Column("key", "key", spare=1),
    Column("title", "title", wrap=True),
    Column("published", "published"),
    Column("source", "source"),
    Column("channel", "channel", wrap=True, spare=2),
    Column("sections", "sections", right=True, spare=3),
)
ROW = ListedArticle(1, "dec6cc20da94ed01", "标题 A|B", "2019-05-06", None, ("首页", "政务"), 3)
TITLE = "春江市推进放管服改革：“马上办”渐成常态，群众少跑腿"


def printed(rows: list[ListedArticle], wanted: str, capsys: pytest.CaptureFixture[str]) -> str:
    records(rows, COLUMNS, wanted)
    return capsys.readouterr().out


@pytest.mark.parametrize("char", UNSAFE, ids=lambda char: f"U+{ord(char):04X}")
def test_no_character_that_steers_a_terminal_is_left(char: str) -> None:
    text = f"甲{char}乙"
    assert clean(text) == "甲\ufffd乙"
    assert line(text) in ("甲\ufffd乙", "甲 乙")
    written = dumps({"title": text})
    assert char not in written
    assert json.loads(written) == {"title": text}


def test_tabs_line_breaks_and_everything_else_stay() -> None:
    text = "甲\t乙\n丙 \u3000\xa0é👩\u200d🔬\ufeff"
    assert clean(text) == text
    assert line("  甲\t乙\n\n丙 ") == "甲 乙 丙"


def test_json_is_unescaped(capsys: pytest.CaptureFixture[str]) -> None:
    expected = (
        '{"article": 1, "key": "dec6cc20da94ed01", "title": "标题 A|B", "published": "2019-05-06",'
        ' "source": null, "channel": ["首页", "政务"], "sections": 3}'
    )
    assert printed([ROW, ROW], "jsonl", capsys) == f"{expected}\n{expected}\n"
    assert printed([ROW, ROW], "json", capsys) == f"[{expected}, {expected}]\n"
    assert printed([], "jsonl", capsys) == ""
    assert printed([], "json", capsys) == "[]\n"


def test_csv_is_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    odd = ListedArticle(2, "k", 'a "b", c\nd', None, None, (), 0)
    rows = list(csv.reader(io.StringIO(printed([ROW, odd], "csv", capsys))))
    assert rows == [
        [column.name for column in COLUMNS],
        ["1", "dec6cc20da94ed01", "标题 A|B", "2019-05-06", "", "首页 > 政务", "3"],
        ["2", "k", 'a "b", c\nd', "", "", "", "0"],
    ]


def test_markdown_escapes_what_would_end_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed([ROW], "md", capsys).splitlines() == [
        "| id | key | title | published | source | channel | sections |",
        "|---:|---|---|---|---|---|---:|",
        "| 1 | dec6cc20da94ed01 | 标题 A\\|B | 2019-05-06 |  | 首页 > 政务 | 3 |",
    ]


def test_a_table_in_a_pipe_shows_all_that_has_a_value(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    long = ListedArticle(2, "k", TITLE * 9, None, None, (), 0)
    header, rule, first, second = printed([ROW, long], "table", capsys).splitlines()
    assert header.split() == ["id", "key", "title", "published", "channel", "sections"]
    assert set(rule) == {"─"}
    assert first.split("  ")[0].strip() == "1"
    assert TITLE * 9 in second


def test_a_table_without_rows_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed([], "table", capsys) == ""


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_a_table_is_never_wider_than_asked_and_cuts_nothing(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    shown = printed(
        [ListedArticle(1, "dec6cc20da94ed01", TITLE, "2019-05-06T09:30", "春江日报", (), 3)],
        "table",
        capsys,
    )
    assert max(cell_len(row) for row in shown.splitlines()) <= width
    assert set(TITLE) <= set(shown)
    assert "2019-05-06T09:30" in re.sub(r"\s", "", shown)
    assert ("key" in shown) == (width < 60 or width >= 80)


def test_columns_line_up_by_cells(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rows = [
        ListedArticle(number, "k", title, "2019-05-06", None, (), 3)
        for number, title in enumerate(("中文标题", "Latin", "混合 mixed，ｆｕｌｌ"))
    ]
    lines = printed(rows, "table", capsys).splitlines()
    places = {cell_len(row[: row.index("2019")]) for row in lines if "2019" in row}
    assert places == {cell_len(lines[0][: lines[0].index("published")])}


# Breaking lines


def broken(text: str, width: int, hanging: int = 0) -> list[str]:
    return [text[start:end] for start, end in typeset.lines(text, width, hanging=hanging)]


def test_chinese_breaks_between_any_two_characters() -> None:
    assert broken("春江市政务服务中心", 8) == ["春江市政", "务服务中", "心"]


def test_latin_breaks_at_white_space_and_long_words_where_they_must() -> None:
    assert broken("one two three", 8) == ["one two", "three"]
    assert broken("see /a/very/long/path", 8) == ["see", "/a/very/", "long/pat", "h"]
    assert broken("市LED显示屏", 4) == ["市", "LED", "显示", "屏"]


def test_closing_marks_never_begin_a_line_and_opening_marks_never_end_one() -> None:
    assert broken("改革进一步，群众", 10) == ["改革进一", "步，群众"]
    assert broken("展开:蓝天", 4) == ["展", "开:", "蓝天"]
    assert broken("市长说“马上办”", 7) == ["市长说", "“马上", "办”"]
    assert broken("他说《好", 6) == ["他说", "《好"]


@pytest.mark.parametrize("width", [0, 1, 2])
def test_where_nothing_fits_a_line_has_a_character(width: int) -> None:
    assert broken("春江市", width) == ["春", "江", "市"]
    assert broken("ab", width)[0][0] == "a"


def test_lines_but_the_first_are_indented() -> None:
    assert broken("春江市政务服务中心", 8, hanging=4) == ["春江市政", "务服", "务中", "心"]


def test_a_line_break_ends_a_line() -> None:
    assert broken("甲乙\n丙丁戊", 4) == ["甲乙", "丙丁", "戊"]
    assert broken("甲\n\n乙", 4) == ["甲", "", "乙"]
    assert broken("", 4) == [""]


_PROSE = st.text(alphabet="改革办公窗a b,，。“”《》\n1é\u0301👩", max_size=60)


@given(_PROSE, st.integers(2, 30), st.integers(0, 6))
def test_broken_lines_fit_and_lose_only_white_space(text: str, width: int, hanging: int) -> None:
    hanging = min(hanging, width - 2)
    shown = broken(text, width, hanging)
    for number, part in enumerate(shown):
        assert cell_len(part) <= width - (hanging if number else 0)
    assert "".join(shown).replace(" ", "") == re.sub("[ \n]", "", text)


@given(
    st.lists(st.sampled_from(["改", "革办公", "进步，", "“办”", "《决定》。", "他说：“"])),
    st.integers(10, 30),
)
def test_no_line_of_prose_begins_or_ends_wrongly(words: list[str], width: int) -> None:
    lines = broken("".join(words), width)
    assert not [part for part in lines[1:] if part[0] in "，。”》："]
    assert not [part for part in lines[:-1] if part[-1] in "《“"]


# Hits


def test_marks_of_a_hit_are_styled_and_the_rest_is_clean() -> None:
    hit = Hit(
        article=1,
        key="k",
        section=2,
        sections=(2,),
        title="改革\x1b",
        heading="论改革",
        published="2019-05",
        source="\u202e日报",
        snippet="…谈\n改革\x07，改革…",
        score=1.0,
        anchor="k#2:1-3",
        marks=((3, 5), (7, 9)),
        title_marks=((0, 2),),
        heading_marks=((1, 3),),
    )
    shown = list(layout.hits([hit], first=11))
    plain = ["".join(text for text, _ in each.pieces) for each in shown]
    assert plain == [
        " 11 改革\ufffd",
        "    #2 论改革",
        "    …谈 改革\ufffd，改革…",
        "    k#2:1-3 · 2019-05 · \ufffd日报",
    ]
    marked = [text for each in shown for text, style in each.pieces if style == layout.MARK]
    assert marked == ["改革", "改革", "改革", "改革"]
