"""Many rows at once, past all that SQLAlchemy does for each value.

Invariant: the statement is made of the model, and the values are those that the file keeps
(:mod:`archive.stored`), which is what SQLAlchemy would make of them.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive.models import Base
from archive.rows import Row
from archive.stored import as_json

_T = TypeVar("_T")


def insert_rows(
    session: Session, table: type[Base], rows: Sequence[Row], *, ignore: bool = False
) -> None:
    """Insert rows that name the same two or more columns; with ``ignore`` only new ones."""
    if not rows:
        return
    statement = insert(table)
    if ignore:
        statement = statement.prefix_with("OR IGNORE")
    connection = session.connection()
    compiled = statement.compile(connection, column_keys=list(rows[0]))
    ordered = itemgetter(*(compiled.positiontup or ()))
    connection.exec_driver_sql(str(compiled), list(map(ordered, rows)))


def among(column: InstrumentedAttribute[_T], values: Iterable[_T]) -> ColumnElement[bool]:
    """The condition that a column is one of these values, handed over as one."""
    return column.in_(select(func.json_each(as_json(list(values))).table_valued("value").c.value))
