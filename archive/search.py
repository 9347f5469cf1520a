"""Asking the archive: a query's hits, their number, and which of its terms find nothing.

Idea: :mod:`archive.matching` says which articles or sections match, :mod:`archive.ranking` puts
them in order as far as a page needs (for a question :mod:`archive.gathering` does both),
:mod:`archive.hits` shows the page.
"""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import ColumnElement, Integer, select, text
from sqlalchemy.orm import Session

from archive import gathering, hits, ranking
from archive.cursor import parse_cursor
from archive.errors import DatabaseError, QueryError, UsageError, require
from archive.matching import ARTICLE, PARAGRAPH, UNITS, found, number
from archive.models import Section, SectionIndexVersion
from archive.phrases import expression
from archive.query import Phrase, Query, Question, Term
from archive.ranking import ORDERS, RELEVANCE
from archive.results import Hit
from archive.text import TEXT_VERSION, phrase
from archive.window import window


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which hits of a query are asked for; see :meth:`archive.store.Archive.search`."""

    unit: str
    sort: str
    limit: int | None
    offset: int
    after: str | None
    strict: bool
    revisions: bool

    def __post_init__(self) -> None:
        """Refuse what no page is.

        Raises:
            UsageError: no such unit or order, or a number below zero.
        """
        require(self.unit, UNITS, "unit")
        require(self.sort, ORDERS, "order")
        window(self.limit, self.offset)


def search(session: Session, query: Query | Question, page: Page) -> list[Hit]:
    """A page of the hits of a query; see :meth:`archive.store.Archive.search`.

    Raises:
        UsageError: the page is none that a question has.
        QueryError: ``page.after`` is no cursor of this question.
    """
    unit, strict = page.unit, page.strict
    question = f"{query.text}\0{unit}\0{page.sort}\0{strict}\0{page.revisions}"
    if isinstance(query, Question):
        _refuse_for_questions(page)
        matches = gathering.ranked(session, query, unit, revisions=page.revisions)
        shown, otherwise = query.shown, query.otherwise
    else:
        cursor = None if page.after is None else parse_cursor(page.after, question)
        matches = ranking.ranked(
            session, query, unit, page.sort, strict=strict, after=cursor, revisions=page.revisions
        )
        shown, otherwise = query, None
    wanted = list(islice(matches, *window(page.limit, page.offset)))
    return hits.shown(session, shown, wanted, unit, question, strict=strict, otherwise=otherwise)


def _refuse_for_questions(page: Page) -> None:
    if page.unit == PARAGRAPH:
        raise UsageError(
            "what shares a question's wording is an article or a section, no paragraph",
            hint="leave out the unit, or ask for sections; the anchor leads to the paragraph",
        )
    if page.sort != RELEVANCE:
        raise UsageError(
            f"what shares a question's wording is ranked by how much, not by {page.sort}",
            hint="leave out the order, or search for a query",
        )
    if page.after is not None:
        raise UsageError(
            "what shares a question's wording has no cursors", hint="give an offset instead"
        )
    if page.strict:
        raise UsageError(
            "a question's wording is not compared strictly", hint="search for a query instead"
        )


def count(
    session: Session, query: Query | Question, *, unit: str, strict: bool, revisions: bool
) -> int:
    """How many articles, or sections, a query matches.

    Raises:
        UsageError: no such unit, or a question.
    """
    if isinstance(query, Question):
        raise UsageError(
            "what shares a question's wording is ranked, not counted",
            hint="count what a query matches",
        )
    require(unit, UNITS, "unit")
    counted = None if strict or revisions else number(session, query.root, unit)
    if counted is not None:
        return counted
    matches = found(session, query.root, unit, strict=strict)
    return len(matches if revisions else matches - ranking.superseded(session, unit))


def absent(session: Session, query: Query, *, strict: bool, revisions: bool) -> list[Term]:
    """The terms of a query that find nothing by themselves."""
    old = set() if revisions else ranking.superseded(session, ARTICLE)
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
            hint=f"archive --db {path} db reindex",
        )


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
