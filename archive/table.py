"""Results as a table for a terminal.

Idea: columns are as wide as what they hold; those that may wrap share what room is left. Where that
is too little, the columns that matter least are left out, and where nothing more can be, each
result becomes a block of labelled lines. Invariant: a table is never wider than the terminal, and
no value is cut. A pipe has no width, but for ``COLUMNS``: there every column is shown whole.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive import typeset

if TYPE_CHECKING:
    from archive.render import Column

_NARROWEST = 20
"""A column that may wrap gets at least so many cells, or what it holds."""

_GAP = 2
_PIPE = 1 << 16
"""As many cells as any table in a pipe may have."""


@dataclass(slots=True)
class _Shown:
    """A column with its cells, and the width it is given."""

    column: "Column"
    cells: list[str]
    natural: int
    width: int


def write_table(
    screen: Console, columns: "Sequence[Column]", rows: Sequence[Sequence[str]]
) -> None:
    """Print rows of clean cells on standard output; nothing where there is no row."""
    if not rows:
        return
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        screen.width = _PIPE
    every = [
        _shown(column, [row[place] for row in rows])
        for place, column in enumerate(columns)
        if any(row[place] for row in rows)
    ]
    shown = _fitting(every, screen.width)
    if shown is None:
        hanging = min(_label_width(every), screen.width // 2)
        for line in _blocks(every, len(rows)):
            for part in typeset.broken(line, screen.width, hanging=hanging):
                screen.print(part, soft_wrap=True)
        return
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
    )
    for each in shown:
        table.add_column(
            each.column.title,
            justify="right" if each.column.right else "left",
            width=each.width,
            no_wrap=True,
        )
    for number in range(len(rows)):
        table.add_row(*(_broken(each.cells[number], each.width) for each in shown))
    screen.print(table)


def _shown(column: "Column", cells: list[str]) -> _Shown:
    natural = max(cell_len(text) for text in (column.title, *cells))
    narrowest = max(_NARROWEST, cell_len(column.title))
    return _Shown(column, cells, natural, min(natural, narrowest) if column.wrap else natural)


def _fitting(columns: Sequence[_Shown], room: int) -> list[_Shown] | None:
    """The columns that fit, with their widths; ``None`` if even the needed ones do not."""
    shown = list(columns)
    while _total(shown) > room:
        spare = [each for each in shown if each.column.spare]
        if not spare:
            return None
        shown.remove(min(spare, key=lambda each: each.column.spare))
    left = room - _total(shown)
    wanting = sorted(shown, key=lambda each: each.natural - each.width)
    for place, each in enumerate(wanting):
        more = min(each.natural - each.width, left // (len(wanting) - place))
        each.width += more
        left -= more
    return shown


def _total(columns: Sequence[_Shown]) -> int:
    return sum(each.width for each in columns) + _GAP * (len(columns) - 1)


def _broken(text: str, width: int) -> Text:
    """A cell's text, its lines broken at the width."""
    return Text("\n".join(text[start:end] for start, end in typeset.lines(text, width)))


def _blocks(columns: Sequence[_Shown], count: int) -> Iterator[Text]:
    """Each result as lines of a label and a value, and an empty line between two."""
    for number in range(count):
        if number:
            yield Text()
        for each in columns:
            if each.cells[number]:
                label = f"{each.column.title:{_label_width(columns)}}"
                yield Text.assemble((label, "dim"), each.cells[number])


def _label_width(columns: Sequence[_Shown]) -> int:
    return max(cell_len(each.column.title) for each in columns) + _GAP
