"""Questions that look into the text of what a query matches: keywords in context, and counts.

Idea: a part of :class:`archive.store.Archive`, the Python API, in a file of its own; each call is
one reading transaction.
"""

from collections.abc import Iterator

from archive import counts, kwic
from archive.errors import require
from archive.query import Query, Question, parse, parse_question
from archive.results import Count, Explanation, KeywordInContext
from archive.search import Page
from archive.session import OpenFile


class Asking(OpenFile):
    """What an open archive can be asked of the words of a query and their numbers."""

    def kwic(
        self,
        query: str | Query,
        *,
        unit: str = "article",
        sort: str = "newest",
        limit: int | None = None,
        context: int = 40,
        strict: bool = False,
    ) -> Iterator[KeywordInContext]:
        """Every place in the text of what a query matches where a phrase of it stands.

        Args:
            query: as for :meth:`archive.store.Archive.search`, and so are ``unit`` and ``strict``.
            unit: see ``query``.
            sort: ``newest`` first, by ``date`` the oldest first, or by the context on the ``left``
                or ``right``, from the keyword outwards.
            limit: how many at the most; ``None`` for all.
            context: how many characters of the paragraph to give on each side, at the most.
            strict: see ``query``.

        Raises:
            QueryError: the query cannot be understood; it tells the place.
            UsageError: no such unit or order.
        """
        with self._reading() as session:
            yield from kwic.concordance(
                session,
                parsed(query),
                unit=unit,
                sort=sort,
                limit=limit,
                context=context,
                strict=strict,
            )

    def count_by(
        self,
        query: str | Query,
        by: str | None = None,
        *,
        unit: str = "article",
        relative: bool = False,
        limit: int | None = None,
        strict: bool = False,
    ) -> list[Count]:
        """How many articles, sections and characters a query matches, by one value of them.

        Args:
            query: as for :meth:`archive.store.Archive.search`, and so are ``unit`` and ``strict``.
            by: ``source``, ``channel`` or ``heading``, most articles first; ``day``, ``month`` or
                ``year``, in order and without a gap; ``None`` for one row of all.
            unit: see ``query``.
            relative: give :class:`archive.results.RelativeCount`.
            limit: how many rows at the most; not for periods.
            strict: see ``query``.

        Raises:
            QueryError: the query cannot be understood; it tells the place.
            UsageError: no such unit or grouping, or a limit on periods.
        """
        with self._reading() as session:
            return counts.count_by(
                session,
                parsed(query),
                by,
                unit=unit,
                relative=relative,
                limit=limit,
                strict=strict,
            )

    def explain(
        self,
        query: str | Query | Question,
        *,
        unit: str = "article",
        sort: str = "relevance",
        limit: int | None = 20,
        offset: int = 0,
        after: str | None = None,
        strict: bool = False,
        revisions: bool = False,
    ) -> Explanation:
        """How :meth:`archive.store.Archive.search` answers a query: it is run, and watched.

        Args:
            query: as for :meth:`archive.store.Archive.search`, and so are the others.
            unit: see ``query``.
            sort: see ``query``.
            limit: see ``query``.
            offset: see ``query``.
            after: see ``query``.
            strict: see ``query``.
            revisions: see ``query``.

        Raises:
            QueryError: the query cannot be understood; it tells the place.
            UsageError: no such unit or order, or it is a question.
        """
        from archive import trace  # noqa: PLC0415 - a search does without

        page = Page(
            unit=unit,
            sort=sort,
            limit=limit,
            offset=offset,
            after=after,
            strict=strict,
            revisions=revisions,
        )
        with self._reading() as session:
            return trace.explain(session, understood(query), page)


def parsed(query: str | Query) -> Query:
    """A query as typed or parsed, parsed."""
    return parse(query) if isinstance(query, str) else query


def understood(query: str | Query | Question, match: str = "all") -> Query | Question:
    """What is searched for: a query, or a question of which ``any`` piece may be found."""
    require(match, ("all", "any"), "way to match")
    if isinstance(query, Question):
        return query
    if match == "any":
        return parse_question(query if isinstance(query, str) else query.text)
    return parsed(query)
