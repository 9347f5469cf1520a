"""How the weights of title, heading and caption change what comes first.

    python benchmarks/weights.py ARCHIVE [--queries 300] [--seed 1]

A reader who remembers an article asks for two things it says. Such queries are drawn from articles
of the archive: both terms (2 to 4 Han characters) from the title, one from the title and one from a
body, or both from bodies. Measured is the mean reciprocal rank (20 first) of the article itself
among the articles that hold both, ranked by their best section.
"""

import argparse
import random
import re
import sqlite3
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from archive.bm25 import WEIGHTS
from archive.text import phrase

TRIED = (
    (1.0, 1.0, 1.0, 1.0),
    (1.0, 2.0, 2.0, 1.0),
    (1.0, 2.0, 4.0, 2.0),
    (1.0, 4.0, 4.0, 2.0),
    (1.0, 4.0, 8.0, 2.0),
    (1.0, 8.0, 8.0, 4.0),
    (1.0, 8.0, 16.0, 4.0),
    (1.0, 16.0, 32.0, 8.0),
)
FIRST = 20
_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")


class Known(NamedTuple):
    """A query, and the article it is meant for."""

    kind: str
    terms: tuple[str, str]
    article: int


def draw(db: sqlite3.Connection, count: int, chance: random.Random) -> Iterator[Known]:
    """As many queries of each kind, from articles drawn at random."""
    ids = [row[0] for row in db.execute("SELECT DISTINCT article_id FROM section WHERE number = 0")]
    kinds: Mapping[str, tuple[str, str]] = {
        "both in the title": ("title", "title"),
        "title and body": ("title", "body"),
        "both in the body": ("body", "body"),
    }
    for number in range(count):
        kind = list(kinds)[number % len(kinds)]
        while True:
            article = chance.choice(ids)
            terms = [_term(db, article, place, chance) for place in kinds[kind]]
            if all(terms) and terms[0] != terms[1]:
                yield Known(kind, (terms[0], terms[1]), article)
                break


def _term(db: sqlite3.Connection, article: int, place: str, chance: random.Random) -> str:
    """Two to four Han characters from a place in an article; none where it has none."""
    (title,) = db.execute("SELECT title FROM article WHERE id = ?", (article,)).fetchone()
    rows = db.execute("SELECT text FROM section WHERE article_id = ?", (article,)).fetchall()
    texts = {
        "title": [title],
        "body": [text for (text,) in rows],
    }[place]
    runs = [run for text in texts for run in _HAN.findall(text)]
    if not runs:
        return ""
    run: str = chance.choice(runs)
    length = min(len(run), chance.choice([2, 3, 4]))
    start = chance.randrange(len(run) - length + 1)
    return run[start : start + length]


def rank(db: sqlite3.Connection, known: Known, weights: Sequence[float]) -> float:
    """One over the place of the article that is meant, or 0 after the first twenty."""
    one, two = (f'"{" ".join(phrase(term))}"' for term in known.terms)
    both = "SELECT a.article_id FROM section_index AS i JOIN section_index_article AS a"
    both = f"{both} ON a.section_id = i.rowid WHERE section_index MATCH ?"
    rows = db.execute(
        f"""
        SELECT a.article_id, min(score) AS best FROM (
            SELECT rowid, bm25(section_index, {", ".join(map(str, weights))}) AS score
            FROM section_index WHERE section_index MATCH ? LIMIT -1
        ) AS i JOIN section_index_article AS a ON a.section_id = i.rowid
        WHERE a.article_id IN ({both} INTERSECT {both})
        GROUP BY a.article_id ORDER BY best, a.article_id LIMIT {FIRST}
        """,
        (f"{one} OR {two}", one, two),
    ).fetchall()
    places = [place for place, (article, _) in enumerate(rows, start=1) if article == known.article]
    return 1 / places[0] if places else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    db = sqlite3.connect(f"{options.archive.resolve().as_uri()}?mode=ro", uri=True)
    asked = list(draw(db, options.queries, random.Random(options.seed)))
    kinds = list(dict.fromkeys(known.kind for known in asked))
    print(f"| body, heading, title, caption | {' | '.join(kinds)} | mean |")
    print("|---|" + "---:|" * (len(kinds) + 1))
    for weights in TRIED:
        ranks = {
            kind: [rank(db, known, weights) for known in asked if known.kind == kind]
            for kind in kinds
        }
        means = [statistics.mean(found) for found in ranks.values()]
        shown = ", ".join(f"{weight:g}" for weight in weights)
        mark = " (ours)" if weights == WEIGHTS else ""
        cells = " | ".join(f"{mean:.3f}" for mean in [*means, statistics.mean(means)])
        print(f"| {shown}{mark} | {cells} |")


if __name__ == "__main__":
    main()
