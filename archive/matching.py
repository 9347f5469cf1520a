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

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from archive import filters
from archive.listed import listed
from archive.models import Article, Section
from archive.phrases import (
    articles,
    count_articles,
    count_sections,
    expression,
    quoted,
    sections,
)
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
from archive.verify import Judge, SectionText, holds_any, paragraphs, whole

ARTICLE, SECTION, PARAGRAPH = UNITS = ("article", "section", "paragraph")
"""What must hold the whole query; of a paragraph its section is found."""

WHOLE_ARTICLE = frozenset({"title", "caption"})
"""Fields that are the article's, though the index has them in the row of the lead."""

_TEXT = """
    SELECT s.id, a.id, s.number, coalesce(s.heading, ''), s.text, a.title, a.captions
    FROM section AS s JOIN article AS a ON a.id = s.article_id
    WHERE {id} IN (SELECT value FROM json_each(:ids)) ORDER BY a.id, s.number
"""
_TEXTS = {ARTICLE: text(_TEXT.format(id="a.id")), SECTION: text(_TEXT.format(id="s.id"))}

Ids = set[int]


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


def is_indexed(node: Node, unit: str, *, strict: bool) -> bool:
    """Whether a tree matches just what holds one of its phrases itself, as the index says."""
    if not is_plain(node) or not is_decided(node, unit, strict=strict):
        return False
    return unit == ARTICLE or all(one.field not in WHOLE_ARTICLE for one in plain_phrases(node))


def conjuncts(node: Node) -> list[list[Phrase]]:
    """The phrases of each part of a tree of which all must be met; none if other things must."""
    if isinstance(node, And) and all(map(is_plain, node.children)):
        return [plain_phrases(child) for child in node.children]
    return []


def plain_phrases(node: Node) -> list[Phrase]:
    """The phrases of a plain tree."""
    parts = node.children if isinstance(node, Or) else (node,)
    return [part for part in parts if isinstance(part, Phrase)]


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
    rows = texts(session, candidates, indexed)
    return {id_ for _, id_ in judged(judge_of(session, node), node, rows, unit, strict=strict)}


def judged(
    judge: Judge, node: Node, rows: Iterable[SectionText], unit: str, *, strict: bool
) -> Iterator[tuple[int, int]]:
    """Those of some articles, or of their sections, that match a tree, each after its article.

    ``rows`` come article by article, and for the unit ``article`` with all its sections.
    """
    for article, parts in groupby(rows, lambda row: row.article):
        if unit == ARTICLE:
            if judge.holds(node, whole(list(parts), strict=strict)):
                yield article, article
            continue
        for section in parts:
            scopes = [whole([section], strict=strict)]
            if unit == PARAGRAPH:
                scopes = list(paragraphs(section, strict=strict))
            if any(judge.holds(node, scope) for scope in scopes):
                yield article, section.id


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
    wanted = _TEXTS[ARTICLE if unit == ARTICLE else SECTION]
    rows = session.execute(wanted, {"ids": json.dumps(list(ids))})
    return (
        SectionText(id_, article, number, heading, body, title, json.loads(captions))
        for id_, article, number, heading, body, title, captions in rows
    )


def holders(
    session: Session, phrases: Sequence[Phrase], ids: Ids, unit: str, *, strict: bool = False
) -> Iterator[SectionText]:
    """Of some articles, or sections, the sections that hold any of the phrases themselves.

    For a few of them reading their text is faster than having FTS5 look into each.
    """
    if not phrases:
        return iter(())
    rows = texts(session, ids, unit)
    return (section for section in rows if holds_any(section, phrases, strict=strict))


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
            return spread(session, _articles(session, node), unit)


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
        return articles(session, phrases)
    there = [phrase for phrase in phrases if phrase.field not in WHOLE_ARTICLE]
    whole = [phrase for phrase in phrases if phrase.field in WHOLE_ARTICLE]
    found: Ids = set()
    if there:
        found |= sections(session, expression(there))
    if whole:
        found |= spread(session, articles(session, whole), unit)
    return found


def number(session: Session, node: Node, unit: str) -> int | None:
    """How many articles, or sections, a tree matches that one expression answers, else ``None``.

    Superseded ones are left out.
    """
    if not is_indexed(node, unit, strict=False):
        return None
    counted = count_articles if unit == ARTICLE else count_sections
    return counted(session, plain_phrases(node))


def spread(session: Session, articles: Ids, unit: str) -> Ids:
    """These articles, or all their sections."""
    if unit == ARTICLE:
        return articles
    return set(session.scalars(select(Section.id).where(Section.article_id.in_(listed(articles)))))


def _near(session: Session, node: Near, unit: str) -> Ids:
    """The index gives the sections that hold both phrases; stored text decides their distance."""
    candidates = sections(session, f"({quoted(node.left)}) AND ({quoted(node.right)})")
    judge = Judge()
    near, around = set(), set()
    for section in texts(session, candidates, SECTION):
        if judge.holds(node, whole([section], strict=False)):
            near.add(section.id)
            around.add(section.article)
    if unit == ARTICLE:
        return around
    if node.left.field in WHOLE_ARTICLE:
        return spread(session, around, unit)
    return near
