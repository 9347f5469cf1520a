"""The title: which of the lines above the dateline it is, without the site's suffix.

Pages print the title next to the dateline, often also in the window's title with suffixes
(``_新华网``, ``--观点--人民网``, ``-某网汽车``), sometimes under a kicker, sometimes on two lines.
Evidence is added up in one table, as for the lines of the body.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.capture.clues import Clued
from archive.capture.dateline import find_date
from archive.capture.evidence import Evidence
from archive.capture.fields import bare_source
from archive.capture.lines import Facts
from archive.capture.parsed import Role
from archive.capture.trail import split_trail
from archive.capture.vocabulary import PUBLISHER, SOURCE_LABEL, TRADE, simplified

if TYPE_CHECKING:
    from archive.capture.zone import Zone

_REACH, _BELOW = 14, 3
"""How many lines above the dateline, and below it if none above will do, may be the title."""

_SHORTEST, _LONGEST, _SENTENCE_SIZE = 4, 90, 50
"""The shortest and longest title, and from where a line of running text is none."""

_CUT = 60
"""Length of a title that had to be made of a text's first sentence."""

_SECOND = 60
"""The longest second line of a title: ``——写在开船之前``."""

_NEAR = 6.0
"""What the line next to the dateline starts with; half a point less for each line further up."""

_GOOD, _SMALL, _SOURCE, _WORD = 16, 8, 12, 6
"""Lengths: from where more does not make a title likelier, under which a line is more likely a menu
entry, of a publisher's name, of a word in a menu."""

_DAY_SIZE = 6
"""The longest day whose year stands on the line above it: ``07/28``."""

_TAIL = 6
"""The longest name of a channel in the middle of a suffix."""

_WEAK = 5.0
"""Under what sum the best line above the dateline is hardly the title."""

_FIRST = re.compile("(.+?[。！？!?；;…][”’』」）)]*)", re.DOTALL)
_SUFFIX = Clued(r"\s*(?:_+|-{1,2}|－+|—|\||｜|\s·\s)\s*(?P<tail>[^_|｜]{2,16}?)\s*$", *"_-－—|｜·")
_CLAUSES = re.compile('[：:，！？“”《》"!?]| ')
_NOT_TITLE = re.compile(r"[|｜]|https?:|www\.|\.com|\.cn|\d{2}:\d{2}")
_KICKER = re.compile(r"^[^|｜丨]{2,8}\s*[|｜]\s*(?=[^|｜]{6,}$)")
"""A word before the title, as series have it: ``实时更新｜…``."""

_PAGE_OF_PAPER = re.compile(r"第?\s*[A-Z]?\d{1,3}\s*版\s*(?:[:：]|$)")
_TITLED = re.compile(r"标\s*题\s*[:：]\s*(?=\S{4})")
_SECOND_LINE = re.compile("(?:——|--|―|──)[^-—―─]")
_QUOTES = re.compile(r"[\s\"“”'‘’＂「」]+")


@dataclass(frozen=True, slots=True)
class _Sign:
    """One piece of evidence for a line being the title, or against it."""

    weight: float
    holds: Callable[[Evidence], bool]


_SIGNS = (
    _Sign(2, lambda e: bool(_CLAUSES.search(e.text))),
    _Sign(6, lambda e: e.line.tag == "h1"),
    _Sign(3, lambda e: e.line.tag in {"h2", "title"}),
    _Sign(-7, lambda e: e.words.byline or bool(TRADE.search(e.text))),
    _Sign(
        -6,
        lambda e: (
            bool(_NOT_TITLE.search(_KICKER.sub("", e.text, count=1))) or bool(split_trail(e.text))
        ),
    ),
    _Sign(-6, lambda e: e.words.credit or bool(_PAGE_OF_PAPER.match(e.text))),
    _Sign(-6, lambda e: bool(SOURCE_LABEL.match(e.text)) or find_date(e.text) is not None),
    _Sign(-5, lambda e: e.size <= _SOURCE and bare_source(e.text) is not None),
    _Sign(-6, lambda e: _is_menu(e.text)),
    _Sign(-2, lambda e: e.size < _SMALL),
    _Sign(-3, lambda e: e.indent.startswith("\u3000") or e.text[-1] in "，；、："),
    _Sign(-4, lambda e: e.label is not None),
    _Sign(-4, lambda e: e.prose and e.text[-1] in "。！" and e.text.count("，") > 1),
)


def _is_menu(text: str) -> bool:
    words = text.split()
    return len(words) > 2 and max(map(len, words)) <= _WORD  # noqa: PLR2004 three make a row


def normal(text: str) -> str:
    """Give what two printings of one title have in common."""
    return _QUOTES.sub("", text)


def strip_suffix(text: str, known: Counter[str]) -> str:
    """Take site suffixes off a window title while they look like names of sites or channels.

    Args:
        text: the title as the window has it.
        known: how often the page has each line (:func:`normal`); what is left being a line of its
            own is the best proof.
    """
    while len(text) <= 2 * _LONGEST:
        found = _SUFFIX.search(text)
        if not found or found.start() < _SHORTEST:
            return text
        rest, tail = text[: found.start()], found["tail"]
        proven = known[normal(rest)] > 0 and known[normal(text)] <= 1
        inner = len(tail) <= _TAIL and _SUFFIX.search(rest) is not None
        if not (proven or inner or PUBLISHER.search(simplified(tail))):
            return text
        text = rest
    return text


def choose_title(zone: "Zone", lines: list[Evidence], facts: Facts) -> None:
    """Set the title's lines and text in ``zone``."""
    if not lines:
        zone.heading = facts.title or ""
        return
    counts = Counter([normal(line.text) for line in lines if line.size <= _LONGEST])
    below = zone.dateline if zone.dateline is not None else zone.start
    window = strip_suffix(lines[0].text, counts)
    titled = window != lines[0].text or lines[0].line.tag == "title"
    hint = normal(facts.title or (window if titled else ""))
    above = range(below - 1, max(-1, below - _REACH - 1), -1)
    scores = {place: _NEAR - 0.5 * (below - place) for place in above}
    if hint and above:
        scores |= _far(lines[: above[-1]], hint)
    value, best = _best(zone, lines, scores, counts, hint)
    if zone.dateline is not None and (best is None or _masthead(zone, lines)):
        reach = _REACH if value < _WEAK else _BELOW
        under = range(below + 1, min(zone.start, below + reach + 1))
        other, place = _best(zone, lines, dict.fromkeys(under, _NEAR - 4.0), counts, hint)
        if best is None or (place is not None and other > value):
            best = place
    if best is None:
        _without_line(zone, lines, facts, window)
        return
    zone.title = zone.title_end = best
    zone.heading = strip_suffix(_TITLED.sub("", lines[best].text, count=1), counts)
    second = lines[best + 1].text if best + 1 < len(lines) else ""
    if _SECOND_LINE.match(second) and len(second) <= _SECOND:
        zone.heading, zone.title_end = zone.heading + second, best + 1


def _masthead(zone: "Zone", lines: list[Evidence]) -> bool:
    """Tell whether the dateline may stand above the title: with its year, or the breadcrumb."""
    if zone.dateline is None or zone.date is None:
        return False
    alone = len(lines[zone.dateline].text) <= _DAY_SIZE and not zone.date.guessed
    return alone or bool(zone.channel and not zone.trail)


def _far(lines: list[Evidence], hint: str) -> dict[int, float]:
    """List the lines further up that say the page's title as a heading or word for word."""
    return {
        place: _NEAR - 0.5 * _REACH
        for place, line in enumerate(lines)
        if line.line.tag != "title"
        and (normal(line.text) == hint or (line.line.tag == "h1" and normal(line.text) in hint))
    }


def _best(
    zone: "Zone", lines: list[Evidence], scores: dict[int, float], counts: Counter[str], hint: str
) -> tuple[float, int | None]:
    best, chosen = 0.0, None
    for place, score in scores.items():
        line = lines[place]
        if place in zone.trail or not _can_be(line):
            continue
        bare = normal(line.text)
        value = score + min(line.size, _GOOD) * 0.25
        value += sum(sign.weight for sign in _SIGNS if sign.holds(line))
        value += 3.0 * (counts[bare] > 1) + 3.0 * (place - 1 in zone.trail)
        if hint:
            value += 8.0 if hint == bare else 4.0 * (bare in hint or hint in bare)
        if value > best:
            best, chosen = value, place
    return best, chosen


def _can_be(line: Evidence) -> bool:
    shortest = 1 if line.line.tag == "h1" else _SHORTEST
    if not shortest <= line.size <= _LONGEST or line.words.editor:
        return False
    labelled = line.label is not None and line.label is not Role.FURNITURE
    return not labelled and not (line.prose and line.size > _SENTENCE_SIZE)


def _without_line(zone: "Zone", lines: list[Evidence], facts: Facts, window: str) -> None:
    """Name an article none of whose lines above the body is a title."""
    first = lines[0]
    if facts.title:
        zone.heading = facts.title
    elif zone.structured and window != first.text and not first.prose:
        zone.heading, zone.title, zone.title_end = window, 0, 0
    elif _heads_text(zone, lines):
        zone.heading, zone.title, zone.title_end = first.text, 0, 0
    else:
        inside = zone.structured and zone.start < len(lines)
        source = lines[zone.start] if inside else first
        whole = len(lines) > 1 and not source.prose
        zone.heading = source.text[:_CUT].strip() if whole else first_sentence(source.text)


def first_sentence(text: str) -> str:
    """The title of a text that has none, cut short."""
    sentence = _FIRST.match(text)
    return (sentence[1] if sentence else text)[:_CUT].strip()


def _heads_text(zone: "Zone", lines: list[Evidence]) -> bool:
    """Tell whether the first line is a title by being short and followed by running text."""
    first = lines[0]
    short = first.size <= _CUT and not first.ends and first.label is None
    return short and zone.dateline is None and any(line.prose for line in lines[1:4])
