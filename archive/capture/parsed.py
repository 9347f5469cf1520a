"""What reading makes of a capture: plain frozen values that know nothing of SQL.

Invariant: every character of the decoded capture lies in exactly one :class:`Line`, so nothing is
dropped unseen; a paragraph's text is made of its spans alone, joined by nothing, or by one space
where two Latin words meet. In HTML its spans leave out markup, and say the text once character
references are decoded and white space is collapsed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

Span = tuple[int, int]
"""Half-open code point offsets into the decoded capture."""


class Capture(NamedTuple):
    """The bytes as they came, with where and when they came from.

    A named tuple is made in half the time of a frozen dataclass, and a run over known files makes
    little else.
    """

    data: bytes
    path: str
    """Where they came from: a path, ``outer.zip!inner/name``, or ``-`` for standard input."""
    media_type: str = "text/plain"
    moment: datetime | float | None = None
    """When the page was captured, as its carrier tells: a file by the seconds of its last change.

    Known captures need no date, so it is made of the seconds by :attr:`captured`.
    """
    url: str | None = None

    @property
    def captured(self) -> datetime | None:
        """When the page was captured; by a file in the time zone of this machine."""
        return of_seconds(self.moment) if isinstance(self.moment, float) else self.moment


@lru_cache(maxsize=256)
def of_seconds(moment: float) -> datetime | None:
    """The moment so many seconds after 1970, unless no calendar has it.

    Cached, since all records of a file have the same.
    """
    try:
        return datetime.fromtimestamp(moment).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Failure:
    """A path that gave no article, and why."""

    path: str
    reason: str
    error: BaseException | None = field(default=None, compare=False)
    """The unexpected exception behind it, for ``-v``."""


class Decoded(NamedTuple):
    """A capture's characters, and how their encoding was found."""

    text: str
    encoding: str
    """Python's canonical codec name in lower case: ``utf-8``, ``gb18030``, ``utf-16-le``."""
    evidence: str
    """How the encoding was found, in a few words (``bom``, ``utf-8``, ``common characters``)."""
    replaced: int = 0
    """How many replacement characters decoding had to put in."""


class Role(StrEnum):
    """What a line of the capture is."""

    TITLE = "title"
    CHANNEL = "channel"
    DATELINE = "dateline"
    AUTHOR = "author"
    EDITOR = "editor"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    KICKER = "kicker"
    REPEAT = "repeat"
    NAVIGATION = "navigation"
    SHARE = "share"
    PAGER = "pager"
    ADVERT = "advert"
    RELATED = "related"
    COMMENT = "comment"
    FOOTER = "footer"
    FURNITURE = "furniture"
    MARKUP = "markup"
    BLANK = "blank"

    @property
    def kept(self) -> bool:
        """Whether lines of this role make up the article."""
        return self in _KEPT


_KEPT = frozenset(
    {
        Role.TITLE,
        Role.CHANNEL,
        Role.DATELINE,
        Role.AUTHOR,
        Role.EDITOR,
        Role.HEADING,
        Role.PARAGRAPH,
        Role.CAPTION,
    }
)


class Line(NamedTuple):
    """A stretch of the decoded capture (a line or a part of one), its role, the rule for it."""

    number: int
    """The physical line, from 1; a line that is cut into parts has several entries."""
    span: Span
    """The stretch, its line break included."""
    text: str
    """The stretch without surrounding white space."""
    role: Role
    rule: str
    """The name of the rule that gave the role, such as ``short line without end mark``."""
    section: int | None = None
    """The section that a heading, paragraph line belongs to."""
    paragraph: int | None = None
    """The paragraph's place in its section, from 1."""


class Paragraph(NamedTuple):
    """One paragraph; ``spans`` are the stretches of the decoded capture it is made of, in order."""

    text: str
    spans: tuple[Span, ...]


class ParsedSection(NamedTuple):
    """A stretch of the article under one heading; the lead (number 0) has no heading."""

    heading: str | None
    paragraphs: tuple[Paragraph, ...]


class ParsedArticle(NamedTuple):
    """What one capture says.

    ``published`` is an ISO 8601 prefix whose length is its precision: ``2018``, ``2018-10``,
    ``2018-10-12``, ``2018-10-12T07:47`` or ``2018-10-12T07:47:30``, the page's wall-clock time.
    """

    title: str
    sections: tuple[ParsedSection, ...]
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    channel: tuple[str, ...] = ()
    url: str | None = None
    captions: tuple[str, ...] = ()
    original_title: str | None = None
    """The title under which another publisher had it (原标题), where the page tells."""
    lines: tuple[Line, ...] = ()
