"""What a file holds that this project did not make: tables, views, triggers of others.

Idea: people open an archive in other tools and add things of their own; those are let be, listed,
and never read. But what changes the meaning of our own statements is refused: a view in the place
of one of our tables, when the file is opened; a trigger that our writing would fire, when we write.

Invariant: only the list of what there is (``sqlite_master``) is read here, never what it defines.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from archive import fts
from archive.errors import DatabaseError
from archive.models import Base

_TABLES = frozenset([*Base.metadata.tables, "alembic_version"])
_SHADOWS = {f"{table}_{part}" for table, parts in fts.SHADOWS.items() for part in parts}
_OURS = _TABLES.union(fts.TABLES, _SHADOWS)


class Made(NamedTuple):
    """One thing that a file defines, as SQLite keeps it."""

    kind: str
    name: str
    table: str
    sql: str

    @property
    def ours(self) -> bool:
        """Whether it stands on, or in the place of, a table of this project."""
        return self.table.lower() in _OURS

    def __str__(self) -> str:
        on = "" if self.name == self.table else f" on {self.table}"
        return f"{self.kind} {self.name}{on}"


def _made(connection: Connection | sqlite3.Connection) -> list[Made]:
    if isinstance(connection, sqlite3.Connection):
        return [Made(*map(str, row)) for row in connection.execute(_MADE)]
    return [Made(*map(str, row)) for row in connection.exec_driver_sql(_MADE)]


_MADE = "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"


def strangers(connection: Connection | sqlite3.Connection) -> list[str]:
    """The tables, views, triggers and indexes that are not this project's, in words."""
    indexes = {index.name for table in Base.metadata.tables.values() for index in table.indexes}
    return [
        str(made)
        for made in _made(connection)
        if not made.name.lower().startswith("sqlite_")
        and not (made.kind == "table" and made.ours)
        and not (made.kind == "index" and made.name in indexes)
    ]


def require_own_tables(connection: Connection, path: Path, *, any_index: bool = False) -> None:
    """Refuse a file that lacks a table, or has something else in the place of one.

    Args:
        connection: an open archive.
        path: its file.
        any_index: tables that serve search alone may be missing; they can be made again.

    Raises:
        DatabaseError: a table is missing; or a view, or another virtual table, has its name.
    """
    found = {made.name.lower(): made for made in _made(connection) if made.kind != "index"}
    for name in sorted(_OURS):
        for_search = name.startswith("section_index")
        if name in found:
            if not _is_genuine(found[name]):
                raise DatabaseError(
                    f"{path} is not to be trusted: its {name} is no table that archive made",
                    hint="do not use this file; take a backup of the archive",
                )
        elif not (for_search and any_index):
            raise DatabaseError(
                f"{path} is damaged: it has no table {name}",
                hint=f"archive --db {path} db reindex"
                if for_search
                else "take a backup, or save what is readable with sqlite3's .recover",
            )


def _is_genuine(made: Made) -> bool:
    if made.kind != "table":
        return False
    sql = " ".join(made.sql.split())
    ours = fts.TABLES.get(made.name.lower())
    if ours is not None:
        return sql == " ".join(ours.split())
    return not sql.upper().startswith("CREATE VIRTUAL")


def triggers(connection: Connection) -> list[Made]:
    """The triggers that our writing may fire: on our tables, or where a foreign key leads to."""
    return [
        made
        for made in _made(connection)
        if made.kind == "trigger" and (made.ours or _has_foreign_key(connection, made.table))
    ]


def _has_foreign_key(connection: Connection, table: str) -> bool:
    found = connection.exec_driver_sql("SELECT 1 FROM pragma_foreign_key_list(?)", (table,))
    return found.first() is not None


def refuse_triggers(connection: Connection, path: Path) -> None:
    """Refuse to write where a trigger would write as well.

    Raises:
        DatabaseError: there is one; the message names it.
    """
    for trigger in triggers(connection):
        name = trigger.name.replace('"', '""')
        raise DatabaseError(
            f"{path} has a {trigger}, which no archive has: nothing is written",
            hint=f'look at it, and remove it with sqlite3: DROP TRIGGER "{name}"',
        )


def notes(connection: Connection) -> Iterator[str]:
    """A sentence for each stranger that is let be."""
    harmful = set(map(str, triggers(connection)))
    for stranger in strangers(connection):
        if stranger not in harmful:
            yield f"{stranger} is not archive's; it is ignored"
