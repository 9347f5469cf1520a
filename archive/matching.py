"""Which articles or sections a query tree matches: sets of ids.

Idea: each leaf asks the index, or the article's columns, for a set of ids; AND, OR and NOT are
operations on sets. So no SQL text grows with a query, and each statement has one FTS5 expression.
Invariant: the set is exactly what the token rules of :mod:`archive.text` say.

In the unit ``section``, title, captions and the metadata hold for the whole article, and terms
without a field see title and captions in section 0, where the index has them.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from archive import filters
from archive.models import Article, Section
from archive.places import Tokenized, near
from archive.query import And, DateRange, Meta, Near, Node, Not, Or, Phrase

ARTICLE = "article"
SECTION = "section"
UNITS = (ARTICLE, SECTION)

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
            condition = filters.condition(session, node)
            return _spread(session, set(session.scalars(select(Article.id).where(condition))), unit)


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
    rows = session.execute(
        select(
            Section.id,
            Section.number,
            Section.text,
            Section.heading,
            Article.id,
            Article.title,
            Article.captions,
        )
        .join(Article)
        .where(Section.id.in_(listed(candidates)))
    )
    sections, articles = set(), set()
    for id_, number, body, heading, article, title, captions in rows:
        own = {"body": body, "heading": heading or ""}
        shared = {"title": title, "caption": "\n".join(captions)} if number == 0 else {}
        if any(near(Tokenized(value), node, field) for field, value in (own | shared).items()):
            sections.add(id_)
            articles.add(article)
    if unit == ARTICLE:
        return articles
    if node.left.field in WHOLE_ARTICLE:
        return _spread(session, articles, unit)
    return sections
