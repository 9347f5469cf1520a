"""What SQLite's result codes mean to a user."""

import sqlite3

import pytest

from archive import sqlite_errors
from archive.errors import DatabaseError, StorageError


@pytest.mark.parametrize(
    ("name", "error", "exit_code"),
    [
        ("SQLITE_BUSY", DatabaseError, 5),
        ("SQLITE_BUSY_SNAPSHOT", DatabaseError, 5),
        ("SQLITE_LOCKED", DatabaseError, 5),
        ("SQLITE_CORRUPT", DatabaseError, 5),
        ("SQLITE_CORRUPT_VTAB", DatabaseError, 5),
        ("SQLITE_NOTADB", DatabaseError, 5),
        ("SQLITE_READONLY_ROLLBACK", DatabaseError, 5),
        ("SQLITE_FULL", StorageError, 1),
        ("SQLITE_IOERR_SHMSIZE", StorageError, 1),
        ("SQLITE_IOERR_WRITE", StorageError, 1),
        ("SQLITE_READONLY", StorageError, 1),
        ("SQLITE_CANTOPEN", StorageError, 1),
        ("SQLITE_PERM", StorageError, 1),
    ],
)
def test_sqlite_errors_become_one_line_with_a_next_step(
    name: str, error: type[DatabaseError | StorageError], exit_code: int
) -> None:
    original = sqlite3.OperationalError("what SQLite says")
    original.sqlite_errorname = name
    translated = sqlite_errors.translate(original)
    assert type(translated) is error
    assert translated.exit_code == exit_code
    assert "\n" not in translated.message
    assert translated.hint


def test_no_room_for_shared_memory_is_no_room() -> None:
    original = sqlite3.OperationalError("disk I/O error")
    original.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    translated = sqlite_errors.translate(original)
    assert translated is not None
    assert "no room" in translated.message


def test_other_errors_are_left_as_they_are() -> None:
    original = sqlite3.IntegrityError("UNIQUE constraint failed")
    original.sqlite_errorname = "SQLITE_CONSTRAINT_UNIQUE"
    assert sqlite_errors.translate(original) is None
