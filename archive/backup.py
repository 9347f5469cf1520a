"""A consistent copy of an archive, made while others write.

Invariant: under the name that was asked for there is nothing, or what was there before, or a whole
copy that is on the disk; never a part of one (:mod:`archive.unfinished`). The copy is made in one
statement: one in steps never ended while another process wrote.
"""

import os
from pathlib import Path

from sqlalchemy import Connection

from archive import database, unfinished
from archive.errors import StorageError


def backup(connection: Connection, source: Path, target: Path, *, force: bool) -> None:
    """Copy the archive as it is at one moment to ``target``, readable by its owner only.

    Args:
        connection: an open archive, in no transaction.
        source: its file.
        target: the file to make.
        force: take the place of a file that is there.

    Raises:
        UsageError: there is a file already.
        StorageError: no room, or the folder cannot be written.
    """
    _refuse(source, target)
    with unfinished.beside(target, force=force, logs=("-journal",)) as (made, _):
        database.copy_to(connection, made)


def _refuse(source: Path, target: Path) -> None:
    """Refuse a name that would make SQLite take a log for the copy's, or is the archive's own."""
    if target.exists() and target.samefile(source):
        raise StorageError(f"{target} is the archive itself", hint="name another file")
    for suffix in ("-wal", "-journal"):
        beside = target.with_name(target.name + suffix)
        if os.path.lexists(beside):
            raise StorageError(
                f"{beside} belongs to another file {target.name}", hint="name another file"
            )
