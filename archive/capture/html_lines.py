"""An HTML page rendered to the lines that a reader sees, each with the evidence its markup gives.

Block elements and ``<br>`` end a line, and what is not shown (scripts, styles, hidden elements) is
left out. Short cells of one table row share a line, parted by a tab, and so do the steps of a
breadcrumb. Hidden elements are shown after all where they hold more running text than the rest:
pages that a script unfolds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.capture.linebuilder import LineBuilder, Places
from archive.capture.lines import PageLine
from archive.capture.markup import Marked
from archive.capture.styles import PLAIN, TELLING, Style, is_trail, style_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_DEPTH = 60
"""Blocks nested deeper are not told apart; news pages nest some 10 to 30."""

_SMALL = 80
"""Pictures of fewer pixels either way are icons."""

_STEPS, _STEP = 8, 14
"""The most steps of a breadcrumb, and the longest one."""

_ARROW = re.compile("^[>＞»›→]|[>＞»›→]$")

_CELL, _ROW = 60, 160
"""The longest cell, and the longest row of cells, that share a line, in characters."""


@dataclass(slots=True)
class Rendered:
    """A page as it is seen."""

    text: str
    lines: list[PageLine]
    places: Places


def render(marked: Marked, tree: "LexborHTMLParser") -> Rendered:
    """Render a parsed page to lines."""
    seen = _walk(marked, tree, hidden=False)
    if seen.running < seen.hidden:
        seen = _walk(marked, tree, hidden=True)
    if 2 * seen.linked > seen.running:
        for line in seen.lines:
            line.link_share = 0.0  # a link that was never closed
    return Rendered("".join(seen.said), seen.lines, seen.places)


@dataclass(slots=True)
class _Open:
    """An element whose end is not reached yet."""

    node: int
    style: Style
    block: bool
    first: int
    """How many lines there were before it."""
    within: tuple[int, ...] = ()
    """The blocks that hold it, and itself if it holds other blocks."""
    trail: bool = False
    """Whether its class says that it is the breadcrumb."""
    cells: list[int] = field(default_factory=list)
    """How many lines each of its cells has."""


def _walk(marked: Marked, tree: "LexborHTMLParser", *, hidden: bool) -> LineBuilder:
    builder = LineBuilder(marked.source)
    root = tree.root
    if root is None:
        return builder
    stack = [_Open(-1, PLAIN, block=True, first=0)]
    elements = 0
    for node in root.traverse(include_text=True):
        parent = node.parent
        above = parent.mem_id if parent is not None else -1
        while len(stack) > 1 and stack[-1].node != above:
            _close(builder, stack)
        tag = node.tag or ""
        if tag == "-text":
            builder.within = stack[-1].within
            _add_text(builder, marked, node, stack[-1].style, hidden=hidden)
        elif tag[:1] != "-":
            given = node.attributes
            style, block = style_of(tag, given, stack[-1].style)
            if block or tag == "br":
                builder.end_line()
            builder.pictured |= tag == "img" and not style.dropped and not _is_small(given)
            within = stack[-1].within
            if block and tag not in TELLING and len(within) < _DEPTH:
                elements += 1
                within = (*within, elements)
            opened = _Open(node.mem_id, style, block, len(builder.lines), within)
            opened.trail = block and is_trail(given)
            stack.append(opened)
    while len(stack) > 1:
        _close(builder, stack)
    builder.end_line()
    return builder


def _is_small(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether a picture is an icon or a spacer by the size it is given."""
    sizes = [(attributes.get(name) or "").removesuffix("px") for name in ("width", "height")]
    return any(size.isdecimal() and int(size[:6]) < _SMALL for size in sizes)


def _add_text(
    builder: LineBuilder, marked: Marked, node: "LexborNode", style: Style, *, hidden: bool
) -> None:
    if style.dropped:
        return
    text = node.text_content or ""
    runs = marked.runs_of(text)
    if style.hidden and not hidden:
        builder.hidden += sum(high - low for low, high in runs if _runs(marked.source, low, high))
        return
    if not runs:
        builder.white(text, None)
    for low, high in runs:
        if _runs(marked.source, low, high):
            builder.running += high - low
            builder.linked += high - low if style.linked else 0
        builder.add(low, high, style)


def _runs(source: str, low: int, high: int) -> bool:
    """Tell whether a stretch of the source reads like running text."""
    return source.find("，", low, high) >= 0 or source.find("。", low, high) >= 0


def _close(builder: LineBuilder, stack: list[_Open]) -> None:
    closed = stack.pop()
    if not closed.block:
        return
    builder.end_line()
    if closed.style.tag in {"td", "th"}:
        stack[-1].cells.append(len(builder.lines) - closed.first)
    elif closed.cells:
        filled = [count for count in closed.cells if count]
        if max(closed.cells) == 1 and len(filled) > 1:
            _join_row(builder, closed)
    elif 1 < len(builder.lines) - closed.first <= _STEPS:
        _join_trail(builder, closed)


def _join_row(builder: LineBuilder, closed: _Open) -> None:
    """Put the cells of a row on one line if they are short."""
    sizes = [len(cell.text) for cell in builder.lines[closed.first :]]
    if sum(sizes) <= _ROW and max(sizes) <= _CELL:
        builder.join(closed.first, "\t")


def _join_trail(builder: LineBuilder, closed: _Open) -> None:
    """Put the steps of a breadcrumb on one line, where each stands in a block of its own."""
    steps = [line.text for line in builder.lines[closed.first :]]
    if max(map(len, steps)) > _STEP:
        return
    arrows = sum(_ARROW.search(step) is not None for step in steps)
    if arrows >= len(steps) - 1:
        builder.join(closed.first, "\t")
    elif closed.trail and not arrows:
        builder.join(closed.first, ">")
