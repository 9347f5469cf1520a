"""What a search really did: the query as it was understood, and the statements that were sent.

Idea: the search is run, and a listener on its connection writes down each statement with its
parameters and how many rows were read of it. Invariant: nothing is described that was not done;
what is told of SQL comes from the connection, never from a second account of how searching works.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from archive import search
from archive.errors import UsageError
from archive.query import DateRange, Near, Query, Question, describe
from archive.results import Explanation, Statement, TermTokens
from archive.search import Page

_IDS_SHOWN = 5
_PACKED = "json_group_array"


def explain(session: Session, query: Query | Question, page: Page) -> Explanation:
    """How a search is answered; see :meth:`archive.asking.Asking.explain`.

    Raises:
        UsageError: it is a question.
        QueryError: ``page.after`` is no cursor of this query.
    """
    if isinstance(query, Question):
        raise UsageError("a question in plain words has no tree", hint="explain a query")
    with _listening(session.connection()) as sent:
        hits = search.search(session, query, page)
    found = search.count(
        session, query, unit=page.unit, strict=page.strict, revisions=page.revisions
    )
    return Explanation(
        query=query.text,
        canonical=str(query.root),
        tree=tuple(describe(query).splitlines()),
        terms=tuple(_terms(query)),
        unit=page.unit,
        sort=page.sort,
        strict=page.strict,
        statements=tuple(one.told() for one in sent),
        shown=len(hits),
        found=found,
    )


def _terms(query: Query) -> Iterator[TermTokens]:
    """The terms, denied ones included, each with its tokens; a date has none."""
    for leaf in query.leaves:
        for term in (leaf.left, leaf.right) if isinstance(leaf, Near) else (leaf,):
            yield TermTokens(str(term), () if isinstance(term, DateRange) else term.tokens)


@dataclass(slots=True)
class _Sent:
    """A statement that was sent, and how many of its rows have been read so far."""

    sql: str
    parameters: Sequence[Any]
    rows: int = 0

    def read(self, _cursor: object, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row as it is read: it is counted, and stays as it is; ids in one list count each."""
        self.rows += len(json.loads(row[0])) if _PACKED in self.sql else 1
        return row

    def told(self) -> Statement:
        """The statement as a result."""
        sql = " ".join(self.sql.split())  # no literal of ours holds white space that counts
        return Statement(sql, tuple(_told(value) for value in self.parameters), self.rows)


@contextmanager
def _listening(connection: Connection) -> Iterator[list[_Sent]]:
    """The statements that are sent through a connection meanwhile."""
    sent: list[_Sent] = []

    def note(
        _connection: Connection,
        cursor: Any,  # noqa: ANN401 - the driver's
        statement: str,
        parameters: Any,  # noqa: ANN401 - likewise
        _context: object,
        _many: object,
    ) -> None:
        sent.append(_Sent(statement, parameters))
        cursor.row_factory = sent[-1].read

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def _told(value: object) -> str:
    """A bound value; of a long list of ids the first, and how many they are."""
    text = str(value)
    if not text.startswith("[") or len(text) < 80:  # noqa: PLR2004 - a line
        return text
    items = json.loads(text)
    if not all(isinstance(item, int) for item in items):
        return text
    first = ", ".join(map(str, items[:_IDS_SHOWN]))
    return f"[{first}, … {len(items):,} ids]"
