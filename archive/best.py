"""The sections that hold any of some phrases, by BM25, the best first, worked out as far as read.

Idea: FTS5 can only score all hits, a microsecond or two each, and then sort them; and for that it
reads all that it has of a phrase's characters twice. Where one common phrase is asked for, the
sections in which its characters stand most densely (:mod:`archive.levels`) are scored from their
stored text: as long as they beat the bound of all the others, they are the best there are. Where a
phrase of common characters has few hits, all of them are scored so. Where several phrases must be
met, the same holds of the sections that have them all. FTS5 does the rest.

Invariants: every section comes once; the order is FTS5's own, by score and then by id; what is
scored from the text has the very frequencies that the index has.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from heapq import heappop, heappush
from itertools import islice
from math import prod

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from archive import density, levels
from archive.bm25 import WEIGHTS, most
from archive.cursor import Extent
from archive.errors import QueryError
from archive.matching import ARTICLE, SECTION, Ids, spread
from archive.phrases import Some, expression, holding, some
from archive.query import Phrase
from archive.scoring import Figures, Scored, Scoring, reached
from archive.text import is_character

_ENOUGH = 20
"""A page: of fewer sections that reach a level, or are known to be the best, no use is made."""

_MANY = 4_000
"""From so many hits on dense sections are looked at; below, that would not save time."""

_TEXT_COST = 40
"""For so many hits one section may be scored from its text before FTS5 is left to score them all.

Both figures are those at which, measured on 129 MB of news, the slowest queries gain most and no
query becomes much slower.
"""

_PATIENCE = 80
"""So many texts are read without one that beats the others before it is left to FTS5.

Of 70 phrases in 4,000 to 24,000 sections of 68,000, those for which it succeeds had one by then.
"""

_TEXT = 20
"""How many hits FTS5 scores in the time in which one section is read and scored from its text."""

_TOGETHER = 200
"""In so many sections phrases must be expected to meet by chance to be looked for together."""

_ALIKE = 0.7
"""What part of the mean rarity each of them must have."""

_PASS = 300
"""For so many sections of the archive a hit of several characters may be scored from its text.

FTS5 reads all that it has of the characters to find the hits, and once more to score them. To find
a phrase with words or punctuation in a text takes twice as long.
"""

_SAMPLE = 50
"""So many hits tell how many there are, before FTS5 has read all it has of the characters."""

_FIRST = 200
"""How many of the best FTS5 is asked for first; keeping few is faster than sorting all."""

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


def best(session: Session, phrases: Sequence[Phrase], figures: Figures) -> Iterator[Scored]:
    """The sections that hold any of the phrases, the best first."""
    met = set()
    if len(phrases) == 1:
        for one in _from_text(session, phrases[0], figures):
            met.add(one.section)
            yield one
        if met and len(met) == figures.holders(phrases[0]):
            return
    rows = _by_fts5(session, _ALL, expression(phrases))
    yield from (one for one in rows if one.section not in met)


def _from_text(session: Session, phrase: Phrase, figures: Figures) -> Iterator[Scored]:
    """The best sections of a phrase, as far as reading their text is worth it."""
    characters = sum(map(is_character, phrase.tokens))
    alone = characters == len(phrase.tokens)
    if characters > 1:
        found = some(session, [phrase], _SAMPLE, articles=False)
        few = max(_SAMPLE, figures.extent.sections // (_PASS if alone else 2 * _PASS))
        hits = found.holding
        if hits <= few:
            yield from _all_from_text(session, phrase, figures, found, few)
            return
    elif alone:
        hits = figures.holders(phrase)
    else:
        return
    if alone and hits >= _MANY and levels.are_usable(session):
        yield from _densest(session, phrase, figures, int(hits) // _TEXT_COST)


def _all_from_text(
    session: Session, phrase: Phrase, figures: Figures, found: Some, few: int
) -> Iterator[Scored]:
    """All sections of a phrase, if they are as few as the first that were found let expect."""
    held = found.ids
    if found.last is not None:
        held |= holding(session, [phrase], found.last)
    figures.note(phrase, len(held))
    if len(held) <= few:
        yield from sorted(Scoring(session, [phrase], figures).of(held), key=_place)


def together(
    session: Session, groups: Sequence[Sequence[Phrase]], figures: Figures
) -> Iterator[Scored]:
    """The sections that hold a phrase of each group, as long as they beat all others, best first.

    What lacks a group has, of the whole rarity, none of that group's.
    """
    if not _meet(groups, figures):
        return
    rarities = [sum(map(figures.rarity, group)) for group in groups]
    lacking = most(sum(rarities) - min(rarities))
    for one in _by_fts5(session, _ALL, " AND ".join(f"({expression(one)})" for one in groups)):
        if one.score <= lacking:
            return
        yield one


def _meet(groups: Sequence[Sequence[Phrase]], figures: Figures) -> bool:
    """Whether groups may be looked for together.

    They must meet often, or there is no page of them; and be alike in rarity, or a rare one alone
    outweighs those of a section that has all.
    """
    sections = figures.extent.sections
    holders = [min(sections, sum(map(figures.holders, group))) for group in groups]
    if sections * prod(held / sections for held in holders) < _TOGETHER:
        return False
    rarities = [sum(map(figures.rarity, group)) for group in groups]
    return min(rarities) * len(rarities) >= _ALIKE * sum(rarities)


def best_of(
    session: Session, phrases: Sequence[Phrase], wanted: Ids, unit: str, figures: Figures
) -> Iterator[Scored]:
    """Of some articles, or some sections, those sections that hold any of the phrases."""
    if len(wanted) * _TEXT < figures.extent.sections:
        sections = spread(session, wanted, SECTION) if unit == ARTICLE else wanted
        if len(sections) * _TEXT < sum(map(figures.holders, phrases)):
            return iter(sorted(Scoring(session, phrases, figures).of(sections), key=_place))
    asked = _OF_ARTICLES if unit == ARTICLE else _OF_SECTIONS
    return _by_fts5(session, asked, expression(phrases), wanted=json.dumps(list(wanted)))


def best_within(
    session: Session, phrases: Sequence[Phrase], then: Extent, wanted: Ids | None
) -> Iterator[Scored]:
    """The best of what the archive reached at another time, by the figures of that time.

    FTS5 knows the present figures only, so all are scored from their text: some 30 µs a section
    that holds a phrase, or of those that are wanted.

    Raises:
        QueryError: what was there then is not all there now as it was.
    """
    if reached(session, then.last) != (then.sections, then.tokens):
        raise QueryError(
            "articles were removed or read anew since the page before, so the order is another",
            hint="ask for the first page again",
        )
    holders = {
        phrase: {section for section in holding(session, [phrase]) if section <= then.last}
        for phrase in phrases
    }
    figures = Figures(session, then, {phrase: len(held) for phrase, held in holders.items()})
    sections = set().union(*holders.values())
    if wanted is not None:
        sections &= wanted
    yield from sorted(Scoring(session, phrases, figures).of(sections), key=_place)


def _by_fts5(session: Session, asked: TextClause, match: str, **values: str) -> Iterator[Scored]:
    values["match"] = match
    first = session.execute(asked, {**values, "first": _FIRST}).all()
    yield from (Scored(*row) for row in first)
    if len(first) == _FIRST:
        rows = session.execute(asked, {**values, "first": -1})
        yield from (Scored(*row) for row in islice(rows, _FIRST, None))


def _densest(session: Session, phrase: Phrase, figures: Figures, most: int) -> Iterator[Scored]:
    """The best sections of a common phrase, as long as they beat all that is not known yet.

    What does not reach a level has a score below the level's bound. No more than ``most`` texts
    are read. The phrase's rarity, for which all its sections must be counted, is asked for only
    once a page can be told: the order is the same for any.
    """
    first = _first_level(session, phrase)
    if first is None:
        return
    scoring = Scoring(session, [phrase], figures, rarities=[1.0])
    rarity = 0.0
    known: set[int] = set()
    scored: list[Scored] = []
    queue: list[tuple[float, int, Scored]] = []
    for level in range(first, -1, -1):
        reaching = levels.reaching(session, phrase, level, most + 1)
        if len(reaching) > most:
            return
        scored += scoring.of(reaching - known)
        known = reaching
        if not rarity:
            told = sum(one.score >= scoring.bound(level) for one in scored)
            if not told and len(known) > _PATIENCE:
                return
            if told < _ENOUGH:
                continue
            rarity = figures.rarity(phrase)
        for one in scored:
            score = rarity * one.score
            heappush(queue, (-score, one.section, one._replace(score=score)))
        scored = []
        while queue and queue[0][2].score >= rarity * scoring.bound(level):
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


def _place(one: Scored) -> tuple[float, int]:
    return -one.score, one.section
