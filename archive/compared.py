"""What comparing articles answers: frozen values, as those of results.

Invariant: the field names are the public JSON (docs/json.md), by :func:`archive.results.to_json`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Edit(StrEnum):
    """What became of a piece of text between two articles."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, and whether the older article, the newer one or both have it."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One line of ``archive diff``: a field, caption, heading or paragraph that differs."""

    part: str
    """``title``, ``published``, … as ``archive show`` names them; ``heading``, ``paragraph``."""
    old: str | None
    """The anchor of the place in the older article; ``None`` where the newer alone has it."""
    new: str | None
    pieces: tuple[Piece, ...]
    """In order: those that are not inserted make up the older text, not deleted, the newer."""

    @property
    def differs(self) -> bool:
        """Whether the part is not the same in both articles."""
        return any(piece.edit is not Edit.SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Similar:
    """An article whose text is near that of another, and how much of them is the same."""

    article: int
    key: str
    title: str
    published: str | None
    source: str | None
    resemblance: float
    kept: float
    taken: float


@dataclass(frozen=True, slots=True)
class Reprint:
    """One article of a cluster of the same text; ``cluster`` is the id of its earliest."""

    cluster: int
    article: int
    key: str
    title: str
    published: str | None
    source: str | None
    kept: float
