"""What shares a question's wording: candidates from the index, ranked on their stored text.

Idea: scoring every section that has one of the question's characters would touch the whole archive.
So its pieces are asked for one by one, the rare ones first, and the sections that gather most of
them are scored (:mod:`archive.wording`). A piece that is not asked for counts there all the same,
by how common it is in a sample.

Invariants: cost is bounded, whatever the archive holds. In an archive of :data:`COMMON` sections
every section that shares a piece is gathered; what the bounds lose in a larger one is measured by
``benchmarks/drcd.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import nlargest
from math import log
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from archive.matching import ARTICLE, SECTION, Ids, texts
from archive.models import SectionIndexArticle
from archive.phrases import expression, sections
from archive.query import Phrase, Piece, Question
from archive.ranking import Ranked, superseded
from archive.wording import by_article, shared

CANDIDATES = 100
"""How many sections are scored; so how many hits there are at the most."""

EFFORT = 120_000
"""How many entries of the index are read for candidates, by an estimate."""

COMMON = 1_000
"""A piece in more sections is asked for only if what lacks the rare ones may be among the first."""

FIRST = 20
"""How many those first are: a page."""

SAMPLE = 1_000
"""How many sections in a row tell how common something is in all."""

_SOME = text("""
    SELECT count(*) FROM section_index
    WHERE section_index MATCH :match AND rowid BETWEEN :first AND :last
""")


def ranked(session: Session, question: Question, unit: str, *, revisions: bool) -> Iterator[Ranked]:
    """The articles, or sections, that share most of a question's wording, best first.

    There are :data:`CANDIDATES` at the most.
    """
    gathered, weights = _Gathering(session, revisions=revisions).of(question)
    best = shared(texts(session, _most(gathered), SECTION), weights)
    for one in by_article(best) if unit == ARTICLE else best:
        id_ = one.section.article if unit == ARTICLE else one.section.id
        yield Ranked(id_, one.section.id, one.score)


def _most(gathered: Mapping[int, float]) -> Ids:
    """The sections that gathered most; of equals the older ones."""
    least = min(nlargest(CANDIDATES, gathered.values()), default=0.0)
    enough = [(-weight, id_) for id_, weight in gathered.items() if weight >= least]
    return {id_ for _, id_ in sorted(enough)[:CANDIDATES]}


class _Step(NamedTuple):
    """A piece to ask for; steps are taken in their order."""

    last_resort: bool
    """A common character by itself says little."""
    common: bool
    cost: float
    """The entries of the index to be read for it: those of its rarer character."""
    piece: Piece
    weight: float


class _Gathering:
    """What is asked of the index for one question."""

    def __init__(self, session: Session, *, revisions: bool) -> None:
        self._session = session
        self._hidden = set() if revisions else superseded(session, SECTION)
        self._total = session.scalar(select(func.count()).select_from(SectionIndexArticle)) or 0
        id_ = SectionIndexArticle.section_id
        middle = max(0, (self._total - SAMPLE) // 2)
        sample = select(id_).order_by(id_).offset(middle).limit(SAMPLE).subquery()
        ids = sample.c.section_id
        row = session.execute(select(func.min(ids), func.max(ids), func.count())).one()
        self._first, self._last, self._sampled = row

    def of(self, question: Question) -> tuple[dict[int, float], dict[Piece, float]]:
        """The sections gathered, with what each has of the question, and the pieces' weights."""
        gathered: dict[int, float] = {}
        steps = sorted(self._steps(question))
        weights = {step.piece: step.weight for step in steps}
        effort = 0.0
        for place, step in enumerate(steps):
            if gathered and (effort + step.cost > EFFORT or _is_enough(gathered, steps[place:])):
                break
            holders = self._holders(step.piece)
            effort += max(step.cost, len(holders))  # the sample may not be like the rest
            weights[step.piece] = weight = self._weight(len(holders))
            for id_ in holders:
                gathered[id_] = gathered.get(id_, 0.0) + weight
        return gathered, weights

    def _steps(self, question: Question) -> Iterator[_Step]:
        holders = {piece[0]: self._estimate(piece) for piece in question.singles}
        for piece in question.pairs:
            cost = holding = min(holders[token] for token in piece)
            if cost > COMMON:
                holding = min(cost, self._estimate(piece))
            yield _Step(False, holding > COMMON, cost, piece, self._weight(holding))
        for piece in question.singles:
            cost = holders[piece[0]]
            yield _Step(cost > COMMON, cost > COMMON, cost, piece, self._weight(cost))

    def _weight(self, holders: float) -> float:
        """What a piece weighs that so many sections hold (IDF)."""
        return log(1 + (self._total - holders + 0.5) / (holders + 0.5))

    def _holders(self, piece: Piece) -> Ids:
        return sections(self._session, _expression(piece)) - self._hidden

    def _estimate(self, piece: Piece) -> float:
        """How many sections hold a piece, by the sample."""
        if not self._sampled:
            return 0.0
        where = {"match": _expression(piece), "first": self._first, "last": self._last}
        found = self._session.scalar(_SOME, where) or 0
        return float(found * self._total / self._sampled)


def _is_enough(gathered: Mapping[int, float], steps: Sequence[_Step]) -> bool:
    """Whether what has none of the pieces asked for until now cannot come among the first.

    Asked only when rare pieces are exhausted, since looking costs as much as a rare piece.
    """
    if steps[0].last_resort or not steps[0].common:
        return steps[0].last_resort
    first = nlargest(FIRST, gathered.values())
    lacking = sum(step.weight for step in steps if not step.last_resort)
    return len(first) == FIRST and first[-1] >= lacking


def _expression(piece: Piece) -> str:
    return expression([Phrase(piece, "")])
