"""Where phrases stand in stored text, as offsets into it.

Offsets are code points of the text as it is stored, half-open, so that an anchor made of them
quotes exactly the characters found. Invariant: a place found here is a run of tokens that the index
matches, and none is missed; the rules are those of :mod:`archive.text`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from archive.query import Near, Phrase
from archive.text import fold, gaps, is_character, is_white_space, spans
from archive.text import phrase as cut

Place = tuple[int, int]


class Tokenized:
    """A text in which phrases are looked up, folded or strictly as they were typed.

    A phrase of Han characters and hangul syllables is found by a scan of the folded text, in which
    each is a token wherever it stands, and only white space and ignorable characters may part two;
    the text is cut into tokens only for other phrases.
    """

    def __init__(self, text: str, *, strict: bool = False) -> None:
        self._text = text
        self._strict = strict

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
    def _spans(self) -> tuple[list[str], list[Place]]:
        found = spans(self._text, folded=not self._strict)
        return [token for token, _, _ in found], [(start, end) for _, start, end in found]

    def places(self, phrase: Phrase) -> list[Place]:
        """Where a phrase stands, in order; places of one phrase may overlap."""
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
        tokens, places = self._spans
        length = len(sought)
        for at in self._starts(sought[0], prefix=prefix and length == 1):
            run = tokens[at : at + length]
            last_fits = len(run) == length and (
                run[-1].startswith(sought[-1]) if prefix else run[-1] == sought[-1]
            )
            if last_fits and run[:-1] == sought[:-1]:
                yield places[at][0], places[at + length - 1][1]

    def _starts(self, token: str, *, prefix: bool) -> Iterator[int]:
        tokens, _ = self._spans
        if prefix:
            yield from (at for at, one in enumerate(tokens) if one.startswith(token))
        else:
            yield from (at for at, one in enumerate(tokens) if one == token)


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
