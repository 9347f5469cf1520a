"""Which articles or sections a query tree matches: sets of ids.

Idea: each leaf asks the index, or the article's columns, for a set of ids; AND, OR and NOT are
operations on sets. So no SQL text grows with a query, and each statement has one FTS5 expression.
Invariant: the set is exactly what the token rules of :mod:`archive.text` say.

What the index cannot say (one paragraph, strict characters, NEAR) is decided on the stored text of
what it preselects. In the unit ``section``, title, captions and the metadata hold for the whole
article, and terms without a field see title and captions in section 0, where the index has them.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from archive import filters
from archive.models import Article, Section
from archive.query import (
    And,
    DateRange,
    Meta,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    conjunction,
    disjunction,
)
from archive.text import BOUNDARY
from archive.verify import Judge, SectionText, paragraphs, whole

ARTICLE, SECTION, PARAGRAPH = UNITS = ("article", "section", "paragraph")
"""What must hold the whole query; of a paragraph its section is found."""

WHOLE_ARTICLE = frozenset({"title", "caption"})
"""Fields that are the article's, though the index has them in the row of the lead."""

_SECTIONS = text("SELECT rowid FROM section_index WHERE section_index MATCH :match")
_ARTICLES = text("""
    SELECT DISTINCT a.article_id FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match
""")

Ids = set[int]


def expression(phrases: Iterable[Phrase]) -> str:
    """The FTS5 expression that any of these phrases matches.

    A token has letters, numbers, marks and ``·`` only, so nothing in it can end the quotation.
    """
    return " OR ".join(_quoted(phrase) for phrase in phrases)


def _quoted(phrase: Phrase) -> str:
    quoted = f'"{" ".join(phrase.tokens)}"{" *" if phrase.prefix else ""}'
    return f"{{{phrase.field}}} : {quoted}" if phrase.field else quoted


def is_plain(node: Node) -> bool:
    """Whether a node is one phrase, or any of several: one expression answers it."""
    return isinstance(node, Phrase) or (
        isinstance(node, Or) and all(isinstance(child, Phrase) for child in node.children)
    )


def is_decided(node: Node, unit: str, *, strict: bool) -> bool:
    """Whether the index alone answers a tree.

    A paragraph ends in a boundary token, so a phrase without one cannot run across two.
    """
    if strict:
        return False
    if unit != PARAGRAPH:
        return True
    parts = node.children if isinstance(node, Or) else (node,)
    return all(isinstance(part, Phrase) and BOUNDARY not in part.tokens for part in parts)


def found(session: Session, node: Node, unit: str, *, strict: bool = False) -> Ids:
    """The ids of the articles, or of the sections, that a tree matches.

    Args:
        session: a reading session.
        node: the tree.
        unit: one of :data:`UNITS`; sections are found for ``section`` and ``paragraph``.
        strict: characters must stand as they were typed, unfolded.
    """
    indexed = ARTICLE if unit == ARTICLE else SECTION
    if is_decided(node, unit, strict=strict):
        return matching(session, node, indexed)
    candidates = matching(session, _lenient(node), indexed)
    judge = judge_of(session, node)
    kept: Ids = set()
    for article, sections in groupby(texts(session, candidates, indexed), lambda row: row.article):
        if unit == ARTICLE:
            if judge.holds(node, whole(list(sections), strict=strict)):
                kept.add(article)
            continue
        for section in sections:
            places = [whole([section], strict=strict)]
            if unit == PARAGRAPH:
                places = list(paragraphs(section, strict=strict))
            if any(judge.holds(node, place) for place in places):
                kept.add(section.id)
    return kept


def judge_of(session: Session, node: Node) -> Judge:
    """What decides on stored text whether a tree holds."""
    return Judge({leaf: _articles(session, leaf) for leaf in _metadata(node)})


def _lenient(node: Node) -> Node:
    """A tree that matches all that ``node`` may match: what is denied is left to the text."""
    match node:
        case And():
            asserted = [_lenient(part) for part in node.children if not isinstance(part, Not)]
            return conjunction(asserted) if asserted else node
        case Or():
            return disjunction(_lenient(part) for part in node.children)
        case Not():
            return _EVERYTHING
    return node


_EVERYTHING = disjunction([DateRange(None, None, ""), Meta("date", "missing")])
"""A tree that matches all: with a date or without."""


def _metadata(node: Node) -> Iterator[Meta | DateRange]:
    if isinstance(node, And | Or):
        for child in node.children:
            yield from _metadata(child)
    elif isinstance(node, Not):
        yield from _metadata(node.child)
    elif isinstance(node, Meta | DateRange):
        yield node


def _articles(session: Session, node: Meta | DateRange) -> Ids:
    condition = filters.condition(session, node)
    return set(session.scalars(select(Article.id).where(condition)))


def texts(session: Session, ids: Ids, unit: str) -> Iterator[SectionText]:
    """The stored texts of these articles or sections, article by article."""
    chosen = Article.id if unit == ARTICLE else Section.id
    rows = session.execute(
        select(
            Section.id,
            Article.id,
            Section.number,
            func.coalesce(Section.heading, ""),
            Section.text,
            Article.title,
            Article.captions,
        )
        .join(Article, Section.article_id == Article.id)
        .where(chosen.in_(listed(ids)))
        .order_by(Article.id, Section.number)
    )
    return (SectionText(*row) for row in rows)


def matching(session: Session, node: Node, unit: str) -> Ids:
    """The ids of the articles, or sections, that a tree matches, superseded ones included."""
    match node:
        case Phrase():
            return _any_phrase(session, [node], unit)
        case Or():
            plain = [child for child in node.children if isinstance(child, Phrase)]
            found = _any_phrase(session, plain, unit) if plain else set()
            for child in node.children:
                if not isinstance(child, Phrase):
                    found |= matching(session, child, unit)
            return found
        case And():
            return _all(session, node.children, unit)
        case Not():
            return everything(session, unit) - matching(session, node.child, unit)
        case Near():
            return _near(session, node, unit)
        case Meta() | DateRange():
            return _spread(session, _articles(session, node), unit)


def everything(session: Session, unit: str) -> Ids:
    """The ids of all articles, or sections."""
    return set(session.scalars(select(Section.id if unit == SECTION else Article.id)))


def _all(session: Session, children: Sequence[Node], unit: str) -> Ids:
    """What all of several nodes match; what is denied is taken away last."""
    found: Ids | None = None
    for child in sorted(children, key=lambda node: isinstance(node, Not)):
        if isinstance(child, Not) and found is not None:
            found -= matching(session, child.child, unit)
        else:
            ids = matching(session, child, unit)
            found = ids if found is None else found & ids
        if not found:
            return set()
    return found or set()


def _any_phrase(session: Session, phrases: Sequence[Phrase], unit: str) -> Ids:
    if unit == ARTICLE:
        return set(session.scalars(_ARTICLES, {"match": expression(phrases)}))
    there = [phrase for phrase in phrases if phrase.field not in WHOLE_ARTICLE]
    whole = [phrase for phrase in phrases if phrase.field in WHOLE_ARTICLE]
    found: Ids = set()
    if there:
        found |= set(session.scalars(_SECTIONS, {"match": expression(there)}))
    if whole:
        articles = set(session.scalars(_ARTICLES, {"match": expression(whole)}))
        found |= _spread(session, articles, unit)
    return found


def holding(session: Session, phrases: Sequence[Phrase]) -> Ids:
    """The sections that hold any of these phrases themselves; title and captions are the lead's."""
    if not phrases:
        return set()
    return set(session.scalars(_SECTIONS, {"match": expression(phrases)}))


def _spread(session: Session, articles: Ids, unit: str) -> Ids:
    """These articles, or all their sections."""
    if unit == ARTICLE:
        return articles
    return set(session.scalars(select(Section.id).where(Section.article_id.in_(listed(articles)))))


def listed(ids: Iterable[int]) -> Select[tuple[int]]:
    """A set of ids as a subquery over one bound JSON list, however many they are."""
    return select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value)


def _near(session: Session, node: Near, unit: str) -> Ids:
    """The index gives the sections that hold both phrases; stored text decides their distance."""
    both = f"({_quoted(node.left)}) AND ({_quoted(node.right)})"
    candidates = set(session.scalars(_SECTIONS, {"match": both}))
    judge = Judge()
    sections, articles = set(), set()
    for section in texts(session, candidates, SECTION):
        if judge.holds(node, whole([section], strict=False)):
            sections.add(section.id)
            articles.add(section.article)
    if unit == ARTICLE:
        return articles
    if node.left.field in WHOLE_ARTICLE:
        return _spread(session, articles, unit)
    return sections
