"""The title: which of the lines above the dateline it is, without the site's suffix.

Pages print the title next to the dateline, often also in the window's title with suffixes
(``_新华网``, ``--观点--人民网``, ``-搜狐汽车``), sometimes under a kicker, sometimes on two lines.
Evidence is added up: nearness, length, standing below the breadcrumb, being printed twice.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

from archive.capture.evidence import Evidence
from archive.capture.fields import bare_source
from archive.capture.lines import Facts
from archive.capture.parsed import Role
from archive.capture.trail import split_trail
from archive.capture.vocabulary import BYLINE, PUBLISHER

if TYPE_CHECKING:
    from archive.capture.zone import Zone

_REACH = 14
"""How many lines above the dateline are looked at."""

_SHORTEST, _LONGEST = 4, 90
_SENTENCE = re.compile("(.+?[。！？!?；;…][”’』」）)]*)", re.DOTALL)
_CUT_TITLE = 60
"""Length of a title that had to be made of a text's first sentence (docs/design: at most 60)."""

_SUFFIX = re.compile(r"\s*(?:_+|-{1,2}|－+|—|\||｜|\s·\s)\s*(?P<tail>[^_|｜]{2,16}?)\s*$")
_PERSON = re.compile(
    r"(?:院长|教授|研究员|主任|记者|作者|专栏作家|评论员|学者|博士|编辑|律师|主编)$"
)


def normal(text: str) -> str:
    """Give what two printings of one title have in common."""
    return re.sub(r"[\s\"“”'‘’＂「」]+", "", text)


def strip_suffix(text: str, known: Counter[str]) -> str:
    """Take site suffixes off a window title while they look like names of sites or channels.

    ``known`` counts the page's lines: what is left being a line of its own is the best proof.
    """
    while True:
        found = _SUFFIX.search(text)
        if not found or found.start() < _SHORTEST:
            return text
        rest = text[: found.start()]
        tail = found["tail"]
        proven = known[normal(rest)] > 0 and known[normal(text)] < 2
        if not proven and not (PUBLISHER.search(tail) or len(tail) <= 6 and _SUFFIX.search(rest)):
            return text
        text = rest


def choose_title(zone: "Zone", lines: list[Evidence], facts: Facts) -> None:
    """Set the title's lines and text in ``zone``."""
    if not lines:
        zone.heading = facts.title or ""
        return
    counts = Counter(normal(line.text) for line in lines if line.size <= _LONGEST)
    below = zone.dateline if zone.dateline is not None else zone.start
    first = lines[0].text
    window = strip_suffix(first, counts) if below > 0 and len(first) <= 2 * _LONGEST else first
    hint = normal(facts.title or (window if window != lines[0].text else ""))
    best, place = 0.0, None
    for candidate in range(below - 1, max(-1, below - _REACH - 1), -1):
        score = _score(lines, candidate, below, zone, counts, hint)
        if score > best:
            best, place = score, candidate
    if place is None and zone.dateline is not None:
        for candidate in range(below + 1, min(zone.start, below + 4)):
            score = _score(lines, candidate, candidate, zone, counts, hint) - 4.0
            if score > best:
                best, place = score, candidate
    if place is None:
        _without_line(zone, lines, facts, window)
        return
    _take(zone, lines, place, counts)


def _take(zone: "Zone", lines: list[Evidence], place: int, counts: Counter[str]) -> None:
    zone.title = zone.title_end = place
    text = strip_suffix(lines[place].text, counts)
    if place + 1 < len(lines):
        following = lines[place + 1].text
        if re.match("(?:——|--|―|──)[^-—―─]", following) and len(following) <= 60:
            text, zone.title_end = text + following, place + 1
    zone.heading = text


def _score(
    lines: list[Evidence],
    place: int,
    below: int,
    zone: "Zone",
    counts: Counter[str],
    hint: str,
) -> float:
    line = lines[place]
    text = line.text
    if not _SHORTEST <= line.size <= _LONGEST or place in zone.trail or line.words.editor:
        return 0.0
    if line.label is not None and line.label is not Role.FURNITURE:
        return 0.0
    if line.prose and line.size > 50:
        return 0.0
    score = 6.0 - 0.5 * (below - place)
    score += min(line.size, 16) * 0.25
    score += 2.0 * bool(re.search('[：:，！？“”《》"!?]| ', text))
    bare = normal(text)
    score += 3.0 * (counts[bare] > 1)
    if hint:
        score += 8.0 if hint == bare else 4.0 if bare in hint or hint in bare else 0.0
    score += 3.0 * bool(zone.trail and place == zone.trail[-1] + 1)
    score += {"h1": 6.0, "h2": 3.0, "title": 3.0}.get(line.line.tag or "", 0.0)
    if BYLINE.match(text) or _PERSON.search(text):
        score -= 7.0
    if re.search(r"[|｜]|https?:|www\.|\.com|\.cn|\d{2}:\d{2}", text) or split_trail(text):
        score -= 6.0
    if line.size <= 12 and bare_source(text):
        score -= 5.0
    words = text.split()
    if len(words) >= 3 and max(map(len, words)) <= 6:
        score -= 6.0
    if line.size < 8 and not hint:
        score -= 2.0
    if line.indent.startswith("\u3000") or text[-1] in "，；、：":
        score -= 3.0
    if line.label is not None:
        score -= 4.0
    return score


def _without_line(zone: "Zone", lines: list[Evidence], facts: Facts, window: str) -> None:
    """Name an article none of whose lines above the body is a title."""
    if facts.title:
        zone.heading = facts.title
        return
    first = lines[0]
    if zone.structured and window and not first.prose:
        zone.heading, zone.title, zone.title_end = window, 0, 0
        return
    has_more = len(lines) > 1 and any(line.prose for line in lines[1:4])
    if first.size <= _CUT_TITLE and not first.ends and has_more and zone.dateline is None:
        zone.heading, zone.title, zone.title_end = first.text, 0, 0
        return
    source = lines[zone.start] if zone.structured and zone.start < len(lines) else first
    text = source.text
    if len(lines) == 1 or source.prose:
        sentence = _SENTENCE.match(text)
        text = sentence[1] if sentence else text
    zone.heading = text[:_CUT_TITLE].strip()
