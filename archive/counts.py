"""How much of the archive a query matches, by source, channel, date or heading.

Idea: the query gives sets of ids; SQL adds up what they hold, by one value of the article or the
section, in one statement. Invariants: every matching article is counted, where its value is missing
under ``None``; a row's sections are those that hold a phrase of the query (all of them where it has
none), or in the units ``section`` and ``paragraph`` those that match.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    case,
    func,
    literal,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from archive.errors import UsageError, require
from archive.listed import listed
from archive.matching import ARTICLE, SECTION, UNITS, Ids, found, is_indexed, texts
from archive.models import Article, Section
from archive.phrases import holding
from archive.query import Query
from archive.results import GROUPINGS, TIMES, Count, RelativeCount
from archive.verify import holds_any
from archive.window import window

MOST_PERIODS = 40_000
"""Empty periods are not told where there are more from the first to the last; a century of days."""

_MILLION = 1_000_000

Totals = dict[str | None, int]
"""The characters of all sections that have a value."""


def count_by(
    session: Session,
    query: Query,
    by: str | None,
    *,
    unit: str,
    relative: bool,
    limit: int | None,
    strict: bool,
) -> list[Count]:
    """The counts of a query; see :meth:`archive.store.Archive.count_by`.

    Raises:
        UsageError: no such unit or grouping, a limit on periods, or one below zero.
    """
    require(unit, UNITS, "unit")
    if by is not None:
        require(by, GROUPINGS, "grouping")
    if by in TIMES and limit is not None:
        raise UsageError(
            f"counts by {by} have no limit", hint="narrow the query with date:2018-10..2018-12"
        )
    _, most = window(limit)
    counts = _counts(session, query, by, unit, strict=strict)
    if by in TIMES:
        rows = list(_filled(counts, by))
    else:
        rows = sorted(counts.values(), key=_most_first)[:most]
    if not relative:
        return rows
    totals = _totals(session, by)
    return [_related(row, totals.get(row.value, 0)) for row in rows]


def _most_first(row: Count) -> tuple[int, bool, str]:
    return -row.articles, row.value is None, row.value or ""


def _related(row: Count, published: int) -> RelativeCount:
    """A count beside the characters that were published under its value."""
    share = float(f"{row.sections * _MILLION / published:.6g}") if published else None
    return RelativeCount(row.value, row.articles, row.sections, row.characters, share)


def _counts(
    session: Session, query: Query, by: str | None, unit: str, *, strict: bool
) -> dict[str | None, Count]:
    """The counts by their values; without a grouping one under ``None``."""
    rows = _rows(session, query, by, unit, strict=strict)
    counts: dict[str | None, Count] = {}
    for raw, *sums in session.execute(rows):
        value = _value(raw, by)
        same = counts.get(value, Count(value, 0, 0, 0))
        articles, held, characters = sums
        counts[value] = Count(
            value, same.articles + articles, same.sections + held, same.characters + characters
        )
    return {value: row for value, row in counts.items() if row.articles or by is None}


def _rows(
    session: Session, query: Query, by: str | None, unit: str, *, strict: bool
) -> Select[Any]:
    """What is added up; one phrase, or any of several, needs no look at whole articles."""
    if unit != ARTICLE:
        return _summed(_measured(by, sections=found(session, query.root, unit, strict=strict)), by)
    if is_indexed(query.root, unit, strict=strict):
        return _summed(_measured(by, sections=holding(session, query.phrases)), by)
    articles = found(session, query.root, unit, strict=strict)
    sections = _holding(session, query, articles, strict=strict) if query.phrases else None
    measured = _measured(by, articles=articles, sections=sections)
    return _summed(measured, by, articles=articles)


def _holding(session: Session, query: Query, articles: Ids, *, strict: bool) -> Ids:
    """The sections that hold a phrase of a query."""
    sections = holding(session, query.phrases)
    if not strict:
        return sections
    within = select(Section.id).where(Section.article_id.in_(listed(articles)))
    candidates = sections & set(session.scalars(within))
    stored = texts(session, candidates, SECTION)
    return {one.id for one in stored if holds_any(one, query.phrases, strict=True)}


def _measured(by: str | None, *, articles: Ids | None = None, sections: Ids | None = None) -> CTE:
    """Sections and their lengths, worked out before they are grouped.

    Otherwise SQLite would sort the rows together with their whole texts.
    """
    heading = Section.heading if by == "heading" else null()
    rows = select(
        Section.article_id, heading.label("heading"), func.length(Section.text).label("characters")
    )
    if sections is not None:
        rows = rows.where(Section.id.in_(listed(sections)))
    if articles is not None:
        rows = rows.where(Section.article_id.in_(listed(articles)))
    return rows.cte("measured").prefix_with("MATERIALIZED")


def _summed(measured: CTE, by: str | None, *, articles: Ids | None = None) -> Select[Any]:
    """Articles, sections and characters by value.

    Of ``articles`` those without a section in ``measured`` are counted too.
    """
    value = _column(by, measured)
    rows = select(
        value,
        func.count(Article.id.distinct()),
        func.count(measured.c.article_id),
        func.coalesce(func.sum(measured.c.characters), 0),
    ).join_from(
        Article, measured, measured.c.article_id == Article.id, isouter=articles is not None
    )
    if articles is not None:
        rows = rows.where(Article.id.in_(listed(articles)))
    rows = rows.where(Article.superseded_by.is_(None))
    return rows if by is None else rows.group_by(value)


def _column(by: str | None, measured: CTE) -> ColumnElement[Any]:
    """What is grouped by; of a date its beginning, if it is exact enough."""
    if by is None:
        return null()
    if by in TIMES:
        length = literal(TIMES[by])
        published = type_coerce(Article.published, String)
        return case((func.length(published) >= length, func.substr(published, 1, length)))
    if by == "heading":
        return measured.c.heading
    return type_coerce({"source": Article.source, "channel": Article.channel}[by], String)


def _value(raw: str | None, by: str | None) -> str | None:
    """A value as it is told: the steps of a channel are joined."""
    if by == "channel" and raw is not None:
        return " > ".join(json.loads(raw)) or None
    return raw


def _totals(session: Session, by: str | None) -> Totals:
    """The characters of all sections by the value of their article or their own."""
    totals: Totals = {}
    for raw, _, _, characters in session.execute(_summed(_measured(by), by)):
        value = _value(raw, by)
        totals[value] = totals.get(value, 0) + characters
    return totals


def _filled(counts: dict[str | None, Count], by: str) -> Iterator[Count]:
    """The periods in order, those between the first and the last without a hit too."""
    periods = sorted(period for period in counts if period is not None)
    if periods and _distance(periods[0], periods[-1], by) < MOST_PERIODS:
        periods = list(_periods(periods[0], periods[-1], by))
    yield from (counts.get(period, Count(period, 0, 0, 0)) for period in periods)
    if None in counts:
        yield counts[None]


def _distance(first: str, last: str, by: str) -> int:
    """How many periods one lies after another."""
    return _number(last, by) - _number(first, by)


def _periods(first: str, last: str, by: str) -> Iterator[str]:
    for number in range(_number(first, by), _number(last, by) + 1):
        if by == "day":
            yield (date.min + timedelta(days=number)).isoformat()
        elif by == "month":
            yield f"{number // 12:04}-{number % 12 + 1:02}"
        else:
            yield f"{number:04}"


def _number(period: str, by: str) -> int:
    """The number of a period, so that the next one has the next number."""
    if by == "day":
        return (date.fromisoformat(period) - date.min).days
    year, _, month = period.partition("-")
    return int(year) * 12 + int(month) - 1 if by == "month" else int(year)
