"""What SQLite's errors mean to a user, and what to do next.

Invariant: an error that has no meaning here is a fault of this program, and stays what it is.
"""

import sqlite3
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import Engine

from archive.errors import ArchiveError, DatabaseError, StorageError
from archive.stored import LONGEST_VALUE

_DAMAGED = "SQLITE_CORRUPT"

_AMISS = ("Could not decode", "no such table", "no such column")
"""How messages begin that no code tells apart: of Python's driver, and of SQLite itself."""


def translate(error: BaseException, engine: Engine | None = None) -> ArchiveError | None:
    """The error of this package that says what an SQLite error means to a user, if it has one.

    The names are SQLite's result codes, extended ones included (``SQLITE_IOERR_WRITE``).
    """
    if isinstance(error, UnicodeDecodeError):
        error = unreadable(error)
    file = file_of(engine)
    name = _DAMAGED if _tells_damage(error) else getattr(error, "sqlite_errorname", "")
    for names, kind, message, hint in _MEANINGS:
        if name.startswith(names):
            return kind(message.format(file=file, error=error), hint=hint)
    return None


def _tells_damage(error: BaseException) -> bool:
    """Whether what fails is a definition that was looked at, or a text: both are well-formed."""
    return isinstance(error, sqlite3.OperationalError) and str(error).startswith(_AMISS)


def unreadable(error: UnicodeDecodeError) -> sqlite3.DatabaseError:
    """The SQLite error that Python could not make, since what it quotes is damaged: no UTF-8."""
    damaged = sqlite3.DatabaseError(f"what it holds is no UTF-8 ({error.reason})")
    damaged.sqlite_errorname = _DAMAGED
    return damaged


_MEANINGS: tuple[tuple[tuple[str, ...], type[ArchiveError], str, str], ...] = (
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED"),
        DatabaseError,
        "{file} is busy: another process is writing",
        "wait for it, then try again",
    ),
    (
        ("SQLITE_CORRUPT", "SQLITE_NOTADB"),
        DatabaseError,
        "{file} is damaged: {error}",
        "take a backup, or save what is readable with sqlite3's .recover",
    ),
    (
        ("SQLITE_TOOBIG",),
        DatabaseError,
        f"{{file}} holds a value of more than {LONGEST_VALUE >> 20} MiB, which no archive has",
        "archive db check names what is damaged",
    ),
    (
        ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"),
        StorageError,
        "no room left for {file}; what was reported as stored is kept",
        "free some space, then run the same command again",
    ),
    (
        ("SQLITE_READONLY_ROLLBACK",),
        DatabaseError,
        "{file} cannot be read before a change that was broken off is undone",
        "run the command that was broken off again; what writes undoes it first",
    ),
    (
        ("SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM"),
        StorageError,
        "{file} cannot be written or opened: {error}",
        "check the disk and the permissions of the file and its folder",
    ),
)
"""What SQLite's result codes mean to a user, by the beginning of their names."""


def file_of(engine: Engine | None) -> str:
    """The name of an engine's file, for a message."""
    database = engine.url.database if engine is not None else None
    return Path(unquote(database.removeprefix("file:"))).name if database else "the archive"
