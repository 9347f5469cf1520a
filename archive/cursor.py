"""Cursors: after which hit a page goes on, so that no page repeats or skips one.

Idea: a cursor holds the position of a hit in its order, not a number of hits, so that what is
stored between two pages moves nothing. By relevance, scores change with all that is stored; so the
cursor also tells how far the archive reached when the first page was asked for, and later pages
rank what was there by the figures of that time (:mod:`archive.best`).

Invariant: a cursor is bound to its question; another question refuses it.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import NoReturn

from archive.errors import QueryError

Position = tuple[str | int | float | None, ...]
"""Where a hit stands in its order: what the order compares."""

_DIGEST = 6
"""How many bytes of a SHA-256 bind a cursor to its question, and show a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far an archive reaches: what its scores depend on."""

    sections: int
    tokens: int
    last: int
    """The greatest id of a section."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of a hit in an order, and how far the archive reached."""

    position: Position
    extent: Extent | None

    def typed(self, question: str) -> str:
        """What a user gives back for the next page of a question."""
        extent = self.extent and [self.extent.sections, self.extent.tokens, self.extent.last]
        written = json.dumps([self.position, extent], separators=(",", ":"))
        return urlsafe_b64encode(_digest(question, written) + written.encode()).decode().rstrip("=")


def parse_cursor(typed: str, question: str) -> Cursor:
    """Return the cursor that :meth:`Cursor.typed` gave for the same question.

    Raises:
        QueryError: it is none, or that of another question.
    """
    try:
        given = urlsafe_b64decode(typed.encode("ascii") + b"=" * (-len(typed) % 4))
        written = given[_DIGEST:].decode("ascii")
    except (ValueError, binascii.Error):
        _refuse(typed, "is no cursor")
    if given[:_DIGEST] != _digest(question, written):
        _refuse(typed, "is no cursor, or that of another question")
    position, extent = json.loads(written)  # written by us, as the digest says
    return Cursor(tuple(position), extent and Extent(*extent))


def _digest(question: str, written: str) -> bytes:
    asked = f"{question}\0{written}".encode("utf-8", "surrogatepass")
    return sha256(asked).digest()[:_DIGEST]


def _refuse(typed: str, why: str) -> NoReturn:
    raise QueryError(
        f"--after {typed[:40]!r} {why}",
        hint="give what the page before named, with the same query and options",
    )
