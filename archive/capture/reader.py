"""The reader: a page's lines to an article, one set of rules for every format.

Four passes: measure each line (``evidence``), mark what the page says twice (``doubles``), find
where the article lies (``zone``), give each line of that zone its role (``rules``). What is left is
put together (``assemble``). Every line keeps the name of the rule that decided.
"""

from archive.capture.assemble import Decision, assemble, assemble_paragraph
from archive.capture.container import mark_outside
from archive.capture.context import look_around
from archive.capture.dateline import year_of
from archive.capture.doubles import mark_repeats
from archive.capture.evidence import Evidence, measure
from archive.capture.lines import Page
from archive.capture.parsed import ParsedArticle, Role
from archive.capture.rules import decide
from archive.capture.titles import first_sentence
from archive.capture.zone import DATELINE_SIZE, Zone, find_zone

READER_VERSION = 2
"""Raised whenever the same capture may be read differently than before."""

_BLOCKS = frozenset({Role.RELATED, Role.COMMENT, Role.FOOTER})
"""Labels behind the article that the lines below them belong to."""

_SPARE = frozenset({Role.NAVIGATION, Role.FURNITURE, Role.CAPTION, Role.HEADING})


def read_page(page: Page) -> ParsedArticle:
    """Recover the article that a page holds; never fails on a page's text."""
    lines = [measure(line, page.text) for line in page.lines if line.text]
    if _is_alone(lines, page):
        return _alone(lines[0], page)
    zone, decisions = _whole(lines, page)
    _keep_something(lines, decisions)
    return assemble(page, lines, zone, decisions)


def _is_alone(lines: list[Evidence], page: Page) -> bool:
    """Tell whether a page is one long line of running text: a record's text often is."""
    if len(lines) != 1 or page.facts.title is not None:
        return False
    line = lines[0]
    return line.prose and line.size > DATELINE_SIZE and not (line.marked or line.worded)


def _alone(line: Evidence, page: Page) -> ParsedArticle:
    """What all passes come to for such a line, which none of them has anything to compare with."""
    line.edge = True
    heading, decision = first_sentence(line.text), decide(line)
    if decision[0] is Role.PARAGRAPH:
        return assemble_paragraph(page, line, heading, decision)
    decisions = [decision]
    _keep_something([line], decisions)
    return assemble(page, [line], Zone(heading=heading, end=1), decisions)


def _whole(lines: list[Evidence], page: Page) -> tuple[Zone, list[Decision]]:
    """Where the article lies, and the role of each line."""
    mark_repeats(lines)
    facts = page.facts
    year = year_of(f"{facts.url or ''} {facts.path}", facts.captured)
    zone = find_zone(lines, facts, year, article=page.article)
    decisions = [
        *_before(lines[: zone.start]),
        *_body(lines[zone.start : zone.end], zone, article=page.article),
        *_behind(lines[zone.end :]),
    ]
    _mark_head(decisions, zone)
    return zone, decisions


def _before(lines: list[Evidence]) -> list[Decision]:
    navigation = (Role.NAVIGATION, "before the article")
    return [(line.label, line.words.rule) if line.label else navigation for line in lines]


def _body(body: list[Evidence], zone: Zone, *, article: bool) -> list[Decision]:
    tagged = article and any((line.line.tag or "p")[0] == "h" for line in body)
    mark_outside(body)
    look_around(body, zone.heading if zone.title is not None else "", tagged=tagged)
    return [decide(line) for line in body]


def _behind(lines: list[Evidence]) -> list[Decision]:
    decisions: list[Decision] = []
    block: Decision = (Role.FURNITURE, "behind the article")
    for line in lines:
        if line.repeat:
            decisions.append((Role.REPEAT, "said before"))
        elif line.words.editor:
            decisions.append((Role.EDITOR, "editor's line"))
        elif line.label is None:
            decisions.append(block)
        else:
            decisions.append((line.label, line.words.rule))
            if line.label in _BLOCKS:
                block = (line.label, f"below a {line.words.rule}")
    return decisions


def _mark_head(decisions: list[Decision], zone: Zone) -> None:
    for place in zone.trail:
        decisions[place] = (Role.CHANNEL, "breadcrumb")
    if zone.dateline is not None and zone.date is not None:
        taken = ", year from the capture" if zone.date.guessed else ""
        decisions[zone.dateline] = (Role.DATELINE, f"dated line above the body{taken}")
    if zone.foot is not None:
        decisions[zone.foot] = (Role.DATELINE, "labelled date below the body")
    if zone.title is not None and zone.title_end is not None:
        for place in range(zone.title, zone.title_end + 1):
            decisions[place] = (Role.TITLE, "best line above the dateline")


def _keep_something(lines: list[Evidence], decisions: list[Decision]) -> None:
    """Make paragraphs of all that has no label where no rule found a paragraph."""
    if any(role is Role.PARAGRAPH for role, _ in decisions):
        return
    for place, line in enumerate(lines):
        if line.label is None and not line.repeat and decisions[place][0] in _SPARE:
            decisions[place] = (Role.PARAGRAPH, "nothing else is left")
