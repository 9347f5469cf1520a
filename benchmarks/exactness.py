"""Exactness: what `archive search` finds against a brute-force scan that shares no code with it.

    python benchmarks/exactness.py CORPUS.jsonl[.xz] [--texts 3000] [--queries 500] [--seed 1]

Each line of the corpus is an object with a "text". The texts are ingested as captures of their own;
the truth comes from tests/oracle.py, which is written from the rules and imports nothing of the
package. Queries of 1 to 8 characters are cut from the texts (so most are found), and mixed ones
with Latin words and numbers; each is asked whole-article and by section, and counted.
"""

import argparse
import json
import lzma
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import oracle

from archive import Archive

LENGTHS = (1, 2, 3, 4, 5, 6, 7, 8)
_MIXED = re.compile(r"[\u4e00-\u9fff]{0,3}[A-Za-z0-9]+[\u4e00-\u9fff]{0,3}")


def texts(path: Path, count: int) -> Iterator[str]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in islice(lines, count))


def queries(chosen: list[str], count: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    """Kind and text of each query; one in five is mixed with Latin letters or numbers."""
    number = 0
    while number < count:
        text = chance.choice(chosen)
        length = LENGTHS[number % len(LENGTHS)]
        start = chance.randrange(max(1, len(text) - length))
        kind, query = str(length), text[start : start + length]
        mixed = _MIXED.findall(text) if number % 5 == 0 else []
        if mixed:
            kind, query = "mixed", chance.choice(mixed)
        if oracle.asked(query):  # punctuation alone asks for nothing
            yield kind, query
            number += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = list(texts(options.corpus, options.texts))
        for number, text in enumerate(chosen):
            (Path(folder) / f"{number:06}.txt").write_text(text, encoding="utf-8")
        with Archive.open(Path(folder) / "exactness.db", create=True) as archive:
            stored = Counter(outcome.status for outcome in archive.ingest([folder]))
            print(f"{len(chosen)} texts ingested: {dict(stored)}")
            compare(archive, list(queries(chosen, options.queries, random.Random(options.seed))))


def compare(archive: Archive, asked: list[tuple[str, str]]) -> None:
    """Ask each query of the archive and of the oracle; print misses and false hits by kind."""
    where: dict[tuple[int, int], str] = {}
    for listed in archive.articles():
        article = archive.article(str(listed.article))
        for section in article.sections:
            fields = [section.text, section.heading or ""]
            if section.number == 0:
                fields += [article.title, "\n".join(article.captions)]
            where[article.id, section.number] = "".join(
                f" {' '.join(oracle.tokens(field))} \n" for field in fields
            )
    totals: dict[str, Counter[str]] = {}
    for kind, text in asked:
        wanted = oracle.asked(text)
        run = f" {' '.join(wanted)} "
        truth = {place for place, tokens in where.items() if run in tokens}
        quoted = '"' + text.replace('"', " ") + '"'
        hits = archive.search(quoted, unit="section", limit=None)
        found = {(hit.article, hit.section) for hit in hits}
        articles = {article for article, _ in truth}
        count = archive.count(quoted)
        tally = totals.setdefault(kind, Counter())
        tally.update(
            queries=1,
            true=len(truth),
            misses=len(truth - found),
            false=len(found - truth),
            miscounted=count != len(articles),
        )
        tally["misquoted"] += sum(not quotes(archive, hit.anchor, wanted) for hit in hits[:3])
    report(totals)


def quotes(archive: Archive, anchor: str, wanted: list[str]) -> bool:
    """Whether the anchor of a hit quotes exactly the words that were asked for."""
    quote = archive.article(anchor).quote
    return quote is None or oracle.asked(quote) == wanted


def report(totals: dict[str, "Counter[str]"]) -> None:
    columns = ("queries", "true", "misses", "false", "miscounted", "misquoted")
    print("| query | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for kind in sorted(totals):
        print(f"| {kind} | " + " | ".join(str(totals[kind][name]) for name in columns) + " |")
    everything: Counter[str] = sum(totals.values(), Counter())
    print("| all | " + " | ".join(str(everything[name]) for name in columns) + " |")


if __name__ == "__main__":
    main()
