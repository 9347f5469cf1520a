"""What matches, in the order of dates or sources.

Idea: the first of an order are looked up before all that matches is found, as long as many of them
match; where much matches, a walk through the index of dates meets it soon, and nothing is sorted.
Invariant: what has no date, or names no source, comes last.
"""

from collections.abc import Iterator, Mapping
from itertools import count, zip_longest
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.cursor import Place
from archive.matching import ARTICLE, Ids, holders, listed
from archive.models import Article, Section
from archive.query import Query

NEWEST, OLDEST, SOURCE = "newest", "oldest", "source"

_DESCENDING = True
ORDERS: Mapping[str, tuple[tuple[InstrumentedAttribute[Any], bool], ...]] = {
    NEWEST: ((Article.published, _DESCENDING), (Article.id, _DESCENDING)),
    OLDEST: ((Article.published, False), (Article.id, False)),
    SOURCE: ((Article.source, False), (Article.published, _DESCENDING), (Article.id, _DESCENDING)),
}
"""By what articles are sorted, and whether descending; sections of one article keep their order."""

_STRETCH, _SPARSE = 32, 8
"""How many are looked up at once, and of how many one must match for going on."""

Sorted = Row[Any]
"""The id of an article or a section, then the columns of its order."""


def first(session: Session, query: Query, unit: str, sort: str) -> Iterator[Sorted]:
    """Those first in an order that hold any of the query's phrases, as long as they are many."""
    for begin in count(0, _STRETCH):
        rows = session.execute(_ordered(unit, sort).offset(begin).limit(_STRETCH)).all()
        matches = {
            section.article if unit == ARTICLE else section.id
            for section in holders(session, query.phrases, {row[0] for row in rows}, unit)
        }
        yield from (row for row in rows if row[0] in matches)
        if len(matches) * _SPARSE < _STRETCH:
            return


def in_order(session: Session, ids: Ids, unit: str, sort: str) -> Iterator[Sorted]:
    """Articles or sections in an order.

    Many are met soon on a walk through all: so many that walking to the first twenty costs less
    than looking each of them up.
    """
    rows = _ordered(unit, sort)
    column = Article.id if unit == ARTICLE else Section.id
    everything = session.scalar(select(func.max(column))) or 0
    if sort != SOURCE and len(ids) ** 2 > everything:
        rows = rows.where((column + 0).in_(listed(ids)))  # no longer looked up
    else:
        rows = rows.where(column.in_(listed(ids)))
    yield from session.execute(rows.execution_options(yield_per=_STRETCH))


def follows(place: Place, other: Place, sort: str) -> bool:
    """Whether one place in an order comes after another."""
    directions = [descending for _, descending in ORDERS[sort]]
    for one, two, descending in zip_longest(place, other, directions, fillvalue=False):
        if one != two:
            if one is None or two is None:
                return one is None
            return bool(one < two if descending else one > two)  # type: ignore[operator]
    return False


def _ordered(unit: str, sort: str) -> Select[Any]:
    columns = [column for column, _ in ORDERS[sort]]
    order = [
        (column.desc() if descending else column.asc()).nulls_last()
        for column, descending in ORDERS[sort]
    ]
    if unit == ARTICLE:
        return select(Article.id, *columns).order_by(*order)
    rows = select(Section.id, *columns, Section.number)
    rows = rows.join(Article, Section.article_id == Article.id)
    return rows.order_by(*order, Section.number)
