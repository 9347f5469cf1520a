"""Lines and their roles put together: the article's fields, its sections and its captions.

Invariant: the lines given out cover the decoded capture without a gap; a paragraph's text is what
its spans say, and its line is marked with the section and paragraph it became.
"""

from dataclasses import replace

from archive.capture.dateline import find_compact_date
from archive.capture.evidence import Evidence
from archive.capture.lines import Page, PageLine
from archive.capture.parsed import (
    Line,
    Paragraph,
    ParsedArticle,
    ParsedSection,
    Role,
)
from archive.capture.people import find_people
from archive.capture.zone import Zone

Decision = tuple[Role, str]


class _Sections:
    """The sections as they grow; number 0, the lead, is always there."""

    def __init__(self) -> None:
        self.headings: list[str | None] = [None]
        self.paragraphs: list[list[Paragraph]] = [[]]

    def add(self, line: PageLine, role: Role) -> tuple[int, int | None]:
        """Add a heading or a paragraph; return its section, and a paragraph's place in it."""
        if role is Role.HEADING:
            self.headings.append(line.text)
            self.paragraphs.append([])
            return len(self.headings) - 1, None
        self.paragraphs[-1].append(Paragraph(line.text, line.pieces))
        return len(self.headings) - 1, len(self.paragraphs[-1])

    def done(self) -> tuple[ParsedSection, ...]:
        """Give the sections in order."""
        return tuple(
            ParsedSection(heading, tuple(paragraphs))
            for heading, paragraphs in zip(self.headings, self.paragraphs, strict=True)
        )


def assemble(
    page: Page, lines: list[Evidence], zone: Zone, decisions: list[Decision]
) -> ParsedArticle:
    """Make the article of a page whose lines have their roles."""
    sections = _Sections()
    captions: dict[str, None] = {}
    given: list[Line] = []
    upcoming = zip(lines, decisions, strict=True)
    for line in page.lines:
        if not line.text:
            given.append(Line(line.number, line.span, "", Role.BLANK, "nothing but white space"))
            continue
        _, (role, rule) = next(upcoming)
        section = paragraph = None
        if role in (Role.HEADING, Role.PARAGRAPH):
            section, paragraph = sections.add(line, role)
        elif role is Role.CAPTION:
            captions[line.text] = None
        for part in line.joined or (line,):
            given.append(Line(part.number, part.span, part.text, role, rule, section, paragraph))
    people = find_people(lines, decisions, zone, page.facts)
    published = page.facts.published or (zone.date.iso if zone.date else None)
    return ParsedArticle(
        title=zone.heading or "",
        sections=sections.done(),
        published=published or find_compact_date(zone.heading or ""),
        source=people.source,
        author=people.author,
        editor=people.editor,
        channel=zone.channel,
        url=page.facts.url,
        captions=tuple(captions),
        lines=tuple(_dated(given, zone)),
    )


def _dated(given: list[Line], zone: Zone) -> list[Line]:
    """Mark the dateline whose year is not the page's own."""
    if zone.date is None or not zone.date.guessed:
        return given
    rule = "dated line above the body, year from the capture"
    return [replace(line, rule=rule) if line.role is Role.DATELINE else line for line in given]
