"""Lines whose parts stand under each other: keywords in context, and counts with bars.

Idea: everything is measured in cells, since a Chinese character takes two, and cut between
graphemes. Invariant: no line is wider than asked, unless a keyword and its anchor alone are, which
are never cut.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby, islice
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from archive.layout import DIM, MARK, STRONG, Line
from archive.render import line
from archive.results import TIMES, Count, KeywordInContext, RelativeCount

_MEASURED = 500  # how many places the columns are measured by; so the first is printed soon
_NARROWEST = 4  # cells of a context
_GAP = 2

_BLOCKS = " ▏▎▍▌▋▊▉█"
BAR = "cyan"
_SHORTEST = 12  # as many cells at least; else numbers are left out
_FEW = 3  # as many empty periods in a row are shown one by one
_ELLIPSIS = "…"
_JOINERS = "\u200d\ufe0f"  # they change the width of what stands beside them


def concordance(values: Iterable[KeywordInContext], width: int) -> Iterator[Line]:
    """Places one a line, ``width`` cells wide: the keywords under each other, the anchor last."""
    rest = iter(values)
    first = list(islice(rest, _MEASURED))
    keyword = max((cell_len(line(one.keyword)) for one in first), default=0)
    anchor = max((len(one.anchor) for one in first), default=0)
    side = max(_NARROWEST, (width - keyword - anchor - _GAP - 2) // 2)
    for one in chain(first, rest):
        yield _place(one, side, width)


def _place(one: KeywordInContext, side: int, width: int) -> Line:
    keyword = line(one.keyword)
    room = width - side - cell_len(keyword) - len(one.anchor) - _GAP - 2
    return Line(
        (
            (padded(tail(_alone(one.left), side), side, right=True) + " ", ""),
            (keyword, MARK),
            (" " + padded(head(_alone(one.right), room), room) + " " * _GAP, ""),
            (one.anchor, DIM),
        )
    )


def _alone(text: str) -> str:
    """The text as one clean line that joins no blank beside it to itself."""
    return line(text).strip(_JOINERS)


def head(text: str, cells: int) -> str:
    """The beginning of a text, as much as fits into so many cells."""
    ends = [0]
    room = cells
    for _, stop, size in split_graphemes(text)[0]:
        room -= size
        if room < 0:
            break
        ends.append(stop)
    while len(ends) > 1 and cell_len(text[: ends[-1]]) > cells:
        ends.pop()  # joiners that join nothing are wider than all their graphemes
    return text[: ends[-1]]


def tail(text: str, cells: int) -> str:
    """The end of a text, as much as fits into so many cells."""
    starts = [len(text)]
    room = cells
    for start, _, size in reversed(split_graphemes(text)[0]):
        room -= size
        if room < 0:
            break
        starts.append(start)
    while len(starts) > 1 and cell_len(text[starts[-1] :]) > cells:
        starts.pop()
    return text[starts[-1] :]


def shortened(text: str, cells: int) -> str:
    """The text, or its beginning and an ellipsis where it is too wide."""
    if cell_len(text) <= cells:
        return text
    return head(text, cells - 1) + _ELLIPSIS


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """The text with blanks up to a width, behind it or before it."""
    blanks = " " * (cells - cell_len(text))
    return blanks + text if right else text + blanks


def name_of(value: str | None, by: str) -> str:
    """What a row of counts is called."""
    if value is None:
        return "no date" if by in TIMES else f"no {by}"
    return _alone(value)


def measure_of(row: Count) -> float:
    """What a bar shows: articles, or how many sections in a million characters."""
    if isinstance(row, RelativeCount):
        return row.per_million or 0.0
    return row.articles


def per_million(row: Count) -> str:
    """The relative number of a row as people read it."""
    share = row.per_million if isinstance(row, RelativeCount) else None
    return "" if share is None else f"{share:,.1f}"


class _Column(NamedTuple):
    """Numbers under a title, all as wide as the widest."""

    title: str
    cells: Sequence[str]

    @property
    def width(self) -> int:
        return max(map(len, [self.title, *self.cells]))


def bars(rows: Sequence[Count], by: str, width: int) -> Iterator[Line]:
    """Counts one a line: the value, the numbers, and a bar.

    Many empty periods become one line. What has no value has no bar: often it is most of all, and
    would leave the others none.
    """
    if not rows:
        return
    names = [name_of(row.value, by) for row in rows]
    side = min(max(map(cell_len, [by, *names])), max(width // 3, _SHORTEST))
    columns = _columns(rows)
    while len(columns) > 1 and _total(side, columns) + _SHORTEST > width:
        del columns[-1]
    room = max(1, width - _total(side, columns))
    most = max((measure_of(row) for row in rows if row.value is not None), default=0)
    titles = _row(padded(by, side), columns, [one.title for one in columns])
    yield Line(((titles.rstrip(), STRONG),))
    for empty, run in groupby(enumerate(rows), key=lambda placed: not placed[1].articles):
        places = [place for place, _ in run]
        if empty and len(places) > _FEW:
            yield Line(((f"⋮ {len(places):,} {by}s without a hit", DIM),))
            continue
        for place in places:
            name = padded(shortened(names[place], side), side)
            numbers = _row(name, columns, [one.cells[place] for one in columns])
            if rows[place].value is None:
                yield Line(((numbers.rstrip(), DIM),))
            else:
                yield Line(((numbers, ""), (_bar(measure_of(rows[place]), most, room), BAR)))


def _columns(rows: Sequence[Count]) -> list[_Column]:
    """The columns of numbers; the last may be left out first."""
    columns = [
        _Column("articles", [f"{row.articles:,}" for row in rows]),
        _Column("sections", [f"{row.sections:,}" for row in rows]),
        _Column("characters", [f"{row.characters:,}" for row in rows]),
    ]
    if any(isinstance(row, RelativeCount) for row in rows):
        columns.insert(0, _Column("per million", [per_million(row) for row in rows]))
    return columns


def _total(side: int, columns: Sequence[_Column]) -> int:
    """How many cells stand before a bar."""
    return side + sum(one.width + _GAP for one in columns) + _GAP


def _row(name: str, columns: Sequence[_Column], cells: Sequence[str]) -> str:
    numbers = (
        padded(cell, one.width, right=True) for one, cell in zip(columns, cells, strict=True)
    )
    return (" " * _GAP).join([name, *numbers, ""])


def _bar(share: float, most: float, room: int) -> str:
    """A bar of whole cells and one part of a cell; what is more than nothing is seen."""
    if not share:
        return ""
    eighths = max(1, round(share / most * room * 8))
    full, part = divmod(eighths, 8)
    return "█" * full + (_BLOCKS[part] if part else "")
