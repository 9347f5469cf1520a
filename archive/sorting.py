"""What matches, in the order of dates or sources.

Idea: where much matches, a walk through the index of dates meets it soon, and nothing is sorted.
How much it is the first that are found tell; if it is enough, the rest is not looked for in the
index, unless more than a page is asked for: texts are read on the walk. Invariant: what has no
date, or names no source, comes last.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from archive.cursor import Position
from archive.matching import ARTICLE, Ids, holders
from archive.phrases import Some, articles, expression, sections, some
from archive.query import Phrase

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

_FOUND_FIRST = 50
"""How many are found before it is asked whether to go on so."""

_PAGE = 20
"""How many a walk is to meet."""

_STRETCH = 32
"""How many texts are read at once on a walk."""

_SURELY = 1.5
"""How many times a walk must be worth its cost, by an estimate, to be begun."""

_TEXT, _HIT, _ENTRY = 30, 0.3, 0.05
"""What is paid for each text read, each match found and sorted, each section of the archive.

In µs, on 129 MB of news. The last holds for phrases of several common characters: FTS5 reads all
that it has of these.
"""

_MANY = 4
"""All are walked through where what matches, squared, is so many times more: 520 of 68,000."""

Sorted = Row[Any]
"""The id of an article or a section, then the columns of its order."""


def holders_in_order(
    session: Session, phrases: Sequence[Phrase], unit: str, sort: str
) -> Iterator[Sorted]:
    """Articles or sections that hold any of some phrases themselves, in an order."""
    found = some(session, phrases, _FOUND_FIRST, articles=unit == ARTICLE)
    ids, met = found.ids, set()
    if found.last is not None:
        for row in _walk(session, phrases, unit, sort, found):
            met.add(row[0])
            yield row
        if unit == ARTICLE:
            ids |= articles(session, phrases, found.last)
        else:
            ids |= sections(session, expression(phrases), found.last)
    yield from in_order(session, ids - met, unit, sort)


def _worth(phrases: Sequence[Phrase], found: Some) -> float:
    """For how many texts read the rest of what matches can be found."""
    cost = _HIT * found.holding
    if any(len(phrase.tokens) > 1 for phrase in phrases):
        cost += _ENTRY * found.sections
    return cost / _TEXT


def _walk(
    session: Session, phrases: Sequence[Phrase], unit: str, sort: str, found: Some
) -> Iterator[Sorted]:
    """Those first in an order that hold any of the phrases, as long as they are many enough."""
    expected = _PAGE * found.sections / found.holding
    worth = _worth(phrases, found)
    if worth < _SURELY * expected:
        return
    most, read, matched = min(worth, 2 * expected), 0, 0
    for rows in session.execute(_statement(unit, sort, ""), {"limit": -1}).partitions(_STRETCH):
        matches = {
            section.article if unit == ARTICLE else section.id
            for section in holders(session, phrases, {row[0] for row in rows}, unit)
        }
        yield from (row for row in rows if row[0] in matches)
        read += len(rows)
        matched += len(matches)
        if matched >= _PAGE or _PAGE * read > most * (matched + 0.5):
            return


def in_order(session: Session, ids: Ids, unit: str, sort: str) -> Iterator[Sorted]:
    """Articles or sections in an order.

    Many are met soon on a walk through all: so many that walking to the first twenty costs less
    than looking each of them up.
    """
    if not ids:
        return
    run, whole = session.connection().execute, {"limit": -1}
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
        f"ORDER BY {', '.join(order)} LIMIT :limit"
    )
