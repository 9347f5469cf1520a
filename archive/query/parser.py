"""Words → query tree, by recursive descent over one grammar.

    any   := all (OR all)*                      OR binds loosest
    all   := deny ((AND)? deny)*                a blank is AND
    deny  := NOT* near
    near  := item (NEAR item)?                  NEAR binds tightest
    item  := "(" any ")" | field item | literal | phrase

Invariants: recursion is bounded by ``DEPTH_LIMIT`` and nothing but a QueryError leaves here. A term
without a token (only punctuation) is ``None`` on the way up: it drops out, and so does an operator
or group that it leaves empty; every drop is told in a hint.
"""

import re
from typing import NoReturn

from archive.errors import QueryError
from archive.query.dates import FORMS, bounds
from archive.query.fields import FIELDS, Field, field_like
from archive.query.lexer import Kind, Lexer, Word
from archive.query.tree import (
    DateRange,
    Meta,
    Near,
    Node,
    Phrase,
    Query,
    conjunction,
    disjunction,
    negation,
)
from archive.text import BOUNDARY, is_word, phrase, spans

BYTE_LIMIT = 64 * 1024
"""The most UTF-8 bytes of a query (docs/query.md, "Limits")."""

TERM_LIMIT = 1_000
"""The most literals and phrases of a query (docs/query.md, "Limits")."""

NEARS_LIMIT = 20
"""The most NEARs of a query, since the stored text decides each (docs/query.md, "Limits")."""

DEPTH_LIMIT = 50
"""The most parentheses in parentheses: six calls a level, well inside Python's limit of 1,000."""

_FEWER = "ask for a few words at a time"
_OPERATORS = ("AND", "OR", "NEAR")
_LIKE_FIELD = re.compile(r"([^\W\d_]{1,16})[:：](?!//)")  # no time of day, no URL
_UNCLOSED = 'close it with ), or quote the text that holds it: "甲(乙"'
_SHOWN = 24  # characters of a term that a hint repeats


def parse(text: str) -> Query:
    """Return the tree of a query, with hints on what was dropped or may have been meant otherwise.

    Args:
        text: the whole query; words of a command line are to be joined by spaces.

    Raises:
        QueryError: it cannot be understood, is empty, or passes a limit. ``position`` is a code
            point offset into ``text``; ``None`` if the query as a whole is too long.

    """
    require_short(text)
    return _Parser(text).query()


def require_short(text: str) -> None:
    """Refuse what is too long to be read at all.

    Raises:
        QueryError: it has more bytes than ``BYTE_LIMIT``.

    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BYTE_LIMIT:
        raise QueryError(
            f"the query has {size:,} bytes; at most {BYTE_LIMIT:,} (64 KB) are read",
            hint=_FEWER,
        )


class _Parser:
    """Reads one query once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = self._cut()
        self._at = 0
        self._depth = 0
        self._field: Field | None = None
        self._hints: list[str] = []

    def query(self) -> Query:
        if not self._words:
            self._fail("the query is empty", 0, "name a word to search for, such as 改革")
        root = self._any()
        if self._at < len(self._words):
            self._fail("this parenthesis closes nothing", self._words[self._at].position)
        if root is None:
            self._fail("the query holds only punctuation", 0, "name a word, such as 改革")
        return Query(root, self._text, tuple(dict.fromkeys(self._hints)))

    def _cut(self) -> list[Word]:
        words: list[Word] = []
        terms = nears = 0
        for word in Lexer(self._text):
            terms += word.kind in ("literal", "phrase")
            nears += word.kind == "NEAR"
            if terms > TERM_LIMIT:
                self._fail(f"a query has at most {TERM_LIMIT:,} terms", word.position, _FEWER)
            if nears > NEARS_LIMIT:
                self._fail(f"a query has at most {NEARS_LIMIT} NEARs", word.position, _FEWER)
            words.append(word)
        return words

    def _any(self) -> Node | None:
        found = [self._all()]
        while self._take("OR"):
            found.append(self._all())
        kept = [node for node in found if node is not None]
        return disjunction(kept) if kept else None

    def _all(self) -> Node | None:
        found = [self._deny()]
        while self._take("AND") or self._peek() not in (None, "OR", ")"):
            found.append(self._deny())
        kept = [node for node in found if node is not None]
        return conjunction(kept) if kept else None

    def _deny(self) -> Node | None:
        denials = 0
        while self._take("NOT"):
            denials += 1
        node = self._near()
        return negation(node) if node is not None and denials % 2 else node

    def _near(self) -> Node | None:
        start = self._at
        left = self._item()
        if self._peek() != "NEAR":
            return left
        near = self._words[self._at]
        self._at += 1
        middle = self._at
        right = self._item()
        if self._peek() == "NEAR":
            again = self._words[self._at].position
            self._fail("NEAR joins two terms, not three", again, "write a NEAR b AND b NEAR c")
        left = self._near_side(left, start)
        right = self._near_side(right, middle)
        if left.field != right.field:
            self._fail(
                "NEAR joins two terms of one field", near.position, "write title:(a NEAR/10 b)"
            )
        return Near(left, right, near.distance)

    def _near_side(self, node: Node | None, word: int) -> Phrase:
        if not isinstance(node, Phrase):
            self._fail(
                "NEAR joins two words or phrases of text",
                self._words[word].position,
                "write (a NEAR/10 c) OR (b NEAR/10 c)",
            )
        return node

    def _item(self) -> Node | None:
        if self._at == len(self._words) or self._words[self._at].kind in (*_OPERATORS, "NOT", ")"):
            self._fail_without_term()
        word = self._words[self._at]
        self._at += 1
        if word.kind == "(":
            return self._group(word)
        if word.field:
            return self._in_field(word.field, word)
        return self._term(word)

    def _group(self, opened: Word) -> Node | None:
        if self._peek() == ")":
            self._fail("nothing stands between these parentheses", opened.position)
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            self._fail(f"parentheses nest deeper than {DEPTH_LIMIT}", opened.position)
        node = self._any()
        self._depth -= 1
        if not self._take(")"):
            self._fail("this parenthesis is not closed", opened.position, _UNCLOSED)
        return node

    def _in_field(self, field: Field, word: Word) -> Node | None:
        if self._field:
            self._fail(f"{field.name}: stands inside {self._field.name}:", word.position)
        self._field = field
        node = self._item()
        self._field = None
        return node

    def _term(self, word: Word) -> Node | None:
        if self._field is None or self._field.kind == "text":
            return self._phrase(word)
        if word.kind == "literal" and word.text in ("?", "？"):
            return Meta(self._field.name, "missing")
        if self._field.kind == "date":
            return self._date(word)
        return self._meta(self._field, word)

    def _phrase(self, word: Word) -> Phrase | None:
        if self._field is None:
            self._hint_at_intention(word)
        elif word.kind == "literal" and word.text[0] in "=＝":
            self._fail(
                f"{self._field.name}: is searched, not compared; leave out the =", word.position
            )
        stem, prefix = self._stem(word)
        tokens = tuple(phrase(stem))
        if not tokens:
            self._hint_at_drop(word)
            return None
        return Phrase(tokens, stem, prefix, self._field and self._field.name)

    def _meta(self, field: Field, word: Word) -> Meta | None:
        value, whole = word.text, word.whole
        if (
            word.kind == "literal" and not whole and value[0] in "=＝"
        ):  # in a group: source:(=甲 OR =乙)
            value, whole = value[1:], True
        prefix = False
        if not whole:
            value, prefix = self._stem(word)
        tokens = tuple(phrase(value))
        if not tokens:
            self._hint_at_drop(word)
            return None
        return Meta(field.name, "equals" if whole else "contains", value.strip(), tokens, prefix)

    def _date(self, word: Word) -> DateRange:
        try:
            start, end = bounds(word.text)
        except ValueError as error:
            self._fail(f"date: {error}", word.position, FORMS)
        return DateRange(start, end, word.text)

    def _stem(self, word: Word) -> tuple[str, bool]:
        """Return a term without its ``*``, and whether it is the beginning of a word."""
        if word.kind == "phrase":
            return word.text, False
        stem = word.text.rstrip("*＊")
        if set(stem) & set("*＊"):
            self._hints.append(f"* counts only at the end of a word: {stem[:_SHOWN]}")
        found = spans(stem)
        last = found[-1][0] if found else BOUNDARY
        return stem, stem != word.text and last != BOUNDARY and is_word(last)

    def _hint_at_intention(self, word: Word) -> None:
        """Hint at a literal that looks like an operator or field."""
        if word.kind != "literal":
            return
        if word.text in ("and", "or", "not", "near"):
            upper = word.text.upper()
            self._hints.append(f"{word.text} is searched as a word; the operator is {upper}")
        if unknown := _LIKE_FIELD.match(word.text):
            like = field_like(unknown[1])
            known = ", ".join(field.name for field in FIELDS)
            advice = f"did you mean {like}:?" if like else f"the fields are {known}"
            self._hints.append(f"{unknown[1]}: is no field and is searched as text; {advice}")

    def _hint_at_drop(self, word: Word) -> None:
        shown = word.text[:_SHOWN].strip() or "an empty quotation"
        self._hints.append(f"left out, since it holds only punctuation: {shown}")

    def _peek(self) -> Kind | None:
        return self._words[self._at].kind if self._at < len(self._words) else None

    def _take(self, kind: Kind) -> bool:
        taken = self._peek() == kind
        self._at += taken
        return taken

    def _fail_without_term(self) -> NoReturn:
        """Blame the operator in front, if there is one: it is what lacks a term."""
        here = self._words[self._at] if self._at < len(self._words) else None
        before = self._words[self._at - 1] if self._at else None
        lacking, side = (before, "behind") if before and before.kind != "(" else (here, "before")
        if lacking is None:  # "(" is the last word
            self._fail("this parenthesis is not closed", len(self._text.rstrip()) - 1, _UNCLOSED)
        self._fail(
            f"{lacking.text} has no term {side} it",
            lacking.position,
            f'to search for the word itself, quote it: "{lacking.text}"',
        )

    def _fail(self, message: str, position: int, hint: str | None = None) -> NoReturn:
        raise QueryError(message, query=self._text, position=position, hint=hint)
