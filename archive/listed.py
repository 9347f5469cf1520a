"""Many values in one condition.

Idea: they are handed over as one JSON list and taken apart by SQLite, so that no statement grows
with them. Invariant: what is equal to one of the values is found; but SQLite ends a text of JSON
at a NUL, so a value that holds one finds what stands before it: callers sort that out.
"""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import Select, func, select

from archive.stored import as_json

_T = TypeVar("_T", int, str)


def listed(values: Iterable[_T]) -> Select[tuple[_T]]:
    """Values as a subquery, for ``column.in_(listed(values))``."""
    return select(func.json_each(as_json(list(values))).table_valued("value").c.value)
