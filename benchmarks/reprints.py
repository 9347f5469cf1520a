"""Reprints: planted copies that are found, whatever is found checked by counting, time and room.

    python benchmarks/reprints.py CORPUS.jsonl[.xz] [--texts 20000] [--pairs 250] [--seed 1]

Each line of the corpus is an object with a "text". Of texts drawn from it copies of each kind are
planted among all of them:

* 2 % edits: of the characters 2 in 100 are replaced, left out or doubled, a third each;
* last fifth cut;
* boilerplate added: before or behind it a notice from another text, a tenth to two fifths as long;
* doubled body: the text twice.

A pair is found if the copy's list of similar articles names its text, and clustered if both stand
in one cluster. Precision is that of all lists, whether planted or not: each article named is
compared again by shingles that are made by tests/oracle.py, which imports nothing of the package.
The texts are stored as they are, past the reader, which would take the doubled body off.
"""

import argparse
import json
import lzma
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import oracle
from samples import article, item, section

from archive import Archive
from archive.comparing import THRESHOLD

_SHORTEST = 200
_BATCH = 1000


class Pair(NamedTuple):
    """A planted copy of a text; both by their places in what is stored."""

    kind: str
    text: int
    copy: int


def edited(text: str, _others: list[str], chance: random.Random) -> str:
    characters = list(text)
    for place in chance.sample(range(len(text)), max(1, len(text) // 50)):
        char = characters[place]
        characters[place] = chance.choice((chance.choice(text), "", char + char))
    return "".join(characters)


def cut(text: str, _others: list[str], _chance: random.Random) -> str:
    return text[: len(text) * 4 // 5]


def furnished(text: str, others: list[str], chance: random.Random) -> str:
    length = int(len(text) * chance.uniform(0.1, 0.4))
    notice = chance.choice(others)[:length]
    return f"{notice}\n{text}" if chance.random() < 0.5 else f"{text}\n{notice}"


def doubled(text: str, _others: list[str], _chance: random.Random) -> str:
    return f"{text}\n{text}"


KINDS: dict[str, Callable[[str, list[str], random.Random], str]] = {
    "2 % edits": edited,
    "last fifth cut": cut,
    "boilerplate added": furnished,
    "doubled body": doubled,
}


def texts(path: Path, count: int) -> Iterator[str]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line)["text"] for line in islice(lines, count))


def plant(corpus: list[str], pairs: int, chance: random.Random) -> list[Pair]:
    """Add copies of each kind to the corpus; each text has one at the most."""
    long = [place for place, text in enumerate(corpus) if len(text) >= _SHORTEST]
    drawn = iter(chance.sample(long, pairs * len(KINDS)))
    others = list(corpus)
    planted = []
    for kind, change in KINDS.items():
        for place in islice(drawn, pairs):
            planted.append(Pair(kind, place, len(corpus)))
            corpus.append(change(corpus[place], others, chance))
    return planted


def store(archive: Archive, corpus: list[str]) -> None:
    for start in range(0, len(corpus), _BATCH):
        archive.add(
            [
                item(
                    article(f"第{place}篇", section(None, *filter(None, text.split("\n")))),
                    sha256(f"{place}".encode()).digest(),
                )
                for place, text in enumerate(corpus[start : start + _BATCH], start)
            ]
        )


def shingles(text: str) -> set[str]:
    characters = "".join(token for token in oracle.tokens(text) if token != oracle.BOUNDARY)
    return {characters[start : start + 5] for start in range(len(characters) - 4)}


def resemblance(one: str, other: str) -> float:
    first, second = shingles(one), shingles(other)
    return len(first & second) / len(first | second)


def per_thousand(what: str, seconds: float, count: int) -> None:
    print(f"{what}: {seconds * 1000 / count:.2f} s of CPU a thousand articles")


def measure(archive: Archive, file: Path, corpus: list[str], planted: list[Pair]) -> None:
    before, started = file.stat().st_size, time.process_time()
    signed = sum(1 for _ in archive.sign())
    per_thousand("signatures", time.process_time() - started, signed)
    archive.close()
    room = (file.stat().st_size - before) * 1000 // signed
    share = room * len(corpus) / 1000 / sum(len(text.encode()) for text in corpus)
    print(f"room: {room:,} bytes a thousand articles, {share:.2f} of the text")

    with Archive.open(file, readonly=True) as reader:
        started = time.process_time()
        clusters = {one.article: one.cluster for one in reader.reprints()}
        per_thousand("all clusters", time.process_time() - started, len(corpus))
        together = len(set(clusters.values()))
        print(f"{len(clusters):,} of {len(corpus):,} articles in {together:,} clusters")
        started = time.process_time()
        lists = {pair.copy: reader.similar(str(pair.copy + 1)) for pair in planted}
        seconds = time.process_time() - started
        print(f"similar: {seconds * 1000 / len(lists):.1f} ms of CPU an article")

    print("\n| copies | planted | as near | found | clustered | recall | of those as near |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for kind in KINDS:
        tally: Counter[str] = Counter()
        for pair in (pair for pair in planted if pair.kind == kind):
            found = pair.text + 1 in {one.article for one in lists[pair.copy]}
            near = resemblance(corpus[pair.text], corpus[pair.copy]) >= THRESHOLD
            cluster = clusters.get(pair.copy + 1)
            tally.update(
                planted=1,
                near=near,
                found=found,
                clustered=cluster is not None and cluster == clusters.get(pair.text + 1),
            )
        print(
            f"| {kind} | {tally['planted']} | {tally['near']} | {tally['found']} |"
            f" {tally['clustered']} | {tally['found'] / tally['planted']:.3f} |"
            f" {tally['found'] / (tally['near'] or 1):.3f} |"
        )
    named = [(copy, one) for copy, similar in lists.items() for one in similar]
    true = sum(
        resemblance(corpus[copy], corpus[one.article - 1]) >= THRESHOLD for copy, one in named
    )
    print(f"\nprecision at {THRESHOLD}: {true / len(named):.4f} ({true} of {len(named)} named)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=250)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpus = list(texts(options.corpus, options.texts))
    planted = plant(corpus, options.pairs, random.Random(options.seed))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reprints.db"
        with Archive.open(file, create=True) as archive:
            store(archive, corpus)
        with Archive.open(file) as archive:
            measure(archive, file, corpus, planted)


if __name__ == "__main__":
    main()
