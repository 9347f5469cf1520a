"""Dates as people write them → half-open ranges.

Invariant: bounds are ISO 8601 prefixes, as precise as the user was, because ``published`` is stored
as such a prefix and both compare as text: ``date:2018`` is from ``2018`` on and before ``2019``, so
that a partial date covers its whole period, and what was published in ``2018``, no more being
known, lies in it but not in ``date:2018-10``.
"""

import re
from datetime import date, timedelta

from archive.text import fold

Bounds = tuple[str | None, str | None]
"""The first date of a range, and the first date after it; ``None`` is open."""

_LENGTHS = (4, 7, 10)  # of a year, a month and a day in ISO 8601
_DATE = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?")
_CHINESE_DATE = re.compile(r"([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})[日号])?)?")
_COMPARISON = re.compile(r"(>=|<=|>|<|≥|≤)?(.*)", re.DOTALL)

FORMS = "write date:2018, date:2018-10, date:2018-10-12, date:2018-10..2018-12 or date:>=2018-10-01"
"""What a user may write, for the hint of an error."""


def bounds(text: str) -> Bounds:
    """Return the range that the value of ``date:`` covers.

    Raises:
        ValueError: it is no date, comparison or range; the message says what is wrong.

    """
    text = fold(text).strip()
    if ".." in text:
        first, _, last = text.partition("..")
        return _range(first.strip(), last.strip())
    match = _COMPARISON.fullmatch(text)
    comparison, value = match.groups() if match else (None, text)
    start, after = _period(value.strip())
    if comparison in (">=", "≥"):
        return start, None
    if comparison in ("<=", "≤"):
        return None, after
    if comparison == "<":
        return None, start
    if comparison == ">":
        if after is None:
            raise ValueError("nothing is published after the year 9999")
        return after, None
    return start, after


def _range(first: str, last: str) -> Bounds:
    if not first and not last:
        raise ValueError("a range needs a date on one side of ..")
    start = _period(first)[0] if first else None
    after = _period(last)[1] if last else None
    if start is not None and after is not None and _first_day(start) >= _first_day(after):
        raise ValueError(f"the range {first}..{last} ends before it begins")
    return start, after


def _period(text: str) -> tuple[str, str | None]:
    """Return a date and the next of its precision; ``None`` after the calendar's last."""
    match = _DATE.fullmatch(text) or _CHINESE_DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:24]!r} is no date")
    numbers = [int(group) for group in match.groups() if group is not None]
    try:
        start = date(*numbers, *(1,) * (3 - len(numbers)))
    except ValueError as error:
        raise ValueError("the calendar has no such date") from error
    after = _first_after(start, len(numbers))
    length = _LENGTHS[len(numbers) - 1]
    return start.isoformat()[:length], after.isoformat()[:length] if after else None


def _first_after(start: date, parts: int) -> date | None:
    """Return the first day after the year, month or day (1, 2 or 3 parts) that begins there."""
    longest = timedelta(days=(366, 31, 1)[parts - 1])
    if start > date.max - longest:
        return None
    day = start + longest  # in the next period, perhaps a few days past its first
    return (day.replace(month=1, day=1), day.replace(day=1), day)[parts - 1]


def _first_day(prefix: str) -> str:
    return f"{prefix}-01-01"[:10]
