"""Keywords in context: every place in the text of sections where a phrase of a query stands.

Idea: the index tells the sections, :mod:`archive.places` the places in their stored text. The order
is made of ids, and text is read for a few articles at a time, so that the first lines come at once
and memory does not grow with the places. Invariants: an anchor quotes exactly the keyword, and a
context never leaves the keyword's paragraph.

Titles, headings and captions are not looked at: no range names a place in them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Result, Row, select
from sqlalchemy.orm import Session

from archive import sorting
from archive.errors import require
from archive.listed import listed
from archive.matching import (
    ARTICLE,
    PARAGRAPH,
    SECTION,
    UNITS,
    Ids,
    found,
    is_decided,
    is_indexed,
    judge_of,
    spread,
)
from archive.models import Article, Section
from archive.phrases import holding
from archive.places import Place, Tokenized
from archive.query import Phrase, Query
from archive.ranking import superseded
from archive.ref import Ref
from archive.results import KeywordInContext
from archive.sorting import NEWEST, OLDEST
from archive.text import fold
from archive.verify import Judge, SectionText, matching_paragraphs
from archive.window import window

DATE, LEFT, RIGHT = "date", "left", "right"
SORTS = (NEWEST, DATE, LEFT, RIGHT)
"""The orders: newest first, oldest first, or by the context from the keyword outwards."""

_COMPARED = 40  # how many characters of a context an order by it looks at
_SECTIONS = 100  # how many are read at a time


class _Asked(NamedTuple):
    """What is asked, as far as every section needs it."""

    query: Query
    phrases: Sequence[Phrase]
    """Those that may stand in the text of a section, each looking there only."""
    strict: bool
    judge: Judge | None
    """Decides which paragraphs count; ``None`` where each that holds a phrase does."""


class _Located(NamedTuple):
    """A place in the stored text of a section."""

    row: Row[Any]
    place: Place


def concordance(
    session: Session,
    query: Query,
    *,
    unit: str,
    sort: str,
    limit: int | None,
    context: int,
    strict: bool,
) -> Iterator[KeywordInContext]:
    """The places of a query; see :meth:`archive.store.Archive.kwic`.

    Raises:
        UsageError: no such unit or order, or a limit below zero.
    """
    require(unit, UNITS, "unit")
    require(sort, SORTS, "order")
    decided = unit != PARAGRAPH or is_decided(query.root, unit, strict=strict)
    judge = None if decided else judge_of(session, query.root)
    phrases = [replace(one, field="body") for one in query.phrases if one.field in (None, "body")]
    asked = _Asked(query, phrases, strict, judge)
    located = _located(session, asked, unit, OLDEST if sort == DATE else NEWEST)
    for one in _sorted(located, sort, window(limit)[1]):
        yield _shown(one, context)


def _located(session: Session, asked: _Asked, unit: str, order: str) -> Iterator[_Located]:
    """The places section by section, in an order of their articles; in a section as they stand."""
    in_order = sorting.in_order(session, _sections(session, asked, unit), SECTION, order)
    while batch := [row[0] for row in islice(in_order, _SECTIONS)]:
        rows = {row.id: row for row in _rows(session, batch)}
        for section in batch:
            for place in _places(rows[section], asked):
                yield _Located(rows[section], place)


def _sections(session: Session, asked: _Asked, unit: str) -> Ids:
    """The sections to look into: those that match, hold a phrase, and are of no older version."""
    holders = holding(session, asked.phrases)
    if not is_indexed(asked.query.root, unit, strict=asked.strict):
        matches = found(session, asked.query.root, unit, strict=asked.strict)
        holders &= spread(session, matches, SECTION) if unit == ARTICLE else matches
    return holders - superseded(session, SECTION)


def _rows(session: Session, sections: Sequence[int]) -> Result[Any]:
    return session.execute(
        select(
            Section.id,
            Section.number,
            Section.heading,
            Section.text,
            Article.id.label("article"),
            Article.key,
            Article.title,
            Article.captions,
            Article.published,
            Article.source,
        )
        .join(Article, Section.article_id == Article.id)
        .where(Section.id.in_(listed(sections)))
    )


def _places(row: Row[Any], asked: _Asked) -> list[Place]:
    """Where the phrases stand in a section, in order; each place once."""
    stretches = [(0, Tokenized(row.text, strict=asked.strict))]
    if asked.judge is not None:
        section = SectionText(
            row.id, row.article, row.number, row.heading or "", row.text, row.title, row.captions
        )
        stretches = list(
            matching_paragraphs(asked.judge, asked.query.root, section, strict=asked.strict)
        )
    met = {
        (offset + start, offset + end)
        for offset, text in stretches
        for phrase in asked.phrases
        for start, end in text.places(phrase)
    }
    return sorted(met)


def _sorted(located: Iterator[_Located], sort: str, limit: int | None) -> Iterator[_Located]:
    """The first places of an order; equal contexts stay newest first."""
    if sort not in (LEFT, RIGHT):
        return islice(located, limit)
    key = _left_key if sort == LEFT else _right_key
    if limit is None:
        return iter(sorted(located, key=key))
    return iter(nsmallest(limit, located, key=key))


def _left_key(one: _Located) -> str:
    """What stands before the keyword, from there backwards."""
    return _even(_before(one, _COMPARED))[::-1]


def _right_key(one: _Located) -> str:
    """What stands behind the keyword."""
    return _even(_after(one, _COMPARED))


def _even(context: str) -> str:
    """A context as orders compare it: folded, and white space makes no difference but one."""
    return " ".join(fold(context).split())


def _before(one: _Located, most: int) -> str:
    start = one.place[0]
    nearby: str = one.row.text[max(0, start - most) : start]
    return nearby.rpartition("\n")[2]


def _after(one: _Located, most: int) -> str:
    end = one.place[1]
    nearby: str = one.row.text[end : end + most]
    return nearby.partition("\n")[0]


def _shown(one: _Located, context: int) -> KeywordInContext:
    row, (start, end) = one
    return KeywordInContext(
        article=row.article,
        key=row.key,
        section=row.number,
        left=_before(one, context),
        keyword=row.text[start:end],
        right=_after(one, context),
        published=row.published,
        source=row.source,
        anchor=str(Ref(row.key, row.number, start=start, end=end)),
    )
