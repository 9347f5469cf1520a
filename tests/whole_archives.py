"""All that an archive's file holds, to compare one with another."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

Table = list[tuple[Any, ...]]

INDEXES = ("section_index", "section_index_levels", "section_index_near")
SHADOWS = ("data", "idx", "docsize", "config")
"""FTS5's own tables; what they hold is compared as tokens, since their layout may differ."""


def state(path: Path) -> dict[str, Table]:
    """The rows of every ordinary table, every token of the index with its place, and the DDL."""
    with closing(sqlite3.connect(path)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
            ).fetchall()
            if name not in {f"{table}_{shadow}" for table in INDEXES for shadow in SHADOWS}
        ]
        found = {
            name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)  # noqa: S608 - SQLite's own names
            for name in names
        }
        for number, table in enumerate(INDEXES):
            connection.execute(
                f"CREATE VIRTUAL TABLE temp.token{number} USING fts5vocab(main, {table}, instance)"
            )
            tokens = connection.execute(f"SELECT * FROM temp.token{number}").fetchall()  # noqa: S608 - from above
            found[f"{table} tokens"] = sorted(tokens, key=repr)
        found["ddl"] = sorted(connection.execute("SELECT name, sql FROM sqlite_master").fetchall())
        return found
