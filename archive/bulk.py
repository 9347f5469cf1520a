"""Many rows at once, past all that SQLAlchemy does for each value.

Invariant: the statement is made of the model, and the values are those that the file keeps
(:mod:`archive.stored`), which is what SQLAlchemy would make of them.
"""

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import insert
from sqlalchemy.orm import Session

from archive.models import Base
from archive.rows import Row


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
