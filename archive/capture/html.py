"""HTML: rendered to lines that carry their markup's evidence, then read like any other page.

The reader works on the page as it is seen; what it found is led back to the source, so that every
span is one of the decoded capture. Markup between the lines becomes lines of the role ``markup``.

Invariants: every character of the source lies in exactly one line; a paragraph's spans leave out
markup, and say its text once character references are decoded and white space is collapsed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec

from archive.capture.agreement import Note, settle
from archive.capture.cuts import cut_sign_off
from archive.capture.flat import cut_flat
from archive.capture.html_lines import Rendered, render
from archive.capture.linebuilder import Places
from archive.capture.lines import Facts, Page
from archive.capture.markup import Marked
from archive.capture.metadata import Metadata, find_metadata
from archive.capture.parsed import Line, ParsedArticle, ParsedSection, Role, Span
from archive.capture.reader import read_page
from archive.capture.worker import Worker
from archive.errors import CaptureError

_worker = Worker()


def read_html(text: str, *, path: str = "", captured: datetime | None = None) -> ParsedArticle:
    """Recover the article from an HTML capture, in a worker that is ended if it takes too long.

    Args:
        text: the decoded capture.
        path: where it came from; a year that the page leaves out may stand there.
        captured: when the page was captured; used for the same.

    Raises:
        CaptureError: the parser is not installed, or the page takes too long or too much memory,
            or says nothing.
    """
    if find_spec("selectolax") is None:
        raise CaptureError(
            "HTML needs a parser that is not installed", hint="pip install 'archive[html]'"
        )
    return _worker.run(read_untrusted, text, path, captured)


def read_untrusted(text: str, path: str, captured: datetime | None) -> ParsedArticle:
    """Do what :func:`read_html` promises, here and without limits."""
    marked = Marked(text)
    tree = marked.parse()
    metadata = find_metadata(tree)
    seen = render(marked, tree)
    if not seen.lines:
        raise CaptureError("a page without text", hint="save the page's text and ingest that")
    lines = [
        part for line in seen.lines for whole in cut_flat(line) for part in cut_sign_off(whole)
    ]
    read = read_page(Page(seen.text, lines, _facts(metadata, path, captured)))
    article, notes = settle(read, metadata, seen.text)
    return article._replace(
        sections=tuple(_section(section, seen.places) for section in article.sections),
        lines=tuple(_cover(text, article.lines, seen, notes)),
    )


def _facts(metadata: Metadata, path: str, captured: datetime | None) -> Facts:
    return Facts(
        title=metadata.title[0].value if metadata.title else None,
        url=metadata.url[0].value if metadata.url else None,
        path=path,
        captured=captured,
    )


def _section(section: ParsedSection, places: Places) -> ParsedSection:
    """Lead the spans of a section's paragraphs back to the source."""
    paragraphs = tuple(
        paragraph._replace(
            spans=tuple(part for span in paragraph.spans for part in places.source(span))
        )
        for paragraph in section.paragraphs
    )
    return section._replace(paragraphs=paragraphs)


def _cover(text: str, lines: tuple[Line, ...], seen: Rendered, notes: list[Note]) -> Iterator[Line]:
    """Give lines that cover the source: those that were read, and the markup between them."""
    breaks = [found.end() for found in re.finditer("\n", text)]
    end = 0
    for line, span in _stretches(lines, seen.places):
        yield from _markup(text, (end, span[0]), breaks, notes)
        end = span[1]
        yield line._replace(number=bisect_right(breaks, span[0]) + 1, span=span)
    yield from _markup(text, (end, len(text)), breaks, notes)


def _stretches(lines: tuple[Line, ...], places: Places) -> list[tuple[Line, Span]]:
    """Give the stretches of the source that lines take up, in its order.

    A stretch takes in the inline markup within its line. A line has several where a parser moved
    text, out of a table that it may not stand in.
    """
    parts = sorted(
        (span, number) for number, line in enumerate(lines) for span in places.source(line.span)
    )
    found: list[tuple[Line, Span]] = []
    last = -1
    for span, number in parts:
        if number == last:
            found[-1] = (lines[number], (found[-1][1][0], span[1]))
        else:
            found.append((lines[number], span))
        last = number
    return found


def _markup(text: str, span: Span, breaks: list[int], notes: list[Note]) -> Iterator[Line]:
    """Give the line of a stretch of markup, with a note if a field was taken from it."""
    if span[0] == span[1]:
        return
    stretch = text[slice(*span)]
    rules = ["markup"]
    for note in [note for note in notes if note.value in stretch]:
        notes.remove(note)
        rules.append(note.text)
    yield Line(
        number=bisect_right(breaks, span[0]) + 1,
        span=span,
        text=stretch.strip(),
        role=Role.MARKUP,
        rule="; ".join(rules),
    )
