"""Counts as a picture: SVG with a title, an axis and a bar for each value.

Idea: periods stand side by side along the time, other values under each other with their names.
Invariants: the same counts give the same bytes; no font is fetched and no width is guessed too
small, since a text is measured in cells; what XML cannot hold is replaced.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rich.cells import cell_len

from archive.aligned import measure_of, name_of, per_million, shortened
from archive.render import line
from archive.results import TIMES, Count, RelativeCount

MOST_BARS = 40
"""How many values that are no periods a picture shows."""

_WIDTH = 960
_MARGIN = 28
_TOP = 92  # of the plot; the titles stand above
_PLOT = 280  # the height of a plot of periods
_ROW = 26
_BAR = 16
_NAMES = 36  # cells of the longest name
_CELL = 7.4  # pixels of a cell at the size of labels; a little more than fonts need
_TICKS = 5
_NO_XML = re.compile("[\ufffe\uffff]")

_STYLE = """
text { font: 13px "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", \
sans-serif; fill: #333 }
.title { font-size: 20px; font-weight: bold; fill: #111 }
.note { fill: #666 }
.grid { stroke: #ddd }
.axis { stroke: #666 }
.bar { fill: #2b6ca3 }
"""


class _Box(NamedTuple):
    """The plot within the picture."""

    left: float
    right: float
    top: float
    bottom: float


def svg(rows: Sequence[Count], by: str, query: str) -> str:
    """The picture of the counts of a query, as a document of its own.

    Args:
        rows: the counts, periods in order.
        by: one of :data:`archive.results.GROUPINGS`.
        query: what was asked, for the title.
    """
    known = [row for row in rows if row.value is not None]
    picture, bottom = _periods(known, by) if by in TIMES else _values(known)
    for place, note in enumerate(_notes(rows, by)):
        _text(picture, _MARGIN, bottom + 24 + place * 22, note, "note")
    measured = "sections per million characters" if _is_relative(rows) else "articles"
    _text(picture, _MARGIN, 38, shortened(_clean(query), 76), "title")
    _text(picture, _MARGIN, 64, f"{measured} by {by}", "note")
    picture.insert(0, _named("title", f"{_clean(query)}: {measured} by {by}"))
    indent(picture, " ")
    return tostring(picture, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", line(text))


def _notes(rows: Sequence[Count], by: str) -> list[str]:
    """What a picture does not show."""
    notes = []
    more = len([row for row in rows if row.value is not None]) - MOST_BARS
    if by not in TIMES and more > 0:
        notes.append(f"not shown: {more:,} more")
    missing = sum(row.articles for row in rows if row.value is None)
    if missing:
        notes.append(f"not shown: {name_of(None, by)}, {missing:,} article{'s' * (missing != 1)}")
    return notes if rows else ["no hit"]


def _picture(bottom: float) -> Element:
    """An empty picture whose plot, with its axis, ends there; room is left for two notes."""
    height = _number(bottom + 60)
    picture = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {height}",
        width=str(_WIDTH),
        height=height,
        role="img",
    )
    picture.append(_named("style", _STYLE))
    SubElement(picture, "rect", width="100%", height="100%", fill="#fff")
    return picture


def _named(tag: str, text: str) -> Element:
    element = Element(tag)
    element.text = text
    return element


# Periods, side by side


def _periods(rows: Sequence[Count], by: str) -> tuple[Element, float]:
    """The picture, and where its axis ends."""
    ticks = _ticks(rows)
    left = _MARGIN + max(cell_len(_said(tick)) for tick in ticks) * _CELL + 8
    box = _Box(left, _WIDTH - _MARGIN, _TOP, _TOP + _PLOT)
    picture = _picture(box.bottom + 26)
    height = (box.bottom - box.top) / ticks[-1]
    for tick in ticks:
        y = box.bottom - tick * height
        _line(picture, box.left, y, box.right, y, "grid" if tick else "axis")
        _text(picture, box.left - 8, y + 4.5, _said(tick), "note", anchor="end")
    slot = (box.right - box.left) / max(len(rows), 1)
    wide = max(min(slot * 0.8, 60), min(slot, 1))
    for place, row in enumerate(rows):
        if measure_of(row):
            tall = measure_of(row) * height
            x = box.left + (place + 0.5) * slot - wide / 2
            _rectangle(picture, x, box.bottom - tall, wide, tall, row)
    _dates(picture, [row.value or "" for row in rows], by, box)
    return picture, box.bottom + 26


def _dates(picture: Element, periods: Sequence[str], by: str, box: _Box) -> None:
    """The axis of time: as many names as fit without touching."""
    slot = (box.right - box.left) / max(len(periods), 1)
    for places, length in _steps(periods, by):
        names = [periods[place][:length] for place in places]
        needed = length * _CELL + 14
        apart = min((b - a for a, b in pairwise(places)), default=len(periods))
        if places and apart * slot >= needed:
            break
    for place, name in zip(places, names, strict=True):
        x = box.left + (place + 0.5) * slot
        _line(picture, x, box.bottom, x, box.bottom + 5, "axis")
        _text(picture, x, box.bottom + 22, name, anchor="middle")


def _steps(periods: Sequence[str], by: str) -> Iterator[tuple[list[int], int]]:
    """Ever fewer periods to name, and how much of each is written: days, months, years."""
    if by == "day":
        for days in (range(1, 32), (1, 6, 11, 16, 21, 26), (1, 11, 21), (1, 16)):
            yield [n for n, one in enumerate(periods) if int(one[8:10]) in days], 10
    if by != "year":
        first = [n for n, one in enumerate(periods) if one[7:] in ("", "-01")]
        for months in (1, 2, 3, 6):
            yield [n for n in first if (int(periods[n][5:7]) - 1) % months == 0], 7
    first = [n for n, one in enumerate(periods) if one[4:] in ("", "-01", "-01-01")]
    for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        yield [n for n in first if int(periods[n][:4]) % years == 0], 4


# Other values, under each other


def _values(rows: Sequence[Count]) -> tuple[Element, float]:
    """The picture, and where its axis ends."""
    shown = rows[:MOST_BARS]
    names = [shortened(_clean(row.value or ""), _NAMES) for row in shown]
    ticks = _ticks(shown)
    left = _MARGIN + max(map(cell_len, names), default=0) * _CELL + 10
    box = _Box(left, _WIDTH - _MARGIN - 70, _TOP, _TOP + len(shown) * _ROW + 8)
    picture = _picture(box.bottom + 26)
    scale = (box.right - box.left) / ticks[-1]
    for tick in ticks:
        x = box.left + tick * scale
        _line(picture, x, box.top, x, box.bottom, "grid" if tick else "axis")
        _text(picture, x, box.bottom + 20, _said(tick), "note", anchor="middle")
    for place, (row, name) in enumerate(zip(shown, names, strict=True)):
        y = box.top + 4 + place * _ROW
        wide = measure_of(row) * scale
        _text(picture, box.left - 10, y + 17, name, anchor="end")
        _rectangle(picture, box.left, y + (_ROW - _BAR) / 2, wide, _BAR, row)
        _text(picture, box.left + wide + 6, y + 17, _measured(row), "note")
    return picture, box.bottom + 26


# Pieces


def _is_relative(rows: Sequence[Count]) -> bool:
    return any(isinstance(row, RelativeCount) for row in rows)


def _measured(row: Count) -> str:
    return per_million(row) if isinstance(row, RelativeCount) else f"{row.articles:,}"


def _ticks(rows: Sequence[Count]) -> list[float]:
    """Round numbers from 0 up to the first that no bar passes."""
    most = max(map(measure_of, rows), default=0)
    if not most:
        return [0, 1]
    rough = most / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    if not _is_relative(rows):
        step = max(1, round(step))
    return [number * step for number in range(ceil(most / step - 1e-9) + 1)]


def _said(number: float) -> str:
    return f"{number:,.10g}"


def _number(value: float) -> str:
    """A coordinate in its shortest form, the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(
    picture: Element, x: float, y: float, text: str, style: str = "", *, anchor: str = ""
) -> None:
    element = SubElement(picture, "text", x=_number(x), y=_number(y))
    element.text = text
    if style:
        element.set("class", style)
    if anchor:
        element.set("text-anchor", anchor)


def _line(picture: Element, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
    places = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    attributes = {name: _number(place) for name, place in places.items()}
    SubElement(picture, "line", {**attributes, "class": style})


def _rectangle(picture: Element, x: float, y: float, wide: float, tall: float, row: Count) -> None:
    """A bar; what it stands for is told where a pointer rests on it."""
    places = {"x": x, "y": y, "width": wide, "height": tall}
    attributes = {name: _number(place) for name, place in places.items()}
    bar = SubElement(picture, "rect", {**attributes, "class": "bar"})
    bar.append(_named("title", f"{_clean(row.value or '')}: {_measured(row)}"))
