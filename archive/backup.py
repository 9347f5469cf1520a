"""A consistent copy of an archive, made while others write.

Invariant: under the name that was asked for there is nothing, or what was there before, or a whole
copy that is on the disk; never a part of one. The copy is made under another name beside it, in one
statement (a copy in steps never ended while another process wrote), and then takes its name.
"""

import os
from pathlib import Path

from sqlalchemy import Connection

from archive import database
from archive.errors import StorageError


def backup(connection: Connection, source: Path, target: Path, *, force: bool) -> None:
    """Copy the archive as it is at one moment to ``target``, readable by its owner only.

    Args:
        connection: an open archive, in no transaction.
        source: its file.
        target: the file to make.
        force: take the place of a file that is there.

    Raises:
        StorageError: there is a file already, or no room, or the folder cannot be written.
    """
    _refuse(source, target, force=force)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        database.copy_to(connection, partial)
        _sync(partial)
        _name(partial, target, force=force)
        _sync(target.absolute().parent)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be made: {error.strerror}",
            hint="check the folder and its permissions",
        ) from error
    finally:
        for left in (partial, partial.with_name(f"{partial.name}-journal")):
            left.unlink(missing_ok=True)


def _refuse(source: Path, target: Path, *, force: bool) -> None:
    """Refuse a name that is taken, or that would make SQLite take a log for the copy's."""
    if target.exists() and target.samefile(source):
        raise StorageError(f"{target} is the archive itself", hint="name another file")
    for suffix in ("-wal", "-journal"):
        beside = target.with_name(target.name + suffix)
        if os.path.lexists(beside):
            raise StorageError(
                f"{beside} belongs to another file {target.name}", hint="name another file"
            )
    if not force and os.path.lexists(target):
        raise _there_already(target)


def _there_already(target: Path) -> StorageError:
    return StorageError(f"{target} is there already", hint="name another file, or add --force")


def _name(partial: Path, target: Path, *, force: bool) -> None:
    """Give the copy its name; without ``force`` a file that came meanwhile is not replaced."""
    if force:
        partial.replace(target)
        return
    try:
        target.hardlink_to(partial)
    except FileExistsError as error:
        raise _there_already(target) from error
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise _there_already(target) from None
        partial.replace(target)


def _sync(path: Path) -> None:
    """Have what a file or folder holds written to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
