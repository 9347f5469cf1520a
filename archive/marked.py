"""The difference of two articles laid out for a reader: what is new stands beside what is gone.

Deleted text is red and struck through, inserted text green and underlined; without colour they
stand in ``[-…-]`` and ``{+…+}``. What did not change is told in few words, and a long unchanged
stretch of a paragraph is shown by its ends. Invariant: every piece of a capture is cleaned here,
before any styling.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from archive.layout import DIM, HEADING, STRONG, Line, Piece
from archive.render import clean, console, line

if TYPE_CHECKING:
    from archive.compared import Change
    from archive.compared import Piece as ChangedPiece
    from archive.results import Article

SAME, DELETED, INSERTED = "same", "deleted", "inserted"

_STYLES = {DELETED: "strike red", INSERTED: "underline green"}
_MARKS = {DELETED: ("[-", "-]"), INSERTED: ("{+", "+}")}
_AROUND = 40
"""So many unchanged characters are shown on either side of a change."""

_CUT = "…"


def is_coloured(color: str) -> bool:
    """Whether standard output shows colours, where ``color`` is auto, always or never."""
    if not sys.stdout.isatty() and color != "always":
        return False
    screen = console(color=color)
    return screen.color_system is not None and not screen.no_color


def difference(
    old: "Article", new: "Article", parts: Sequence["Change"], *, coloured: bool
) -> Iterator[Line]:
    """Two articles by name, then their parts: fields, captions, and section after section.

    Args:
        old: the older article, and ``new`` the newer.
        new: see ``old``.
        parts: every part of them, also the unchanged ones.
        coloured: colours tell what is gone and what is new; else signs do.
    """
    for sign, article in (("-", old), ("+", new)):
        name = f"{sign} {article.id} = {article.key}  "
        yield Line(((name, DIM), (line(article.title), STRONG)), hanging=4)
    first = next((n for n, one in enumerate(parts) if _in_section(one)), len(parts))
    for one in parts[:first]:
        if one.differs:
            yield Line(((f"{one.part:9} ", DIM), *_pieces(one, coloured=coloured)), hanging=10)
    for section in _by_heading(parts[first:]):
        yield from _section(section, coloured=coloured)
    yield Line()
    yield Line(((_summary(parts), DIM),))


def _in_section(change: "Change") -> bool:
    return change.part in ("heading", "paragraph")


def _by_heading(parts: Sequence["Change"]) -> Iterator[Sequence["Change"]]:
    """The parts of each section; one that has a heading begins with it."""
    start = 0
    for place, one in enumerate(parts):
        if one.part == "heading" and place > start:
            yield parts[start:place]
            start = place
    if parts[start:]:
        yield parts[start:]


def _section(parts: Sequence["Change"], *, coloured: bool) -> Iterator[Line]:
    heading = parts[0] if parts[0].part == "heading" else None
    yield Line()
    if heading is not None:
        number = (heading.new or heading.old or "").rpartition("#")[2]
        name = _pieces(heading, coloured=coloured, style=HEADING)
        yield Line(((f"#{number} ", DIM), *name), hanging=3)
        parts = parts[1:]
    for changed, run in groupby(parts, key=lambda one: one.differs):
        if not changed:
            yield Line(((f"  {_CUT} {_counted(len(list(run)), 'paragraph')} unchanged", DIM),))
            continue
        for one in run:
            yield Line(tuple(_pieces(one, coloured=coloured)))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _pieces(change: "Change", *, coloured: bool, style: str = "") -> Iterator[Piece]:
    """A part in styled pieces, unchanged stretches cut in their middle."""
    last = len(change.pieces) - 1
    for place, piece in enumerate(change.pieces):
        if piece.edit == SAME:
            yield clean(_shortened(piece, first=place == 0, last=place == last)), style
            continue
        before, after = ("", "") if coloured else _MARKS[piece.edit]
        yield f"{before}{clean(piece.text)}{after}", _STYLES[piece.edit]


def _shortened(piece: "ChangedPiece", *, first: bool, last: bool) -> str:
    """What stands near the changes on either side of an unchanged piece."""
    text = piece.text
    if first and last:
        return text
    head = "" if first else text[:_AROUND]
    tail = "" if last else text[-_AROUND:]
    return text if len(head) + len(tail) + 1 >= len(text) else f"{head}{_CUT}{tail}"


def _summary(parts: Iterable["Change"]) -> str:
    """How many paragraphs changed, came, went and stayed."""
    counts = dict.fromkeys(("changed", "inserted", "deleted", "unchanged"), 0)
    for one in parts:
        if one.part == "paragraph":
            paired = one.old is not None and one.new is not None
            kind = "changed" if one.differs else "unchanged"
            counts[kind if paired else "deleted" if one.new is None else "inserted"] += 1
    return "paragraphs: " + ", ".join(f"{number:,} {kind}" for kind, number in counts.items())
