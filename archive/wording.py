"""How much of a question's wording sections and articles share, worked out on their stored text.

Idea: a section scores by BM25 as FTS5 has it, over all pieces of the question and all that the
section says; and once more by what the pieces weigh that stand together in neighbouring clauses,
since an answer says in one place what was asked. An article scores by its best section, and a
little by what only its other sections have. Invariant: a score depends on the texts, the weights
of the pieces and the mean length alone, so that equal texts score alike.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.bm25 import WEIGHTS, Corpus, score
from archive.query import Piece
from archive.text import BOUNDARY, is_character, tokens
from archive.verify import SectionText

CLAUSES = 3
"""How many clauses in a row are one place: about a sentence (``benchmarks/drcd.py``)."""

ELSEWHERE = 0.3
"""What a piece counts in an article that only another section than the best has (likewise)."""

_BREAK = re.compile(f" {BOUNDARY} ")


@dataclass(frozen=True, slots=True)
class Sharing:
    """A section that shares wording, its score, and the weights of the pieces that it has."""

    section: SectionText
    score: float
    pieces: Mapping[str, float]


def shared(sections: Iterable[SectionText], pieces: Mapping[Piece, float]) -> list[Sharing]:
    """The scores of sections, the greatest first; of equals the older section first.

    Args:
        sections: those that are compared; their mean length stands for that of all.
        pieces: what each piece of the question weighs.
    """
    weights = {_run(piece): weight for piece, weight in pieces.items()}
    known = [(section, _columns(section)) for section in sections]
    lengths = [sum(max(0, text.count(" ") - 1) for text in columns) for _, columns in known]
    corpus = Corpus(0, sum(lengths) / max(1, len(known)))
    found = []
    for (section, columns), length in zip(known, lengths, strict=True):
        frequencies = _frequencies(columns, weights)
        had = {piece: weights[piece] for piece in frequencies}
        spread = score(corpus, list(had.values()), list(frequencies.values()), length)
        found.append(Sharing(section, spread + _best_place(columns, had), had))
    return sorted(found, key=lambda one: (-one.score, one.section.id))


def by_article(sections: Sequence[Sharing]) -> list[Sharing]:
    """The best section of each article with the article's score, the greatest first."""
    best: dict[int, Sharing] = {}
    every: dict[int, dict[str, float]] = {}
    for one in sections:
        best.setdefault(one.section.article, one)
        every.setdefault(one.section.article, {}).update(one.pieces)
    found = []
    for article, one in best.items():
        elsewhere = sum(weight for p, weight in every[article].items() if p not in one.pieces)
        found.append(Sharing(one.section, one.score + ELSEWHERE * elsewhere, every[article]))
    return sorted(found, key=lambda one: (-one.score, one.section.id))


def _columns(section: SectionText) -> list[str]:
    """What a section says, cut into tokens between spaces; a title speaks for each section."""
    captions = "\n".join(section.captions) if section.number == 0 else ""
    texts = (section.text, section.heading, section.title, captions)
    return [f" {tokens(text)} " if text else "" for text in texts]


def _run(piece: Piece) -> str:
    """What stands in a column where a piece does; a Han character is a token wherever it stands."""
    first = "" if is_character(piece[0]) else " "
    last = "" if is_character(piece[-1]) else " "
    return f"{first}{' '.join(piece)}{last}"


def _frequencies(columns: Iterable[str], pieces: Iterable[str]) -> dict[str, float]:
    """How often each piece stands there, by the weights of the columns; those that do at all."""
    found: dict[str, float] = {}
    for weight, column in zip(WEIGHTS, columns, strict=True):
        if column:
            for piece in pieces:
                if count := column.count(piece):
                    found[piece] = found.get(piece, 0.0) + weight * count
    return found


def _best_place(columns: Iterable[str], weights: Mapping[str, float]) -> float:
    """What the pieces weigh that stand in the neighbouring clauses that have most of them."""
    best = 0.0
    for column in filter(None, columns):
        held = _held(column, weights)
        for clause in held:
            near = (held.get(clause + n, ()) for n in range(CLAUSES))
            best = max(best, sum(map(weights.__getitem__, set[str]().union(*near))))
    return best


def _held(column: str, pieces: Iterable[str]) -> dict[int, set[str]]:
    """Of each clause that has any, by its number, the pieces that stand in it."""
    ends = [met.start() for met in _BREAK.finditer(column)]
    held: dict[int, set[str]] = {}
    for piece in pieces:
        at = column.find(piece)
        while at >= 0:
            held.setdefault(bisect_right(ends, at), set()).add(piece)
            at = column.find(piece, at + 1)
    return held
