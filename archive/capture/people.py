"""Who stands behind an article: source, author and editor, from all lines that may name them.

Labelled names go before unlabelled ones, the head of the article before its foot.
"""

import re
from typing import NamedTuple

from archive.capture.evidence import Evidence
from archive.capture.fields import (
    bare_source,
    clean,
    find_author,
    find_editor,
    find_reporters,
    find_signature,
    find_source,
    is_person,
    is_writer,
    source_beside,
)
from archive.capture.lines import Facts
from archive.capture.parsed import Role
from archive.capture.zone import Zone

Decision = tuple[Role, str]

_FOOT = 14
"""How many lines behind the body may name the source or, unlabelled as such, the editor."""

_ABOVE, _BELOW = 4, 8
"""How many lines above and below the dateline may name the source or the author."""

_HEAD_SIZE, _FOOT_SIZE, _BARE_SIZE = 60, 100, 24
"""The longest lines that are looked at there, in characters, and the longest bare publisher."""

_NAME_SIZE = 4
"""The longest person's name that stands alone; those of two characters may be anything."""

_BEGIN, _END = 80, 60
"""Where in a paragraph reporters are named in brackets: so many characters from either end."""

_NOBODY = re.compile("(?:互联)?网络?(?:整理|综合)?$|(?:综合|整理)$")
"""What the foot of a page gives as a source that is none."""

_OPEN_EDITOR = re.compile(r"[（(【\[]?(?:责任编辑|責任編輯|责编|编辑)\s*[:：】]\s*")
_OPEN_SOURCE = re.compile(r"(?:文章|新闻|稿件|信息)?[来來]\s*源\s*[:：]")
"""Labels whose name stands on the line below."""

_LABELLED = re.compile(r"[:：]|\d{4}")
"""What shows that such a line is another field."""

_GLUED = re.compile(r"作者[^\s:：|｜丨/／]")
"""A word such as 作者简介, which names nobody."""

_LABELLED_SOURCE = re.compile(r"[（(【\[\s]*(?:文章|本文|新闻|稿件)?(?:[来來]源|稿源)")


class People(NamedTuple):
    """Source, author and editor, each None if the page does not tell."""

    source: str | None = None
    author: str | None = None
    editor: str | None = None


def find_people(
    lines: list[Evidence], decisions: list[Decision], zone: Zone, facts: Facts
) -> People:
    """Find who is named in the head, the body and the foot of an article."""
    head = _head(lines, decisions, zone)
    within = list(zip(lines[zone.start : zone.end], decisions[zone.start :], strict=False))

    def of(role: Role) -> list[Evidence]:
        return [line for line, decision in within if decision[0] is role]

    body, signed, marked = of(Role.PARAGRAPH), of(Role.AUTHOR), of(Role.EDITOR)
    behind = [line for line in lines[zone.end :] if not line.repeat or line.words.editor]
    foot = [line for line in behind[:_FOOT] if line.size <= _FOOT_SIZE]
    late = [line for line in behind if line.words.editor][:1]
    source, person = _source(lines, zone, head, foot) if head or foot else (None, None)
    return People(
        facts.source or source,
        _author(zone, lines, (head, body, signed)) or facts.author or person or _byline(foot),
        _editor([*marked, *late, *foot, *head[:1]]) or _editor_below(lines, zone),
    )


def _head(lines: list[Evidence], decisions: list[Decision], zone: Zone) -> list[Evidence]:
    """List the lines around the dateline, itself first; without one, those below the title."""
    title = (
        range(zone.title, zone.title_end + 1)
        if zone.title is not None and zone.title_end is not None
        else range(0)
    )
    middle = zone.dateline if zone.dateline is not None else title.stop - 1
    low = max(0, middle - _ABOVE, title.stop if title.stop <= middle else 0)
    around = [*range(middle - 1, low - 1, -1), *range(middle + 1, min(zone.end, middle + _BELOW))]
    kept = [
        lines[place]
        for place in around
        if place not in zone.trail
        and place not in title
        and lines[place].size <= _HEAD_SIZE
        and decisions[place][0] is not Role.PARAGRAPH
    ]
    return kept if zone.dateline is None else [lines[zone.dateline], *kept]


def _source(
    lines: list[Evidence], zone: Zone, head: list[Evidence], foot: list[Evidence]
) -> tuple[str | None, str | None]:
    """Find the source; the second is a person whom a label calls the source beside a publisher."""
    told = [find_source(line.text) or _source_below(lines, line) for line in head]
    told += [find_source(line.text) for line in foot if _LABELLED_SOURCE.match(line.text)]
    shown = len(head)
    named = [
        name
        for place, name in enumerate(told)
        if name and (place < shown or not _NOBODY.match(name))
    ]
    person = named[0] if named and is_writer(named[0]) else None
    if person:
        named = [name for name in named if not is_writer(name)]
    source = named[0] if named else _bare_source(lines, zone, head)
    return (source, person) if source else (person, None)


def _source_below(lines: list[Evidence], line: Evidence) -> str | None:
    """Read a source whose name stands on the line below its label."""
    if not _OPEN_SOURCE.fullmatch(line.text):
        return None
    place = 1 + next(at for at, other in enumerate(lines) if other is line)
    below = lines[place] if place < len(lines) else None
    good = below and below.size <= _BARE_SIZE and not below.ends and below.label is None
    return below.text if below and good and not _LABELLED.search(below.text) else None


def _bare_source(lines: list[Evidence], zone: Zone, head: list[Evidence]) -> str | None:
    """Read the name of a publisher that stands by the date without a label."""
    if zone.dateline is None or zone.date is None:
        return None
    text = lines[zone.dateline].text
    bare = [text[zone.date.end :], text[: zone.date.start]]
    bare += [
        line.text
        for line in head[1:]
        if line.size <= _BARE_SIZE and not line.words.byline and line.label is None
    ]
    return next(filter(None, map(bare_source, bare)), None) or source_beside(*bare[1::-1])


def _author(
    zone: Zone,
    lines: list[Evidence],
    told: tuple[list[Evidence], list[Evidence], list[Evidence]],
) -> str | None:
    head, body, signed = told
    for line in (*head, *signed):
        if find_author(line.text):
            return _more(lines, line)
    if head and zone.date is not None and zone.dateline is not None:
        behind = lines[zone.dateline].text[zone.date.end :]
        below = [line.text for line in lines[zone.dateline + 1 : zone.dateline + 2]]
        for text in (behind, *(text for text in below if len(text) <= _BARE_SIZE)):
            if found := _behind_date(text):
                return found
    said = [line.text for line in body]
    return _reporters(said) or _bare_author(zone, lines, head) or _signature(said)


def _behind_date(text: str) -> str | None:
    """Read who is named behind a date: ``记者 张三``, or a person beside a publisher."""
    if found := find_author(text.strip()):
        return found
    match text.split():
        case [publisher, name] if bare_source(publisher) == publisher and is_writer(name):
            return name
    return None


def _more(lines: list[Evidence], first: Evidence) -> str | None:
    """Read the writers of a byline and of those right below it: reporters and correspondents."""
    said = [first.text]
    place = 1 + next(at for at, line in enumerate(lines) if line is first)
    while first.words.byline and place < len(lines) and lines[place].words.byline:
        said.append(lines[place].text)
        place += 1
    names = [name for text in said for name in (find_author(text) or "").split()]
    return " ".join(dict.fromkeys(names)) or None


def _byline(foot: list[Evidence]) -> str | None:
    """Read the first byline behind the body that names nothing but people."""
    for line in foot:
        told = line.words.byline and not _GLUED.search(line.text)
        names = (find_author(line.text) or "").split() if told else []
        if names and all(map(is_person, names)):
            return " ".join(names)
    return None


def _editor_below(lines: list[Evidence], zone: Zone) -> str | None:
    """Read an editor whose name stands on the line below its label."""
    for place in range(max(0, zone.end - 2), min(len(lines) - 1, zone.end + _FOOT)):
        if _OPEN_EDITOR.fullmatch(lines[place].text) and is_person(lines[place + 1].text):
            return lines[place + 1].text
    return None


def find_writer(body: list[str]) -> str | None:
    """Find who wrote an article of which there is nothing but its paragraphs."""
    return _reporters(body) or _signature(body)


def _reporters(body: list[str]) -> str | None:
    """Read the reporters' names in brackets, at either end of the paragraphs at either end."""
    ends = [text[:_BEGIN] for text in body[:3]] + [text[-_END:] for text in body[-2:]]
    return next(filter(None, map(find_reporters, ends)), None)


def _signature(body: list[str]) -> str | None:
    return next(filter(None, map(find_signature, body[-2:])), None)


def _bare_author(zone: Zone, lines: list[Evidence], head: list[Evidence]) -> str | None:
    """Read a person's name that stands alone next to the date: ``[ 罗青 ]``, or under the title."""
    if not head or zone.date is None:
        return None
    text = head[0].text
    for found in re.finditer(r"[\[(（【]([^\])）】]{2,12})[\])）】]", text):
        name = clean(found[1])
        if name and is_person(name):
            return name
    above = zone.dateline - 1 if zone.dateline else 0
    line = lines[above]
    alone = line.label is None and above > (zone.title_end or 0)
    if alone and _NAME_SIZE - 1 <= line.size <= _NAME_SIZE and is_person(line.text):
        return line.text
    return None


def _editor(lines: list[Evidence]) -> str | None:
    best: str | None = None
    for line in lines:
        found = find_editor(line.text) if "编" in line.text or "編" in line.text else None
        if found and "责" in line.text:
            return found
        best = best or found
    return best
