"""How far the suites of faults go: a short form in ``make test``, the long one in ``make torture``.

What a suite counted becomes a line of the file that ``TORTURE`` names, from which the table of
docs/reliability.md is made. Invariant: the long form differs from the short one by its rounds
alone.
"""

import json
import os
from pathlib import Path

_LINES = os.environ.get("TORTURE")


def rounds(short: int, long: int) -> int:
    """The number of rounds of this run."""
    return long if _LINES else short


def told(suite: str, **counts: float | str) -> None:
    """Keep what a suite counted, in place of what it counted in an earlier long run."""
    if not _LINES:
        return
    file = Path(_LINES)
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    kept = {json.loads(line)["suite"]: line for line in lines}
    kept[suite] = json.dumps({"suite": suite, **counts}, ensure_ascii=False)
    file.write_text("".join(f"{kept[name]}\n" for name in sorted(kept)), "utf-8")
