"""Asking the archive: a query's hits, their number, and which of its terms find nothing.

Idea: :mod:`archive.matching` says which articles or sections match, :mod:`archive.ranking` puts
them in order as far as a page needs, :mod:`archive.hits` shows the page.
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import ColumnElement, Integer, select, text
from sqlalchemy.orm import Session

from archive import hits, ranking
from archive.errors import DatabaseError, QueryError, UsageError
from archive.matching import ARTICLE, UNITS, expression, found
from archive.models import Section, SectionIndexVersion
from archive.query import Phrase, Query, Term
from archive.ranking import ORDERS
from archive.results import Hit
from archive.text import TEXT_VERSION, phrase


def search(
    session: Session,
    query: Query,
    *,
    unit: str,
    sort: str,
    limit: int | None,
    offset: int,
    strict: bool,
    revisions: bool,
) -> list[Hit]:
    """A page of the hits of a query; see :meth:`archive.store.Archive.search`.

    Raises:
        UsageError: no such unit or order.
    """
    _require(unit, UNITS, "unit")
    _require(sort, ORDERS, "order")
    end = None if limit is None else offset + limit
    matches = ranking.ranked(session, query, unit, sort, strict=strict, revisions=revisions)
    return hits.shown(session, query, list(islice(matches, offset, end)), unit, strict=strict)


def count(session: Session, query: Query, *, unit: str, strict: bool, revisions: bool) -> int:
    """How many articles, or sections, a query matches.

    Raises:
        UsageError: no such unit.
    """
    _require(unit, UNITS, "unit")
    matches = found(session, query.root, unit, strict=strict)
    return len(matches if revisions else matches - ranking.superseded(session, unit))


def absent(session: Session, query: Query, *, strict: bool) -> list[Term]:
    """The terms of a query that find nothing by themselves, older versions left out."""
    old = ranking.superseded(session, ARTICLE)
    return [term for term in query.terms if not found(session, term, ARTICLE, strict=strict) - old]


def require_rules(session: Session, path: Path) -> None:
    """Refuse an index that was made by other rules than those of this program.

    Raises:
        DatabaseError: the versions differ; searching would miss what is there.
    """
    version = session.scalar(select(SectionIndexVersion.version))
    if version != TEXT_VERSION:
        raise DatabaseError(
            f"{path} was indexed by rules {version}, this program has {TEXT_VERSION}",
            hint="use the version of archive that made it",
        )


def _require(value: str, known: Sequence[str], what: str) -> None:
    if value not in known:
        raise UsageError(f"no {what} {value!r}", hint=f"one of {', '.join(known)}")


def headed(heading: str) -> ColumnElement[bool]:
    """The condition that a section's heading holds a text, exactly as ``heading:`` does.

    Raises:
        QueryError: there is nothing in the text to look for.
    """
    tokens = tuple(phrase(heading))
    if not tokens:
        raise QueryError(
            f"{heading!r} has no letter, number or Han character to look for",
            hint="name a word, such as 改革",
        )
    match = expression([Phrase(tokens, heading, field="heading")])
    rows = text("SELECT rowid FROM section_index WHERE section_index MATCH :match")
    return Section.id.in_(rows.bindparams(match=match).columns(rowid=Integer))
