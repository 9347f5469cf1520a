"""Results laid out for a reader: an article, an explanation, hits.

Each function gives lines of styled pieces; :func:`write` prints them, styled and wrapped on a
terminal, plain in a pipe.
Invariant: every piece of a capture is cleaned here, before any styling; so is all else that a file
which others made may say of it, such as its encoding.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.render import clean, console, line

if TYPE_CHECKING:
    from archive.reports import Preview
    from archive.results import Article, ExplainedLine, Explanation, Hit, ListedSection

Piece = tuple[str, str]
"""Text and its Rich style; an empty style is plain."""

DIM = "dim"
STRONG = "bold"
MARK = "bold yellow"
HEADING = "bold cyan"

WIDEST = 100
"""Text is wrapped at this many cells on a wider terminal, since longer lines are hard to read."""

_ROLE_WIDTH = 11
_EXPLAINED_INDENT = 22
_HIT_INDENT = 4
_LABEL = 7


@dataclass(frozen=True, slots=True)
class Line:
    """A line of styled pieces; where a terminal wraps it, the rest is indented by ``hanging``."""

    pieces: tuple[Piece, ...] = ()
    hanging: int = 0


def write(lines: Iterable[Line], *, color: str = "auto", fitted: bool = False) -> None:
    """Print lines on standard output; Rich is loaded only for a terminal or a colour.

    Args:
        lines: what to print.
        color: auto, always or never.
        fitted: the lines already have the width they need; none is broken.
    """
    terminal = sys.stdout.isatty()
    if not terminal and color != "always":
        for shown in lines:
            sys.stdout.write("".join(text for text, _ in shown.pieces) + "\n")
        return
    from rich.text import Text  # noqa: PLC0415 - pipes do without

    from archive import typeset  # noqa: PLC0415 - likewise

    screen = console(color=color)
    width = min(screen.width, WIDEST)
    for shown in lines:
        text = Text.assemble(*((piece.replace("\t", " "), style) for piece, style in shown.pieces))
        if fitted or not terminal:
            screen.print(text, soft_wrap=True)
            continue
        for part in typeset.broken(text, width, hanging=min(shown.hanging, width // 4)):
            screen.print(part, soft_wrap=True)


def article(value: "Article") -> Iterator[Line]:
    """An article, or the sections of it that were asked for; of a range only the quote."""
    if value.quote is not None:
        yield Line(((clean(value.quote), ""),))
        return
    yield Line(((line(value.title), STRONG),))
    if value.original_title:
        yield Line((("原标题：", DIM), (line(value.original_title), "")), hanging=8)
    facts = " · ".join((*_facts(value), f"{value.id} = {value.key}"))
    yield Line(((line(facts), DIM),))
    if value.channel:
        yield Line(((line(" > ".join(value.channel)), DIM),))
    for caption in value.captions:
        yield Line((("[图] ", DIM), (line(caption), "")), hanging=5)
    for section in value.sections:
        yield Line()
        if section.heading is not None:
            yield Line(((f"#{section.number} ", DIM), (line(section.heading), STRONG)), hanging=3)
            yield Line()
        for number, paragraph in enumerate(section.paragraphs):
            if number:
                yield Line()
            yield Line(((clean(paragraph), ""),))
    yield Line()
    yield from _origins(value)
    yield from _versions(value)


def head(section: "ListedSection") -> Iterator[Line]:
    """The article that listed sections belong to."""
    yield Line(((line(section.title), STRONG),))
    yield Line(((line(f"{section.article} = {section.key}"), DIM),))
    yield Line()


def previews(values: "Iterable[Preview]") -> Iterator[Line]:
    """What would be recovered from each capture: its fields, and its sections by heading."""
    for value in values:
        yield Line(((line(value.path), DIM),))
        if value.reason is not None:
            yield Line((("  failed: ", STRONG), (line(value.reason), "")), hanging=2)
            yield Line()
            continue
        yield Line((("  ", ""), (line(value.title or ""), STRONG)), hanging=2)
        facts = " · ".join((*_facts(value), str(value.key)))
        yield Line((("  ", ""), (facts, DIM)), hanging=2)
        if value.channel:
            yield Line((("  ", ""), (line(" > ".join(value.channel)), DIM)), hanging=2)
        for caption in value.captions:
            yield Line((("  [图] ", DIM), (line(caption), "")), hanging=7)
        for section in value.sections:
            size = f" ({len(section.paragraphs)} paragraphs, {len(section.text)} characters)"
            heading = line(section.heading) if section.heading else "lead"
            yield Line(((f"  #{section.number} ", DIM), (heading, HEADING), (size, DIM)), hanging=5)
        yield Line()


def _facts(value: "Article | Preview") -> Iterator[str]:
    if value.published:
        yield value.published.replace("T", " ")
    for label, fact in (("", value.source), ("作者 ", value.author), ("编辑 ", value.editor)):
        if fact:
            yield label + line(fact)


def _origins(value: "Article") -> Iterator[Line]:
    """Where the article came from: its own capture first, then every other path and capture."""
    yield Line(((line(_provenance(value)), DIM),))
    for origin in value.origins[1:]:
        facts = f"also {origin.key} · {origin.path}, {origin.bytes:,} bytes, {origin.encoding}"
        yield Line(((line(facts), DIM),))


def _versions(value: "Article") -> Iterator[Line]:
    """The version before, and the one that took the article's place."""
    if value.revises is not None:
        facts = f"revises {value.revises}: archive diff {value.revises} {value.id}"
        yield Line(((facts, DIM),))
    if value.superseded_by is not None:
        facts = (
            f"superseded by {value.superseded_by}: archive diff {value.id} {value.superseded_by}"
        )
        yield Line(((facts, STRONG),))


def _provenance(value: "Article") -> str:
    capture = value.capture
    plural = "" if capture.replaced == 1 else "s"
    lost = f", {capture.replaced:,} character{plural} could not be decoded"
    broken = lost if capture.replaced else ""
    found = (
        "" if capture.encoding_evidence == capture.encoding else f" ({capture.encoding_evidence})"
    )
    return (
        f"{value.anchor} · {capture.path}, {capture.bytes:,} bytes, {capture.encoding}"
        f"{found}{broken}, ingested {capture.ingested[:10]}"
    )


def explanation(lines: "Iterable[ExplainedLine]") -> Iterator[Line]:
    """Every line of a capture: its number, role and section, its text, and the rule."""
    for entry in lines:
        style = STRONG if entry.kept else DIM
        place = "" if entry.section is None else f"#{entry.section}"
        text = line(entry.text)
        yield Line(
            (
                (f"{entry.line:5} ", DIM),
                (f"{entry.role:{_ROLE_WIDTH}} ", style),
                (f"{place:4}", DIM),
                (text, "" if entry.kept else DIM),
                (f"{'  ' if text else ''}[{entry.rule}]", DIM),
            ),
            hanging=_EXPLAINED_INDENT,
        )


def trace(value: "Explanation") -> Iterator[Line]:
    """How a query was understood, the statements it took, and how much was found."""
    yield Line((("query  ", DIM), (line(value.query), STRONG)), hanging=_LABEL)
    yield Line((("means  ", DIM), (line(value.canonical), "")), hanging=_LABEL)
    yield Line()
    for entry in value.tree:
        text = entry.lstrip(" ")
        indent = len(entry) - len(text) + 2
        yield Line(((" " * indent, ""), (line(text), "")), hanging=indent + 2)
    for number, sent in enumerate(value.statements, 1):
        yield Line()
        rows = f"{sent.rows:,} row{'' if sent.rows == 1 else 's'} read"
        yield Line(((f"{number:3}  ", DIM), (rows, STRONG)))
        yield Line(((" " * 5, ""), (line(sent.sql), "")), hanging=5)
        for parameter in sent.parameters:
            yield Line(((" " * 5 + "? = ", DIM), (line(parameter), HEADING)), hanging=9)
    yield Line()
    many = "" if value.found == 1 else "s"
    strictly = ", strictly" if value.strict else ""
    kind = value.unit if value.unit == "article" else "section"
    shown = f", {value.shown:,} of them shown by {value.sort}"
    yield Line((("found  ", DIM), (f"{value.found:,} {kind}{many}{strictly}", STRONG), (shown, "")))


def hits(values: "Iterable[Hit]", *, first: int = 1) -> Iterator[Line]:
    """Hits with their snippet, the query's words marked, and the anchor of the place."""
    indent: Piece = (" " * _HIT_INDENT, "")
    for number, hit in enumerate(values, first):
        if number > first:
            yield Line()
        title = _marked(hit.title, hit.title_marks, STRONG)
        yield Line(((f"{number:3} ", DIM), *title), hanging=_HIT_INDENT)
        if hit.heading:
            heading = _marked(hit.heading, hit.heading_marks, HEADING)
            yield Line((indent, (f"#{hit.section} ", DIM), *heading), hanging=_HIT_INDENT)
        yield Line((indent, *_marked(hit.snippet, hit.marks, "")), hanging=_HIT_INDENT)
        date = (hit.published or "").replace("T", " ")
        facts = " · ".join(filter(None, (hit.anchor, date, hit.source)))
        yield Line((indent, (line(facts), DIM)), hanging=_HIT_INDENT)


def _marked(text: str, marks: Iterable[tuple[int, int]], style: str) -> Iterator[Piece]:
    """A text in pieces, the marked ones in the style of a mark."""
    at = 0
    for start, end in marks:
        yield (_in_line(text[at:start]), style)
        yield (_in_line(text[start:end]), MARK)
        at = end
    yield (_in_line(text[at:]), style)


def _in_line(text: str) -> str:
    """A part of a text that is shown on one line."""
    return clean(text.replace("\n", " "))
