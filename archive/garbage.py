"""How often Python looks for cycles among what a process holds.

Idea: it looks whenever so many more objects were made than were dropped, 700 by default, and a
batch of captures is held by a hundred thousand: to look took a twelfth of the time of ingest, and
found nothing. Invariant: only a process that is the program's own has it otherwise, and only for a
while; who uses the package as a library decides for himself.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 50_000
"""Objects more, after which Python looks: some 10 MB of them."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Have Python look for cycles after :data:`SELDOM` objects, within the ``with`` statement."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
