"""How far the suites of faults go: a short form in ``make test``, the long one in ``make torture``.

What a suite counted becomes a line of the file that ``TORTURE`` names, from which the table of
docs/reliability.md is made (``scripts/counted.py``). Invariants: the long form differs from the
short one by its rounds alone; what chance decides can be decided so again.

A line of the file has these keys; ``control`` is ``null`` where there is none:

``suite``
    The fault, as the table names it: ``"kill -9 of ingest"``.
``file``
    The test module, without its folder: ``"test_kills.py"``; the table links to it.
``rounds``
    How many rounds, cuts, flips or examples were really run.
``result``
    What was found, with its figures, in words for the reader of the table:
    ``"0 acknowledged captures lost, 0 half articles"``.
``control``
    What the same suite counts with the guard taken out: ``"synchronous=OFF: 37 of 300 lost"``.
``seconds``
    How long it took by the clock, the control included.
"""

import functools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest
from hypothesis import seed, settings

Test = Callable[..., None]

_LINES = os.environ.get("TORTURE")


def rounds(short: int, long: int) -> int:
    """The number of rounds of this run."""
    return long if _LINES else short


def chance() -> Random:
    """What decides in a suite; with ``SEED`` in the environment, as it did when that was printed.

    With CI=true it decides the same each time, as hypothesis does then (conftest.py). What a test
    prints, pytest shows when it fails.
    """
    fixed = "0" if os.environ.get("CI") == "true" else str(SystemRandom().getrandbits(32))
    seed = os.environ.get("SEED", fixed)
    print(f"SEED={seed}")  # noqa: T201 - pytest shows it where the test fails
    return Random(seed)  # noqa: S311 - no secret


def told(
    suite: str, *, file: str, rounds: int, result: str, seconds: float, control: str | None = None
) -> None:
    """Keep what a suite counted, in place of what it counted in an earlier long run.

    Args:
        file: ``__file__`` of the test module.
    """
    if not _LINES:
        return
    line = {
        "suite": suite,
        "file": Path(file).name,
        "rounds": rounds,
        "result": result,
        "control": control,
        "seconds": round(seconds, 1),
    }
    lines = Path(_LINES)
    old = lines.read_text("utf-8").splitlines() if lines.exists() else []
    kept = {json.loads(one)["suite"]: one for one in old}
    kept[suite] = json.dumps(line, ensure_ascii=False)
    lines.write_text("".join(f"{kept[name]}\n" for name in sorted(kept)), "utf-8")


@dataclass
class Tally:
    """What the tests of a module have got through, each a way in which something goes wrong."""

    passed: set[str] = field(default_factory=set)
    control: set[str] = field(default_factory=set)
    """Those that what the suite is compared with got through too."""


@contextmanager
def tallied(suite: str, *, file: str, of: int, result: str, control: str) -> Iterator[Tally]:
    """Count what tests get through, of so many ways; for a fixture of a module."""
    begun, tally = time.monotonic(), Tally()
    yield tally
    told(
        suite,
        file=file,
        rounds=of,
        result=f"{len(tally.passed)} of {of} {result}",
        control=f"{control}: {len(tally.control)} of {of}",
        seconds=time.monotonic() - begun,
    )


EXAMPLES = 5_000
"""What hypothesis tries in one go: the long form repeats it, since memory grows with it."""


def many(suite: str, *, file: str, control: Callable[[], str] | None = None) -> Callable[..., Test]:
    """Of a property test: 5,000 examples in the short form, 200,000 in the long one.

    It stands above ``given``. ``control`` tells what the suite counts with the guard taken out.
    """
    goes = rounds(1, 40)

    def marked(test: Any) -> Test:  # noqa: ANN401 - what hypothesis makes of a function
        tried, count = test.hypothesis.inner_test, 0

        @functools.wraps(tried)
        def counting(*args: object, **values: object) -> None:
            nonlocal count
            count += 1
            tried(*args, **values)

        test.hypothesis.inner_test = counting
        many_times: Test = settings(max_examples=EXAMPLES)(test)

        @functools.wraps(test)
        def run(*args: object, **values: object) -> None:
            begun, decides = time.monotonic(), chance()
            for _ in range(goes):
                seed(decides.getrandbits(32))(many_times)(*args, **values)
            if _LINES:
                without = control() if control else None
                seconds = time.monotonic() - begun
                told(
                    suite,
                    file=file,
                    rounds=count,
                    result="0 uncaught",
                    control=without,
                    seconds=seconds,
                )

        hard: Test = pytest.mark.torture(run)
        return hard

    return marked
