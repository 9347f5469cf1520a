"""Who stands behind an article: source, author and editor, from all lines that may name them.

Labelled names go before unlabelled ones, the head of the article before its foot.
"""

from dataclasses import dataclass

from archive.capture.evidence import Evidence
from archive.capture.fields import (
    bare_source,
    find_author,
    find_editor,
    find_reporters,
    find_source,
)
from archive.capture.lines import Facts
from archive.capture.parsed import Role
from archive.capture.vocabulary import BYLINE
from archive.capture.zone import Zone

Decision = tuple[Role, str]

_FOOT = 14
"""How many lines behind the body may name the source or the editor."""

_NEAR = 4
"""How many lines above the dateline may name the source or the author."""


@dataclass(frozen=True, slots=True)
class People:
    """Source, author and editor, each None if the page does not tell."""

    source: str | None = None
    author: str | None = None
    editor: str | None = None


def find_people(
    lines: list[Evidence], decisions: list[Decision], zone: Zone, facts: Facts
) -> People:
    """Find who is named in the head, the body and the foot of an article."""
    if not lines:
        return People(facts.source, facts.author)
    head = _head(lines, decisions, zone)
    body = [
        line
        for line, (role, _) in zip(
            lines[zone.start : zone.end], decisions[zone.start : zone.end], strict=True
        )
        if role in _BODY
    ]
    foot = [line for line in lines[zone.end : zone.end + _FOOT] if line.size <= 100]
    return People(
        facts.source or _source(lines, zone, head, body, foot),
        _author(head, body) or facts.author,
        _editor(lines, decisions, zone, head, foot),
    )


_BODY = frozenset({Role.PARAGRAPH, Role.AUTHOR, Role.HEADING, Role.FURNITURE})


def _head(lines: list[Evidence], decisions: list[Decision], zone: Zone) -> list[Evidence]:
    """List the lines around the title and the dateline, the dateline first."""
    if zone.dateline is None:
        return []
    low = max(0, zone.dateline - _NEAR, (zone.title_end or -1) + 1)
    around = [
        *range(low, zone.dateline),
        *range(zone.dateline + 1, min(zone.end, zone.dateline + 8)),
    ]
    kept = [
        place
        for place in around
        if place not in zone.trail
        and lines[place].size <= 60
        and decisions[place][0] is not Role.PARAGRAPH
        and not (zone.title is not None and zone.title <= place <= (zone.title_end or 0))
    ]
    return [lines[zone.dateline], *(lines[place] for place in kept)]


def _source(
    lines: list[Evidence],
    zone: Zone,
    head: list[Evidence],
    body: list[Evidence],
    foot: list[Evidence],
) -> str | None:
    for line in head:
        found = find_source(line.text)
        if found:
            return found
    for line in foot[:4]:
        if line.text.lstrip("（(【[").startswith(("来源", "稿源", "文章来源", "本文来源")):
            found = find_source(line.text)
            if found:
                return found
    if zone.dateline is not None and zone.date is not None:
        text = lines[zone.dateline].text
        found = bare_source(text[zone.date.end :]) or bare_source(text[: zone.date.start])
        if found:
            return found
    for line in head[1:]:
        if line.size <= 24 and not line.words.byline and line.label is None:
            found = bare_source(line.text)
            if found:
                return found
    return None


def _author(head: list[Evidence], body: list[Evidence]) -> str | None:
    for line in head:
        found = find_author(line.text)
        if found:
            return found
    for line in (*body[:2], *body[-3:]):
        if line.size <= 60 and line.words.byline:
            found = find_author(line.text)
            if found:
                return found
    for text in (*(line.text[:80] for line in body[:3]), *(line.text[-60:] for line in body[-2:])):
        found = find_reporters(text)
        if found:
            return found
    return None


def _editor(
    lines: list[Evidence],
    decisions: list[Decision],
    zone: Zone,
    head: list[Evidence],
    foot: list[Evidence],
) -> str | None:
    places = range(zone.start, min(len(lines), zone.end + _FOOT))
    marked = [lines[place] for place in places if decisions[place][0] is Role.EDITOR]
    best: str | None = None
    for line in (*marked, *foot, *head[:1]):
        if not ("编" in line.text or line.words.editor):
            continue
        found = find_editor(line.text)
        if found and "责" in line.text:
            return found
        best = best or found
    return best
