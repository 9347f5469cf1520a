"""The sections that hold any of some phrases, by BM25, the best first, worked out as far as read.

Idea: FTS5 can only score all hits, a microsecond or two each, and then sort them. Where one common
phrase is asked for, the sections in which its characters stand most densely
(:mod:`archive.levels`) are scored from their stored text: as long as they beat the bound of all the
others, they are the best there are. FTS5 does the rest.

Invariants: every section comes once; the order is FTS5's own, by score and then by id; what is
scored from the text has the very frequencies that the index has.
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from archive import density, levels
from archive.bm25 import COLUMNS, WEIGHTS, Corpus, score
from archive.cursor import Extent
from archive.errors import QueryError
from archive.matching import ARTICLE, Ids
from archive.phrases import count_holding, expression, holding
from archive.places import Tokenized, has_characters_only
from archive.query import Phrase

_ENOUGH = 20
"""How many sections must reach a level for it to be looked at: a page."""

_MANY = 4_000
"""From so many hits on dense sections are looked at; below, that would not save time."""

_TEXT_COST = 40
"""For so many hits one section may be scored from its text before FTS5 is left to score them all.

Both figures are those at which, measured on 129 MB of news, the slowest queries gain most and no
query becomes much slower.
"""

_FIRST = 200
"""How many of the best FTS5 is asked for first; keeping few is faster than sorting all."""

_EXTENT = text("""
    SELECT block, (SELECT coalesce(max(id), 0) FROM section) FROM section_index_data WHERE id = 1
""")
_WITHIN = text("SELECT count(*) FROM section WHERE id <= :last")
_LATER = text("SELECT sz FROM section_index_docsize WHERE id > :last")
_SCORED = f"""
    SELECT i.rowid, a.article_id, -bm25(section_index, {", ".join(map(str, WEIGHTS))}) AS score
    FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match
"""  # noqa: S608 - numbers from above
_ORDERED = "ORDER BY score DESC, i.rowid LIMIT :first"
_ALL = text(f"{_SCORED} {_ORDERED}")
_OF_ARTICLES = text(
    f"{_SCORED} AND a.article_id IN (SELECT value FROM json_each(:wanted)) {_ORDERED}"  # noqa: S608 - as above
)
_OF_SECTIONS = text(
    f"{_SCORED} AND +i.rowid IN (SELECT value FROM json_each(:wanted)) {_ORDERED}"  # noqa: S608 - as above
)
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


def best(session: Session, phrases: Sequence[Phrase], now: Extent) -> Iterator[Scored]:
    """The sections that hold any of the phrases, the best first."""
    met = set()
    if len(phrases) == 1 and has_characters_only(phrases[0]) and levels.are_usable(session):
        for one in _densest(session, phrases[0], now):
            met.add(one.section)
            yield one
    rows = _by_fts5(session, _ALL, phrases)
    yield from (one for one in rows if one.section not in met)


def best_of(
    session: Session, phrases: Sequence[Phrase], wanted: Iterable[int], unit: str
) -> Iterator[Scored]:
    """Of some articles, or some sections, those sections that hold any of the phrases."""
    asked = _OF_ARTICLES if unit == ARTICLE else _OF_SECTIONS
    return _by_fts5(session, asked, phrases, wanted=json.dumps(list(wanted)))


def extent(session: Session) -> Extent:
    """How far the archive reaches."""
    block, last = session.execute(_EXTENT).one()
    sections, *tokens = _numbers(block) or [0]
    return Extent(sections, sum(tokens), last)


def best_within(
    session: Session, phrases: Sequence[Phrase], then: Extent, wanted: Ids | None
) -> Iterator[Scored]:
    """The best of what the archive reached at another time, by the figures of that time.

    FTS5 knows the present figures only, so all are scored from their text: some 30 µs a section
    that holds a phrase, or of those that are wanted.

    Raises:
        QueryError: what was there then is not all there now as it was.
    """
    if _reached(session, then.last) != (then.sections, then.tokens):
        raise QueryError(
            "articles were removed or read anew since the page before, so the order is another",
            hint="ask for the first page again",
        )
    holders = [
        {section for section in holding(session, [phrase]) if section <= then.last}
        for phrase in phrases
    ]
    scoring = _Scoring(session, phrases, list(map(len, holders)), then)
    sections = set().union(*holders)
    if wanted is not None:
        sections &= wanted
    yield from sorted(scoring.of(sections), key=lambda one: (-one.score, one.section))


def _reached(session: Session, last: int) -> tuple[int, int]:
    """How many sections there are up to an id, and how many tokens they have."""
    sections = session.execute(_WITHIN, {"last": last}).scalar_one()
    later = session.execute(_LATER, {"last": last}).scalars()
    return sections, extent(session).tokens - sum(sum(_numbers(sizes)) for sizes in later)


def _by_fts5(
    session: Session, asked: TextClause, phrases: Sequence[Phrase], **values: str
) -> Iterator[Scored]:
    values["match"] = expression(phrases)
    first = session.execute(asked, {**values, "first": _FIRST}).all()
    yield from (Scored(*row) for row in first)
    if len(first) == _FIRST:
        rows = session.execute(asked, {**values, "first": -1})
        yield from (Scored(*row) for row in islice(rows, _FIRST, None))


def _densest(session: Session, phrase: Phrase, now: Extent) -> Iterator[Scored]:
    """The best sections of a common phrase, as long as they beat all that is not known yet.

    What does not reach a level has a score below the level's bound.
    """
    first = _first_level(session, phrase)
    if first is None:
        return
    hits = count_holding(session, phrase)
    if hits < _MANY:
        return
    scoring = _Scoring(session, [phrase], [hits], now)
    known: set[int] = set()
    queue: list[tuple[float, int, Scored]] = []
    for level in range(first, -1, -1):
        reaching = levels.reaching(session, phrase, level, hits // _TEXT_COST + 1)
        if len(reaching) > hits // _TEXT_COST:
            return
        for one in scoring.of(reaching - known):
            heappush(queue, (-one.score, one.section, one))
        known = reaching
        while queue and queue[0][2].score >= scoring.bound(level):
            yield heappop(queue)[2]


def _first_level(session: Session, phrase: Phrase) -> int | None:
    """The highest level that enough sections reach, if any; higher ones are reached by fewer."""
    levels_down = range(density.TOP, -1, -1)
    fewer = bisect_left(
        levels_down,
        _ENOUGH,
        key=lambda level: len(levels.reaching(session, phrase, level, _ENOUGH)),
    )
    return levels_down[fewer] if fewer < len(levels_down) else None


class _Scoring:
    """Scores sections from their text, by the figures of the whole index."""

    def __init__(
        self, session: Session, phrases: Sequence[Phrase], hits: Sequence[int], known: Extent
    ) -> None:
        self._session = session
        self._phrases = phrases
        self._corpus = Corpus(known.sections, known.tokens / known.sections)
        self._rarities = [self._corpus.rarity(number) for number in hits]

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


def _numbers(block: bytes) -> list[int]:
    """The numbers that FTS5 packs seven bits a byte, in a row."""
    numbers, value = [], 0
    for byte in block:
        value = value << 7 | byte & 0x7F
        if byte == byte & 0x7F:  # no other byte follows
            numbers.append(value)
            value = 0
    return numbers
