"""What the suites of faults counted, as the table of docs/reliability.md, for cog."""

import json
from pathlib import Path

_LINES = Path(__file__).resolve().parent.parent / "docs" / "torture.jsonl"
_COLUMNS = ("fault", "rounds", "result", "control", "seconds")


def table(lines: Path = _LINES) -> str:
    """A row a suite, by name, which leads to its tests; the keys are told in tests/torture.py."""
    rows = ["| " + " | ".join(_COLUMNS) + " |", "|---|---:|---|---|---:|"]
    for line in sorted(lines.read_text("utf-8").splitlines()) if lines.exists() else ():
        of = json.loads(line)
        cells = (
            f"[{of['suite']}](../tests/{of['file']})",
            f"{of['rounds']:,}",
            of["result"],
            of["control"] or "",
            f"{of['seconds']:,.0f}",
        )
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)
