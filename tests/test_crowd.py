"""Two writers and eight readers at once: no error, no half batch, one writer after the other.

The control writes the articles of a batch one by one; then readers see halves of it. How processes
take turns is no matter of a seed.
"""

import json
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from crowd import BATCH
from torture import rounds, told

from archive import Archive

pytestmark = pytest.mark.torture

CROWD = Path(__file__).with_name("crowd.py")


def crowd(path: Path, seconds: float, jobs: list[tuple[str, str]]) -> list[Any]:
    """What writers and readers say they did; each ended without an error."""
    started = [
        subprocess.Popen(
            [sys.executable, str(CROWD), doing, str(path), first],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for doing, first in jobs
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    until = f"{time.monotonic() + seconds}\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write(until)
        process.stdin.flush()
    ended = [(process.communicate(timeout=seconds + 120), process) for process in started]
    assert [(err, process.returncode) for (_, err), process in ended] == [("", 0)] * len(jobs)
    return [json.loads(out) for (out, _), _ in ended]


def test_readers_see_whole_batches_and_writers_take_turns(path: Path) -> None:
    begun, seconds = time.monotonic(), rounds(5, 60)
    jobs = [("write", "0"), ("write", "1000000"), *[("read", "")] * 8]
    one, other, *readers = crowd(path, seconds, jobs)
    writers = [one, other]
    assert [halves for _, halves in readers] == [0] * 8
    assert all(writers)
    batches = sorted(batch for writer in writers for batch in writer)
    ids = [id_ for _, batch in batches for id_ in batch]
    assert ids == list(range(1, len(ids) + 1))
    assert all(len(batch) == BATCH for _, batch in batches)
    turns = [next(n for n, writer in enumerate(writers) if batch in writer) for batch in batches]
    with Archive.open(path, readonly=True) as archive:
        assert archive.status().articles == len(ids)
    told(
        "two writers and eight readers",
        file=__file__,
        rounds=len(batches),
        result=f"in {seconds} s {sum(times for times, _ in readers):,} readings: 0 errors,"
        f" 0 half batches; writers in order, {sum(a != b for a, b in pairwise(turns)):,} turns",
        control=f"batches of single commits: {halves_without(path.with_name('other.db'))}",
        seconds=time.monotonic() - begun,
    )


def halves_without(path: Path) -> str:
    """The control: what readers see of a writer that commits each article by itself."""
    Archive.open(path, create=True).close()
    _, *readers = crowd(path, 3, [("write one by one", "0"), *[("read", "")] * 2])
    halves, times = sum(halves for _, halves in readers), sum(times for times, _ in readers)
    assert halves > 0
    return f"{halves:,} of {times:,} readings see half of one"
