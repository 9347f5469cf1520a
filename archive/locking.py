"""One writer at a time: a lock on a file beside the archive, and who holds it.

Idea: SQLite lets a second writer wait by polling, which is not fair and gives up after a while. So
whoever writes first takes ``flock`` of ``PATH.lock``, for which the system keeps a queue, and which
it gives back when a process ends, however it ends. Readers know nothing of it.

Invariants: the file is never deleted, since a lock on a deleted file is a lock on nothing; and its
text, which says who holds the lock, is information only: what counts is the lock.

Where the system has no ``flock`` (Windows), there is no such file: SQLite's own lock still lets
only one write, but a second one waits :data:`archive.database.BUSY_SECONDS` at the most.
"""

import os
import shlex
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from archive.errors import DatabaseError, StorageError

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows; see the module's docstring
    fcntl = None  # type: ignore[assignment] # told apart below

_TEXT_BYTES = 500
_RETRY_SECONDS = 0.05

Tell = Callable[[str], None]


def silent(_text: str) -> None:
    """Tell nobody."""


class WriterLock:
    """The right to write to one archive; this process may take it several times over.

    Args:
        path: the archive's file.
        wait: how many seconds to wait for another writer; ``None``: as long as it takes.
        tell: is told once, in a sentence, that and for whom we wait.
    """

    def __init__(self, path: Path, *, wait: float | None = None, tell: Tell = silent) -> None:
        real = path.resolve()
        self._archive = path
        self._path = real.with_name(f"{real.name}.lock")
        self._wait = wait
        self._tell = tell
        self._file: int | None = None
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock in here; wait for it if another process has it.

        Raises:
            DatabaseError: it was not given back in time; the message names who holds it.
            StorageError: the file beside the archive cannot be made.
        """
        self.take()
        try:
            yield
        finally:
            self.give_back()

    def take(self) -> None:
        """Take the lock, as often as it will be given back; see :meth:`held`."""
        if fcntl is not None and self._depth == 0:
            self._file = self._open()
            try:
                self._acquire(self._file)
                _write(self._file, _ourselves())
            except BaseException:
                self._close()
                raise
        self._depth += 1

    def give_back(self) -> None:
        """Give the lock back, once for each time it was taken."""
        self._depth -= 1
        if self._depth == 0:
            self._close()

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise StorageError(
                f"{self._archive} cannot be written: {self._path.name} beside it cannot be made: "
                f"{error.strerror}",
                hint="check the folder and its permissions",
            ) from error
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise StorageError(f"{self._path} is no regular file", hint="move it away")
        return file

    def _acquire(self, file: int) -> None:
        if locked(file):
            return
        holder = _read(file)
        if self._wait == 0:
            raise self._busy(holder)
        self._tell(f"waiting for another writer of {self._archive}: {holder}")
        if self._wait is None:
            fcntl.flock(file, fcntl.LOCK_EX)
            return
        deadline = time.monotonic() + self._wait
        while not locked(file):
            left = deadline - time.monotonic()
            if left <= 0:
                raise self._busy(_read(file))
            time.sleep(min(_RETRY_SECONDS, left))

    def _busy(self, holder: str) -> DatabaseError:
        return DatabaseError(
            f"{self._archive} is busy, another process writes: {holder}",
            hint="wait for its end, or give more time with --wait SECONDS",
        )

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def locked(file: int) -> bool:
    """Take the lock of an open file, until it is closed; whether nobody else has it.

    Where the system has no ``flock``, nobody ever has.

    Raises:
        StorageError: the file system keeps no locks.
    """
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:  # as on a network file system that keeps no locks
            raise StorageError(
                f"no lock can be had here: {error.strerror}", hint="use a disk of this machine"
            ) from error
    return True


def _ourselves() -> str:
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"process {os.getpid()} on {socket.gethostname()} since {since}, {command}"


def _write(file: int, text: str) -> None:
    data = text.encode("utf-8", "replace")[:_TEXT_BYTES]
    with suppress(OSError):  # as on a full disk; the lock is held all the same
        os.ftruncate(file, 0)
        os.pwrite(file, data, 0)


def _read(file: int) -> str:
    """Who holds the lock, as far as the file's text tells."""
    text = os.pread(file, _TEXT_BYTES, 0).decode("utf-8", "replace")
    return " ".join(text.split()) or "one that does not say who it is"
