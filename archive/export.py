"""The whole articles that a query finds, a few in memory at a time.

Idea: :mod:`archive.ranking` gives their ids in order, :mod:`archive.lookup` their rows. Invariant:
each article comes once, however many of its sections match.
"""

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import ranking, shown, sorting
from archive.errors import require
from archive.listed import listed
from archive.matching import ARTICLE, UNITS
from archive.models import Article, SectionIndexArticle
from archive.query import Query
from archive.ranking import ORDERS, RELEVANCE
from archive.results import Article as ShownArticle
from archive.window import window

_ARTICLES = 100
"""How many are read at a time."""


def articles(
    session: Session,
    query: Query | None,
    *,
    unit: str,
    sort: str,
    limit: int | None,
    offset: int,
    strict: bool,
) -> Iterator[ShownArticle]:
    """The articles of a query; see :meth:`archive.exchange.Exchange.export`.

    Raises:
        UsageError: no such unit or order, or a number below zero.
    """
    require(unit, UNITS, "unit")
    require(sort, ORDERS, "order")
    within = window(limit, offset)
    if query is None:
        ids = _all(session, sort)
    else:
        ids = _found(session, query, unit, sort, strict=strict)
    wanted = islice(ids, *within)
    while batch := list(islice(wanted, _ARTICLES)):
        yield from shown.whole(session, batch)


def _all(session: Session, sort: str) -> Iterator[int]:
    """Every article that no newer version replaced; no query makes one more relevant."""
    current = session.scalars(
        select(Article.id).where(Article.superseded_by.is_(None)).order_by(Article.id)
    ).all()
    if sort == RELEVANCE:
        return iter(current)
    return (row[0] for row in sorting.in_order(session, set(current), ARTICLE, sort))


def _found(session: Session, query: Query, unit: str, sort: str, *, strict: bool) -> Iterator[int]:
    """The articles of what matches, in the order of the first match of each."""
    matches = ranking.ranked(session, query, unit, sort, strict=strict, after=None, revisions=False)
    if unit == ARTICLE:
        return (match.id for match in matches)
    sections = [match.id for match in matches]
    pair = select(SectionIndexArticle.section_id, SectionIndexArticle.article_id)
    wanted = pair.where(SectionIndexArticle.section_id.in_(listed(sections)))
    owners = dict(session.execute(wanted).all())
    return iter(dict.fromkeys(owners[section] for section in sections))
