"""Disks that fail, as hooks for what SQLite asks of one (disk.py)."""

from collections.abc import Callable
from pathlib import Path

from disk import (
    CANTOPEN,
    CREATE,
    FULL,
    IOERR_DELETE,
    IOERR_FSYNC,
    IOERR_TRUNCATE,
    IOERR_WRITE,
    OK,
    Asked,
)

EIO = {
    "open": CANTOPEN,
    "write": IOERR_WRITE,
    "sync": IOERR_FSYNC,
    "truncate": IOERR_TRUNCATE,
    "delete": IOERR_DELETE,
}

ENOSPC = {"open": CANTOPEN, "write": FULL, "sync": IOERR_FSYNC}
"""Of opening, only what makes a file fails; what frees room does not."""


class Once:
    """A disk that fails at one of the things that are asked of it; 0: at none."""

    def __init__(self, failing: int) -> None:
        self.failing = failing
        self.asked = 0

    def __call__(self, asked: Asked, proceed: Callable[[], int]) -> int:
        self.asked += 1
        return EIO[asked.kind] if self.asked == self.failing else proceed()


class Full:
    """A disk that takes nothing more from one of the things that are asked of it on."""

    def __init__(self, failing: int) -> None:
        self.failing = failing
        self.asked = 0

    def __call__(self, asked: Asked, proceed: Callable[[], int]) -> int:
        self.asked += 1
        makes = asked.kind != "open" or (asked.flags & CREATE and not Path(asked.name).exists())
        if self.asked >= self.failing and makes and asked.kind in ENOSPC:
            return ENOSPC[asked.kind]
        return proceed()


class Lying:
    """The control: a disk that from one of those things on only says that it has written."""

    def __init__(self, failing: int) -> None:
        self.failing = failing
        self.asked = 0

    def __call__(self, asked: Asked, proceed: Callable[[], int]) -> int:
        self.asked += 1
        lies = self.asked >= self.failing and asked.kind in ("write", "sync")
        return OK if lies else proceed()


class Room:
    """A disk with room for so many bytes of files."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.used = 0
        """The most that it ever held."""
        self._sizes: dict[str, int] = {}

    def __call__(self, asked: Asked, proceed: Callable[[], int]) -> int:
        sizes, end = dict(self._sizes), asked.offset + len(asked.data)
        if asked.kind == "write":
            sizes[asked.name] = max(end, sizes.get(asked.name, 0))
        elif asked.kind == "truncate":
            sizes[asked.name] = end
        elif asked.kind == "delete":
            sizes.pop(asked.name, None)
        if asked.kind == "write" and sum(sizes.values()) > self.room:
            return FULL
        code = proceed()
        if code == 0:
            self._sizes = sizes
            self.used = max(self.used, sum(sizes.values()))
        return code
