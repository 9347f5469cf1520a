"""What is found, said a second time: straight from the design's rules, by brute force.

This file imports nothing of the package. It tokenises character by character, scans stored texts
for runs of tokens, and answers a question given as nested tuples:

    ("term", text, field)            field: None, "title", "heading", "body" or "caption"
    ("prefix", text, field)          the last token may be the beginning of a longer word
    ("near", left, right, n, field)  at most n characters, white space aside, between the two
    ("meta", field, "contains" | "equals" | "missing", value)
    ("date", first, last)            ISO prefixes, both included; None is open
    ("and" | "or", question, …)      ("not", question)

Places: with unit "article" an article is one place; with "section" a section is; with "paragraph" a
paragraph is, and so are a section's heading and, in section 0, the title and each caption. Fields
of the article, title and captions among them, hold for every place of it, a heading for every place
of its section. An article or section is found if one of its places is.
"""

import calendar
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import opencc
import regex  # type: ignore[import-untyped]  # it ships no stubs

BOUNDARY = "·"
Question = tuple[Any, ...]

_simplify = opencc.OpenCC("t2s").convert


@dataclass(frozen=True)
class OracleSection:
    """One section; ``text`` has its paragraphs separated by line feeds."""

    heading: str | None
    text: str


@dataclass(frozen=True)
class OracleArticle:
    """One article; ``meta`` holds the values of source, author, editor, channel and path."""

    title: str
    sections: tuple[OracleSection, ...]
    captions: tuple[str, ...] = ()
    published: str | None = None
    meta: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def fold(char: str) -> str:
    """One character to one character, again and again until nothing changes."""
    before = None
    while before != char:
        before = char
        compatible = unicodedata.normalize("NFKC", char)
        char = compatible if len(compatible) == 1 else char
        lower = char.casefold()
        char = lower if len(lower) == 1 else char
        if regex.match(r"\p{Han}", char):
            simple = _simplify(char)
            char = simple if len(simple) == 1 else char
    return char


@cache
def what(char: str) -> str:
    """What a folded character is to the tokeniser."""
    if char != "\n" and regex.match(r"\p{White_Space}", char):
        return "space"
    if regex.match(r"[\p{Cf}\p{Variation_Selector}]", char):
        return "nothing"
    if regex.match(r"\p{Han}", char):
        return "han"
    if regex.match(r"[\p{Hiragana}\p{Katakana}]", char):
        return "kana"
    if "\uac00" <= char <= "\ud7a3":
        return "hangul"
    return "word" if regex.match(r"[\p{L}\p{M}\p{N}]", char) else "boundary"


def located(text: str) -> list[tuple[str, int, int]]:
    """Tokens with the offsets of their first character and behind their last."""
    found: list[tuple[str, int, int]] = []
    open_as = ""  # what the last token may still take in: "word", "kana" or nothing
    for at, original in enumerate(text):
        char = fold(original)
        kind = what(char)
        if kind == "nothing":
            continue
        if kind == "space":
            open_as = ""
        elif kind == "boundary":
            open_as = ""
            if found and found[-1][0] == BOUNDARY:
                found[-1] = (BOUNDARY, found[-1][1], at + 1)
            else:
                found.append((BOUNDARY, at, at + 1))
        elif (kind == "word" and open_as == "word") or (char == "ー" and open_as == "kana"):
            found[-1] = (found[-1][0] + char, found[-1][1], at + 1)
        else:
            found.append((char, at, at + 1))
            open_as = kind if kind in ("word", "kana") else ""
    return [(token[:255], start, end) for token, start, end in found]


def tokens(text: str) -> list[str]:
    """The tokens of a text."""
    return [token for token, _, _ in located(text)]


def asked(text: str) -> list[str]:
    """The tokens of a query term: no boundary at either end."""
    wanted = tokens(text)
    while wanted and wanted[0] == BOUNDARY:
        del wanted[0]
    while wanted and wanted[-1] == BOUNDARY:
        del wanted[-1]
    return wanted


def places(text: str, term: str, *, prefix: bool = False) -> list[tuple[int, int]]:
    """Where a term stands in a stored text, as code point offsets."""
    have, want = located(text), asked(term)
    found = []
    for at in range(len(have) - len(want) + 1 if want else 0):
        run = [token for token, _, _ in have[at : at + len(want)]]
        last = run[-1].startswith(want[-1]) if prefix else run[-1] == want[-1]
        if last and run[:-1] == want[:-1]:
            found.append((have[at][1], have[at + len(want) - 1][2]))
    return found


def near(text: str, left: str, right: str, distance: int) -> bool:
    """Whether two terms stand apart in a text with few enough characters between them."""
    for start, end in places(text, left):
        for other_start, other_end in places(text, right):
            if end <= other_start:
                between = text[end:other_start]
            elif other_end <= start:
                between = text[other_end:start]
            else:
                continue
            if sum(what(c) != "space" and c != "\n" for c in between) <= distance:
                return True
    return False


@dataclass(frozen=True)
class _Place:
    """What one place sees: texts for bare terms, and the texts of each field."""

    article: OracleArticle
    bare: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]


def _places(article: OracleArticle, unit: str) -> Iterator[tuple[int, _Place]]:
    """The places of an article, with the number of their section (0 for unit article)."""
    about = (article.title, "\n".join(article.captions))
    whole = {"title": (article.title,), "caption": ("\n".join(article.captions),)}
    if unit == "article":
        headings = tuple(section.heading or "" for section in article.sections)
        bodies = tuple(section.text for section in article.sections)
        fields = {**whole, "heading": headings, "body": bodies}
        yield 0, _Place(article, (*about, *headings, *bodies), fields)
        return
    for number, section in enumerate(article.sections):
        heading = section.heading or ""
        lead = about if number == 0 else ()
        headed = {**whole, "heading": (heading,)}
        if unit == "section":
            fields = {**headed, "body": (section.text,)}
            yield number, _Place(article, (*lead, heading, section.text), fields)
            continue
        for paragraph in section.text.split("\n"):
            yield number, _Place(article, (paragraph,), {**headed, "body": (paragraph,)})
        for text in (heading, article.title, *article.captions) if lead else (heading,):
            yield number, _Place(article, (text,), {**headed, "body": ()})


def answer(
    articles: list[OracleArticle], question: Question, unit: str = "article"
) -> set[tuple[int, int]]:
    """What is found: (index of the article, number of the section; 0 for unit article)."""
    return {
        (index, number)
        for index, article in enumerate(articles)
        for number, place in _places(article, unit)
        if _holds(place, question)
    }


def shown(question: Question) -> Iterator[tuple[str, bool, str | None]]:
    """The terms whose places a question shows, not those denied: text, prefix or not, field."""
    kind, *rest = question
    if kind in ("and", "or"):
        for part in rest:
            yield from shown(part)
    elif kind in ("term", "prefix"):
        yield rest[0], kind == "prefix", rest[1]
    elif kind == "near":
        yield rest[0], False, rest[-1]
        yield rest[1], False, rest[-1]


def keywords(
    articles: list[OracleArticle], question: Question, unit: str
) -> set[tuple[int, int, int, int]]:
    """Where its terms stand in the texts of sections: index of the article, section, start, end.

    With unit "article" in those that are found; with "section" in the sections that are, with
    "paragraph" in the paragraphs.
    """
    found = answer(articles, question, unit)
    terms = [(text, prefix) for text, prefix, field in shown(question) if field in (None, "body")]
    met = set()
    for index, article in enumerate(articles):
        for number, section in enumerate(article.sections):
            if (index, 0 if unit == "article" else number) not in found:
                continue
            stretches = [(0, section.text)]
            if unit == "paragraph":
                stretches = list(_matching_paragraphs(article, number, question))
            for offset, stretch in stretches:
                for text, prefix in terms:
                    for start, end in places(stretch, text, prefix=prefix):
                        met.add((index, number, offset + start, offset + end))
    return met


def _matching_paragraphs(
    article: OracleArticle, number: int, question: Question
) -> Iterator[tuple[int, str]]:
    """The paragraphs of a section's text in which a question holds, and where each begins."""
    sees = (place for n, place in _places(article, "paragraph") if n == number)
    begin = 0
    for paragraph in article.sections[number].text.split("\n"):
        if _holds(next(sees), question):
            yield begin, paragraph
        begin += len(paragraph) + 1


def holding(articles: list[OracleArticle], question: Question) -> set[tuple[int, int]]:
    """The sections in which a term of a question stands; title and captions are the lead's."""
    terms = list(shown(question))
    return {
        (index, number)
        for index, article in enumerate(articles)
        for number in range(len(article.sections))
        for text, prefix, wanted in terms
        for field, own in _own_texts(article, number)
        if wanted in (None, field) and places(own, text, prefix=prefix)
    }


def _own_texts(article: OracleArticle, number: int) -> Iterator[tuple[str, str]]:
    section = article.sections[number]
    yield "body", section.text
    yield "heading", section.heading or ""
    if number == 0:
        yield "title", article.title
        yield "caption", "\n".join(article.captions)


def _holds(place: _Place, question: Question) -> bool:
    kind, *rest = question
    if kind in ("and", "or"):
        return (all if kind == "and" else any)(_holds(place, part) for part in rest)
    if kind == "not":
        return not _holds(place, rest[0])
    if kind == "meta":
        return _meta_holds(place.article, *rest)
    if kind == "date":
        return _within(place.article.published, *rest)
    return any(_stands(text, kind, rest) for text in _seen(place, rest[-1]))


def _seen(place: _Place, name: str | None) -> tuple[str, ...]:
    return place.fields[name] if name else place.bare


def _stands(text: str, kind: str, rest: list[Any]) -> bool:
    if kind == "near":
        return near(text, *rest[:-1])
    return bool(places(text, rest[0], prefix=kind == "prefix"))


def _meta_holds(article: OracleArticle, name: str, how: str, value: str = "") -> bool:
    values = article.meta.get(name, ())
    if how == "missing":
        return not values
    if how == "equals":
        return any(asked(one) == asked(value) for one in values)
    return any(places(one, value) for one in values)


def _within(published: str | None, first: str | None, last: str | None) -> bool:
    """Whether all days that ``published`` may mean lie from ``first`` to ``last``."""
    if published is None:
        return False
    begins, ends = _days(published)
    return (first is None or begins >= _days(first)[0]) and (last is None or ends <= _days(last)[1])


def _days(prefix: str) -> tuple[str, str]:
    """The first and last day of a year, month, day or moment, in ISO 8601."""
    day = prefix[:10]
    year, month = int(day[:4]), int(day[5:7] or 12)
    last = f"{year:04}-{month:02}-{calendar.monthrange(year, month)[1]:02}"
    return (day + "-01-01")[:10], day if len(day) == 10 else last
