"""The order of what matches, worked out as far as it is read.

Idea: the sections that hold any of the query's phrases come by BM25, best first
(:mod:`archive.best`), and what does not match the whole query is passed over; an article ranks by
its best section. By date, the newest are looked up first, as long as many of them match. Without
phrases (only fields such as ``source:``, or a NOT) the newest come first. Invariant: every match
comes exactly once.
"""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from archive.best import Scored, best, best_of
from archive.matching import ARTICLE, Ids, found, holders, is_decided, is_plain, listed
from archive.models import Article, Section
from archive.places import has_characters_only
from archive.query import Query

RELEVANCE, NEWEST, OLDEST = ORDERS = ("relevance", "newest", "oldest")

_STRETCH, _SPARSE = 32, 8
"""How many are looked up by date at once, and of how many one must match for going on."""


class Ranked(NamedTuple):
    """One match in its place: an article or a section, by the unit that was asked for."""

    id: int
    section: int | None
    """The section to show; of an article its best one, ``None`` where none was ranked."""
    score: float
    """BM25, greater is better; 0 where the order is by date."""


def ranked(
    session: Session, query: Query, unit: str, sort: str, *, strict: bool
) -> Iterator[Ranked]:
    """What a query matches, in order."""
    if sort == RELEVANCE and query.phrases:
        return _by_relevance(session, query, unit, strict=strict)
    return _by_date(session, query, unit, oldest=sort == OLDEST, strict=strict)


def superseded(session: Session, unit: str) -> Ids:
    """The ids of the articles, or sections, that a newer version of the page replaced."""
    old = select(Article.id).where(Article.superseded_by.is_not(None))
    if unit != ARTICLE:
        return set(session.scalars(select(Section.id).where(Section.article_id.in_(old))))
    return set(session.scalars(old))


def _by_relevance(session: Session, query: Query, unit: str, *, strict: bool) -> Iterator[Ranked]:
    """Best first; what no phrase accounts for comes last.

    One phrase, or any of several, is answered by the ranking alone; but what a whole-article field
    spreads over all sections of an article is not in the ranked rows, and what stored text decides
    is not known from them.
    """
    hidden = superseded(session, unit)
    wanted = None
    if not _is_indexed(query, unit, strict=strict):
        wanted = found(session, query.root, unit, strict=strict) - hidden
    met: Ids = set()
    for section, article, score in _scored(session, query, unit, wanted):
        id_ = article if unit == ARTICLE else section
        if id_ not in met and id_ not in hidden and (wanted is None or id_ in wanted):
            met.add(id_)
            yield Ranked(id_, section, score)
            if wanted is not None and len(met) == len(wanted):
                return
    if wanted is not None:
        for id_ in sorted(wanted - met):
            yield Ranked(id_, None if unit == ARTICLE else id_, 0.0)


def _scored(session: Session, query: Query, unit: str, wanted: Ids | None) -> Iterator[Scored]:
    """The sections that hold a phrase of the query, best first: all, or of what is wanted."""
    if wanted is None:
        return best(session, query.phrases)
    if unit == ARTICLE:
        return best_of(session, query.phrases, articles=wanted)
    return best_of(session, query.phrases, sections=wanted)


def _is_indexed(query: Query, unit: str, *, strict: bool) -> bool:
    """Whether what holds a phrase of the query is all that matches it, and nothing else."""
    if not is_plain(query.root) or not is_decided(query.root, unit, strict=strict):
        return False
    return unit == ARTICLE or not any(phrase.field for phrase in query.phrases)


def _by_date(
    session: Session, query: Query, unit: str, *, oldest: bool, strict: bool
) -> Iterator[Ranked]:
    """In the order of their dates; what has no date comes last."""
    hidden = superseded(session, unit)
    met: Ids = set()
    if _is_indexed(query, unit, strict=strict) and all(map(has_characters_only, query.phrases)):
        for id_ in _first_dated(session, query, unit, oldest=oldest):
            if id_ not in hidden:
                met.add(id_)
                yield _dated(id_, unit)
    matches = found(session, query.root, unit, strict=strict) - hidden - met
    rows = _in_order(session, matches, unit, oldest=oldest).execution_options(yield_per=_STRETCH)
    for id_ in session.scalars(rows):
        yield _dated(id_, unit)


def _dated(id_: int, unit: str) -> Ranked:
    return Ranked(id_, None if unit == ARTICLE else id_, 0.0)


def _first_dated(session: Session, query: Query, unit: str, *, oldest: bool) -> Iterator[int]:
    """The first by date, looked up some articles at a time, as long as many of these match.

    What is asked for then stands among them, and not all that matches has to be found.
    """
    for first in count(0, _STRETCH):
        ids = _ordered(unit, oldest=oldest).offset(first).limit(_STRETCH)
        looked_up = list(session.scalars(ids))
        matches = {
            section.article if unit == ARTICLE else section.id
            for section in holders(session, query.phrases, set(looked_up), unit)
        }
        yield from (id_ for id_ in looked_up if id_ in matches)
        if len(matches) * _SPARSE < _STRETCH:
            return


def _in_order(session: Session, ids: Ids, unit: str, *, oldest: bool) -> Select[int]:
    """Articles or sections by date.

    Many are met soon on a walk through all in that order, which takes no sorting: so many that
    walking to the first twenty costs less than looking each of them up.
    """
    ordered = _ordered(unit, oldest=oldest)
    column = Article.id if unit == ARTICLE else Section.id
    everything = session.scalar(select(func.max(column))) or 0
    if len(ids) ** 2 > everything:
        return ordered.where((column + 0).in_(listed(ids)))  # no longer looked up
    return ordered.where(column.in_(listed(ids)))


def _ordered(unit: str, *, oldest: bool) -> Select[int]:
    """All articles, or sections, in the order of dates."""
    date = Article.published.asc() if oldest else Article.published.desc()
    order = (date.nulls_last(), Article.id.asc() if oldest else Article.id.desc())
    if unit == ARTICLE:
        return select(Article.id).order_by(*order)
    joined = select(Section.id).join(Article, Section.article_id == Article.id)
    return joined.order_by(*order, Section.number)
