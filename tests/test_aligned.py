"""Lines in columns of cells: keywords under each other, and counts with bars."""

from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from archive.aligned import bars, concordance, head, shortened, tail
from archive.layout import Line
from archive.results import Count, KeywordInContext, RelativeCount

KEY = "4bb67bd4f0e1a2b3"

# wide, narrow, half-width, zero width, combining, joined: whatever has another width than one
texts = st.text("改革ｶa é\u0301\u200b\u200d👩🔬\ufe0f❤，—…", max_size=30)


def place(left: str, keyword: str, right: str, start: int = 0) -> KeywordInContext:
    anchor = f"{KEY}#0:{start}-{start + len(keyword)}"
    return KeywordInContext(1, KEY, 0, left, keyword, right, None, None, anchor)


def plain(line: Line) -> str:
    return "".join(text for text, _ in line.pieces)


@given(texts, st.integers(0, 20))
@example("\u200d\u200da", 0)  # Rich takes it for a grapheme of no width, and for a text of one cell
def test_a_text_is_cut_to_cells_between_graphemes(text: str, cells: int) -> None:
    first, last = head(text, cells), tail(text, cells)
    assert text.startswith(first)
    assert text.endswith(last)
    assert cell_len(first) <= cells
    assert cell_len(last) <= cells
    if cell_len(text) <= cells:
        assert shortened(text, cells) == text
    elif cells:
        assert cell_len(shortened(text, cells)) <= cells


def test_as_much_is_shown_as_fits() -> None:
    assert head("改革开放", 5) == "改革"
    assert tail("改革开放", 5) == "开放"
    assert tail("e\u0301改", 3) == "e\u0301改"
    assert tail("e\u0301改", 2) == "改"
    assert shortened("改革开放", 5) == "改革…"


@given(
    st.lists(st.tuples(texts, st.sampled_from(["改革", "led", "放管服"]), texts), min_size=1),
    st.integers(60, 120),
)
def test_keywords_stand_under_each_other_and_lines_end_together(
    parts: list[tuple[str, str, str]], width: int
) -> None:
    values = [place(*each, start=10**n) for n, each in enumerate(parts[:5])]
    lines = list(concordance(values, width))
    assert len(lines) == len(values)
    assert len({cell_len(line.pieces[0][0]) for line in lines}) == 1
    for line, value in zip(lines, values, strict=True):
        assert line.pieces[1][0] == value.keyword
        assert plain(line).endswith(f"  {value.anchor}")
        assert sum(cell_len(text) for text, _ in line.pieces) == width


def test_a_concordance_is_what_it_looks_like() -> None:
    values = [
        place("全市放管服改革又进一步，", "企业", "开办时间压缩", 15),
        place("a\tb", "ＬＥＤ", "显示屏\x1b[31m", 7),
    ]
    assert [plain(line) for line in concordance(values, 70)] == [
        "管服改革又进一步， 企业 开办时间压缩          4bb67bd4f0e1a2b3#0:15-17",
        "               a b ＬＥＤ 显示屏\ufffd[31m          4bb67bd4f0e1a2b3#0:7-10",
    ]


def test_a_keyword_is_never_cut() -> None:
    keyword = "关于推进放管服改革的意见" * 3
    (line,) = concordance([place("左", keyword, "右")], 40)
    assert line.pieces[1][0] == keyword
    assert plain(line).endswith(f"#0:0-{len(keyword)}")


def test_nothing_gives_no_line() -> None:
    assert list(concordance([], 80)) == []
    assert list(bars([], "month", 80)) == []


def drawn(rows: Sequence[Count], by: str, width: int = 60) -> list[str]:
    return [plain(line) for line in bars(rows, by, width)]


def test_bars_are_as_long_as_their_numbers() -> None:
    rows = [
        Count("新华社", 40, 80, 1200),
        Count("春江日报", 20, 20, 9),
        Count("甲", 1, 1, 1),
        Count(None, 400, 1, 1),
    ]
    assert drawn(rows, "source") == [
        "source     articles  sections  characters",
        "新华社           40        80       1,200  █████████████████",
        "春江日报         20        20           9  ████████▌",
        "甲                1         1           1  ▍",
        "no source       400         1           1",
    ]


def test_many_empty_periods_are_one_line() -> None:
    days = ["2018-10-01", "2018-10-02", "2018-10-03"]
    few = [Count("2018-09-30", 1, 1, 1), *(Count(day, 0, 0, 0) for day in days)]
    assert [text.split()[0] for text in drawn(few, "day")] == ["day", "2018-09-30", *days]
    many = [*few, Count("2018-10-04", 0, 0, 0), Count("2018-10-05", 1, 1, 1)]
    assert drawn(many, "day")[2] == "⋮ 4 days without a hit"
    assert len(drawn(many, "day")) == 4


def test_relative_bars_compare_the_relative_numbers() -> None:
    rows = [RelativeCount("2018", 9, 9, 9, 10.0), RelativeCount("2019", 1, 1, 1, 20.04)]
    rows.append(RelativeCount("2020", 0, 0, 0, None))
    titles, first, second, empty = drawn(rows, "year")
    assert titles == "year  per million  articles  sections  characters"[: len(titles)]
    assert second.split()[:2] == ["2019", "20.0"]
    assert second.count("█") // 2 == first.count("█")
    assert empty.split() == ["2020", "0", "0"][: len(empty.split())]


@given(
    st.lists(
        st.builds(
            Count, st.none() | texts, st.integers(1, 10**6), st.integers(0, 10**6), st.just(0)
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(40, 120),
)
def test_bars_are_never_wider_than_the_terminal(rows: list[Count], width: int) -> None:
    for line in bars(rows, "heading", width):
        assert sum(cell_len(text) for text, _ in line.pieces) <= width
