"""What matches, in the order of dates or sources.

Idea: the first of an order are looked up before all that matches is found, as long as many of them
match; where much matches, a walk through the index of dates meets it soon, and nothing is sorted.
Invariant: what has no date, or names no source, comes last.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from archive.cursor import Position
from archive.matching import ARTICLE, Ids, holders
from archive.query import Query

NEWEST, OLDEST, SOURCE = "newest", "oldest", "source"

_DESCENDING = True
_COLUMNS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    NEWEST: (("published", _DESCENDING), ("id", _DESCENDING)),
    OLDEST: (("published", False), ("id", False)),
    SOURCE: (("source", False), ("published", _DESCENDING), ("id", _DESCENDING)),
}
"""By which columns articles are sorted, and whether descending; their sections keep their order."""

_LOOKED_UP = "WHERE {id} IN (SELECT value FROM json_each(:ids))"
_LAST = {True: text("SELECT max(id) FROM article"), False: text("SELECT max(id) FROM section")}

_BEGINNING, _STRETCH, _SPARSE = 8, 32, 8
"""How many are looked up first, and at once; and of how many read one must match for going on."""

_READ = 200
"""How many texts are read at the most: each stretch walks over those before it once more."""

_MANY = 4
"""All are walked through where what matches, squared, is so many times more: 520 of 68,000."""

Sorted = Row[Any]
"""The id of an article or a section, then the columns of its order."""


def first(session: Session, query: Query, unit: str, sort: str) -> Iterator[Sorted]:
    """Those first in an order that hold any of the query's phrases, as long as they are many."""
    ordered = _statement(unit, sort, "")
    stretches = ((begin, _STRETCH) for begin in range(_BEGINNING, _READ, _STRETCH))
    matched = 0
    for begin, size in chain([(0, _BEGINNING)], stretches):
        rows = session.execute(ordered, {"limit": size, "offset": begin}).all()
        matches = {
            section.article if unit == ARTICLE else section.id
            for section in holders(session, query.phrases, {row[0] for row in rows}, unit)
        }
        yield from (row for row in rows if row[0] in matches)
        matched += len(matches)
        if len(rows) < size or matched * _SPARSE < begin + size:
            return


def in_order(session: Session, ids: Ids, unit: str, sort: str) -> Iterator[Sorted]:
    """Articles or sections in an order.

    Many are met soon on a walk through all: so many that walking to the first twenty costs less
    than looking each of them up.
    """
    run, whole = session.connection().execute, {"limit": -1, "offset": 0}
    everything = session.execute(_LAST[unit == ARTICLE]).scalar() or 0
    if sort != SOURCE and len(ids) ** 2 > _MANY * everything:
        for rows in run(_statement(unit, sort, ""), whole).partitions(_STRETCH * 8):
            yield from (row for row in rows if row[0] in ids)
    else:
        wanted = {"ids": json.dumps(list(ids)), **whole}
        yield from run(_statement(unit, sort, _LOOKED_UP), wanted)


def follows(position: Position, other: Position, sort: str) -> bool:
    """Whether one position in an order comes after another."""
    directions = [descending for _, descending in _COLUMNS[sort]]
    for one, two, descending in zip_longest(position, other, directions, fillvalue=False):
        if one != two:
            if one is None or two is None:
                return one is None
            return bool(one < two if descending else one > two)  # type: ignore[operator]
    return False


@cache
def _statement(unit: str, sort: str, condition: str) -> TextClause:
    """The statement for an order, made once: making it takes as long as many answers."""
    columns = [f"a.{column}" for column, _ in _COLUMNS[sort]]
    order = [
        f"a.{column} {'DESC' if descending else 'ASC'} NULLS LAST"
        for column, descending in _COLUMNS[sort]
    ]
    table, id_ = "article AS a", "a.id"
    if unit != ARTICLE:
        table, id_ = "article AS a JOIN section AS s ON s.article_id = a.id", "s.id"
        columns.append("s.number")
        order.append("s.number")
    return text(
        f"SELECT {id_}, {', '.join(columns)} FROM {table} {condition.format(id=id_)} "  # noqa: S608 - words from above
        f"ORDER BY {', '.join(order)} LIMIT :limit OFFSET :offset"
    )
