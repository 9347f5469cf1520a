"""The reader: a page's lines to an article, one set of rules for every format.

Four passes: measure each line (``evidence``), mark what the page says twice (``doubles``), find
where the article lies (``zone``), give each line of that zone its role (``rules``). What is left is
put together (``assemble``). Every line keeps the name of the rule that decided.
"""

from archive.capture.assemble import assemble
from archive.capture.context import look_around
from archive.capture.dateline import year_of
from archive.capture.doubles import mark_repeats
from archive.capture.evidence import Evidence, measure
from archive.capture.lines import Page
from archive.capture.parsed import ParsedArticle, Role
from archive.capture.rules import decide
from archive.capture.zone import Zone, find_zone

READER_VERSION = 1
"""Raised whenever the same capture may be read differently than before."""

Decision = tuple[Role, str]


def read_page(page: Page) -> ParsedArticle:
    """Recover the article that a page holds; never fails on a page's text."""
    lines = [measure(line, page.text) for line in page.lines if line.text]
    mark_repeats(lines)
    facts = page.facts
    year = year_of(f"{facts.url or ''} {facts.path}", facts.captured)
    zone = find_zone(lines, facts, year, article=page.article)
    return assemble(page, lines, zone, _decisions(lines, zone, article=page.article))


def _decisions(lines: list[Evidence], zone: Zone, *, article: bool) -> list[Decision]:
    body = lines[zone.start : zone.end]
    tagged = article and any((line.line.tag or "")[:1] == "h" for line in body)
    look_around(body, (zone.heading or "") if zone.title is not None else "", tagged=tagged)
    decisions: list[Decision] = []
    part: Decision = (Role.NAVIGATION, "before the article")
    for place, line in enumerate(lines):
        if zone.start <= place < zone.end:
            decisions.append(decide(line))
            continue
        if place == zone.end:
            part = (Role.FURNITURE, "behind the article")
        if line.label is not None:
            found = (line.label, line.words.rule)
            if place >= zone.end and line.label in _BLOCKS:
                part = (line.label, f"below a {line.words.rule}")
        else:
            found = part
        if line.repeat and place > zone.start:
            found = (Role.REPEAT, "said before")
        if line.words.editor:
            near = zone.end <= place
            found = (Role.EDITOR, "editor's line") if near else found
        decisions.append(found)
    for place in zone.trail:
        decisions[place] = (Role.CHANNEL, "breadcrumb")
    if zone.dateline is not None:
        decisions[zone.dateline] = (Role.DATELINE, "dated line above the body")
    if zone.title is not None and zone.title_end is not None:
        for place in range(zone.title, zone.title_end + 1):
            decisions[place] = (Role.TITLE, "best line above the dateline")
    return decisions


_BLOCKS = frozenset({Role.RELATED, Role.COMMENT, Role.FOOTER})
