"""The picture of counts: well-formed, labelled, within its frame, and always the same."""

import re
from collections.abc import Sequence
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from archive.chart import MOST_BARS, svg
from archive.results import Count, RelativeCount

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [f"{year}-{month:02}" for year in range(2016, 2020) for month in range(1, 13)]


def parsed(rows: Sequence[Count], by: str, query: str = "改革") -> ET.Element:
    return ET.fromstring(svg(rows, by, query))  # noqa: S314 - our own document


def labels(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def bars(picture: ET.Element) -> list[ET.Element]:
    return [each for each in picture.iter(f"{SVG}rect") if each.get("class") == "bar"]


def numbered(names: Sequence[str | None]) -> list[Count]:
    return [Count(name, n + 1, n + 1, 10) for n, name in enumerate(names)]


def test_names_numbers_title_and_axis_are_written_out() -> None:
    rows = [Count("新华社", 12, 20, 300), Count("人民日报", 5, 5, 9), Count(None, 1234, 1, 1)]
    said = labels(parsed(rows, "source", '改革 source:"甲&乙"'))
    assert {"新华社", "人民日报", "12", "5"} <= set(said)
    assert {"0", "10", "15"} <= set(said)  # the axis
    assert {'改革 source:"甲&乙"', "articles by source"} <= set(said)
    assert "not shown: no source, 1,234 articles" in said


def test_the_lengths_of_bars_are_in_proportion() -> None:
    long, short = bars(parsed([Count("甲", 40, 1, 1), Count("乙", 10, 1, 1)], "source"))
    assert float(long.get("width", "")) == pytest.approx(4 * float(short.get("width", "")), 0.01)
    tall = bars(parsed(numbered(["2018", "2019"]), "year"))
    heights = [float(bar.get("height", "")) for bar in tall]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)


def test_relative_counts_are_drawn_by_their_relative_number() -> None:
    rows = [RelativeCount("2018", 9, 9, 9, 10.0), RelativeCount("2019", 1, 1, 1, 20.0)]
    picture = parsed([*rows, RelativeCount("2020", 0, 0, 0, None)], "year")
    first, second = (float(bar.get("height", "")) for bar in bars(picture))
    assert second == pytest.approx(2 * first, rel=0.01)
    assert "sections per million characters by year" in labels(picture)


@pytest.mark.parametrize(
    ("by", "periods", "expected"),
    [
        ("year", [str(year) for year in range(1990, 2021)], {"1990", "2020"}),
        ("month", MONTHS, {"2016-01", "2016-07", "2019-07"}),
        ("month", [f"{y}-{m:02}" for y in range(1950, 2020) for m in range(1, 13)], {"2010"}),
        ("day", [f"2018-10-{day:02}" for day in range(1, 32)], {"2018-10-01", "2018-10-26"}),
        ("day", ["2018-10-12"], {"2018-10-12"}),
    ],
)
def test_as_many_dates_are_named_as_fit(by: str, periods: list[str], expected: set[str]) -> None:
    picture = parsed(numbered(periods), by)
    dates = [
        (float(text.get("x", "")), text.text or "")
        for text in picture.iter(f"{SVG}text")
        if text.get("text-anchor") == "middle"
    ]
    assert expected <= {name for _, name in dates}
    assert len(bars(picture)) == len(periods)
    for (x, name), (following, _) in pairwise(dates):
        assert following - x > len(name) * 7


def test_nothing_leaves_the_frame() -> None:
    names = [f"很长的小标题{'甲乙丙丁' * n}" for n in range(60)]
    for rows, by in ((numbered(names), "heading"), (numbered(MONTHS), "month")):
        picture = parsed(rows, by)
        width, height = float(picture.get("width", "")), float(picture.get("height", ""))
        for bar in bars(picture):
            assert float(bar.get("x", "")) + float(bar.get("width", "")) <= width
            assert float(bar.get("y", "")) + float(bar.get("height", "")) <= height
        for text in picture.iter(f"{SVG}text"):
            long = cell_len(text.text or "") * 7
            x = float(text.get("x", ""))
            assert x >= (long if text.get("text-anchor") == "end" else 0)
            assert float(text.get("y", "")) <= height


def test_of_many_values_the_first_are_drawn_and_the_rest_are_numbered() -> None:
    picture = parsed(numbered([f"来源{n}" for n in range(MOST_BARS + 12)]), "source")
    assert len(bars(picture)) == MOST_BARS
    assert "not shown: 12 more" in labels(picture)


@given(st.lists(st.text(max_size=8), max_size=4, unique=True), st.text(max_size=20))
def test_any_text_gives_a_well_formed_document(names: list[str], query: str) -> None:
    rows = numbered(names)
    picture = parsed(rows, "source", query)
    assert len(bars(picture)) == len(rows)
    assert svg(rows, "source", query) == svg(rows, "source", query)


def test_markup_and_controls_in_a_name_stay_text() -> None:
    drawn = svg(numbered(["<script>alert(1)</script>", "\x1b[31m\ufffe"]), "source", "</title>")
    assert "<script" not in drawn
    assert not re.search("[\x00-\x08\x0b-\x1f\ufffe]", drawn)
    assert "<script>alert(1)</script>" in labels(ET.fromstring(drawn))  # noqa: S314 - our own


def test_without_a_hit_the_picture_says_so() -> None:
    for by in ("month", "source"):
        assert "no hit" in labels(parsed([], by))
    only_missing = parsed([Count(None, 1, 1, 1)], "month")
    assert "not shown: no date, 1 article" in labels(only_missing)


def test_nothing_is_fetched() -> None:
    drawn = svg(numbered(["新华社"]), "source", "改革")
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
