"""Files that come to be whole, or not at all.

Idea: a file is made under a name of its own beside the one that it shall have, and renamed when all
of it is on the disk. Invariants: under the wanted name stands what stood there, or the whole new
file; a file that is there stays unless replacing it was asked for; and what a kill leaves beside
it is gone when the same file is made again.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.errors import StorageError, UsageError
from archive.identity import bears_our_mark
from archive.locking import locked


@contextmanager
def whole(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A file to write, readable by its owner only; at the end of the block it is named ``path``.

    Args:
        path: the file to make; what a link leads to is made, and the link stays.
        force: replace a file that is there.

    Raises:
        UsageError: the file is there, and shall stay; or it is an archive, or no file.
        StorageError: it cannot be made or written. Then nothing has changed.
    """
    if force:
        _refuse_archive(path)
    with beside(path, force=force) as (_, file):
        yield file


@contextmanager
def beside(path: Path, *, force: bool, logs: Sequence[str] = ()) -> Iterator[tuple[Path, BinaryIO]]:
    """As :func:`whole`, for what writes files by their names; an archive may be replaced too.

    Args:
        path: as there.
        force: as there.
        logs: as for :func:`reserved`.
    """
    try:
        target = path.resolve()
        _refuse(target, force=force)
        made = target.with_name(f"{target.name}.unfinished")
        with reserved(made, logs=logs) as (_, file):
            yield made, file
            file.flush()
            os.fsync(file.fileno())
            _rename(made, target, force=force)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="check the folder, its permissions and its room, or name another file",
        ) from error


@contextmanager
def reserved(path: Path, *, logs: Sequence[str] = ()) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file that this process alone writes; at the end of the block it is removed.

    A lock on the file tells one that is being written from one that a kill left.

    Args:
        path: the file.
        logs: what is removed with it: files whose names have these endings more.

    Raises:
        StorageError: another process is writing it.
        OSError: it cannot be made.
    """
    _remove_left(path)
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - of a descriptor
        _lock(file, path)
        if not _is_named(file, path):
            raise _taken(path)
        _remove(path, logs)
        try:
            yield path, file
        finally:
            _remove(path, ("", *logs))


def _remove(path: Path, endings: Iterable[str]) -> None:
    for ending in endings:
        path.with_name(path.name + ending).unlink(missing_ok=True)


def _remove_left(path: Path) -> None:
    """Remove what a kill left, unless a living process has it."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        _lock(file, path)
        if _is_named(file, path):
            path.unlink()


def _lock(file: BinaryIO, path: Path) -> None:
    if not locked(file.fileno()):
        raise _taken(path)


def _is_named(file: BinaryIO, path: Path) -> bool:
    """Whether the file still has its name: another process may have removed it unlocked."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _taken(path: Path) -> StorageError:
    return StorageError(
        f"another process is writing {path.name}", hint="wait for it, then try again"
    )


def _refuse(target: Path, *, force: bool) -> None:
    """Refuse what must not be replaced."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        raise UsageError(f"{target} is no file that can be replaced", hint="write to - instead")
    if not force:
        raise _there(target)


def _refuse_archive(path: Path) -> None:
    if bears_our_mark(path):
        raise UsageError(f"{path} is an archive; it stays", hint="name another file")


def _rename(made: Path, target: Path, *, force: bool) -> None:
    """Give the file its name; another one that took the name meanwhile stays, unless forced."""
    if not force:
        try:
            target.hardlink_to(made)
        except OSError:  # it is there, or the file system has no links
            if target.exists():
                raise _there(target) from None
            made.replace(target)
    else:
        made.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as lasting as the bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _there(target: Path) -> UsageError:
    return UsageError(
        f"{target} is there already", hint="name another file, or replace it with --force"
    )
