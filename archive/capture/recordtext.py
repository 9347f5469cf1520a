"""The text of a record: its lines to paragraphs and headings, among the record's other lines.

What a record calls its text is taken at its word: all of it is kept, and the reader of pages is
asked only which of its lines are headings, captions or sign-offs. Where the record has no title,
its text is read as a page is.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from archive.capture.cuts import cut_sign_off
from archive.capture.lines import Facts, Page, cut_lines, strip
from archive.capture.parsed import Line, Paragraph, ParsedArticle, ParsedSection, Role, Span
from archive.capture.plaintext import read_text
from archive.capture.reader import read_page
from archive.capture.values import as_line, as_list, as_text, plain

_TAKEN = frozenset(
    {Role.HEADING, Role.CAPTION, Role.EDITOR, Role.AUTHOR, Role.SHARE, Role.PAGER, Role.BLANK}
)
"""Roles in which the reader of pages is followed; all other lines are paragraphs."""

_GUESS = "short line before the first paragraph"
"""The rule for captions that speaks of pages, where a picture stands above the text."""


class Known(NamedTuple):
    """What a record tells beside its text, and where and when it came from."""

    title: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    channel: tuple[str, ...] = ()
    url: str | None = None
    captions: tuple[str, ...] = ()
    path: str = ""
    captured: datetime | None = None


class Rendering:
    """The text of a record as it grows, and its lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._end = 0
        self._number = 1
        self.lines: list[Line] = []

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts)

    def add(
        self, text: str, role: Role, rule: str, place: tuple[int, int | None] | None = None
    ) -> Span:
        """Add one line, with the section and paragraph it is; tell where its text stands."""
        start, end = self._end, self._end + len(text)
        section, paragraph = place or (None, None)
        line = Line(self._number, (start, end + 1), text, role, rule, section, paragraph)
        self.lines.append(line)
        self._append(f"{text}\n", 1)
        return start, end

    def add_lines(self, text: str, lines: Sequence[Line]) -> None:
        """Add several lines; their numbers and spans count from the beginning of ``text``."""
        for line in lines:
            start, end = line.span
            moved = Line(
                line.number + self._number - 1,
                (start + self._end, end + self._end),
                line.text,
                line.role,
                line.rule,
                line.section,
                line.paragraph,
            )
            self.lines.append(moved)
        self._append(text, max([line.number for line in lines], default=0))

    @property
    def end(self) -> int:
        """Where the next line will begin."""
        return self._end

    def _append(self, text: str, lines: int) -> None:
        self._parts.append(text)
        self._end += len(text)
        self._number += lines


def add_text(rendering: Rendering, value: Any, known: Known) -> ParsedArticle:  # noqa: ANN401 - JSON
    """Add the text of a record, and read it."""
    text = plain(as_text(value))
    if text and text[-1] not in "\r\n":
        text += "\n"
    if known.title is None:
        return _add_page(rendering, text, known)
    facts = Facts(
        title=known.title,
        published=known.published,
        source=known.source,
        author=known.author,
        url=known.url,
        path=known.path,
        captured=known.captured,
    )
    parts = [part for line in cut_lines(text) for part in cut_sign_off(line)]
    page = read_page(Page(text, parts, facts, article=True))
    sections, lines = _sections(text, page.lines, known.title, rendering.end)
    rendering.add_lines(text, lines)
    captions = (line.text for line in lines if line.role is Role.CAPTION)
    return _article(known, sections, page, tuple(dict.fromkeys((*known.captions, *captions))))


def _add_page(rendering: Rendering, text: str, known: Known) -> ParsedArticle:
    page = read_text(text, path=known.url or known.path, captured=known.captured)
    by = rendering.end
    sections = tuple(
        [
            ParsedSection(section.heading, tuple([_moved(each, by) for each in section.paragraphs]))
            for section in page.sections
        ]
    )
    rendering.add_lines(text, page.lines)
    captions = tuple(dict.fromkeys((*known.captions, *page.captions)))
    return _article(known, sections, page, captions)


def _moved(paragraph: Paragraph, by: int) -> Paragraph:
    spans = tuple([(start + by, end + by) for start, end in paragraph.spans])
    return Paragraph(paragraph.text, spans)


def _article(
    known: Known,
    sections: tuple[ParsedSection, ...],
    page: ParsedArticle,
    captions: tuple[str, ...],
) -> ParsedArticle:
    """The article; where the record has no title, its text may tell the title and the date."""
    told = page.published if known.title is None else None
    return ParsedArticle(
        title=known.title or page.title,
        sections=sections,
        published=known.published or told,
        source=known.source or page.source,
        author=known.author or page.author,
        editor=known.editor or page.editor,
        channel=known.channel or page.channel,
        url=known.url,
        captions=captions,
    )


def _sections(
    text: str, read: tuple[Line, ...], title: str, offset: int
) -> tuple[tuple[ParsedSection, ...], list[Line]]:
    """The sections of a text that the reader of pages has read, and its lines as they are taken."""
    headings: list[str | None] = [None]
    paragraphs: list[list[Paragraph]] = [[]]
    lines: list[Line] = []
    for line in _decided(read, title):
        section = paragraph = None
        if line.role is Role.HEADING:
            headings.append(line.text)
            paragraphs.append([])
            section = len(headings) - 1
        elif line.role is Role.PARAGRAPH:
            start, end = strip(text, *line.span)
            said = Paragraph(text[start:end], ((start + offset, end + offset),))
            paragraphs[-1].append(said)
            section, paragraph = len(headings) - 1, len(paragraphs[-1])
        if (line.section, line.paragraph) != (section, paragraph):
            line = line._replace(section=section, paragraph=paragraph)  # noqa: PLW2901 - as kept
        lines.append(line)
    sections = zip(headings, map(tuple, paragraphs), strict=True)
    return tuple(ParsedSection(heading, said) for heading, said in sections), lines


def _decided(read: tuple[Line, ...], title: str) -> list[Line]:
    """The lines with the roles they have in a record's text."""
    lines: list[Line] = []
    begun = False
    for line in read:
        lines.append(_decide(line, begun=begun))
        begun = begun or lines[-1].role is Role.PARAGRAPH
    if not begun:
        lines = [_keep(line) for line in lines]
    first = next((place for place, line in enumerate(lines) if line.text), None)
    if first is not None and lines[first].text.split() == title.split():
        lines[first] = lines[first]._replace(role=Role.REPEAT, rule="title again")
    followed = False
    for place in range(len(lines) - 1, -1, -1):
        if lines[place].role is Role.HEADING and not followed:
            lines[place] = lines[place]._replace(role=Role.PARAGRAPH, rule="last line of the text")
        followed = followed or lines[place].role is Role.PARAGRAPH
    return lines


def _keep(line: Line) -> Line:
    """Make a paragraph of a line where there is no other."""
    if not line.text:
        return line
    return line._replace(role=Role.PARAGRAPH, rule="all that the record's text says")


def _decide(line: Line, *, begun: bool) -> Line:
    if line.rule == _GUESS:
        role = Role.HEADING if begun else Role.PARAGRAPH
        return line._replace(role=role, rule="short line of the record's text")
    if line.role is Role.PARAGRAPH or line.role in _TAKEN:
        return line
    return line._replace(role=Role.PARAGRAPH, rule="line of the record's text")


def add_sections(rendering: Rendering, value: Any, known: Known) -> ParsedArticle:  # noqa: ANN401 - JSON
    """Add sections that are told one by one, as ``archive show --format json`` prints them."""
    sections: list[ParsedSection] = []
    for given in value:
        heading = as_line(given.get("heading"))
        number = len(sections)
        if number == 0 and heading:  # the lead has no heading
            sections.append(ParsedSection(None, ()))
            number = 1
        if heading:
            rendering.add(heading, Role.HEADING, "heading told by the record", (number, None))
        said = []
        for place, line in enumerate(as_list(given["paragraphs"]), 1):
            rule = "paragraph told by the record"
            span = rendering.add(line, Role.PARAGRAPH, rule, (number, place))
            said.append(Paragraph(line, (span,)))
        sections.append(ParsedSection(heading, tuple(said)))
    empty = ParsedArticle(title="", sections=())
    return _article(known, tuple(sections), empty, known.captions)
