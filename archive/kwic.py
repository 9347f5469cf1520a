"""Keywords in context: every place in the text of sections where a phrase of a query stands.

Idea: the index tells the sections, :mod:`archive.places` the places in their stored text. The order
is made of ids, and text is read for a few articles at a time, so that the first lines come at once
and memory does not grow with the places. Invariants: an anchor quotes exactly the keyword, and a
context never leaves the keyword's paragraph.

Titles, headings and captions are not looked at: no range names a place in them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import nsmallest
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Result, Row, select
from sqlalchemy.orm import Session

from archive.errors import require
from archive.matching import (
    ARTICLE,
    PARAGRAPH,
    UNITS,
    found,
    is_decided,
    judge_of,
    listed,
)
from archive.models import Article, Section, SectionIndexArticle
from archive.phrases import holding
from archive.places import Place, Tokenized
from archive.query import Phrase, Query
from archive.ref import Ref
from archive.results import KeywordInContext
from archive.text import fold
from archive.verify import Judge, SectionText, matching_paragraphs

NEWEST, DATE, LEFT, RIGHT = SORTS = ("newest", "date", "left", "right")
"""The orders: newest first, oldest first, or by the context from the keyword outwards."""

_COMPARED = 40  # how many characters of a context an order by it looks at
_ARTICLES = 100  # how many are read at a time


class _Question(NamedTuple):
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
        UsageError: no such unit or order.
    """
    require(unit, UNITS, "unit")
    require(sort, SORTS, "order")
    decided = unit != PARAGRAPH or is_decided(query.root, unit, strict=strict)
    judge = None if decided else judge_of(session, query.root)
    phrases = [replace(one, field="body") for one in query.phrases if one.field in (None, "body")]
    question = _Question(query, phrases, strict, judge)
    located = _located(session, question, unit, oldest=sort == DATE)
    for one in _sorted(located, sort, limit):
        yield _shown(one, context)


def _located(
    session: Session, question: _Question, unit: str, *, oldest: bool
) -> Iterator[_Located]:
    """The places article by article, in the order of their dates; in an article as they stand."""
    sections = _sections(session, question, unit)
    articles = _by_date(session, sections, oldest=oldest)
    while batch := list(islice(articles, _ARTICLES)):
        wanted = [section for article in batch for section in sections[article]]
        rows: dict[int, list[Row[Any]]] = {article: [] for article in batch}
        for row in _rows(session, wanted):
            rows[row.article].append(row)
        for article in batch:
            for row in rows[article]:
                for place in _places(row, question):
                    yield _Located(row, place)


def _sections(session: Session, question: _Question, unit: str) -> dict[int, list[int]]:
    """The sections to look into, by their articles: those that match and hold a phrase."""
    holders = holding(session, question.phrases)
    matches = found(session, question.query.root, unit, strict=question.strict)
    if unit != ARTICLE:
        holders &= matches
    pair = select(SectionIndexArticle.article_id, SectionIndexArticle.section_id)
    sections: dict[int, list[int]] = {}
    for article, section in session.execute(
        pair.where(SectionIndexArticle.section_id.in_(listed(holders)))
    ):
        if unit != ARTICLE or article in matches:
            sections.setdefault(article, []).append(section)
    return sections


def _by_date(session: Session, articles: Iterable[int], *, oldest: bool) -> Iterator[int]:
    """Those of the articles that no newer version replaced; what has no date comes last."""
    date = Article.published.asc() if oldest else Article.published.desc()
    tie = Article.id.asc() if oldest else Article.id.desc()
    wanted = select(Article.id).where(Article.id.in_(listed(articles)))
    current = wanted.where(Article.superseded_by.is_(None))
    return iter(session.scalars(current.order_by(date.nulls_last(), tie)).all())


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
        .order_by(Section.number)
    )


def _places(row: Row[Any], question: _Question) -> list[Place]:
    """Where the phrases stand in a section, in order; each place once."""
    stretches = [(0, Tokenized(row.text, strict=question.strict))]
    if question.judge is not None:
        section = SectionText(
            row.id, row.article, row.number, row.heading or "", row.text, row.title, row.captions
        )
        stretches = list(
            matching_paragraphs(
                question.judge, question.query.root, section, strict=question.strict
            )
        )
    met = {
        (offset + start, offset + end)
        for offset, text in stretches
        for phrase in question.phrases
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
