"""Results laid out for a reader: an article, an explanation, hits.

Each function gives lines of styled pieces; :func:`write` prints them, styled and wrapped on a
terminal, plain in a pipe. Invariant: every piece of a capture is cleaned here, before any styling.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archive.render import clean, console, line

if TYPE_CHECKING:
    from archive.results import Article, ExplainedLine, Hit

Piece = tuple[str, str]
"""Text and its Rich style; an empty style is plain."""
Pieces = tuple[Piece, ...]

DIM = "dim"
STRONG = "bold"
MARK = "bold yellow"
_ROLE_WIDTH = 11


def write(lines: Iterable[Pieces], *, color: str = "auto") -> None:
    """Print lines of pieces on standard output; Rich is loaded only for a terminal or a colour."""
    if not sys.stdout.isatty() and color != "always":
        for pieces in lines:
            sys.stdout.write("".join(text for text, _ in pieces) + "\n")
        return
    from rich.text import Text  # noqa: PLC0415 - pipes do without

    screen = console(color=color)
    for pieces in lines:
        screen.print(Text.assemble(*pieces), soft_wrap=not sys.stdout.isatty())


def article(value: "Article") -> Iterator[Pieces]:
    """An article, or the sections of it that were asked for; of a range only the quote."""
    if value.quote is not None:
        yield ((clean(value.quote), ""),)
        return
    yield ((line(value.title), STRONG),)
    yield ((" · ".join(_facts(value)), DIM),)
    if value.channel:
        yield ((line(" > ".join(value.channel)), DIM),)
    for caption in value.captions:
        yield (("[图] ", DIM), (line(caption), ""))
    for section in value.sections:
        yield ()
        if section.heading is not None:
            yield ((f"#{section.number} ", DIM), (line(section.heading), STRONG))
            yield ()
        for number, paragraph in enumerate(section.paragraphs):
            if number:
                yield ()
            yield ((clean(paragraph), ""),)
    yield ()
    yield ((_provenance(value), DIM),)


def _facts(value: "Article") -> Iterator[str]:
    if value.published:
        yield value.published.replace("T", " ")
    for label, fact in (("", value.source), ("作者 ", value.author), ("编辑 ", value.editor)):
        if fact:
            yield label + line(fact)
    yield f"{value.id} = {value.key}"


def _provenance(value: "Article") -> str:
    capture = value.capture
    broken = f", {capture.replaced} characters could not be decoded" if capture.replaced else ""
    return (
        f"{value.anchor} · {line(capture.path)}, {capture.bytes:,} bytes, {capture.encoding} "
        f"({capture.encoding_evidence}){broken}, ingested {capture.ingested[:10]}"
    )


def explanation(lines: "Iterable[ExplainedLine]") -> Iterator[Pieces]:
    """Every line of a capture: its number, role and rule, then its text."""
    for entry in lines:
        style = STRONG if entry.kept else DIM
        place = "" if entry.section is None else f"#{entry.section}"
        yield (
            (f"{entry.line:5} ", DIM),
            (f"{entry.role:{_ROLE_WIDTH}}", style),
            (f"{place:4}", DIM),
            (f"{entry.rule}: " if entry.text else entry.rule, DIM),
            (line(entry.text), "" if entry.kept else DIM),
        )


def hits(values: "Iterable[Hit]", *, first: int = 1) -> Iterator[Pieces]:
    """Hits with their snippet, the query's words marked, and the anchor of the place."""
    for number, hit in enumerate(values, first):
        date = (hit.published or "").replace("T", " ")
        facts = " · ".join(part for part in (date, line(hit.source or "")) if part)
        yield ((f"{number:3} ", DIM), (line(hit.title), STRONG), (f"  {facts}", DIM))
        if hit.heading:
            yield (("    ", ""), (f"#{hit.section} ", DIM), (line(hit.heading), "bold cyan"))
        yield (("    ", ""), *_marked(hit))
        yield (("    ", ""), (hit.anchor, DIM))


def _marked(hit: "Hit") -> Iterator[Piece]:
    """The snippet in pieces, the marked ones styled."""
    at = 0
    for start, end in hit.marks:
        yield (clean(hit.snippet[at:start]), "")
        yield (clean(hit.snippet[start:end]), MARK)
        at = end
    yield (clean(hit.snippet[at:]), "")
