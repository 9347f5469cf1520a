"""Which items of an order are asked for: so many, from an offset on.

Invariant: whatever numbers a caller gives, those that come out can be counted with everywhere.
"""

import sys

from archive.errors import UsageError


def window(limit: int | None, offset: int = 0) -> tuple[int, int | None]:
    """Return where the items begin, and before which they end, ``None`` for the end of all.

    Raises:
        UsageError: a number is below zero.
    """
    if offset < 0 or (limit is not None and limit < 0):
        raise UsageError("a limit or offset is below zero", hint="count from 0")
    start = min(offset, sys.maxsize)
    return start, None if limit is None else min(start + limit, sys.maxsize)
