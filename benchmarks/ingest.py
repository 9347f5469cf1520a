"""Ingest: CPU and wall time against a floor, against sqlite-utils, and against itself.

    python benchmarks/ingest.py CORPUS [--texts 20000] [--runs 3]

CORPUS is JSON Lines with a "text" each. Measured, in turn, as whole processes with all their
children, are:

* archive: `archive ingest` of the texts as JSON Lines with one and with two jobs, as a file each,
  of ten times fewer texts, and of the files once more, when all are known;
* the floor: the rows that this gave, and the ready-made tokens of its index, written by
  `sqlite3.executemany` in one transaction, with the bytes compressed again and nothing read;
* sqlite-utils: the same texts inserted, and a trigram index enabled.

Printed are medians: CPU seconds (user and system), wall seconds, and the memory of the largest
process. Python's own settings (``PYTHONUNBUFFERED`` writes each line by itself) are left out.
"""

import argparse
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from archive import index, levels
from archive.entry import entry
from archive.stored import pack, unpack

_TABLES = ("capture", "origin", "article", "section", "section_index_article")

_SQLITE_UTILS = """
import json, sys, sqlite_utils
db = sqlite_utils.Database(sys.argv[1])
lines = open(sys.argv[2], encoding="utf-8")
db["texts"].insert_all({"text": json.loads(line)["text"]} for line in lines)
db["texts"].enable_fts(["text"], tokenize="trigram")
"""


class Cost(NamedTuple):
    """What a process and its children took."""

    cpu: float
    wall: float
    megabytes: float


def measured(work: Callable[[], object]) -> Cost:
    """Do some work in a child, and tell what it cost with its own children."""
    started = time.perf_counter()
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        except Exception:  # noqa: BLE001 - whatever it is, the child says it
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status, used = os.wait4(child, 0)
    if status not in (0, 4 << 8):
        raise SystemExit(f"what was measured ended with {status >> 8}")
    wall = time.perf_counter() - started
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


def run(*command: str) -> Cost:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def work() -> None:
        output = os.open(os.devnull, os.O_WRONLY)
        os.dup2(output, 1)
        subprocess.run(command, check=True, env=plain)

    return measured(work)


class Bench:
    """The inputs in a folder, and each thing to be measured."""

    def __init__(self, folder: Path, lines: list[str]) -> None:
        self.folder = folder
        self.count = len(lines)
        self.lines = folder / "all.jsonl"
        self.tenth = folder / "tenth.jsonl"
        self.lines.write_text("".join(lines), encoding="utf-8")
        self.tenth.write_text("".join(lines[::10]), encoding="utf-8")
        self.files = folder / "files"
        self.files.mkdir()
        for number, line in enumerate(lines):
            file = self.files / f"{number:06}.txt"
            file.write_text(json.loads(line)["text"], encoding="utf-8")

    def archive(self, source: Path, name: str, *options: str, known: bool = False) -> Cost:
        db = self.folder / f"{name}.db"
        if not known:
            for file in self.folder.glob(f"{name}.db*"):
                file.unlink()
        program = [sys.executable, "-m", "archive", "--quiet", "--db", str(db)]
        return run(*program, "ingest", *options, str(source))

    def sqlite_utils(self) -> Cost:
        db = self.folder / "utils.db"
        db.unlink(missing_ok=True)
        return run(sys.executable, "-c", _SQLITE_UTILS, str(db), str(self.lines))

    def floor(self, name: str) -> Cost:
        """Write again what an archive holds, in a child that keeps its memory to itself."""
        reading, writing = os.pipe()

        def work() -> None:
            os.write(writing, json.dumps(_write_again(self.folder, name)).encode())

        measured(work)
        cost = Cost(*json.loads(os.read(reading, 1000)))
        os.close(reading)
        os.close(writing)
        return cost


def _write_again(folder: Path, name: str) -> tuple[float, float, float]:
    """What only the writing cost; to prepare it is not counted."""
    source = sqlite3.connect(folder / f"{name}.db")
    schema = [
        sql
        for (sql,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            " AND (tbl_name NOT GLOB 'section_index_*' OR tbl_name GLOB '*_article'"
            " OR sql LIKE 'CREATE VIRTUAL%')"
        )
    ]
    rows = {table: source.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}
    names = [row[1] for row in source.execute("PRAGMA table_info(capture)")]
    place = names.index("data")
    raw = [(*row[:place], unpack(row[place]), *row[place + 1 :]) for row in rows["capture"]]
    tokens, reached = _tokens(source)
    target = folder / "floor.db"
    target.unlink(missing_ok=True)
    cpu, wall = time.process_time(), time.perf_counter()
    db = sqlite3.connect(target, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    for sql in schema:
        db.execute(sql)
    for table in ("section_index", "section_index_levels"):
        db.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', {64 << 20})")
    db.execute("BEGIN")
    rows["capture"] = [(*row[:place], pack(row[place]), *row[place + 1 :]) for row in raw]
    for table in _TABLES:
        _insert(db, table, rows[table])
    db.executemany(index.INSERT, tokens)
    db.executemany(levels.INSERT, reached)
    db.execute("COMMIT")
    return time.process_time() - cpu, time.perf_counter() - wall, 0.0


def _insert(db: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _tokens(
    source: sqlite3.Connection,
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    columns: list[tuple[object, ...]] = []
    reached: list[tuple[object, ...]] = []
    found = source.execute(
        "SELECT section.id, number, text, heading, title, captions FROM section"
        " JOIN article ON article.id = article_id ORDER BY section.id"
    )
    for id_, number, text, heading, title, captions in found:
        made = entry(text, heading, number, title, json.loads(captions))
        columns.append((id_, *made.columns))
        if made.levels:
            reached.append((id_, made.levels))
    return columns, reached


def medians(costs: Iterable[Cost]) -> Cost:
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with options.corpus.open(encoding="utf-8") as corpus:
        lines = list(islice(corpus, options.texts))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), lines)
        del lines
        compare(bench, options.runs)


def compare(bench: Bench, runs: int) -> None:
    empty = bench.folder / "empty.jsonl"
    empty.write_text('{"text": "一段话。"}\n', encoding="utf-8")
    works: dict[str, Callable[[], Cost]] = {
        "start-up": lambda: bench.archive(empty, "start"),
        "JSON Lines, 1 job": lambda: bench.archive(bench.lines, "lines", "--jobs", "1"),
        "floor of JSON Lines": lambda: bench.floor("lines"),
        "JSON Lines, 2 jobs": lambda: bench.archive(bench.lines, "two", "--jobs", "2"),
        "files, 1 job": lambda: bench.archive(bench.files, "files", "--jobs", "1"),
        "floor of files": lambda: bench.floor("files"),
        "files, all known": lambda: bench.archive(bench.files, "files", known=True),
        "a tenth of JSON Lines": lambda: bench.archive(bench.tenth, "tenth", "--jobs", "1"),
        "sqlite-utils, trigram": bench.sqlite_utils,
    }
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            costs[name].append(work())
    found = {name: medians(each) for name, each in costs.items()}
    print(f"{bench.count:,} texts, {bench.lines.stat().st_size / 1e6:.0f} MB, medians of {runs}\n")
    print("| what | CPU s | wall s | MB a process |\n|---|---:|---:|---:|")
    for name, cost in found.items():
        print(f"| {name} | {cost.cpu:.2f} | {cost.wall:.2f} | {cost.megabytes:.0f} |")
    print()
    tell(found, bench.count)


def tell(found: dict[str, Cost], count: int) -> None:
    """The targets, each with what was measured."""
    start = found["start-up"]
    one, two = found["JSON Lines, 1 job"], found["JSON Lines, 2 jobs"]
    known = found["files, all known"]
    tenth = found["a tenth of JSON Lines"]
    figures = [
        ("CPU of JSON Lines / its floor", one.cpu / found["floor of JSON Lines"].cpu, "≤ 2.5"),
        (
            "CPU of files / its floor",
            found["files, 1 job"].cpu / found["floor of files"].cpu,
            "≤ 2.5",
        ),
        ("CPU / that of sqlite-utils", one.cpu / found["sqlite-utils, trigram"].cpu, "≤ 1"),
        ("wall of 2 jobs / 1 job", two.wall / one.wall, "< 1"),
        ("CPU of 10 × the input", (one.cpu - start.cpu) / (tenth.cpu - start.cpu), "≤ 13"),
        ("known files a second", count / known.wall, "≥ 20,000"),
        ("known files a CPU second, without start-up", count / (known.cpu - start.cpu), ""),
        ("MB of the largest process", max(cost.megabytes for cost in found.values()), "≤ 250"),
    ]
    print("| figure | measured | target |\n|---|---:|---:|")
    for name, figure, target in figures:
        print(f"| {name} | {figure:,.2f} | {target} |")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
