"""What the archive answers: frozen values whose field names are the public JSON (docs/json.md).

Invariant: :func:`to_json` of a value has exactly the documented names in the documented order.
Nothing here knows SQL or rendering.
"""

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

SCHEMA = 1
"""The version of the JSON shapes; raised when a name is added, and none is ever removed."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """One line of ``archive list``."""

    article: int
    key: str
    title: str
    published: str | None
    source: str | None
    channel: tuple[str, ...]
    sections: int


@dataclass(frozen=True, slots=True)
class ListedSection:
    """One line of ``archive sections``."""

    article: int
    key: str
    section: int
    title: str
    heading: str | None
    paragraphs: int
    characters: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it is shown."""

    number: int
    heading: str | None
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text that offsets count in: the paragraphs, a line break between."""
        return "\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """What is known of an article's capture, without its bytes."""

    sha256: str
    path: str
    encoding: str
    bytes: int
    ingested: str
    encoding_evidence: str = field(default="", metadata={"json": False})
    replaced: int = field(default=0, metadata={"json": False})


class CapturedFrom(NamedTuple):
    """A place that a capture of an article came from; ``key`` is that of the capture."""

    key: str
    path: str
    bytes: int
    encoding: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it is shown, whole or with the sections that a ref names."""

    id: int
    key: str
    title: str
    published: str | None
    source: str | None
    author: str | None
    editor: str | None
    channel: tuple[str, ...]
    url: str | None
    captions: tuple[str, ...]
    sections: tuple[Section, ...]
    capture: CaptureFacts
    quote: str | None = None
    """The characters that a range names; JSON has it for a range only."""
    original_title: str | None = field(default=None, metadata={"json": False})
    anchor: str = field(default="", metadata={"json": False})
    reader: int = field(default=0, metadata={"json": False})
    origins: tuple[CapturedFrom, ...] = field(default=(), metadata={"json": False})
    """Every place that a capture of the article came from; ``capture`` tells of the first."""
    revises: int | None = field(default=None, metadata={"json": False})
    """The version whose place the article took; ``superseded_by``: which took its own."""
    superseded_by: int | None = field(default=None, metadata={"json": False})


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of ``archive revisions``: a version of an article."""

    article: int
    key: str
    title: str
    published: str | None
    ingested: str
    current: bool
    """Whether no newer version took its place."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One section that a query matches, or an article shown by its best section."""

    article: int
    key: str
    section: int
    sections: tuple[int, ...]
    title: str
    heading: str | None
    published: str | None
    source: str | None
    snippet: str
    score: float
    anchor: str
    marks: tuple[tuple[int, int], ...] = field(default=(), metadata={"json": False})
    """Where the query's words stand in ``snippet``; likewise in ``title`` and ``heading``."""
    title_marks: tuple[tuple[int, int], ...] = field(default=(), metadata={"json": False})
    heading_marks: tuple[tuple[int, int], ...] = field(default=(), metadata={"json": False})
    cursor: str = field(default="", metadata={"json": False})
    """What ``after`` takes to go on behind this hit."""


@dataclass(frozen=True, slots=True)
class TermTokens:
    """A term of a query, and the tokens that it is looked for by."""

    term: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that a search sent to SQLite, with how many rows were read of what it gave."""

    sql: str
    parameters: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a query was understood, and what was done to answer it."""

    query: str
    canonical: str
    """A query that means the same, with every operator and quotation mark written out."""
    tree: tuple[str, ...]
    """Lines, each level indented by two blanks."""
    terms: tuple[TermTokens, ...]
    unit: str
    sort: str
    strict: bool
    statements: tuple[Statement, ...]
    shown: int
    found: int


@dataclass(frozen=True, slots=True)
class KeywordInContext:
    """One place where a phrase of a query stands, with what stands before and after it there."""

    article: int
    key: str
    section: int
    left: str
    keyword: str
    right: str
    published: str | None
    source: str | None
    anchor: str


TIMES = {"day": 10, "month": 7, "year": 4}
"""Periods that hits are counted by, and how many characters of an ISO 8601 date name one."""

GROUPINGS = ("source", "channel", *TIMES, "heading")
"""What hits are counted by."""


@dataclass(frozen=True, slots=True)
class Count:
    """How much of the archive a query matches, or of the part that has one value."""

    value: str | None
    articles: int
    sections: int
    characters: int


@dataclass(frozen=True, slots=True)
class RelativeCount(Count):
    """A count beside how many sections match in a million characters of that part."""

    per_million: float | None
    """``None`` where the part has no text."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What is needed to cite a place: the article's facts, the anchor, and the quoted words."""

    title: str
    source: str | None
    author: str | None
    published: str | None
    url: str | None
    heading: str | None
    quote: str | None
    anchor: str
    accessed: str
    """The day on which the capture was taken in, as ``2026-11-24``."""
    reader: int


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One stretch of a capture, with the role it was given and the rule that gave it."""

    line: int
    start: int
    end: int
    role: str
    rule: str
    kept: bool
    section: int | None
    paragraph: int | None
    text: str


def to_json(value: Any) -> Json:  # noqa: ANN401 - any of the dataclasses above
    """The public JSON object of one of this module's values."""
    names = _NAMES.get(type(value)) or _note(type(value))
    record = {
        name: one if isinstance(one := getattr(value, name), _AS_IT_IS) else _plain(one)
        for name in names
    }
    if isinstance(value, Article):
        if value.quote is None:
            del record["quote"]
        return {"schema": SCHEMA, **record}
    return record


_AS_IT_IS = (str, int, float, type(None))
"""Types of most fields, and what JSON takes."""

_NAMES: dict[type, list[str]] = {}


def _note(kind: type[Any]) -> list[str]:
    """Note the public names of one of the classes; looking for them takes longer than a record."""
    _NAMES[kind] = [f.name for f in fields(kind) if f.metadata.get("json", True)]
    return _NAMES[kind]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field of any type
    if hasattr(value, "__dataclass_fields__"):
        return to_json(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
