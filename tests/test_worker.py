import math
import operator
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from archive.capture.worker import Worker
from archive.errors import CaptureError

ASK = """
import os, sys, time
from archive.capture.worker import Worker
worker = Worker(seconds=60)
print(worker.run(os.getpid), flush=True)
"""


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(seconds=1.0, memory=400 << 20)
    yield made
    made.close()


def is_running(process: int) -> bool:
    """Whether a process is there; a zombie is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(process: int, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while is_running(process) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_running(process)


def test_results_come_back_from_another_process(worker: Worker) -> None:
    assert worker.run(operator.add, b"a\0", b"b") == b"a\0b"
    assert worker.run(os.getpid) != os.getpid()


def test_one_process_serves_many_calls(worker: Worker) -> None:
    assert len({worker.run(os.getpid) for _ in range(20)}) == 1


def test_what_the_function_raises_is_raised(worker: Worker) -> None:
    before = worker.run(os.getpid)
    with pytest.raises(ValueError, match="math domain error"):
        worker.run(math.sqrt, -1)
    assert worker.run(os.getpid) == before


def test_errors_of_captures_keep_their_hint(worker: Worker) -> None:
    with pytest.raises(CaptureError) as caught:
        worker.run(refuse)
    assert (caught.value.message, caught.value.hint) == ("refused", "try again")


def refuse() -> None:
    raise CaptureError("refused", hint="try again")


def test_a_call_that_takes_too_long_is_ended_and_the_next_one_served(worker: Worker) -> None:
    first = worker.run(os.getpid)
    started = time.monotonic()
    with pytest.raises(CaptureError, match="longer than 1 s"):
        worker.run(time.sleep, 60)
    assert time.monotonic() - started < 3
    assert not is_running(first)
    second = worker.run(os.getpid)
    assert second != first


@pytest.mark.skipif(sys.platform != "linux", reason="macOS sets no limit on address space")
def test_a_call_that_takes_too_much_memory_is_ended(worker: Worker) -> None:
    with pytest.raises(CaptureError, match="more than 400 MB of memory"):
        worker.run(bytearray, 1 << 30)
    assert worker.run(operator.add, 1, 1) == 2


def test_a_call_that_ends_the_process_is_named(worker: Worker) -> None:
    with pytest.raises(CaptureError, match="SIGSEGV"):
        worker.run(signal.raise_signal, signal.SIGSEGV)
    with pytest.raises(CaptureError, match="exit code 7"):
        worker.run(os._exit, 7)
    assert worker.run(operator.add, 1, 1) == 2


def test_a_worker_that_was_killed_between_calls_is_replaced(worker: Worker) -> None:
    first = worker.run(os.getpid)
    os.kill(first, signal.SIGKILL)
    end = time.monotonic() + 5
    while worker._process is not None and worker._process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert worker.run(os.getpid) != first


def test_closing_leaves_no_process_and_no_zombie(worker: Worker) -> None:
    process = worker.run(os.getpid)
    worker.close()
    assert not is_running(process)
    worker.close()


def test_an_interrupted_call_ends_its_worker(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = worker.run(os.getpid)

    def interrupt(_timeout: float) -> bool:
        raise KeyboardInterrupt

    assert worker._line is not None
    monkeypatch.setattr(worker._line, "poll", interrupt, raising=False)
    with pytest.raises(KeyboardInterrupt):
        worker.run(time.sleep, 60)
    assert not is_running(process)


@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)", "os.kill(os.getpid(), 9)"])
def test_no_worker_outlives_its_process(end: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{ASK}\n{end}"], capture_output=True, text=True, check=False
    )
    assert wait_until_gone(int(done.stdout)), done.stderr


def test_each_call_has_a_limit_of_cpu_time(worker: Worker) -> None:
    soft, _ = worker.run(resource.getrlimit, resource.RLIMIT_CPU)
    assert 1 <= soft <= 10  # what ends a worker that is busy when its process is killed


def test_after_a_fork_each_process_has_its_own_worker() -> None:
    code = f"""{ASK}
child = os.fork()
if not child:
    print(worker.run(os.getpid), flush=True)
    worker.close()
    os._exit(0)
os.waitpid(child, 0)
print(worker.run(os.getpid), flush=True)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    first, second, third = done.stdout.split()
    assert first == third != second
