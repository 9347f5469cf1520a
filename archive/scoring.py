"""What decides how sections rank, and their scores from their stored text.

Idea: FTS5's ``bm25()`` needs figures of the whole index and those of a section; here both are read
from it, and words are counted in the text. Invariant: the scores are FTS5's own, to the last bit,
as long as the figures are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from archive import density
from archive.bm25 import COLUMNS, WEIGHTS, Corpus, score
from archive.cursor import Extent
from archive.phrases import count_holding
from archive.places import Tokenized
from archive.query import Phrase

_EXTENT = text("""
    SELECT block, (SELECT coalesce(max(id), 0) FROM section) FROM section_index_data WHERE id = 1
""")
_WITHIN = text("SELECT count(*) FROM section WHERE id <= :last")
_LATER = text("SELECT sz FROM section_index_docsize WHERE id > :last")
_TEXTS = text("""
    SELECT s.id, s.article_id, d.sz, s.text, s.heading,
        CASE s.number WHEN 0 THEN a.title END,
        CASE s.number WHEN 0 THEN a.captions END
    FROM json_each(:sections) AS wanted
    CROSS JOIN section AS s ON s.id = wanted.value
    CROSS JOIN section_index_docsize AS d ON d.id = s.id
    CROSS JOIN article AS a ON a.id = s.article_id
""")


class Scored(NamedTuple):
    """A section and its score."""

    section: int
    article: int
    score: float


class Figures:
    """How far the archive reaches, and in how many sections phrases stand, each counted once."""

    def __init__(
        self, session: Session, extent: Extent, holders: Mapping[Phrase, int] | None = None
    ) -> None:
        self.extent = extent
        self.corpus = Corpus(extent.sections, extent.tokens / max(1, extent.sections))
        self._session = session
        self._holders = dict(holders or {})

    def holders(self, phrase: Phrase) -> int:
        """In how many sections a phrase stands."""
        if phrase not in self._holders:
            self._holders[phrase] = count_holding(self._session, phrase)
        return self._holders[phrase]

    def note(self, phrase: Phrase, holders: int) -> None:
        """Note in how many sections a phrase stands, where that was found out elsewhere."""
        self._holders[phrase] = holders

    def rarity(self, phrase: Phrase) -> float:
        """The weight of a phrase (IDF)."""
        return self.corpus.rarity(self.holders(phrase))


class Scoring:
    """Scores sections from their text, by the figures of the whole index.

    The rarities of the phrases are found out, unless they are given.
    """

    def __init__(
        self,
        session: Session,
        phrases: Sequence[Phrase],
        figures: Figures,
        rarities: Sequence[float] | None = None,
    ) -> None:
        self._session = session
        self._phrases = phrases
        self._corpus = figures.corpus
        self._rarities = rarities or [figures.rarity(phrase) for phrase in phrases]

    def of(self, sections: Iterable[int]) -> Iterator[Scored]:
        """Those of these sections that hold any of the phrases, in no order."""
        rows = self._session.execute(_TEXTS, {"sections": json.dumps(list(sections))})
        for section, article, sizes, *columns, captions in rows:
            lines = "\n".join(json.loads(captions)) if captions else ""
            frequencies = self._frequencies((*columns, lines))
            if any(frequencies):
                length = sum(_numbers(sizes))
                value = score(self._corpus, self._rarities, frequencies, length)
                yield Scored(section, article, value)

    def bound(self, level: int) -> float:
        """More than the score of any section that does not reach a level."""
        return density.bound(self._corpus, level) * sum(self._rarities)

    def _frequencies(self, columns: Sequence[str | None]) -> list[float]:
        """How often each phrase stands in a section, by the weight of the column."""
        found = [0.0] * len(self._phrases)
        for name, weight, column in zip(COLUMNS, WEIGHTS, columns, strict=True):
            if column:
                tokenized = Tokenized(column)
                for n, phrase in enumerate(self._phrases):
                    if phrase.field in (None, name):
                        found[n] += weight * len(tokenized.places(phrase))
        return found


def extent(session: Session) -> Extent:
    """How far the archive reaches."""
    block, last = session.execute(_EXTENT).one()
    sections, *tokens = _numbers(block) or [0]
    return Extent(sections, sum(tokens), last)


def reached(session: Session, last: int) -> tuple[int, int]:
    """How many sections there are up to an id, and how many tokens they have."""
    sections = session.execute(_WITHIN, {"last": last}).scalar_one()
    later = session.execute(_LATER, {"last": last}).scalars()
    return sections, extent(session).tokens - sum(sum(_numbers(sizes)) for sizes in later)


def _numbers(block: bytes) -> list[int]:
    """The numbers that FTS5 packs seven bits a byte, in a row."""
    numbers, value = [], 0
    for byte in block:
        value = value << 7 | byte & 0x7F
        if byte == byte & 0x7F:  # no other byte follows
            numbers.append(value)
            value = 0
    return numbers
