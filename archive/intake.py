"""Rows of a dump into the tables, with mistrust.

Idea: SQLite itself tells which columns a table has and what they hold, at whatever schema.
Invariant: a row goes in if it has exactly these columns, each value is of its column's type, and a
capture is what its hash says; what is refused is named with its line.
"""

import base64
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from archive.dump import SEQUENCE, TABLES
from archive.errors import DumpError
from archive.stored import as_json, pack
from archive.undump import Record

_ORDINARY = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'alembic_version'"
    " AND name NOT LIKE 'section_index%'"
)
"""The tables that are not made anew from others."""

_DEPTH = 3
"""So deep lists are kept: spans, the deepest, are pairs in a list for each paragraph."""

_COUNTED, _MOST = {"id", "seq"}, 1 << 62
"""Columns of which the next value is one more than the largest, and what they stay under."""

_COLUMNS = "SELECT name, type FROM pragma_table_info(?) ORDER BY cid"
_FORGET = f"DELETE FROM {SEQUENCE} WHERE name = ?"  # noqa: S608 - a constant


def tables_of(connection: Connection) -> dict[str, "Table"]:
    """The tables that a dump of this schema may hold, as SQLite itself tells them."""
    tables = {}
    for name in connection.exec_driver_sql(_ORDINARY).scalars().all():
        columns = connection.exec_driver_sql(_COLUMNS, (name,)).all()
        tables[name] = Table(name, dict(map(tuple, columns)))
    return tables


class Table:
    """A table that takes rows of a dump."""

    def __init__(self, name: str, types: dict[str, str]) -> None:
        self._name = name
        self._types = types
        marks = ", ".join("?" * len(types))
        self._insert = f"INSERT INTO {name} ({', '.join(types)}) VALUES ({marks})"  # noqa: S608 - SQLite's own names

    def insert(self, connection: Connection, record: Record) -> None:
        """Insert a row.

        Raises:
            DumpError: a column is missing, unknown or of another type, or the table refuses it.
        """
        row = record.row
        if row.keys() != self._types.keys():
            odd = ", ".join(sorted(row.keys() ^ self._types.keys()))
            raise DumpError(record.line, f"missing or unknown in {self._name}: {odd}")
        try:
            values = {name: _value(row[name], kind) for name, kind in self._types.items()}
        except ValueError as error:
            raise DumpError(record.line, f"{self._name}: {error}") from error
        if self._name == "capture":
            _compare(record.line, values)
        for name in values.keys() & _COUNTED:
            if type(values[name]) is not int or not 0 <= values[name] < _MOST:
                raise DumpError(record.line, f"{self._name}: {values[name]!r} is no {name}")
        try:
            if self._name == SEQUENCE:  # SQLite kept count of the articles above
                _require_ours(record.line, values["name"])
                connection.exec_driver_sql(_FORGET, (values["name"],))
            bound = tuple(map(_bound, values.values()))
            connection.exec_driver_sql(self._insert, bound)
        except (SQLAlchemyError, UnicodeError) as error:
            reason = getattr(error, "orig", error)
            raise DumpError(record.line, f"{self._name} takes no such row: {reason}") from error


def _value(value: Any, kind: str) -> Any:  # noqa: ANN401 - of any column
    """A value of a dump as a column of this declared type holds it.

    Raises:
        ValueError: no value of such a column is written so.
    """
    match value:
        case None:
            return None
        case bool():
            pass
        case int() if kind in ("INTEGER", ""):
            return value
        case str() if kind == "BLOB":
            return value.encode()
        case {"base64": str(packed)} if kind == "BLOB" and len(value) == 1:
            return base64.b64decode(packed, validate=True)
        case list() if kind == "JSON" and _is_list(value, _DEPTH):
            return value
        case str() if kind not in ("INTEGER", "JSON"):
            return value
    raise ValueError(f"{str(value)[:40]!r} is no {kind or 'value of it'}")


def _is_list(value: list[Any], depth: int) -> bool:
    """Whether a list holds texts and whole numbers alone, or such lists."""
    return all(
        _is_list(one, depth - 1) if isinstance(one, list) and depth > 1 else type(one) in (str, int)
        for one in value
    )


def _bound(value: Any) -> Any:  # noqa: ANN401 - of any column
    """A value as SQLite is handed it."""
    if isinstance(value, bytes):
        return pack(value)
    return as_json(value) if isinstance(value, list) else value


def _require_ours(line: int, table: Any) -> None:  # noqa: ANN401 - as the row has it
    """Refuse to keep count of the rows of other tables."""
    if table not in TABLES:
        raise DumpError(line, f"there is no table {table!r}")


def _compare(line: int, capture: dict[str, Any]) -> None:
    """Refuse a capture that is not what its hash says."""
    data = capture["data"]
    if not isinstance(data, bytes) or capture["sha256"] != sha256(data).hexdigest():
        raise DumpError(line, f"the bytes of capture {capture['id']} are not those of its SHA-256")
    if capture["bytes"] != len(data):
        raise DumpError(line, f"capture {capture['id']} has {len(data)} bytes")
