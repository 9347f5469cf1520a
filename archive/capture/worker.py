"""A process of its own for work on untrusted bytes, ended when it takes too long or too much.

A parser in C holds the interpreter and cannot be interrupted, so the only sure limit on it is to
end its process. One worker serves many calls, since starting one takes some 0.1 s; after it was
ended the next call starts another. Work goes in and results come out over a socket pair.

Invariants: :meth:`Worker.run` returns within its time limit and a moment; no worker outlives the
process that started it (the socket closes, and each call has a limit of CPU time as well); an
ended worker is waited for, so that none is left as a zombie.
"""

import atexit
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from socket import socketpair
from typing import Any, TypeVar

from archive.errors import CaptureError
from archive.garbage import seldom_collected

SECONDS = 4.0
"""How long one call may take: some 400 times what a large page takes."""

MEMORY = 1 << 30
"""How many bytes of address space a worker may have; a page of 10 MB takes a quarter of it."""

_START = 30.0
"""Seconds that a worker may take to start, on a machine that is busy."""

_HINT = "its markup is damaged, or made to stall parsers; save the page's text and ingest that"

_Result = TypeVar("_Result")

_MAIN = (
    "import sys; sys.path[:] = {path!r}; "
    "from archive.capture.worker import serve; serve({fd}, {memory})"
)


class Worker:
    """Runs functions in another process, one at a time; any thread may ask.

    Args:
        seconds: how long one call may take; None: no limit.
        memory: how many bytes of address space the process may have; None: no limit.
    """

    def __init__(self, *, seconds: float | None = SECONDS, memory: int | None = MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._owner = 0

    def run(self, function: Callable[..., _Result], *given: object) -> _Result:
        """Call ``function(*given)`` in the worker.

        Args:
            function: one that the worker can import: of a module, by its name.
            given: its arguments; they and the result are pickled.

        Raises:
            CaptureError: the call took longer or more memory than it may, or ended the process.
            Exception: whatever the function raised.
        """
        if _serving:
            return _within(self._seconds, self._memory, function, given)
        job = pickle.dumps((function, given, self._seconds), pickle.HIGHEST_PROTOCOL)
        with self._lock:
            try:
                answer = self._ask(job)
            except BaseException:
                self.close()
                raise
        fine, value = pickle.loads(answer)  # noqa: S301 our own process wrote it
        if isinstance(value, MemoryError):
            self.close()  # what is left of it may be spent
            raise _too_much(self._memory)
        if not fine:
            raise value
        return value  # type: ignore[no-any-return]

    def _ask(self, job: bytes) -> bytes:
        try:
            line = self._connect()
            line.send_bytes(job)
            if not line.poll(self._seconds):
                raise _too_long(self._seconds)
            return line.recv_bytes()
        except (EOFError, OSError) as lost:
            reason = self._reason()
            if reason == _ALARM:
                raise _too_long(SECONDS) from lost
            raise CaptureError(
                f"reading it ended the worker: {reason}",
                hint=_HINT,
            ) from lost

    def _connect(self) -> Connection:
        if self._line is not None and self._owner != os.getpid():
            self._line, self._process = None, None  # a fork: that worker is another process's
        if self._line is None or self._process is None or self._process.poll() is not None:
            self.close()
            self._start()
        assert self._line is not None  # noqa: S101 for the type checker
        return self._line

    def _start(self) -> None:
        ours, theirs = socketpair()
        with theirs:
            code = _MAIN.format(path=sys.path, fd=theirs.fileno(), memory=self._memory)
            self._process = subprocess.Popen(  # noqa: S603 our own interpreter and code
                [sys.executable, "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C reaches the asking process alone, which ends this
            )
        self._owner = os.getpid()
        self._line = Connection(ours.detach())
        atexit.register(self.close)
        if not self._line.poll(_START) or self._line.recv_bytes() != _READY:
            raise CaptureError("the worker that reads HTML did not start")

    def _reason(self) -> str:
        """Tell how the worker ended."""
        if self._process is None:
            return "it did not start"
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return "it closed its line"
        if code < 0:
            return f"signal {signal.Signals(-code).name}"
        return f"exit code {code}"

    def end(self) -> None:
        """End the process; a call that another thread waits for fails."""
        process = self._process
        if process is not None and self._owner == os.getpid():
            process.kill()

    def close(self) -> None:
        """End the worker's process, if it has one; the next call starts another."""
        line, process, self._line, self._process = self._line, self._process, None, None
        atexit.unregister(self.close)
        if line is not None:
            line.close()
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()


_READY = b"ready"

_ALARM = f"signal {signal.SIGALRM.name}"

_serving = False
"""Whether this process is a worker; what it is asked to do in a worker it does itself."""


def _too_long(seconds: float | None) -> CaptureError:
    return CaptureError(f"reading it took longer than {seconds:g} s", hint=_HINT)


def _too_much(memory: int | None) -> CaptureError:
    return CaptureError(f"reading it took more than {(memory or 0) >> 20} MB of memory", hint=_HINT)


def _within(
    seconds: float | None,
    memory: int | None,
    function: Callable[..., _Result],
    given: tuple[object, ...],
) -> _Result:
    """Call a function in this worker under limits of its own: past its time the process ends."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    signal.setitimer(signal.ITIMER_REAL, seconds or 0)
    if memory is not None:
        _limit(resource.RLIMIT_AS, memory)
    try:
        return function(*given)
    except MemoryError:
        raise _too_much(memory) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def serve(fd: int, memory: int | None) -> None:
    """Do what comes over the socket ``fd`` until it closes: what the worker's process runs."""
    global _serving  # noqa: PLW0603 - what the process is, from its beginning to its end
    _serving = True
    if memory is not None:
        _limit(resource.RLIMIT_AS, memory)
    line = Connection(fd)
    line.send_bytes(_READY)
    with seldom_collected():
        while True:
            try:
                job = line.recv_bytes()
            except (EOFError, OSError):
                return
            line.send_bytes(_answer(job))


def _answer(job: bytes) -> bytes:
    try:
        function, given, seconds = pickle.loads(job)  # noqa: S301 the asking process wrote it
        if seconds is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 2)
        answer: tuple[bool, Any] = (True, function(*given))
    except Exception as error:  # noqa: BLE001 it is raised where it was asked for
        answer = (False, error)
    return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)


def _limit(kind: int, most: int) -> None:
    """Set a soft limit, as far as this system has it (macOS has none on address space)."""
    _, hard = resource.getrlimit(kind)
    try:
        resource.setrlimit(kind, (most if hard < 0 else min(most, hard), hard))
    except (ValueError, OSError):
        return
