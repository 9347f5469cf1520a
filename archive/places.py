"""Where phrases stand in stored text, as offsets into it.

Offsets are code points of the text as it is stored, half-open, so that an anchor made of them
quotes exactly the characters found. Invariant: a place found here is a run of tokens that the index
matches, and none is missed; the rules are those of :mod:`archive.text`.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from archive.patterns import pattern
from archive.query import Near, Phrase
from archive.text import BOUNDARY, is_character, is_white_space, spans
from archive.text import phrase as cut

Place = tuple[int, int]

_PARTING = ",，。;；!！?？\n"
"""Characters that are boundaries wherever they stand; there are others."""

_PARTED = re.compile(f"[{_PARTING}]|\\Z")


class Tokenized:
    """A text in which phrases are looked up, folded or strictly as they were typed.

    A phrase of Han characters and hangul syllables is found by a scan of the text for all that
    folds to it: each is a token wherever it stands, and only white space and ignorable characters
    may part two. For other phrases the scan finds where they may stand, and only these stretches of
    the text are cut into tokens.
    """

    def __init__(self, text: str, *, strict: bool = False) -> None:
        self._text = text
        self._strict = strict
        self._tokens: dict[Place, tuple[list[str], list[Place]]] = {}

    @property
    def text(self) -> str:
        """The text as it is stored."""
        return self._text

    def places(self, phrase: Phrase) -> list[Place]:
        """Where a phrase stands, in order; places of one phrase may overlap."""
        return list(self._places(phrase))

    def holds(self, phrase: Phrase) -> bool:
        """Whether a phrase stands here."""
        return next(self._places(phrase), None) is not None

    def _places(self, phrase: Phrase) -> Iterator[Place]:
        sought = tuple(cut(phrase.text, folded=False)) if self._strict else phrase.tokens
        scan = _scan(sought, strict=self._strict)
        if scan.find is None:
            stretches: Iterable[Place] = [(0, len(self._text))]
        elif scan.decides:
            return (met.span(1) for met in scan.find(self._text))
        else:
            stretches = self._around(scan.find(self._text))
        return self._compare(stretches, sought, prefix=phrase.prefix)

    def _around(self, found: Iterable[re.Match[str]]) -> Iterator[Place]:
        """The stretches between punctuation in which something was found, each once."""
        end = 0
        for met in found:
            at, last = met.span(1)
            if at >= end:
                begins = (self._text.rfind(mark, end, at) + 1 for mark in _PARTING)
                start = max(end, *begins)
                parted = _PARTED.search(self._text, last)
                end = parted.start() if parted else len(self._text)
                yield start, end

    def _compare(
        self, stretches: Iterable[Place], sought: Sequence[str], *, prefix: bool
    ) -> Iterator[Place]:
        for start, end in stretches:
            tokens, places = self._cut(start, end)
            for at in _occurrences(tokens, list(sought), prefix=prefix):
                yield places[at][0], places[at + len(sought) - 1][1]

    def _cut(self, start: int, end: int) -> tuple[list[str], list[Place]]:
        if (start, end) not in self._tokens:
            found = spans(self._text[start:end], folded=not self._strict)
            places = [(start + first, start + last) for _, first, last in found]
            self._tokens[start, end] = [token for token, _, _ in found], places
        return self._tokens[start, end]


def _occurrences(tokens: Sequence[str], sought: list[str], *, prefix: bool) -> Iterator[int]:
    """Where among tokens those sought stand in a row; of the last a prefix may be enough."""
    length = len(sought)
    for at in range(len(tokens) - length + 1):
        last = tokens[at + length - 1]
        fits = last.startswith(sought[-1]) if prefix else last == sought[-1]
        if fits and tokens[at : at + length - 1] == sought[:-1]:
            yield at


class _Scan(NamedTuple):
    """How a phrase is looked for in stored text."""

    find: Callable[[str], Iterator[re.Match[str]]] | None
    """Finds all that may be the phrase; ``None`` where it may run across any boundary."""
    decides: bool
    """Whether all that is found is the phrase."""


@lru_cache(maxsize=1024)
def _scan(tokens: tuple[str, ...], *, strict: bool) -> _Scan:
    """How these tokens are looked for.

    A phrase that ends as it begins may overlap itself, so that each place is looked at.
    """
    if BOUNDARY in tokens:
        return _Scan(None, decides=False)
    characters = "".join(tokens)
    overlaps = any(characters[:n] == characters[-n:] for n in range(1, len(characters)))
    found = f"({pattern(characters, folded=not strict)})"
    find = re.compile(f"(?={found})" if overlaps else found).finditer
    return _Scan(find, decides=all(map(is_character, tokens)))


def near(text: Tokenized, node: Near, field: str | None) -> bool:
    """Whether two phrases stand in the text of a field no further apart than ``node`` allows.

    Either order; white space between is not counted, and the two may not overlap.
    """
    if any(phrase.field not in (None, field) for phrase in (node.left, node.right)):
        return False
    left, right = text.places(node.left), text.places(node.right)
    if not left or not right:
        return False
    return any(
        _within(text.text[end:start], node.distance)
        for first, last in ((left, right), (right, left))
        for end, start in _facing(first, last)
    )


def _within(between: str, distance: int) -> bool:
    """Whether a text has no more than so many characters, white space not counted."""
    if len(between) <= distance:
        return True
    counted = (char for char in between if not is_white_space(char))
    return next(islice(counted, distance, None), None) is None


def _facing(first: Sequence[Place], last: Sequence[Place]) -> Iterator[tuple[int, int]]:
    """For each place of ``last``, the nearest end of ``first`` that is not after its start."""
    ends = sorted(end for _, end in first)
    for start, _ in last:
        before = bisect_right(ends, start)
        if before:
            yield ends[before - 1], start
