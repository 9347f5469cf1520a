"""Lines and their roles put together: the article's fields, its sections and its captions.

Invariant: the lines given out cover the decoded capture without a gap; a paragraph's text is what
its spans say, and its line is marked with the section and paragraph it became.
"""

from collections.abc import Iterator

from archive.capture.dateline import find_compact_date
from archive.capture.evidence import Evidence
from archive.capture.lines import Page, PageLine
from archive.capture.parsed import Line, Paragraph, ParsedArticle, ParsedSection, Role
from archive.capture.people import find_people, find_writer
from archive.capture.vocabulary import ORIGINAL_TITLE
from archive.capture.zone import Zone

Decision = tuple[Role, str]
"""A line's role and the name of the rule that gave it."""

_BLANK: Decision = (Role.BLANK, "nothing but white space")


class _Sections:
    """The sections as they grow; number 0, the lead, is always there."""

    def __init__(self) -> None:
        self.headings: list[str | None] = [None]
        self.paragraphs: list[list[Paragraph]] = [[]]

    def add(self, line: PageLine, role: Role) -> tuple[int | None, int | None]:
        """Add a line of the body; return its section, and a paragraph's place in it from 1."""
        if role is Role.HEADING:
            self.headings.append(line.text)
            self.paragraphs.append([])
            return len(self.headings) - 1, None
        if role is Role.PARAGRAPH:
            self.paragraphs[-1].append(Paragraph(line.text, line.pieces))
            return len(self.headings) - 1, len(self.paragraphs[-1])
        return None, None

    def done(self) -> tuple[ParsedSection, ...]:
        """Give the sections in order."""
        both = zip(self.headings, self.paragraphs, strict=True)
        return tuple([ParsedSection(heading, tuple(said)) for heading, said in both])


def _given(page: Page, sections: _Sections, decisions: Iterator[Decision]) -> list[Line]:
    """The page's lines with their roles; what is the body's goes to the sections."""
    given: list[Line] = []
    for line in page.lines:
        role, rule = next(decisions) if line.text else _BLANK
        section, paragraph = sections.add(line, role)
        given += [
            Line(part.number, part.span, part.text, role, rule, section, paragraph)
            for part in line.joined or (line,)
        ]
    return given


def assemble(
    page: Page, lines: list[Evidence], zone: Zone, decisions: list[Decision]
) -> ParsedArticle:
    """Make the article of a page whose lines have their roles.

    Args:
        page: the page.
        lines: its lines that are not blank.
        zone: where the article lies in them.
        decisions: the role of each of them.
    """
    sections = _Sections()
    given = _given(page, sections, iter(decisions))
    people = find_people(lines, decisions, zone, page.facts)
    named = {people.source, people.author, people.editor}
    kickers = _texts(lines, decisions, Role.KICKER)
    date = page.facts.published or (zone.date.iso if zone.date else None)
    return ParsedArticle(
        title=zone.heading,
        sections=sections.done(),
        published=date or find_compact_date(zone.heading),
        source=people.source,
        author=people.author,
        editor=people.editor,
        channel=zone.channel,
        url=page.facts.url,
        captions=tuple(
            text for text in _texts(lines, decisions, Role.CAPTION) if text not in named
        ),
        original_title=_original_title(kickers),
        lines=tuple(given),
    )


def assemble_paragraph(
    page: Page, line: Evidence, heading: str, decision: Decision
) -> ParsedArticle:
    """What :func:`assemble` makes of a page all of whose text is one paragraph."""
    facts, sections = page.facts, _Sections()
    given = _given(page, sections, iter([decision]))
    return ParsedArticle(
        title=heading,
        sections=sections.done(),
        published=facts.published or find_compact_date(heading),
        source=facts.source,
        author=find_writer([line.text]) or facts.author,
        url=facts.url,
        lines=tuple(given),
    )


def _texts(lines: list[Evidence], decisions: list[Decision], role: Role) -> tuple[str, ...]:
    """List what the lines of a role say, each text once, in order."""
    both = zip(lines, decisions, strict=True)
    texts = [line.text for line, decision in both if decision[0] is role]
    return tuple(dict.fromkeys(texts)) if texts else ()


def _original_title(kickers: tuple[str, ...]) -> str | None:
    for text in kickers:
        found = ORIGINAL_TITLE.match(text)
        if found:
            return text[found.end() :].strip(" \t\xa0\u3000()（）【】[]《》") or None
    return None
