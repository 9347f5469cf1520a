"""One error tree: what ends a command, the exit code it gives, and the next step to take.

Invariant: every message is one line a user can act on; ``hint`` names the next step. A failure of
one capture among many is a value (:class:`archive.ingest.Outcome`), never an exception that
leaves the run. :func:`require` is the one check of a value among a few.

Exit codes: 0 done, 1 failed, 2 wrong usage or query, 3 no such ref, 4 some captures failed,
5 the file needs an upgrade, is busy, missing, foreign or damaged, 130 interrupted.
"""

from collections.abc import Collection


class ArchiveError(Exception):
    """Base of every error this package raises on purpose.

    Args:
        message: one line, what is wrong.
        hint: the next step to take, one line.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class QueryError(ArchiveError):
    """A query that cannot be understood; ``position`` is a code point offset in ``query``."""

    exit_code = 2

    def __init__(
        self, message: str, *, query: str = "", position: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.query = query
        self.position = position


class UsageError(ArchiveError):
    """A value that no option or parameter takes."""

    exit_code = 2


class RefError(ArchiveError):
    """A ref that names nothing, or more than one thing; ``candidates`` are the keys it may mean."""

    exit_code = 3

    def __init__(
        self, message: str, *, candidates: tuple[str, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.candidates = candidates


class CaptureError(ArchiveError):
    """A capture that cannot be read; becomes the reason of a failed outcome."""

    exit_code = 4


class DumpError(ArchiveError):
    """A dump that cannot be restored; nothing of it was. ``line`` is where, from 1."""

    def __init__(self, line: int, message: str, *, hint: str | None = None) -> None:
        super().__init__(
            f"line {line} of the dump: {message}",
            hint=hint or "nothing was restored; take another copy of the dump",
        )
        self.line = line


class DatabaseError(ArchiveError):
    """The archive file is missing, busy, too old, too new, foreign or damaged."""

    exit_code = 5


class UnsignedError(DatabaseError):
    """Articles that are to be compared lack a signature, and the archive is open for reading."""


class StorageError(ArchiveError):
    """The disk or its permissions refused a write; nothing of the batch was kept."""


def require(value: str, known: Collection[str], what: str) -> None:
    """Refuse a value that is none of a few.

    Args:
        value: what was given.
        known: what may be.
        what: what it is, for the message: ``unit``, ``order``.

    Raises:
        UsageError: it is none of them.
    """
    if value not in known:
        raise UsageError(f"no {what} {value!r}", hint=f"one of {', '.join(known)}")
