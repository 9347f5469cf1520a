"""What the suites of faults share: captures to ingest, and what must hold of an archive afterwards.

A capture is acknowledged once ``archive ingest`` has printed its outcome.
"""

import io
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from cli_helpers import run

from archive import Archive
from archive.errors import RefError

_COMMON = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年"

_CLOCKS = {"ingested": "", "seen": ""}
"""The columns that tell when something was stored."""


def captures(folder: Path, count: int, length: int = 60) -> Path:
    """A folder of so many pages of three sections, whose six paragraphs are so long."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number:04}.txt").write_text(_page(number, length), "utf-8")
    return folder


def _page(number: int, length: int) -> str:
    words = Random(number)  # noqa: S311 - no secret

    def sentence(characters: int) -> str:
        return "".join(words.choices(_COMMON, k=characters))

    lines = [f"第{number}号{sentence(8)}", "2019年05月06日 09:30  来源：春江日报"]
    for heading in ("", sentence(7), sentence(9)):
        lines += [heading] if heading else []
        lines += [f"　　{sentence(length)}，{sentence(length // 2)}。" for _ in range(2)]
    return "\n\n".join(lines) + "\n"


def acknowledged(output: str) -> dict[str, Path]:
    """The keys that these lines of ``archive ingest`` tell, and whose bytes each is of.

    What a kill cut off of the last line tells nothing.
    """
    lines = [line for line in output.splitlines(keepends=True) if line.endswith("\n")]
    told = [json.loads(line) for line in lines]
    return {one["key"]: Path(one["path"]) for one in told if one["key"] is not None}


def hold(db: Path, told: dict[str, Path]) -> None:
    """Nothing acknowledged is lost, and nothing half.

    While nothing is acknowledged there may be no archive yet, or one that is still to be undone.
    """
    if told or run("list", db=db).code == 0:
        assert lost(db, told) == []
        assert wrong(db) == []


def lost(db: Path, told: dict[str, Path]) -> list[str]:
    """Those of the acknowledged captures that the archive does not give back byte for byte."""
    if not told:
        return []
    with Archive.open(db, readonly=True) as archive:
        return [key for key, file in told.items() if _raw(archive, key) != file.read_bytes()]


def _raw(archive: Archive, key: str) -> bytes | None:
    try:
        return archive.raw(key)
    except RefError:
        return None


def wrong(db: Path) -> list[str]:
    """What is wrong with an archive: half articles, an index that does not fit, broken pages."""
    with Archive.open(db, readonly=True) as archive:
        found = [str(one) for one in archive.check() if one.damage]
    return found + [text for (text,) in _rows(db, "PRAGMA integrity_check") if text != "ok"]


def _rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute(sql).fetchall()


def content(db: Path) -> list[dict[str, Any]]:
    """All that an archive holds, as ``archive dump`` tells it, without the times of storing."""
    file = io.BytesIO()
    with Archive.open(db, readonly=True) as archive:
        archive.dump(file)
    return list(_timeless(json.loads(line) for line in file.getvalue().splitlines()[:-1]))


def _timeless(lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for line in lines:
        ((table, row),) = line.items()
        yield {table: {**row, **{name: "" for name in _CLOCKS if name in row}}}
