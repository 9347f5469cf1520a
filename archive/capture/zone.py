"""Where the article lies in the page: title, dateline, breadcrumb, and the stretch of the body.

Every line has a weight: running text counts its characters, short and labelled lines count against.
The body is the stretch behind the dateline with the greatest sum, and it ends where a label says so
(the editor's line, comments, rights) once enough of it has passed. The dateline is the dated line
that stands best above running text; the title is the best of the lines above the dateline.

Invariant: linear in the number of lines.
"""

import re
from dataclasses import dataclass, field

from archive.capture.dateline import Date, find_date
from archive.capture.evidence import NEIGHBOURING, Evidence
from archive.capture.fields import DOMAIN
from archive.capture.lines import Facts
from archive.capture.parsed import Role
from archive.capture.titles import choose_title
from archive.capture.trail import find_trail
from archive.capture.vocabulary import OTHER_TRADES

_ENOUGH = 60.0
"""Characters of running text that a body has before a closing label can end it."""

_END = 1e9
_STOPS = {Role.COMMENT: _END, Role.FOOTER: _END, Role.RELATED: 150.0}
"""What a label costs a stretch that crosses it: some bodies have an inset of related links."""

_REACH = 60
"""How many lines at most stand between a dateline and the first running text."""

DATELINE_SIZE, _SHORTEST = 160, 4
_REST, _LABELLED_REST, _BEFORE = 24, 70, 8
"""How many characters besides dates and labels a dateline has: without a labelled source, with one,
and before its date."""

_LABELS = 2
"""A page with more labelled lines than these has furniture."""

_WITHIN = 3.0
"""What a dated line loses by standing within running text, rather than above it."""

_BODY = 300.0
"""From so many characters on a stretch of running text is a body: no dateline is below it."""

_TAIL = 14
"""How many lines the short end of a body has at most, to its sign-off."""

_FOOT = 8
"""How many lines behind the body may give its date, if a label says so."""

_SAMPLE = 2000
_DAY_SIZE = 8
_YEAR_ALONE = re.compile(r"(?:19|20)\d\d年?")
_DAY_ALONE = re.compile(r"\d{1,2}\s?[-/.月]\s?\d{1,2}日?")
_TIME_ALONE = re.compile(r"(?:[01]?\d|2[0-3])[:：][0-5]\d(?:[:：][0-5]\d)?")
_LEFT_OVER = re.compile(
    r"[\s\xa0\u3000|｜·:：\[\]()（）【】,，/\-—]|发[布表]?|时间|日期|来源|来自|编辑|作者|责任|更新|星期.|周.|上午|下午|早|晚"
)
_SOURCED = re.compile("[来來]\\s?源|稿源|来自")
_ISSUED = re.compile(r"(?:发文|发布|成文|公开|生成)(?:日期|时间)\s*[:：]\s*$")
_SENTENCE = re.compile("[。！？；]")
_CLAUSE = re.compile("[，、！？。,]")
_SIGN_OFFS = frozenset({Role.FURNITURE, Role.FOOTER, Role.SHARE})
_DATED = re.compile(r"[\s(（【\[]*(?:发[布表]|日期|时间|录入|刊发)")

Dated = tuple[int, Date, float]
"""A line with a date, and how good a dateline it is by its shape."""


@dataclass(slots=True)
class Zone:
    """The places, as indices into the page's lines that are not blank; None where there is none."""

    dateline: int | None = None
    date: Date | None = None
    foot: int | None = None
    """The line below the body that gives the date, where none above it does."""
    title: int | None = None
    title_end: int | None = None
    """The last line of the title, where it stands on two."""
    heading: str = ""
    """The title's text."""
    trail: list[int] = field(default_factory=list)
    """The lines of the breadcrumb."""
    channel: tuple[str, ...] = ()
    start: int = 0
    """The first line that can be of the body."""
    end: int = 0
    """The line behind the last one of the body."""
    structured: bool = False
    """Whether the page has a dateline, a breadcrumb or furniture at all."""


def find_zone(lines: list[Evidence], facts: Facts, year: int | None, *, article: bool) -> Zone:
    """Find the article in the lines of a page.

    Args:
        lines: the page's lines that are not blank.
        facts: what the capture tells beside its lines.
        year: the year of a date that shows none; None: such a date is not one.
        article: whether the format vouches that all lines are the article's.
    """
    zone = Zone()
    weights = [line.weight - _cost(line) for line in lines]
    first, last = _stretch(lines, weights, 0)
    dated = _datelines(lines, year)
    chosen = _choose_dateline(lines, _above(dated, weights, (first, last)))
    if chosen is not None:
        zone.dateline, zone.date = chosen
        first, last = _stretch(lines, weights, zone.dateline + 1)
    else:
        zone.foot, zone.date = _date_below(lines, dated, last)
    zone.start, zone.end = first, last
    above = zone.dateline if zone.dateline is not None else first
    zone.trail, zone.channel = find_trail(lines, above)
    labelled = sum(line.label is not None or line.words.editor for line in lines[:_SAMPLE])
    zone.structured = bool(zone.channel) or chosen is not None or labelled > _LABELS
    choose_title(zone, lines, facts)
    if zone.dateline is not None and zone.title is not None and zone.dateline < zone.title:
        trail, channel = find_trail(lines[zone.dateline : zone.title], zone.title - zone.dateline)
        if channel and not zone.channel:
            zone.trail, zone.channel = [zone.dateline + place for place in trail], channel
    if zone.structured:
        zone.end = _tail(lines, zone.end)
    while zone.end < len(lines) and lines[zone.end].words.byline:
        zone.end += 1
    _widen(zone, len(lines), article=article)
    return zone


def _widen(zone: Zone, count: int, *, article: bool) -> None:
    """Let the body begin right behind the head; a page without furniture is body to its end."""
    above = [place for place in (zone.dateline, zone.title_end) if place is not None]
    head = [place for place in above if place < zone.start]
    whole = article or not zone.structured
    if head:
        zone.start = max(head) + 1
    elif whole:
        zone.start = 0
    if whole:
        zone.end = count


def _tail(lines: list[Evidence], end: int) -> int:
    """Let a body that ends in short lines reach to the last clause before what signs it off.

    Such a body has no running text at its end: verse, a list, sentences without their full stop.
    Words of other pages may stand there too, so the sign-off has to be near.
    """
    last = end
    for place in range(end, min(len(lines), end + _TAIL)):
        line = lines[place]
        signed = line.words.editor or line.words.byline or line.words.source
        if signed or line.label in _SIGN_OFFS or OTHER_TRADES.search(line.text):
            return last
        if line.label is not None or line.line.link_share > 0.0:
            return end
        if line.ends or _CLAUSE.search(line.text):
            last = place + 1
    return end


def _cost(line: Evidence) -> float:
    if line.words.editor or line.words.rule == NEIGHBOURING:
        return _END
    return _STOPS.get(line.label, 0.0) if line.label is not None else 0.0


def _stretch(lines: list[Evidence], weights: list[float], start: int) -> tuple[int, int]:
    """Find the stretch of the greatest weight, half-open; empty if no weight is positive."""
    best, span = 0.0, (start, start)
    total, low = 0.0, start
    for place in range(start, len(lines)):
        weight = weights[place]
        if weight < -_END / 2 and best >= _ENOUGH:
            break
        total += weight
        if total <= 0.0:
            total, low = 0.0, place + 1
        elif total > best:
            best, span = total, (low, place + 1)
    return span


def _datelines(lines: list[Evidence], year: int | None) -> list[Dated]:
    """List the lines that are datelines by their shape, with how good each is."""
    found = []
    for place, line in enumerate(lines):
        if not _SHORTEST <= line.size <= DATELINE_SIZE or line.label is Role.KICKER:
            continue
        date = _whole_date(lines, place, year)
        score = _score(line.text, date) if date else 0.0
        if date and score > 0:
            found.append((place, date, score))
    return found


def _whole_date(lines: list[Evidence], place: int, year: int | None) -> Date | None:
    """Find the date of a line, with its time or year if those have lines of their own beside it."""
    text = lines[place].text
    date = find_date(text, year=year)
    behind = lines[place + 1].text if place + 1 < len(lines) else ""
    if date and not date.guessed:
        if not date.timed and _TIME_ALONE.fullmatch(behind):
            whole = find_date(f"{text[date.start : date.end]} {behind}")
            return date._replace(iso=whole.iso, timed=True) if whole else date
        return date
    short = len(text) <= _DAY_SIZE
    if (
        short
        and place
        and _DAY_ALONE.fullmatch(text)
        and _YEAR_ALONE.fullmatch(lines[place - 1].text)
    ):
        time = behind if _TIME_ALONE.fullmatch(behind) else ""
        day = text.rstrip("日").replace("月", "/")
        whole = find_date(f"{lines[place - 1].text.rstrip('年')}/{day} {time}")
        return whole._replace(start=0, end=len(text)) if whole else date
    return date


def _score(text: str, date: Date) -> float:
    labelled = _SOURCED.search(text) is not None or _ISSUED.search(text, 0, date.start) is not None
    before = len(_LEFT_OVER.sub("", DOMAIN.sub("", text[: date.start])))
    rest = before + len(_LEFT_OVER.sub("", DOMAIN.sub("", text[date.end :])))
    if _SENTENCE.search(text) or rest > (_LABELLED_REST if labelled else _REST):
        return 0.0
    if date.guessed and rest and not (date.timed or labelled):
        return 0.0
    score = 1.0 + 2.0 * date.timed + 3.0 * labelled - 2.0 * date.guessed
    score += 1.5 * (before <= _BEFORE)
    if "星期" in text and not (labelled or date.timed):
        score -= 2.0  # the day's date in a page's masthead
    if "更新" in text:
        score -= 4.0
    if "跟贴" in text or "评论" in text[:4] or "回复" in text:
        score -= 3.0
    return max(score, 0.0)


def _above(dated: list[Dated], weights: list[float], body: tuple[int, int]) -> list[Dated]:
    """Leave out the dated lines below a body, and weigh those within it by what is behind them.

    A notice, or the summary, may stand above the dateline: then nearly all text is behind it.
    """
    if not dated:
        return []
    first, last = body
    total = sum(weights[first:last])
    kept, place, behind = [], first, total
    for where, date, score in dated:
        if where < first:
            kept.append((where, date, score))
            continue
        behind -= sum(weights[place : min(where, last)])
        place = max(place, min(where, last))
        if where < last:
            lost = (total - behind) / total if total > 0.0 else 1.0
            kept.append((where, date, score - _WITHIN * min(1.0, 2.0 * max(lost, 0.0))))
        elif total < _BODY:
            kept.append((where, date, score - _WITHIN))
    return kept


def _date_below(
    lines: list[Evidence], dated: list[Dated], last: int
) -> tuple[int | None, Date | None]:
    """Find the date that a label names right below the body: ``发布日期：…``."""
    for place, date, _ in dated:
        if last <= place < last + _FOOT and _DATED.match(lines[place].text):
            return place, date
    return None, None


def _choose_dateline(lines: list[Evidence], dated: list[Dated]) -> tuple[int, Date] | None:
    """Take the dated line that stands best above running text."""
    if not dated:
        return None
    best, chosen = 0.0, None
    gaps = _gaps(lines)
    for place, date, score in dated:
        value = score - gaps[place] * 0.05
        if gaps[place] <= _REACH and value > best:
            best, chosen = value, (place, date)
    return chosen


def _gaps(lines: list[Evidence]) -> list[int]:
    """Count, for each line, how far below it the next running text stands."""
    gap, gaps = _REACH + 1, [0] * len(lines)
    for place in range(len(lines) - 1, -1, -1):
        gaps[place] = gap
        gap = 1 if lines[place].prose and lines[place].label is None else gap + 1
    return gaps
