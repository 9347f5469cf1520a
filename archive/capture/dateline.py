"""Dates, and what a dateline says: when, from which source, by whom.

The shapes are those that Chinese news pages use: ``2018年10月12日 07:47``, ``2018-10-12 07:47:30``,
``[2018/10/12  07:47]``, ``18-10-12 07:47``, ``10-12 07:47``, ``201810/12 07:47:30``, with labels
before (发布时间：) and the source before or after it (来源：新华社 | …, … 来自北京市).

Invariant: a date is given only with the precision that the page shows, as an ISO 8601 prefix; a
year that the page leaves out comes from the capture's path or time, and is marked as taken.
"""

import re
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from archive.capture.clues import Clued

CHINA = timezone(timedelta(hours=8))
"""The wall clock of Chinese pages; times in another zone are converted to it."""

_TIME = (
    r"(?:[\s(（]*(?:星期|周)[一二三四五六日天][)）]?(?=[\s\xa0\u3000]*\d{1,2}[:：]))?"
    r"(?:[T\s\xa0\u3000|]*(?P<hour>[01]?\d|2[0-3])\s*[:：时点]\s*(?P<minute>[0-5]\d)分?"
    r"(?:\s*[:：]\s*(?P<second>[0-5]\d))?)?"
)
_FULL = Clued(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.年－—]?\s?(?P<month>1[0-2]|0?[1-9])\s?[-/.月－—]\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?=\D|$|\d\d?[:：])\s?[日号]?" + _TIME,
    *("19", "20"),
)
_SHORT_YEAR = Clued(
    r"(?<![\d.])(?P<year>\d\d)[-/](?P<month>1[0-2]|0[1-9])[-/](?P<day>3[01]|[12]\d|0[1-9])(?=\D|$|\d\d[:：])"
    + _TIME,
    *("-", "/"),
)
_NO_YEAR = re.compile(
    r"(?<![\d.])(?P<month>1[0-2]|0?[1-9])\s?[-/月]\s?(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s?日?"
    + _TIME
)
_REPUBLIC = Clued(
    r"民[国國]\s?(?P<year>\d{2,3})\s?年\s?(?P<month>1[0-2]|0?[1-9])\s?月\s?"
    r"(?P<day>3[01]|[12]\d|0?[1-9])\s?日" + _TIME,
    *("民",),
)
"""Years of the Republic, as papers of Taiwan count them: 民國112年 is 2023."""

_FOUNDED = 1911
_CENTURY, _PIVOT = 100, 70
"""Years of two digits are split between the centuries as POSIX ``strptime`` splits them."""

_DIGITS = re.compile(r"\d.?\d|\d.?月")
_COMPACT = Clued(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>1[0-2]|0[1-9])(?P<day>3[01]|[12]\d|0[1-9])(?!\d)",
    *("19", "20"),
)
_IN_PATH = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/._年]?(?P<month>1[0-2]|0[1-9])(?:[-/._月]?(?P<day>3[01]|[12]\d|0[1-9]))?(?!\d)"
)


class Date(NamedTuple):
    """A date found in a text."""

    iso: str
    start: int
    end: int
    timed: bool = False
    guessed: bool = False
    """Whether the year was taken from the capture's path or time."""


def find_date(text: str, *, year: int | None = None) -> Date | None:
    """Find the first date in a text.

    Args:
        text: a short text, such as a line.
        year: the year to take for a date that shows none; None: such a date is not one.
    """
    if not _DIGITS.search(text):
        return None
    counted = _REPUBLIC.search(text)
    made = _make(counted, int(counted["year"]) + _FOUNDED, guessed=False) if counted else None
    if made:
        return made
    for shape in (_FULL, _SHORT_YEAR):
        for found in shape.finditer(text):
            made = _make(found, int(found["year"]), guessed=False)
            if made:
                return made
    if year is not None:
        for found in _NO_YEAR.finditer(text):
            made = _make(found, year, guessed=True)
            if made:
                return made
    return None


def find_compact_date(text: str) -> str | None:
    """Find a date written as eight digits, as titles and file names have it."""
    found = _COMPACT.search(text)
    made = _make(found, int(found["year"]), guessed=False) if found else None
    return made.iso if made else None


def year_of(path: str, captured: datetime | None) -> int | None:
    """Tell the year of a capture, from its path or URL, else from its time on a Chinese clock."""
    found = _IN_PATH.search(path)
    if found:
        return int(found["year"])
    try:
        return captured.astimezone(CHINA).year if captured else None
    except OverflowError:  # on the last day of the calendar
        return None


def _make(found: "re.Match[str]", year: int, *, guessed: bool) -> Date | None:
    groups = found.groupdict()
    if year < _CENTURY:
        year += 2000 if year < _PIVOT else 1900
    try:
        day = date(year, int(groups["month"]), int(groups["day"]))
    except ValueError:
        return None
    iso = day.isoformat()
    timed = groups.get("hour") is not None
    if timed:
        iso += f"T{int(groups['hour']):02}:{groups['minute']}"
        if groups["second"]:
            iso += f":{groups['second']}"
    return Date(iso, found.start(), found.end(), timed, guessed)
