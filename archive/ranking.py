"""The order of what matches, worked out as far as it is read.

Idea: the sections that hold any of the query's phrases come by BM25, best first
(:mod:`archive.best`), and what does not match the whole query is passed over; an article ranks by
its best section. Without phrases (only fields such as ``source:``, or a NOT) the newest come first,
by :mod:`archive.sorting` as in the other orders. Invariant: every match comes exactly once.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, dropwhile
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from archive import sorting
from archive.best import best, best_of, best_within, together
from archive.cursor import Cursor, Extent, Position
from archive.listed import listed
from archive.matching import (
    ARTICLE,
    PARAGRAPH,
    SECTION,
    Ids,
    conjuncts,
    found,
    is_decided,
    is_indexed,
    spread,
)
from archive.models import Section
from archive.query import Query
from archive.scoring import Figures, Scored, extent
from archive.sorting import NEWEST, OLDEST, SOURCE, Sorted

RELEVANCE = "relevance"
ORDERS = (RELEVANCE, NEWEST, OLDEST, SOURCE)

_SUPERSEDED = text("SELECT id FROM article WHERE superseded_by IS NOT NULL")
_LATER = {
    ARTICLE: text("SELECT article_id FROM section WHERE id > :last"),
    SECTION: text("SELECT id FROM section WHERE id > :last"),
    PARAGRAPH: text("SELECT id FROM section WHERE id > :last"),
}
_SUPERSEDED_THEN = text(f"""
    {_SUPERSEDED} AND superseded_by IN (SELECT article_id FROM section WHERE id <= :last)
""")  # noqa: S608 - words from above


_FEW = 3
"""Of so many phrases it is tried whether sections that hold them all come first."""


class Ranked(NamedTuple):
    """One match in its place: an article or a section, by the unit that was asked for."""

    id: int
    section: int | None
    """The section to show; of an article its best one, ``None`` where none was ranked."""
    score: float
    """BM25, greater is better; 0 in other orders."""
    cursor: Cursor | None = None


def ranked(
    session: Session,
    query: Query,
    unit: str,
    sort: str,
    *,
    strict: bool,
    after: Cursor | None,
    revisions: bool,
) -> Iterator[Ranked]:
    """What a query matches, in order, all or after a cursor.

    Older versions match only where ``revisions`` are asked for.

    Raises:
        QueryError: what was there at the cursor's time is not all there now as it was.
    """
    then = after.extent if after else None
    hidden = set() if revisions else superseded(session, unit, then)
    follows: Callable[[Position, Position], bool] = tuple.__gt__
    if sort != RELEVANCE or not query.phrases:
        sort = NEWEST if sort == RELEVANCE else sort
        matches = _sorted(session, query, unit, sort, hidden, strict=strict)
        follows = partial(sorting.follows, sort=sort)
    else:
        matches = _by_relevance(session, query, unit, hidden, strict=strict, then=then)
    if after is None:
        return matches
    last = after.position
    return dropwhile(lambda one: not (one.cursor and follows(one.cursor.position, last)), matches)


def superseded(session: Session, unit: str, then: Extent | None = None) -> Ids:
    """The ids of the articles, or sections, that a newer version of the page replaced by then."""
    if then is None:
        old = set(session.execute(_SUPERSEDED).scalars())
    else:
        old = set(session.execute(_SUPERSEDED_THEN, {"last": then.last}).scalars())
    if unit == ARTICLE or not old:
        return old
    return set(session.scalars(select(Section.id).where(Section.article_id.in_(listed(old)))))


def _by_relevance(
    session: Session,
    query: Query,
    unit: str,
    hidden: Ids,
    *,
    strict: bool,
    then: Extent | None,
) -> Iterator[Ranked]:
    """Best first; what no phrase accounts for comes last.

    One phrase, or any of several, is answered by the ranking alone; but what a whole-article field
    spreads over all sections of an article is not in the ranked rows, and what stored text decides
    is not known from them.
    """
    now = extent(session)
    then = then or now
    if then != now:
        hidden = hidden | set(session.execute(_LATER[unit], {"last": then.last}).scalars())
    met: Ids = set()
    figures = Figures(session, now)
    if then == now:
        first = _together(session, query, unit, figures, strict=strict)
        yield from _once(first, unit, hidden, met, then)
    wanted = None
    if not is_indexed(query.root, unit, strict=strict):
        wanted = found(session, query.root, unit, strict=strict) - hidden
    if wanted is None or len(met) < len(wanted):
        scored = _scored(session, query, unit, wanted, then, figures)
        for one in _once(scored, unit, hidden, met, then, wanted):
            yield one
            if wanted is not None and len(met) == len(wanted):
                return
    for id_ in sorted((wanted or met) - met):
        cursor = Cursor((1, 0.0, id_), then)
        yield Ranked(id_, None if unit == ARTICLE else id_, 0.0, cursor)


def _together(
    session: Session, query: Query, unit: str, figures: Figures, *, strict: bool
) -> Iterator[Scored]:
    """The first of what must hold several phrases, where they stand together in a section."""
    groups = conjuncts(query.root)
    if not groups or not is_decided(query.root, unit, strict=strict):
        return iter(())
    if len(query.phrases) > _FEW or list(chain(*groups)) != list(query.phrases):
        return iter(())
    return together(session, groups, figures)


def _once(
    scored: Iterable[Scored],
    unit: str,
    hidden: Ids,
    met: Ids,
    then: Extent,
    wanted: Ids | None = None,
) -> Iterator[Ranked]:
    """What is wanted of the scored sections, each article by the first of its sections."""
    for section, article, score in scored:
        id_ = article if unit == ARTICLE else section
        if id_ not in met and id_ not in hidden and (wanted is None or id_ in wanted):
            met.add(id_)
            yield Ranked(id_, section, score, Cursor((0, -score, section), then))


def _scored(
    session: Session, query: Query, unit: str, wanted: Ids | None, then: Extent, figures: Figures
) -> Iterator[Scored]:
    """The sections that hold a phrase of the query, best first: all, or of what is wanted."""
    if then != figures.extent:
        if wanted is not None and unit == ARTICLE:
            wanted = spread(session, wanted, SECTION)
        return best_within(session, query.phrases, then, wanted)
    if wanted is None:
        return best(session, query.phrases, figures)
    return best_of(session, query.phrases, wanted, unit, figures)


def _sorted(
    session: Session, query: Query, unit: str, sort: str, hidden: Ids, *, strict: bool
) -> Iterator[Ranked]:
    """By date or source."""
    if is_indexed(query.root, unit, strict=strict):
        rows = sorting.holders_in_order(session, query.phrases, unit, sort)
    else:
        matches = found(session, query.root, unit, strict=strict)
        rows = sorting.in_order(session, matches - hidden, unit, sort)
    yield from (_placed(row, unit) for row in rows if row[0] not in hidden)


def _placed(row: Sorted, unit: str) -> Ranked:
    return Ranked(row[0], None if unit == ARTICLE else row[0], 0.0, Cursor(tuple(row[1:]), None))
