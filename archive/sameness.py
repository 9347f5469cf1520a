"""What makes two captures the same article, and what says that one may be a version of another.

Idea: what must be equal is folded and hashed, so that an index finds it among millions. Captures of
one ``identity`` are one article (Duplicate, docs/design.md). Of one URL or one ``story`` they may
be versions of it, which :mod:`archive.versions` tells by their texts. Invariant: nothing here
depends on what else is stored, so the same capture always has the same hashes.

The hashes hold folded text: where the rules of :mod:`archive.text` change, they are made anew
(:func:`archive.reindex.rehash`).
"""

from collections.abc import Sequence
from hashlib import sha256
from json import JSONEncoder

from archive.text import fold

_DAY = len("2018-10-12")
_STORY_DIGITS = 32

_as_json = JSONEncoder(ensure_ascii=False).encode

Part = tuple[str | None, str]
"""Heading and text of a section."""


def identity(
    title: str,
    source: str | None,
    published: str | None,
    url: str | None,
    sections: Sequence[Part],
) -> str:
    """SHA-256 of what is equal in all captures of one article: title, source, time, URL and text.

    All of it is folded. Sections count with their headings: a line that one capture shows as a
    heading and another as a paragraph makes two articles.
    """
    values = [_folded(title), _folded(source), published, _folded(url)]
    parts = [[_folded(heading), fold(text)] for heading, text in sections]
    return hashed([*values, parts])


def story(title: str, source: str | None, published: str | None) -> str | None:
    """A hash of folded title, source and day; ``None`` where one of them is missing."""
    if not title or not source or published is None or len(published) < _DAY:
        return None
    return hashed([fold(title), fold(source), published[:_DAY]])[:_STORY_DIGITS]


def hashes(
    title: str,
    source: str | None,
    published: str | None,
    url: str | None,
    sections: Sequence[Part],
) -> dict[str, str | None]:
    """Both hashes, as columns of an article's row."""
    return {
        "identity": identity(title, source, published, url, sections),
        "story": story(title, source, published),
    }


def hashed(values: Sequence[object]) -> str:
    """SHA-256 of values, as JSON."""
    return sha256(_as_json(values).encode()).hexdigest()


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)
