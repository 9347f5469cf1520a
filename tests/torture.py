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

import json
import os
from pathlib import Path
from random import Random, SystemRandom

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
