"""A query string → words: what a user wrote, cut at white space, brackets, quotation marks and |.

Idea: operators and fields are told from literal text here, by where they stand, so that the parser
sees kinds only. Invariants: every word knows where it stands; a literal is never cut at other
punctuation (``招商引资,还要招才引智`` is one); quotation marks of the curly and corner kinds open a
phrase only where a word may begin, since inside a word they belong to the text
(``昔日“煤城”迎来``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NoReturn

from archive.errors import QueryError
from archive.query.fields import Field, field_named
from archive.query.tree import QUOTES
from archive.text import fold, is_white_space

NEAR_DISTANCE = 10
"""Characters between the terms of a NEAR that gives no number (docs/query.md)."""

NEAR_LIMIT = 10_000
"""The largest number a NEAR takes: farther than that is another paragraph (docs/query.md)."""

Kind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "field", "literal", "phrase"]

_SIGNS: dict[str, Kind] = {"(": "(", "（": "(", ")": ")", "）": ")", "|": "OR", "｜": "OR"}
_MINUS = "-－"
_STOPS = {*_SIGNS, '"', "＂"}  # what ends a literal, besides white space
_CLOSERS = "”」』"
_NEAR = re.compile(r"NEAR(?:[/／](.*))?", re.DOTALL)
_FIELD = re.compile(r"([^:：]{1,16})[:：]")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query."""

    kind: Kind
    position: int
    """Code point offset into the query, for the caret."""
    text: str
    """As written; of a phrase, what stands between its marks."""
    field: Field | None = None
    """With kind ``field``."""
    distance: int = 0
    """With kind ``NEAR``, in characters."""
    whole: bool = False
    """Whether ``=`` stood before a value that belongs to a field."""


class Lexer:
    """Cuts one query; iterate over it once.

    Raises (while iterating):
        QueryError: a phrase is not closed, a NEAR has no number, a field has no value.
    """

    def __init__(self, query: str) -> None:
        self._query = query
        self._at = 0

    def __iter__(self) -> Iterator[Word]:
        """Yield the words in order."""
        while self._skip_white_space():
            yield from self._word()

    def _word(self) -> Iterator[Word]:
        """Yield one word, or a field with its value's first word."""
        start = self._at
        char = self._query[start]
        if char in _SIGNS:
            self._at += 1
            yield Word(_SIGNS[char], start, char)
        elif self._is_minus():
            self._at += 1
            yield Word("NOT", start, char)
        elif char in QUOTES:
            yield self._phrase(start)
        elif char in _CLOSERS:
            self._fail(f"no quotation opens before this {char}", start)
        else:
            yield from self._named_or_literal(start)

    def _named_or_literal(self, start: int) -> Iterator[Word]:
        text = self._take_literal()
        near = _NEAR.fullmatch(text)
        prefix = _FIELD.match(text)
        field = field_named(prefix[1]) if prefix else None
        if text in ("AND", "OR", "NOT"):
            yield Word(text, start, text)  # type: ignore[arg-type]  # just compared
        elif near:
            yield Word("NEAR", start, text, distance=self._distance(near, start))
        elif prefix and field:
            yield Word("field", start, prefix[0], field=field)
            self._at = start + prefix.end()
            yield self._value(field)
        else:
            yield Word("literal", start, text)

    def _value(self, field: Field) -> Word:
        """Return the first word of a field's value, which stands right behind the colon."""
        whole = field.kind == "metadata" and self._query[self._at : self._at + 1] in ("=", "＝")
        self._at += whole
        start = self._at
        char = self._query[start : start + 1]
        if not char or is_white_space(char) or _SIGNS.get(char, "(") != "(":
            example = "2018" if field.kind == "date" else "改革"
            hint = f"write the value right behind the colon, {field.name}:{example}"
            self._fail(f"{field.name}: has no value", start, hint)
        if char in _MINUS:
            hint = f"write -{field.name}:…, or quote the value"
            self._fail("a minus stands before the field, not behind it", start, hint)
        if char in _SIGNS:
            if whole:
                self._fail("= takes one value", start, f"write {field.name}:(=… OR =…)")
            self._at += 1
            return Word("(", start, char)
        if char in QUOTES:
            return self._phrase(start, whole=whole)
        return Word("literal", start, self._take_literal(), whole=whole)

    def _phrase(self, start: int, *, whole: bool = False) -> Word:
        closer = QUOTES[self._query[start]]
        end = self._query.find(closer, start + 1)
        if end < 0:
            self._fail(f"this quotation is not closed by {closer}", start)
        self._at = end + 1
        return Word("phrase", start, self._query[start + 1 : end], whole=whole)

    def _distance(self, near: re.Match[str], start: int) -> int:
        if near[1] is None:
            return NEAR_DISTANCE
        digits = fold(near[1])
        if not re.fullmatch(r"[0-9]{1,5}", digits) or int(digits) > NEAR_LIMIT:
            hint = f"write a NEAR/{NEAR_DISTANCE} b"
            self._fail(f"NEAR/ takes a number of characters, 0 to {NEAR_LIMIT}", start, hint)
        return int(digits)

    def _take_literal(self) -> str:
        start = self._at
        while self._at < len(self._query) and not self._at_stop():
            self._at += 1
        return self._query[start : self._at]

    def _at_stop(self) -> bool:
        char = self._query[self._at]
        return char in _STOPS or is_white_space(char)

    def _is_minus(self) -> bool:
        """Return whether here, where a word begins, a minus denies what stands right behind it."""
        behind = self._query[self._at + 1 : self._at + 2]
        return self._query[self._at] in _MINUS and behind != "" and not is_white_space(behind)

    def _skip_white_space(self) -> bool:
        """Return whether anything follows the white space."""
        while self._at < len(self._query) and is_white_space(self._query[self._at]):
            self._at += 1
        return self._at < len(self._query)

    def _fail(self, message: str, position: int, hint: str | None = None) -> NoReturn:
        raise QueryError(message, query=self._query, position=position, hint=hint)
