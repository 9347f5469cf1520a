"""A page's metadata settled with what the page shows.

Where the two speak of the same, the page wins, since it is what a reader can check. Metadata fills
in what the page does not show: a time of day, a source, an address. Names are taken from it only if
the page shows them too, since templates fill in whoever runs the site.

Invariants: what the page's lines gave is never overruled, except by a date of the same day that is
more precise; every field that is taken is told in a note, for ``show --explain``.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from archive.capture.dateline import find_date
from archive.capture.fields import DOMAIN, clean
from archive.capture.metadata import Metadata, Told
from archive.capture.parsed import ParsedArticle
from archive.capture.vocabulary import EDITOR_LABEL, SOURCE_LABEL

_CHINA = timedelta(hours=8)
"""Pages of mainland China, Hong Kong, Macau and Taiwan show the time at +08:00."""

_HAN = re.compile("[\u4e00-\u9fff]")
_SAMPLE, _HAN_SHARE = 4000, 0.2
"""From this share of Han characters at its beginning on a page is Chinese."""

_ZONE = re.compile(r"(?:[.,]\d{1,9})?\s*(?P<zone>Z\b|UTC|GMT|[+-]\d\d:?\d\d)", re.IGNORECASE)
_UTC = re.compile(r"\d{4}.{1,20}(?:格林[尼威]治\S{0,4}时间|GMT|UTC)|(?:GMT|UTC)\W{0,3}\d{4}[-年/]")
"""A dateline at another zone than China's: this page's clock is not +08:00."""

_SITES = frozenset(
    {
        *("meta publisher", "meta og:site_name", "meta sitename", "meta application-name"),
        *("json-ld publisher", "meta dc.publisher"),
    }
)
"""Names of the site, not of whom the article is from."""

_MIDNIGHT = re.compile(r"T00:00(?::00)?$")
_DAY, _MINUTE = len("2018-10-12"), len("2018-10-12T07:47")
_NAME_SIZE, _SOURCE_SIZE = 24, 30
_NO_NAME = re.compile(
    r"[@\d_/:：。！？]|^(?:admin|editor|小编|佚名|未知|匿名|本站|网络|管理员|编辑)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Note:
    """That a field was taken from the metadata."""

    text: str
    """For ``show --explain``: ``published from meta pubdate, 2018-10-11T23:47Z at +08:00``."""
    value: str
    """The value as the metadata has it."""


def settle(
    article: ParsedArticle, metadata: Metadata, shown: str
) -> tuple[ParsedArticle, list[Note]]:
    """Fill in what the page does not show.

    Args:
        article: what the page's lines gave.
        metadata: what its metadata gives.
        shown: the page as it is seen.

    Returns: the article, and a note on each field that was taken.
    """
    notes: list[Note] = []
    chinese = (metadata.language.startswith("zh") or _is_chinese(shown)) and not _UTC.search(shown)
    published = _published(article.published, metadata.published, notes, chinese=chinese)
    source = _unglued(article.source, metadata) or _take("source", metadata.source, notes, _source)
    sites = {told.value for told in metadata.source} | {source}
    runs = (_site(shown), *article.channel[:1])

    def named(value: str) -> str | None:
        name = clean(EDITOR_LABEL.sub("", value, count=1)) or ""
        believed = 1 < len(name) <= _NAME_SIZE and not _NO_NAME.search(name)
        site = name in sites or any(each.startswith(name) for each in runs)
        return name if believed and name in shown and not site else None

    filled = article._replace(
        published=published,
        source=source,
        author=article.author or _take("author", metadata.author, notes, named),
        editor=article.editor or _take("editor", metadata.editor, notes, named),
        channel=article.channel or metadata.channel,
    )
    return filled, notes


def _site(shown: str) -> str:
    """Give the name of the site, as the window's title ends with it."""
    return re.split(r"[_|｜-]", shown[:_SAMPLE].partition("\n")[0])[-1].strip()


def _is_chinese(shown: str) -> bool:
    sample = shown[:_SAMPLE]
    return len(_HAN.findall(sample)) > _HAN_SHARE * len(sample)


def _take(
    field: str,
    candidates: Iterable[Told],
    notes: list[Note],
    read: Callable[[str], str | None],
) -> str | None:
    """Take the first value that can be read, and note it."""
    for told in candidates:
        value = read(told.value)
        if value:
            notes.append(Note(f"{field} from {told.origin}", told.value))
            return value
    return None


def _unglued(source: str | None, metadata: Metadata) -> str | None:
    """Cut off what the page sets next to the source without a space, if the metadata knows it."""
    known = {_source(told.value) for told in metadata.source if told.origin not in _SITES}
    return next((name for name in known if name and source and source.startswith(name)), source)


def _source(value: str) -> str | None:
    label = SOURCE_LABEL.match(value)
    name = clean(value[label.end() :] if label else value)
    wrong = (
        name is None
        or len(name) > _SOURCE_SIZE
        or "://" in name
        or DOMAIN.search(name)
        or name.isdigit()
    )
    return None if wrong else name


def _published(
    shown: str | None, candidates: Iterable[Told], notes: list[Note], *, chinese: bool
) -> str | None:
    """Take the page's date, or one of the same day that is more precise, or what there is."""
    if shown and len(shown) >= _MINUTE:
        return shown
    for told in candidates:
        read = _read_date(told.value, chinese=chinese)
        if read is None or (shown and (len(read[0]) <= _DAY or not read[0].startswith(shown))):
            continue
        notes.append(Note(f"published from {told.origin}{read[1]}", told.value))
        return read[0]
    return shown


def _read_date(value: str, *, chinese: bool) -> tuple[str, str] | None:
    """Read a date as the page's clock shows it; the second part says how it was converted."""
    found = find_date(value)
    if found is None:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError):
            return None
        return _convert(moment.isoformat()[: _MINUTE + 3], moment.utcoffset(), value, chinese)
    if _MIDNIGHT.search(found.iso):
        return found.iso[:_DAY], ""  # no time of day, but a program's way to write a day
    zone = _ZONE.match(value, found.end)
    if zone is None or not found.timed:
        return found.iso, ""
    return _convert(found.iso, _offset(zone["zone"]), value, chinese)


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def _convert(iso: str, offset: timedelta | None, value: str, chinese: bool) -> tuple[str, str]:
    """Convert a time with its offset to that of a Chinese page; elsewhere the page's is its own."""
    if offset is None or offset == _CHINA or not chinese:
        return iso, ""
    try:
        moment = datetime.fromisoformat(iso) + (_CHINA - offset)
    except (ValueError, OverflowError):
        return iso, ""
    precision = "seconds" if len(iso) > _MINUTE else "minutes"
    return moment.isoformat(timespec=precision), f", {value} at +08:00"
