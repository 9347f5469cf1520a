"""Conditions on what is known of an article: source, author, editor, channel, path, date.

A value matches where its folded tokens contain those sought in one run, as in the index; so
``新华`` finds ``新华社``. The distinct values of a column are few and indexed: they are compared
here, and SQL is given the ones that match. Invariant: no SQL text depends on a value or grows with
their number.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from archive.errors import QueryError
from archive.listed import listed
from archive.models import Article, Duplicate, Origin
from archive.query import DateRange, Meta
from archive.query.dates import bounds
from archive.text import phrase, tokens

_COLUMNS: dict[str, ColumnElement[Any]] = {
    "source": type_coerce(Article.source, String),
    "author": type_coerce(Article.author, String),
    "editor": type_coerce(Article.editor, String),
    "channel": type_coerce(Article.channel, String),
    "date": type_coerce(Article.published, String),
}
_PATH: ColumnElement[Any] = type_coerce(Origin.path, String)
_EMPTY_LIST = "[]"
_FIRST_DAY = "0000-01-01"
"""From its fifth or eighth character on, what makes a year or a month its first day."""


def asked(field: str, value: str) -> Meta | DateRange:
    """The node of the query language that asks for a value of a field.

    Raises:
        QueryError: a date that cannot be understood, or a value with nothing to look for.
    """
    if field == "date":
        try:
            return DateRange(*bounds(value), value)
        except ValueError as error:
            hint = "write 2018, 2018-10, 2018-10-12, 2018-10..2018-12 or >=2018-10-01"
            raise QueryError(f"{field}: {error}", hint=hint) from error
    sought = tuple(phrase(value))
    if not sought:
        raise QueryError(
            f"{value!r} has no letter, number or Han character to look for",
            hint="name a word, such as 新华社",
        )
    return Meta(field, "contains", value, sought)


def condition(session: Session, node: Meta | DateRange) -> ColumnElement[bool]:
    """The SQL condition that an article fulfils a node."""
    if isinstance(node, DateRange):
        return _published(node)
    if node.field == "path":
        if node.op == "missing":
            return Article.capture_id.not_in(select(Origin.capture_id))
        captures = select(Origin.capture_id).where(_PATH.in_(_matching(session, _PATH, node)))
        further = select(Duplicate.article_id).where(Duplicate.capture_id.in_(captures))
        return or_(Article.capture_id.in_(captures), Article.id.in_(further))
    column = _COLUMNS[node.field]
    if node.op == "missing":
        return or_(column.is_(None), column == _EMPTY_LIST)
    return column.in_(_matching(session, column, node))


def _published(node: DateRange) -> ColumnElement[bool]:
    """Published within a range; of a coarse date (``2018-10``) the whole period must lie in it."""
    column = _COLUMNS["date"]
    conditions: list[ColumnElement[bool]] = [column.is_not(None)]
    if node.start is not None:
        # the first bound is implied by the second, and lets the index work
        first_day = column.concat(func.substr(_FIRST_DAY, func.length(column) + 1))
        conditions += [column >= node.start[:4], first_day >= node.start]
    if node.end is not None:
        # the first bound is implied by the second, and lets the index work
        within = column < func.substr(node.end, 1, func.length(column))
        conditions += [column < node.end, within]
    return and_(*conditions)


def _matching(session: Session, column: ColumnElement[Any], node: Meta) -> Select[Any]:
    """The values of a column that match, as a subquery over one bound JSON list."""
    distinct = session.scalars(select(column).where(column.is_not(None)).distinct())
    chosen = [value for value in distinct if any(_fits(part, node) for part in _parts(value, node))]
    return listed(chosen)


def _parts(value: str, node: Meta) -> Iterator[str]:
    """The value itself, or the steps of a channel, which is kept as a JSON list."""
    if node.field == "channel":
        yield from json.loads(value)
    else:
        yield value


def _fits(value: str, node: Meta) -> bool:
    if node.op == "equals":
        return tuple(phrase(value)) == node.tokens
    run = f" {' '.join(node.tokens)}{'' if node.prefix else ' '}"
    return run in f" {tokens(value)} "
