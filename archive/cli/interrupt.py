"""Ctrl-C during long work: the first one lets the step at hand be finished, a second one does not.

Invariant: outside of the ``with`` statement Ctrl-C does what it always did.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click


@contextmanager
def finishing() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets; set at the end, the command ends as interrupted."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only there signals arrive
        yield stop
        return
    before = signal.getsignal(signal.SIGINT)

    def note(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        stop.set()
        if sys.stderr.isatty():
            sys.stderr.write("\nfinishing what is begun; Ctrl-C again ends at once\n")

    if before is not signal.SIG_IGN:  # who runs us in the background wants no interrupt
        signal.signal(signal.SIGINT, note)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
    if stop.is_set():
        raise click.Abort
