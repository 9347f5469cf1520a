"""Processes that read captures, so that all cores do; the one that asked writes.

Idea: each reader is a process of its own (:mod:`archive.capture.worker`), and a thread here asks it
for one portion after another. It is a new interpreter, neither a fork, which would inherit open
SQLite files and the locks of threads, nor one that imports the main program again, which would have
to be guarded against that. It knows no SQL, and no archive.

Invariants: a reader that ends takes no more than its own portion along, whose captures are then
read one by one, so that only one that ends readers fails; nothing waits for a reader that is gone;
none outlives the :class:`Readers` that began it.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Self

from archive.capture.parsed import Capture, Failure
from archive.capture.worker import Worker
from archive.errors import CaptureError
from archive.prepare import Values, failure, prepare

Answer = Future[list[Values | Failure]]


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # no such call on macOS
        return os.cpu_count() or 1


class Readers:
    """A number of readers, begun when they are first needed; use it in a ``with`` statement.

    Args:
        number: how many processes.
        encoding: overrules what the bytes say of their encoding.
    """

    def __init__(self, number: int, encoding: str | None) -> None:
        self._encoding = encoding
        self._workers = [Worker(seconds=None, memory=None) for _ in range(number)]
        self._free = SimpleQueue[Worker]()
        for worker in self._workers:
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="reader")
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended = True
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        self._threads.shutdown()
        for worker in self._workers:
            worker.close()

    def read(self, captures: Sequence[Capture]) -> Answer:
        """Have captures read, one value each, in their order."""
        return self._threads.submit(self._read, captures)

    def _read(self, captures: Sequence[Capture]) -> list[Values | Failure]:
        worker = self._free.get()
        try:
            return self._ask(worker, captures)
        finally:
            self._free.put(worker)

    def _ask(self, worker: Worker, captures: Sequence[Capture]) -> list[Values | Failure]:
        try:
            return worker.run(prepare, captures, self._encoding)
        except CaptureError as error:
            if self._ended:
                return []
            if len(captures) == 1:
                return [failure(captures[0], error)]
            return [self._ask(worker, [capture])[0] for capture in captures]
