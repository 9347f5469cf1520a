"""How the tables and indexes of a file are defined, against what the migrations define.

Idea: an archive that is made anew has the very definitions that this one must have, since every
archive was made by the same migrations. Invariant: nothing of others is judged, nor the tables of
the index, which has a check of its own and is made anew by itself.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from archive import database, schema
from archive.reports import Finding

_DEFINED = """
    SELECT name, type, tbl_name, coalesce(sql, '') FROM main.sqlite_master
    WHERE name NOT LIKE 'sqlite_stat%' AND tbl_name NOT LIKE 'section_index%'
"""
_QUOTES = str.maketrans("", "", '"`')
"""What versions of SQLite write differently where a migration renames a table."""


def check(session: Session) -> Iterator[Finding]:
    """Which of archive's tables and indexes are defined otherwise than archive defines them."""
    found = _definitions(session.connection())
    for name, definition in _expected().items():
        if name not in found:
            yield Finding("file", f"{name} is not defined")
        elif found[name] != definition:
            yield Finding("file", f"{name} is defined otherwise than archive defines it")


def _expected() -> dict[str, tuple[str, ...]]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "fresh.db"
        schema.create(file)
        engine = database.make_engine(file)
        try:
            with engine.connect() as connection:
                return _definitions(connection)
        finally:
            engine.dispose()


def _definitions(connection: Connection) -> dict[str, tuple[str, ...]]:
    return {
        name: (kind, table, sql.translate(_QUOTES))
        for name, kind, table, sql in connection.exec_driver_sql(_DEFINED)
    }
