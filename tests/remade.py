"""Dumps that were changed by hand, and what is left where one is refused."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from archive import Archive
from archive.errors import DumpError


def beside(path: Path) -> list[str]:
    """What stands in an archive's folder, but for the file whose lock tells who writes."""
    return sorted(found.name for found in path.parent.iterdir() if found.suffix != ".lock")


def fails(data: bytes, path: Path, message: str, line: int | None = None) -> None:
    """The dump is refused, and nothing is there afterwards that was not before."""
    before = beside(path)
    with pytest.raises(DumpError, match=message) as caught:
        Archive.restore(path, io.BytesIO(data))
    assert caught.value.exit_code == 1
    assert line is None or caught.value.line == line
    assert beside(path) == before


def altered(dump: bytes, table: str, **values: Any) -> bytes:  # noqa: ANN401 - of any column
    """The dump with other values in the first row of a table; its own hash is right again."""
    done = False
    lines = []
    for line in dump.splitlines(keepends=True)[:-1]:
        record = json.loads(line)
        if table in record and not done:
            done = True
            record[table] |= values
            record[table] = {k: v for k, v in record[table].items() if v != "absent"}
        lines.append(json.dumps(record).encode() + b"\n")
    assert done
    return ended(lines)


def ended(lines: list[bytes]) -> bytes:
    body = b"".join(lines)
    end = {"rows": len(lines) - 1, "sha256": hashlib.sha256(body).hexdigest()}
    return body + json.dumps({"end": end}).encode() + b"\n"
