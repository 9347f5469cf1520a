"""Where phrases stand in stored text, as offsets into it.

Offsets are code points of the text as it is stored, half-open, so that an anchor made of them
quotes exactly the characters found. Invariant: a place found here is a run of tokens that the index
matches, and none is missed; the rules are those of :mod:`archive.text`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice

from archive.query import Near, Phrase
from archive.text import BOUNDARY, fold, gaps, is_character, is_white_space, pattern, spans
from archive.text import phrase as cut

Place = tuple[int, int]

_UNBROKEN = re.compile("[^,，。;；!！?？\n]+")
"""A stretch without any of these; there are others, but each of these is always a boundary."""


class Tokenized:
    """A text in which phrases are looked up, folded or strictly as they were typed.

    A phrase of Han characters and hangul syllables is found by a scan of the text for all that
    folds to it: each is a token wherever it stands, and only white space and ignorable characters
    may part two. The text is cut into tokens only for other phrases.
    """

    def __init__(self, text: str, *, strict: bool = False) -> None:
        self._text = text
        self._strict = strict
        self._tokens: dict[Place, tuple[list[str], list[Place]]] = {}

    @property
    def text(self) -> str:
        """The text as it is stored."""
        return self._text

    @cached_property
    def _compared(self) -> str:
        return self._text if self._strict else fold(self._text)

    @cached_property
    def _between(self) -> str:
        """The part of a pattern for what may stand between two characters of a phrase."""
        parting = gaps(self._compared)
        return f"[{re.escape(parting)}]*" if parting else ""

    @cached_property
    def _has_ignorable(self) -> bool:
        return not all(map(is_white_space, gaps(self._compared)))

    def places(self, phrase: Phrase) -> list[Place]:
        """Where a phrase stands, in order; places of one phrase may overlap."""
        if not self._strict and has_characters_only(phrase):
            return [met.span(1) for met in _unfolded(phrase.tokens).finditer(self._text)]
        sought = cut(phrase.text, folded=False) if self._strict else list(phrase.tokens)
        if all(map(is_character, sought)):
            return list(self._scan(sought))
        return list(self._compare(sought, prefix=phrase.prefix))

    def holds(self, phrase: Phrase) -> bool:
        """Whether a phrase stands here."""
        return bool(self.places(phrase))

    def _scan(self, characters: Sequence[str]) -> Iterator[Place]:
        if len(characters) > 1 and self._between:
            pattern = self._between.join(map(re.escape, characters))
            yield from (met.span(1) for met in re.finditer(f"(?=({pattern}))", self._compared))
            return
        run = "".join(characters)
        at = self._compared.find(run)
        while at >= 0:
            yield at, at + len(run)
            at = self._compared.find(run, at + 1)

    def _compare(self, sought: list[str], *, prefix: bool) -> Iterator[Place]:
        for start, end in self._stretches(sought):
            tokens, places = self._cut(start, end)
            for at in _occurrences(tokens, sought, prefix=prefix):
                yield places[at][0], places[at + len(sought) - 1][1]

    def _stretches(self, sought: list[str]) -> Iterator[Place]:
        """What has to be cut: stretches between punctuation that have each token.

        A phrase over a boundary may run across them, and an ignorable character may part those of a
        word.
        """
        if BOUNDARY in sought or self._has_ignorable:
            yield 0, len(self._text)
            return
        for met in _UNBROKEN.finditer(self._compared):
            if all(token in met[0] for token in sought):
                yield met.span()

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


def has_characters_only(phrase: Phrase) -> bool:
    """Whether each token of a phrase is a Han character or a hangul syllable."""
    return all(map(is_character, phrase.tokens))


@lru_cache(maxsize=1024)
def _unfolded(characters: tuple[str, ...]) -> re.Pattern[str]:
    """What finds the places of a phrase of characters in a text that is not folded.

    A phrase that ends as it begins may overlap itself, so that each place is looked at.
    """
    overlaps = any(characters[:n] == characters[-n:] for n in range(1, len(characters)))
    found = f"({pattern(characters)})"
    return re.compile(f"(?={found})" if overlaps else found)


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
