"""What the index says of phrases: the sections that hold them, and how many there are.

Ids come as one JSON list: handing a row of each to Python takes longer than finding them.
Invariant: each statement has one FTS5 expression, and no text a user typed reaches it but tokens.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from archive.query import Phrase

_SECTIONS = """
    SELECT i.rowid AS section, i.rowid AS id FROM section_index AS i
    WHERE section_index MATCH :match AND i.rowid > :after
"""
_ARTICLES = """
    SELECT i.rowid AS section, a.article_id AS id FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match AND i.rowid > :after
"""
_ALL = "SELECT json_group_array(id) FROM ({})"
_SOME = """
    SELECT json_group_array(id), max(section), (SELECT max(id) FROM section)
    FROM ({} LIMIT :most)
"""
_ALL_SECTIONS, _ALL_ARTICLES = text(_ALL.format(_SECTIONS)), text(_ALL.format(_ARTICLES))
_SOME_SECTIONS, _SOME_ARTICLES = text(_SOME.format(_SECTIONS)), text(_SOME.format(_ARTICLES))
_NUMBER = text("SELECT count(*) FROM section_index WHERE section_index MATCH :match")
_CURRENT = """
    SELECT {counted} FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match
        AND a.article_id NOT IN (SELECT id FROM article WHERE superseded_by IS NOT NULL)
"""
_CURRENT_SECTIONS = text(_CURRENT.format(counted="count(*)"))
_CURRENT_ARTICLES = text(
    _CURRENT.format(  # an article of one section cannot be found twice
        counted="coalesce(sum(a.alone), 0)"
        " + count(DISTINCT CASE WHEN NOT a.alone THEN a.article_id END)"
    )
)


def expression(phrases: Iterable[Phrase]) -> str:
    """The FTS5 expression that any of these phrases matches.

    A token has letters, numbers, marks and ``·`` only, so nothing in it can end the quotation.
    """
    return " OR ".join(quoted(phrase) for phrase in phrases)


def quoted(phrase: Phrase) -> str:
    """The FTS5 expression of one phrase."""
    tokens = f'"{" ".join(phrase.tokens)}"{" *" if phrase.prefix else ""}'
    return f"{{{phrase.field}}} : {tokens}" if phrase.field else tokens


def sections(session: Session, match: str, after: int = 0) -> set[int]:
    """The sections that an FTS5 expression matches, of those with greater ids than ``after``."""
    found = session.execute(_ALL_SECTIONS, {"match": match, "after": after})
    return set(json.loads(found.scalar_one()))


def articles(session: Session, phrases: Sequence[Phrase], after: int = 0) -> set[int]:
    """The articles in which any of these phrases stands, in a section with an id over ``after``."""
    found = session.execute(_ALL_ARTICLES, {"match": expression(phrases), "after": after})
    return set(json.loads(found.scalar_one()))


class Some(NamedTuple):
    """What the first of those sections lead to that hold some phrases."""

    ids: set[int]
    """Those of the sections, or of their articles."""
    last: int | None
    """The greatest id of these sections; ``None`` if they are all."""
    met: int
    """How many these sections are."""
    sections: int
    """The greatest id of any section: about how many there are."""

    @property
    def holding(self) -> float:
        """About how many sections hold any of the phrases."""
        return self.met * self.sections / self.last if self.last else self.met


def some(session: Session, phrases: Sequence[Phrase], most: int, *, articles: bool) -> Some:
    """The first sections that hold any of the phrases, or their articles."""
    statement = _SOME_ARTICLES if articles else _SOME_SECTIONS
    where = {"match": expression(phrases), "after": 0, "most": most}
    ids, last, sections = session.execute(statement, where).one()
    found = json.loads(ids)
    return Some(set(found), last if len(found) == most else None, len(found), sections)


def count_holding(session: Session, phrase: Phrase) -> int:
    """How many sections hold a phrase."""
    found = session.execute(_NUMBER, {"match": expression([phrase])})
    return int(found.scalar_one())


def holding(session: Session, phrases: Sequence[Phrase], after: int = 0) -> set[int]:
    """The sections that hold any of the phrases themselves; title and captions are the lead's."""
    return sections(session, expression(phrases), after) if phrases else set()


def count_articles(session: Session, phrases: Sequence[Phrase]) -> int:
    """How many articles that are not superseded hold any of these phrases."""
    found = session.execute(_CURRENT_ARTICLES, {"match": expression(phrases)})
    return int(found.scalar_one())


def count_sections(session: Session, phrases: Sequence[Phrase]) -> int:
    """How many sections of such articles hold any of these phrases themselves."""
    found = session.execute(_CURRENT_SECTIONS, {"match": expression(phrases)})
    return int(found.scalar_one())
