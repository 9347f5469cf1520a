"""Search, measured side by side with what else people search Chinese with.

    python benchmarks/search.py CORPUS.jsonl[.xz] [--share 1.0] [--queries 200] [--seed 1]

Each line of the corpus is an object with a "text". 200 queries are drawn from the texts, as many of
each length (1, 2, 3, 4, 5 to 8 characters), within a length as many rare as middling as common, and
besides Latin and mixed ones. The truth is brute force by tests/oracle.py. Ours is asked through
`Archive.search`: session, objects, snippets and all. Dates are drawn at random.
"""

import argparse
import json
import lzma
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import oracle
from peers import Document, Peer, peers
from questions import Question, draw

from archive import Archive, index, levels
from archive.capture.parsed import Capture, Decoded, Paragraph, ParsedArticle, ParsedSection
from archive.entry import entry
from archive.ingest import Hashed, Read
from archive.prepare import values

BATCH = 500
ROUNDS = 3
"""How often each query is asked; the least of its times counts, since other work only adds to
it."""

HASH_SIZE = 64 * 1024 * 1024  # in bytes, as migration 0003 sets it


@dataclass
class Measured:
    """What one way to search showed."""

    name: str
    build_seconds: float
    index_bytes: int
    recall: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    times: dict[str, list[float]] = field(default_factory=dict)


def documents(path: Path, share: float, chance: random.Random) -> list[Document]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    days = [
        f"{chance.randint(2000, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        for _ in texts
    ]
    return list(islice(zip(days, texts, strict=True), int(len(texts) * share)))


class Ours:
    """The archive, filled without the page reader, so that every text is one section."""

    name = "archive"
    answers = ("count", "best", "newest")

    def __init__(self, folder: Path, known: Sequence[Document]) -> None:
        self.path = folder / "archive.db"
        with Archive.open(self.path, create=True) as archive:
            for start in range(0, len(known), BATCH):
                batch = known[start : start + BATCH]
                archive.add([_read(start + n, document) for n, document in enumerate(batch)])
            with archive._writing() as session:  # noqa: SLF001 - an ingest of as much ends so
                index.merge(session)
        self.archive = Archive.open(self.path, readonly=True)

    def build_seconds(self, known: Sequence[Document]) -> float:
        """CPU seconds of folding, cutting and indexing the same texts into an index of its own.

        Batch by batch, as the archive is filled.
        """
        with sqlite3.connect(":memory:") as alone:
            for table in ("section_index", "section_index_levels"):
                alone.execute(self._sql(table))
                alone.execute(
                    f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', {HASH_SIZE})"
                )
            started = time.process_time()
            for start in range(0, len(known), BATCH):
                batch = known[start : start + BATCH]
                made = [(start + n, entry(t, None, 1, "", ())) for n, (_, t) in enumerate(batch, 1)]
                alone.executemany(index.INSERT, [(id_, *one.columns) for id_, one in made])
                alone.executemany(levels.INSERT, [(id_, one.levels) for id_, one in made])
            for table in ("section_index", "section_index_levels"):
                alone.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
            return time.process_time() - started

    def _sql(self, table: str) -> str:
        with sqlite3.connect(self.path) as reader:
            row = reader.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,))
            return str(row.fetchone()[0])

    def index_bytes(self) -> int:
        with sqlite3.connect(self.path) as reader:
            sizes = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'section_index%'"
            return int(reader.execute(sizes).fetchone()[0])

    def found(self, query: str) -> set[int]:
        hits = self.archive.search(f'"{query}"', limit=None)
        return {hit.article - 1 for hit in hits}

    def count(self, query: str) -> int:
        return self.archive.count(f'"{query}"')

    def best(self, query: str) -> list[int]:
        return [hit.article - 1 for hit in self.archive.search(f'"{query}"')]

    def newest(self, query: str) -> list[int]:
        return [hit.article - 1 for hit in self.archive.search(f'"{query}"', sort="newest")]


def _read(number: int, document: Document) -> Read:
    date, text = document
    data = f"{number}".encode()
    section = ParsedSection(None, (Paragraph(text, ((0, len(text)),)),))
    parsed = ParsedArticle(title="", sections=(section,), published=date)
    hashed = Hashed(Capture(data, f"{number}.txt"), sha256(data).hexdigest())
    return Read(hashed, *values([(hashed.capture, Decoded(text, "utf-8", "utf-8"), parsed)]))


def truth(known: Sequence[Document], asked: Sequence[Question]) -> dict[str, set[int]]:
    """Which texts hold each query, by the oracle's tokens and nothing else."""
    cut = [f" {' '.join(oracle.tokens(text))} " for _, text in known]
    held = {}
    for question in asked:
        run = f" {' '.join(oracle.asked(question.text))} "
        held[question.text] = {n for n, tokens in enumerate(cut) if run in tokens}
    return held


def timed(call: Callable[[str], object], query: str) -> float:
    started = time.perf_counter()
    call(query)
    return time.perf_counter() - started


def measure(peer: "Peer | Ours", asked: Sequence[Question], held: dict[str, set[int]]) -> Measured:
    """Ask everything of one peer, each kind of question in a round of its own."""
    seen = Measured(peer.name, 0.0, peer.index_bytes())
    for question in asked:
        found, true = peer.found(question.text), held[question.text]
        seen.recall.append(len(found & true) / len(true) if true else 1.0)
        seen.precision.append(len(found & true) / len(found) if found else 1.0)
    for name in peer.answers:
        call = getattr(peer, name)
        call(asked[0].text)
        rounds = [[timed(call, question.text) for question in asked] for _ in range(ROUNDS)]
        seen.times[name] = list(map(min, *rounds))
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    known = documents(options.corpus, options.share, chance)
    size = sum(len(text.encode()) for _, text in known)
    asked = draw([text for _, text in known], options.queries, chance)
    held = truth(known, asked)
    print(f"{len(known):,} texts, {size / 1e6:.1f} MB, {len(asked)} queries; {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        ours = Ours(Path(folder), known)
        rows = [measure(ours, asked, held)]
        rows[0].build_seconds = ours.build_seconds(known)
        for peer in peers(Path(folder)):
            peer.build(known)
            started = time.process_time()
            peer.index()
            seconds = time.process_time() - started
            rows.append(measure(peer, asked, held))
            rows[-1].build_seconds = seconds
    report(rows, size)


def machine() -> str:
    return (
        f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def report(rows: Sequence[Measured], size: int) -> None:
    print("| | recall | precision | index/text | build MB/s CPU | count | best 20 | newest 20 |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        speed = f"{size / 1e6 / row.build_seconds:.1f}" if row.build_seconds > 0.01 else "-"
        cells = [quantiles(row.times.get(name)) for name in ("count", "best", "newest")]
        print(
            f"| {row.name} | {statistics.mean(row.recall):.3f} | "
            f"{statistics.mean(row.precision):.3f} | {row.index_bytes / size:.2f} | {speed} | "
            + " | ".join(cells)
            + " |"
        )
    print(f"times: p50 / p95 / max in ms, of each query the least of {ROUNDS}")


def quantiles(times: Sequence[float] | None) -> str:
    if not times:
        return "-"
    ordered = sorted(times)
    picked = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1])
    return " / ".join(f"{seconds * 1000:.1f}" for seconds in picked)


if __name__ == "__main__":
    main()
