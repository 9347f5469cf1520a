"""Queries drawn from a corpus: every length, rare and common, Latin and mixed ones.

Within a length, runs of characters are drawn with the corpus's own frequencies, sorted by how many
texts hold them, and picked from the rare, the middling and the common third alike.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LENGTHS = {"1": (1,), "2": (2,), "3": (3,), "4": (4,), "5 to 8": (5, 6, 7, 8)}
OTHERS = {
    "Latin": re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2,12}(?![A-Za-z0-9])"),
    "mixed": re.compile(r"[\u4e00-\u9fff]{1,2}[A-Za-z0-9]{1,8}[\u4e00-\u9fff]{1,2}"),
}
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_DRAWN = 12
"""How many runs are drawn for each that is picked, so that there are thirds to pick from."""


@dataclass(frozen=True)
class Question:
    """A query and the kind it was drawn for."""

    kind: str
    text: str


def draw(texts: Sequence[str], count: int, chance: random.Random) -> list[Question]:
    """``count`` different queries, as many of each kind as of any other."""
    kinds = [*LENGTHS, *OTHERS]
    sample = chance.sample(texts, min(len(texts), 4000))
    questions: list[Question] = []
    for number, kind in enumerate(kinds):
        share = count // len(kinds) + (number < count % len(kinds))
        candidates = sorted(set(islice_unique(_runs(kind, texts, chance), share * _DRAWN)))
        frequent = sorted(candidates, key=lambda run: (sum(run in t for t in sample), run))
        step = len(frequent) / share
        questions += [Question(kind, frequent[int(n * step)]) for n in range(share)]
    return questions


def islice_unique(runs: Iterator[str], count: int) -> Iterator[str]:
    """The first ``count`` different runs, or what a long search gives."""
    met: set[str] = set()
    for tried, run in enumerate(runs):
        if run not in met:
            met.add(run)
            yield run
        if len(met) == count or tried > count * 200:
            return


def _runs(kind: str, texts: Sequence[str], chance: random.Random) -> Iterator[str]:
    while True:
        text = chance.choice(texts)
        if kind in OTHERS:
            found = OTHERS[kind].findall(text)
            if found:
                yield chance.choice(found)
            continue
        length = chance.choice(LENGTHS[kind])
        runs = [run for run in _HAN.findall(text) if len(run) >= length]
        if runs:
            run = chance.choice(runs)
            start = chance.randrange(len(run) - length + 1)
            yield run[start : start + length]
