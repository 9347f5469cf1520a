"""What is told of work done, and of the archive's file: frozen values, as those of results.

Invariant: the field names are the public JSON (docs/json.md), by :func:`archive.results.to_json`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from archive.results import Section

Progress = Callable[[str, int, int], None]
"""Told of work that takes long: what is being done, how many of it are done, and of how many."""


def unseen(_doing: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


class Status(StrEnum):
    """What became of one capture.

    ``duplicate``: other bytes that say what an article says; ``revised``: a newer version of one.
    """

    STORED = "stored"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REVISED = "revised"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one capture; ``reason`` says why it failed, or what is worth knowing."""

    status: Status
    path: str
    article: int | None = None
    key: str | None = None
    title: str | None = None
    sections: int | None = None
    reason: str | None = None
    bytes: int = field(default=0, compare=False, metadata={"json": False})
    """The size of the capture, as far as it was read."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One line of ``archive failures``: a path that gave no article, and how often it was tried."""

    path: str
    reason: str
    failed: str
    tries: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be recovered from a capture; ``reason`` says why nothing would."""

    path: str
    key: str | None = None
    title: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    channel: tuple[str, ...] = ()
    url: str | None = None
    captions: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    encoding: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A paragraph that reading anew put elsewhere; ``to`` is ``None`` where it is gone."""

    anchor: str
    to: str | None


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading a kept capture anew changed: fields by name, and paragraphs that moved."""

    article: int
    key: str
    title: str
    changed: tuple[str, ...]
    moved: tuple[Moved, ...]
    reason: str | None = None
    """Why the capture can no longer be read; the article then stays as it is."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``archive db check``: what was compared, where, and what is wrong with it."""

    check: str
    """``file``, ``foreign keys``, ``capture``, ``article``, ``section`` or ``index``."""
    reason: str
    article: int | None = None
    key: str | None = None
    section: int | None = None
    damage: bool = True
    """Whether something is wrong; else it is worth knowing only."""


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What ``archive db status`` tells; sizes in bytes."""

    path: str
    schema: str
    index_rules: int
    captures: int
    articles: int
    sections: int
    capture_bytes: int
    text_characters: int
    file_bytes: int
    captures_bytes: int
    """What the table of captures takes of the file, compressed; the next three are parts too."""
    text_bytes: int
    """Articles and sections."""
    index_bytes: int
    """All that serves search alone."""
    other_bytes: int
    """The indexes of columns, origins, failures, the schema."""
    free_bytes: int
    """Pages that hold nothing, for what is stored next."""
    foreign: tuple[str, ...]
    """Tables, views, indexes and triggers that others put into the file."""
