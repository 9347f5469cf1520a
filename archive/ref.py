"""Refs and anchors: how a place in the archive is named.

A ref is what a user types; an anchor is a ref written with the key, so that it means the same in
every copy of the archive. Offsets are code points of the section's text, half-open, from 0.
Invariant: ``parse(str(ref)) == ref`` for every ref that :func:`parse` gives.
"""

import re
from dataclasses import dataclass, replace

from archive.errors import RefError

KEY_DIGITS = 16
"""A key is the first 16 hex digits of the SHA-256 of a capture's bytes."""

_PREFIX_DIGITS = 6
_FORM = re.compile(
    r"(?P<article>[0-9a-f]{1,64})(?:\#(?P<first>\d{1,9})(?:-(?P<last>\d{1,9})|:(?P<start>\d{1,9})-(?P<end>\d{1,9}))?)?",
    re.ASCII,
)
_HINT = "a ref is 12, 12#3, 12#1-3 or 12#3:40-55; a key may stand for 12"


@dataclass(frozen=True, slots=True)
class Ref:
    """The name of an article, of one or more of its sections, or of a stretch of a section."""

    article: str
    first: int | None = None
    last: int | None = None
    start: int | None = None
    end: int | None = None

    @property
    def is_id(self) -> bool:
        """Whether ``article`` is an id: digits only, and fewer than a key has."""
        return self.article.isdecimal() and len(self.article) < KEY_DIGITS

    def anchored(self, key: str) -> "Ref":
        """The same place, named by ``key``."""
        return replace(self, article=key)

    def __str__(self) -> str:
        if self.first is None:
            return self.article
        place = f"{self.article}#{self.first}"
        if self.start is not None:
            return f"{place}:{self.start}-{self.end}"
        return place if self.last in (None, self.first) else f"{place}-{self.last}"


def parse(text: str) -> Ref:
    """Read a ref as a user types it.

    Raises:
        RefError: the text has no form of a ref, or its range runs backwards.
    """
    match = _FORM.fullmatch(text.strip().lower())
    if match is None:
        raise RefError(f"{text!r} is no ref", hint=_HINT)
    article = match["article"]
    numbers = {
        name: int(match[name]) if match[name] else None
        for name in _FORM.groupindex
        if name != "article"
    }
    if numbers["last"] == numbers["first"]:
        numbers["last"] = None
    ref = Ref(article, **numbers)
    if not ref.is_id and not _PREFIX_DIGITS <= len(article) <= KEY_DIGITS:
        raise RefError(f"{text!r} is no ref: a key's prefix has 6 to 16 digits", hint=_HINT)
    if ref.first is not None and ref.last is not None and ref.last < ref.first:
        raise RefError(
            f"{text!r}: section {ref.last} stands before section {ref.first}", hint=_HINT
        )
    if ref.start is not None and ref.end is not None and ref.end < ref.start:
        raise RefError(f"{text!r}: the range ends before it starts", hint=_HINT)
    return ref
