"""The order of what matches, worked out as far as it is read.

Idea: FTS5's BM25 over any of the query's phrases is read best first, and what does not match the
whole query is passed over; an article ranks by its best section. Without phrases (only fields such
as ``source:``, or a NOT) the newest come first. Invariant: every match comes exactly once.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from archive.matching import ARTICLE, Ids, expression, found, is_decided, is_plain, listed
from archive.models import Article, Section
from archive.query import Query

WEIGHTS = (1.0, 4.0, 8.0, 2.0)
"""BM25 weights of body, heading, title and caption, in the order of the index's columns."""

RELEVANCE, NEWEST, OLDEST = ORDERS = ("relevance", "newest", "oldest")

_BEST_FIRST = text("""
    SELECT i.rowid, a.article_id, -i.rank FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match AND rank MATCH :weights
    ORDER BY rank
""")


class Ranked(NamedTuple):
    """One match in its place: an article or a section, by the unit that was asked for."""

    id: int
    section: int | None
    """The section to show; of an article its best one, ``None`` where none was ranked."""
    score: float
    """BM25, greater is better; 0 where the order is by date."""


def ranked(
    session: Session, query: Query, unit: str, sort: str, *, strict: bool, revisions: bool = False
) -> Iterator[Ranked]:
    """What a query matches, in order; older versions only where ``revisions`` are asked for."""
    hidden = set() if revisions else superseded(session, unit)
    if sort == RELEVANCE and query.phrases:
        return _by_relevance(session, query, unit, hidden, strict=strict)
    return _by_date(session, query, unit, hidden, oldest=sort == OLDEST, strict=strict)


def superseded(session: Session, unit: str) -> Ids:
    """The ids of the articles, or sections, that a newer version of the page replaced."""
    old = select(Article.id).where(Article.superseded_by.is_not(None))
    if unit != ARTICLE:
        return set(session.scalars(select(Section.id).where(Section.article_id.in_(old))))
    return set(session.scalars(old))


def _by_relevance(
    session: Session, query: Query, unit: str, hidden: Ids, *, strict: bool
) -> Iterator[Ranked]:
    """Best first; what no phrase accounts for comes last.

    One phrase, or any of several, is answered by the ranking alone; but what a whole-article field
    spreads over all sections of an article is not in the ranked rows, and what stored text decides
    is not known from them.
    """
    wanted = None
    if not _is_ranked_alone(query, unit, strict=strict):
        wanted = found(session, query.root, unit, strict=strict) - hidden
    met: Ids = set()
    rows = session.execute(_BEST_FIRST, {"match": expression(query.phrases), "weights": _BM25})
    for section, article, score in rows:
        id_ = article if unit == ARTICLE else section
        if id_ not in met and id_ not in hidden and (wanted is None or id_ in wanted):
            met.add(id_)
            yield Ranked(id_, section, score)
            if wanted is not None and len(met) == len(wanted):
                return
    if wanted is not None:
        for id_ in sorted(wanted - met):
            yield Ranked(id_, None if unit == ARTICLE else id_, 0.0)


def _is_ranked_alone(query: Query, unit: str, *, strict: bool) -> bool:
    """Whether the ranked rows are all that a query matches, and nothing else."""
    if not is_plain(query.root) or not is_decided(query.root, unit, strict=strict):
        return False
    return unit == ARTICLE or not any(phrase.field for phrase in query.phrases)


_BM25 = f"bm25({', '.join(map(str, WEIGHTS))})"


def _by_date(
    session: Session, query: Query, unit: str, hidden: Ids, *, oldest: bool, strict: bool
) -> Iterator[Ranked]:
    """In the order of their dates; what has no date comes last."""
    matches = found(session, query.root, unit, strict=strict)
    ids = listed(matches - hidden)
    date = Article.published.asc() if oldest else Article.published.desc()
    tie = Article.id.asc() if oldest else Article.id.desc()
    order = (date.nulls_last(), tie)
    if unit != ARTICLE:
        joined = select(Section.id).join(Article, Section.article_id == Article.id)
        rows = joined.where(Section.id.in_(ids)).order_by(*order, Section.number)
    else:
        rows = select(Article.id).where(Article.id.in_(ids)).order_by(*order)
    for id_ in session.scalars(rows):
        yield Ranked(id_, None if unit == ARTICLE else id_, 0.0)
