"""Where the article lies in the page: title, dateline, breadcrumb, and the stretch of the body.

Every line has a weight: running text counts its characters, short and labelled lines count against.
The body is the stretch behind the dateline with the greatest sum, and it ends where a label says so
(the editor's line, comments, rights) once enough of it has passed. The dateline is the dated line
nearest above the body; the title is the best of the lines above the dateline.

Invariant: linear in the number of lines.
"""

import re
from dataclasses import dataclass, field

from archive.capture.dateline import Date, find_date
from archive.capture.evidence import Evidence
from archive.capture.fields import DOMAIN
from archive.capture.lines import Facts
from archive.capture.parsed import Role
from archive.capture.titles import choose_title
from archive.capture.trail import find_trail

_ENOUGH = 60.0
"""Characters of running text that a body has before a closing label can end it."""

_STOPS = {Role.COMMENT: 1e9, Role.FOOTER: 1e9, Role.RELATED: 150.0}
"""What a label costs a stretch that crosses it: some bodies have an inset of related links."""

_HEAD = 60
"""How many lines at most stand between a dateline and the first running text."""

_DATELINE_SIZE = 160
_LEFT_OVER = re.compile(
    r"[\s\xa0\u3000|｜·:：\[\]()（）【】,，/\-—]|发[布表]?|时间|日期|来源|来自|编辑|作者|责任|更新|更新于|发布于|发表于|星期.|周.|上午|下午|早|晚"
)


@dataclass(slots=True)
class Zone:
    """The places, as indices into the page's lines that are not blank; None where there is none."""

    dateline: int | None = None
    date: Date | None = None
    title: int | None = None
    title_end: int | None = None
    """The last line of the title, where it stands on two."""
    heading: str | None = None
    """The title's text."""
    trail: list[int] = field(default_factory=list)
    channel: tuple[str, ...] = ()
    start: int = 0
    """The first line that can be of the body."""
    end: int = 0
    """The line behind the last one of the body."""
    structured: bool = False
    """Whether the page has a head (a dateline, a breadcrumb) or furniture at all."""


def find_zone(lines: list[Evidence], facts: Facts, year: int | None, *, article: bool) -> Zone:
    """Find the article in the lines of a page."""
    zone = Zone()
    dated = _datelines(lines, year)
    first, last = _stretch(lines, 0, len(lines))
    best = _choose_dateline(lines, dated, first)
    if best is not None:
        zone.dateline, zone.date = best
        first, last = _stretch(lines, zone.dateline + 1, len(lines))
    zone.start, zone.end = first, last
    zone.trail, zone.channel = find_trail(
        lines, zone.dateline if zone.dateline is not None else first
    )
    labelled = sum(line.label is not None or line.words.editor for line in lines[:2000])
    zone.structured = bool(zone.channel) or zone.dateline is not None or labelled > 2
    choose_title(zone, lines, facts)
    head = [
        place for place in (zone.dateline, zone.title_end) if place is not None and place < first
    ]
    if head:
        zone.start = max(head) + 1
    elif not zone.structured or article:
        zone.start = 0
    if (not zone.structured or article) and last < len(lines):
        zone.end = len(lines)
    return zone


def _stretch(lines: list[Evidence], start: int, end: int) -> tuple[int, int]:
    """Find the stretch of the greatest weight, half-open; empty at ``start`` if none is positive."""
    best, best_span = 0.0, (start, start)
    total, low = 0.0, start
    for place in range(start, end):
        line = lines[place]
        cost = 1e9 if line.words.editor else _STOPS.get(line.label, 0.0) if line.label else 0.0
        if cost >= 1e9 and best >= _ENOUGH:
            break
        total += line.weight - cost
        if total <= 0.0:
            total, low = 0.0, place + 1
        elif total > best:
            best, best_span = total, (low, place + 1)
    return best_span


def _datelines(lines: list[Evidence], year: int | None) -> list[tuple[int, Date, float]]:
    """List the lines that are datelines by their shape, with how good each is."""
    found = []
    for place, line in enumerate(lines):
        if line.size > _DATELINE_SIZE or line.size < 4 or line.label is Role.KICKER:
            continue
        date = find_date(line.text, year=year)
        if date is None:
            continue
        score = _dateline_score(line.text, date)
        if score > 0:
            found.append((place, date, score))
    return found


def _dateline_score(text: str, date: Date) -> float:
    labelled = "来源" in text or "稿源" in text or "来自" in text
    before, after = DOMAIN.sub("", text[: date.start]), DOMAIN.sub("", text[date.end :])
    rest = len(_LEFT_OVER.sub("", before)) + len(_LEFT_OVER.sub("", after))
    if re.search("[。！？；]", text) or (rest > 24 and not labelled) or rest > 70:
        return 0.0
    if date.guessed and not (date.timed or labelled):
        return 0.0
    score = 1.0 + 2.0 * date.timed + 3.0 * labelled - (2.0 if date.guessed else 0.0)
    score += 1.5 * (len(_LEFT_OVER.sub("", before)) <= 8)
    if "星期" in text and not labelled:
        score -= 2.0  # the day's date in a page's masthead
    if "最后更新" in text or "更新时间" in text:
        score -= 2.0
    if "跟贴" in text or "评论" in text[:4] or "回复" in text:
        score -= 3.0
    return max(score, 0.0)


def _choose_dateline(
    lines: list[Evidence], dated: list[tuple[int, Date, float]], first: int
) -> tuple[int, Date] | None:
    """Take the dated line that stands best above running text."""
    best, chosen = 0.0, None
    following = _distance_to_prose(lines)
    for place, date, score in dated:
        gap = following[place]
        if gap > _HEAD:
            continue
        value = score - gap * 0.05 - (3.0 if place > first else 0.0)
        if value > best:
            best, chosen = value, (place, date)
    return chosen


def _distance_to_prose(lines: list[Evidence]) -> list[int]:
    distance, result = _HEAD + 1, [0] * len(lines)
    for place in range(len(lines) - 1, -1, -1):
        result[place] = distance
        line = lines[place]
        distance = 1 if line.prose and line.label is None else distance + 1
    return result
