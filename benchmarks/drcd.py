"""Questions in whole sentences, and how often the paragraph that answers comes first.

    python benchmarks/drcd.py DRCD_test.json [--among ARCHIVE --queries 300 --seed 1]

The data is in the form of SQuAD, as DRCD's (github.com/DRCKnowledgeTeam/DRCD) is: each paragraph
becomes an article of one section, each question is asked through `Archive.search(match="any")`,
snippets and all. Beside it stands FTS5's own bm25 over an OR of the same pieces, which reads all
that has any of them. With `--among` the paragraphs are hidden among the articles of a copy of a
large archive; some of the questions are asked there, also without the bounds on what is read.
"""

import argparse
import json
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from archive import Archive, gathering
from archive.capture.parsed import Capture, Decoded, Paragraph, ParsedArticle, ParsedSection
from archive.ingest import Hashed, Read
from archive.phrases import expression
from archive.prepare import values
from archive.query import Phrase, parse_question

FIRST = 5
_FTS5 = """
    SELECT a.article_id FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH ? AND rank MATCH 'bm25(1.0, 4.0, 8.0, 2.0)'
    ORDER BY rank LIMIT 5
"""

Ask = Callable[[str], Sequence[int]]


class Asked(NamedTuple):
    """A question, and the number of the paragraph that answers it."""

    question: str
    paragraph: int


def read(path: Path) -> tuple[list[str], list[Asked]]:
    paragraphs: list[str] = []
    asked: list[Asked] = []
    for page in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in page["paragraphs"]:
            asked += [Asked(one["question"], len(paragraphs)) for one in paragraph["qas"]]
            paragraphs.append(" ".join(paragraph["context"].split("\n")))
    return paragraphs, asked


def store(archive: Archive, paragraphs: Sequence[str]) -> list[int]:
    """The ids of the articles that the paragraphs become, in their order."""
    outcomes = archive.add([_read(number, text) for number, text in enumerate(paragraphs)])
    return [outcome.article or 0 for outcome in outcomes]


def _read(number: int, text: str) -> Read:
    data = f"paragraph {number}".encode()
    section = ParsedSection(None, (Paragraph(text, ((0, len(text)),)),))
    hashed = Hashed(Capture(data, f"paragraph-{number}"), sha256(data).hexdigest())
    parsed = ParsedArticle(title="", sections=(section,))
    return Read(hashed, *values([(hashed.capture, Decoded(text, "utf-8", "utf-8"), parsed)]))


def ours(archive: Archive) -> Ask:
    return lambda question: [hit.article for hit in archive.search(question, match="any")]


def fts5(archive: Archive) -> Ask:
    """FTS5 alone, as an application would ask it."""
    connection = sqlite3.connect(f"{archive.path.as_uri()}?mode=ro", uri=True)

    def ask(question: str) -> Sequence[int]:
        pieces = parse_question(question)
        every = expression(Phrase(piece, "") for piece in (*pieces.pairs, *pieces.singles))
        return [article for (article,) in connection.execute(_FTS5, (every,))]

    return ask


def measure(name: str, ask: Ask, asked: Sequence[Asked], articles: Sequence[int]) -> None:
    """Ask everything and print a row of the table."""
    ranks, wall, cpu = [], [], []
    ask(asked[0].question)
    for one in asked:
        began, used = time.perf_counter(), time.process_time()
        found = list(ask(one.question)[:FIRST])
        cpu.append((time.process_time() - used) * 1000)
        wall.append((time.perf_counter() - began) * 1000)
        right = articles[one.paragraph]
        ranks.append(1 / (found.index(right) + 1) if right in found else 0.0)
    hit = sum(map(bool, ranks)) / len(ranks)
    times = f"{_quantiles(wall)} | {_quantiles(cpu)}"
    print(
        f"| {name} | {len(asked)} | {statistics.mean(ranks):.4f} | {hit:.4f} | {times} |",
        flush=True,
    )


def _quantiles(times: Sequence[float]) -> str:
    ordered = sorted(times)
    picked = (ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1])
    return " / ".join(f"{milliseconds:.0f}" for milliseconds in picked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--among", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    paragraphs, asked = read(options.data)
    print(
        f"| | questions | MRR@{FIRST} | hit@{FIRST} | wall | CPU |\n|---|---:|---:|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        with Archive.open(Path(folder) / "alone.db", create=True) as archive:
            articles = store(archive, paragraphs)
            measure("archive search --any", ours(archive), asked, articles)
            measure("FTS5", fts5(archive), asked, articles)
        if options.among:
            shutil.copy(options.among, Path(folder) / "among.db")
            some = random.Random(options.seed).sample(asked, min(len(asked), options.queries))
            with Archive.open(Path(folder) / "among.db") as archive:
                articles = store(archive, paragraphs)
                print(f"| among {archive.status().articles:,} articles | | | | | |")
                measure("archive search --any", ours(archive), some, articles)
                with patch.multiple(gathering, EFFORT=10**9, COMMON=10**9, CANDIDATES=1000):
                    measure("without bounds", ours(archive), some, articles)
                measure("FTS5", fts5(archive), some, articles)
    print("times: p50 / p95 / max in ms")


if __name__ == "__main__":
    main()
