"""What stands under a name of a record, as text, as a list, as a date.

Records come from many hands: a text may be a list of paragraphs or HTML, a date a number of
seconds, a source an object with a name. Invariant: linear in the value's size, however nested.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import unescape
from typing import Any

from archive.capture.clues import Clued
from archive.capture.dateline import CHINA, find_compact_date, find_date

_NESTED = 3
"""So deep a text is looked for in lists and objects."""

_INNER = ("text", "name", "title", "value", "content", "$date")
"""Under which name an object holds its text."""

_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_PARTIAL = re.compile(r"(?P<year>(?:19|20)\d\d)(?:[-/.年](?P<month>1[0-2]|0?[1-9])月?|年)?")
_DIGITS = re.compile(r"((?:19|20)\d{6})(\d\d)(\d\d)(\d\d)?")
_ZONED = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)", re.DOTALL)

_BLOCKS = "p|br|div|li|ul|ol|h[1-6]|blockquote|tr|table|section|figure|figcaption|hr"
_MARKUP = Clued(rf"<(?:{_BLOCKS}|span|strong|b|img|a)\b[^<>]{{0,2000}}>", "<", flags=re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b", re.IGNORECASE)
_BREAK = re.compile(rf"</?(?:{_BLOCKS})\b[^<>]{{0,2000}}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--[^<>]{0,2000}-->")


def as_text(value: Any, depth: int = _NESTED) -> str:  # noqa: ANN401 - whatever JSON holds
    """A value as text, the entries of a list on lines of their own; empty if it says nothing."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list) and depth:
        return "\n".join(filter(None, (as_text(entry, depth - 1) for entry in value)))
    if isinstance(value, Mapping) and depth:
        return next(
            filter(None, (as_text(value.get(name), depth - 1) for name in _INNER)),
            "",
        )
    return ""


def as_line(value: Any) -> str | None:  # noqa: ANN401 - likewise
    """A value as one line without markup; None if it says nothing."""
    if value is None:
        return None
    return " ".join(plain(as_text(value)).split()) or None


def as_list(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - likewise
    """The entries of a list, each as one line; any other value is the only entry."""
    if value is None:
        return ()
    entries = value if isinstance(value, list) else [value]
    return tuple(line for line in map(as_line, entries) if line)


def plain(text: str) -> str:
    """A text without its HTML, block elements on lines of their own; other text as it is."""
    if not _MARKUP.search(text):
        return text
    return unescape(_TAG.sub("", _BREAK.sub("\n", _without_hidden(text))))


def _without_hidden(text: str) -> str:
    """A text without its scripts and styles; one that has no end is left."""
    lower = text.lower() if text.isascii() else re.sub("[A-Z]+", lambda up: up[0].lower(), text)
    parts, place = [], 0
    for found in _HIDDEN.finditer(text):
        if found.start() < place:
            continue
        closing = lower.find(f"</{found[1].lower()}", found.end())
        if closing < 0:
            break
        parts.append(text[place : found.start()])
        place = closing
    return "".join((*parts, text[place:]))


def as_date(value: Any) -> str | None:  # noqa: ANN401 - likewise
    """A value as an ISO 8601 prefix of the wall clock; None if no date is found in it."""
    text = as_text(value).strip()
    if not text:
        return None
    return _partial(text) or _moment(text) or _dated(text)


def _partial(text: str) -> str | None:
    found = _PARTIAL.fullmatch(text)
    if found is None:
        return None
    month = found["month"]
    return f"{found['year']}-{int(month):02}" if month else found["year"]


def _moment(text: str) -> str | None:
    """A moment that is told with its zone, or as seconds since 1970."""
    try:
        epoch = _EPOCH.fullmatch(text)
        if epoch is not None:
            moment = datetime.fromtimestamp(int(epoch[1]), UTC)
        elif _ZONED.fullmatch(text):
            moment = datetime.fromisoformat(text)
        elif text[:3].isalpha() and text[3:4] == "," and text.isascii():
            from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to load, and rare

            moment = parsedate_to_datetime(text)
        else:
            return None
        if moment.tzinfo is not None:
            moment = moment.astimezone(CHINA)
    except (ValueError, OverflowError, OSError):
        return None
    exact = "seconds" if moment.second else "minutes"
    return moment.replace(tzinfo=None).isoformat(timespec=exact)


def _dated(text: str) -> str | None:
    digits = _DIGITS.fullmatch(text)
    if digits is not None:
        day = find_compact_date(digits[1])
        clock = ":".join(filter(None, digits.groups()[1:]))
        return f"{day}T{clock}" if day else None
    if text.isdigit():
        return find_compact_date(text)
    found = find_date(text[:200])
    return found.iso if found else None
