"""What the index says of phrases: the sections that hold them, and how many there are.

Ids come as one JSON list: handing a row of each to Python takes longer than finding them.
Invariant: each statement has one FTS5 expression, and no text a user typed reaches it but tokens.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from archive.query import Phrase

_SECTIONS = text(
    "SELECT json_group_array(rowid) FROM section_index WHERE section_index MATCH :match"
)
_ARTICLES = text("""
    SELECT json_group_array(a.article_id) FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match
""")
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


def sections(session: Session, match: str) -> set[int]:
    """The sections that an FTS5 expression matches."""
    return set(json.loads(session.execute(_SECTIONS, {"match": match}).scalar_one()))


def articles(session: Session, phrases: Sequence[Phrase]) -> set[int]:
    """The articles in which any of these phrases stands."""
    return set(json.loads(session.execute(_ARTICLES, {"match": expression(phrases)}).scalar_one()))


def count_holding(session: Session, phrase: Phrase) -> int:
    """How many sections hold a phrase."""
    found = session.execute(_NUMBER, {"match": expression([phrase])})
    return int(found.scalar_one())


def holding(session: Session, phrases: Sequence[Phrase]) -> set[int]:
    """The sections that hold any of the phrases themselves; title and captions are the lead's."""
    return sections(session, expression(phrases)) if phrases else set()


def count_articles(session: Session, phrases: Sequence[Phrase]) -> int:
    """How many articles that are not superseded hold any of these phrases."""
    found = session.execute(_CURRENT_ARTICLES, {"match": expression(phrases)})
    return int(found.scalar_one())


def count_sections(session: Session, phrases: Sequence[Phrase]) -> int:
    """How many sections of such articles hold any of these phrases themselves."""
    found = session.execute(_CURRENT_SECTIONS, {"match": expression(phrases)})
    return int(found.scalar_one())
