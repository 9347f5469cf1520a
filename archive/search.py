"""From a query to hits: ranked, paged, and shown with a snippet and an anchor.

Idea: :mod:`archive.matching` says which articles or sections match. FTS5's BM25 over any of the
query's phrases is then read best first, until enough of them have been met; an article ranks by its
best section. Without phrases (only fields such as ``source:``, or a NOT) the newest come first.
Stored text is read only for the hits that are shown.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import ColumnElement, Integer, select, text
from sqlalchemy.orm import Session

from archive.errors import DatabaseError, QueryError, UsageError
from archive.highlight import Snippet, Tokenized, snippet
from archive.matching import ARTICLE, SECTION, UNITS, Ids, expression, is_plain, listed, matching
from archive.models import Article, Section, SectionIndexVersion
from archive.query import Phrase, Query, Term
from archive.ref import Ref
from archive.results import Hit
from archive.text import TEXT_VERSION, phrase

WEIGHTS = (1.0, 4.0, 8.0, 2.0)
"""BM25 weights of body, heading, title and caption, in the order of the index's columns."""

ORDERS = ("relevance", "newest", "oldest")

_BEST_FIRST = text("""
    SELECT i.rowid, a.article_id FROM section_index AS i
    CROSS JOIN section_index_article AS a ON a.section_id = i.rowid
    WHERE section_index MATCH :match AND rank MATCH :weights
    ORDER BY rank
""")
_SCORES = text("""
    SELECT rowid, -rank FROM section_index
    WHERE section_index MATCH :match AND rank MATCH :weights
    AND rowid IN (SELECT value FROM json_each(:sections))
""")


def search(
    session: Session, query: Query, *, unit: str, sort: str, limit: int | None, offset: int
) -> list[Hit]:
    """A page of the hits of a query; see :meth:`archive.store.Archive.search`.

    Raises:
        UsageError: no such unit or order.
    """
    _require(unit, UNITS, "unit")
    _require(sort, ORDERS, "order")
    ids: Iterable[int]
    if sort == "relevance" and query.phrases:
        ids = _by_relevance(session, query, unit)
    else:
        ids = _by_date(session, query, unit, oldest=sort == "oldest")
    end = None if limit is None else offset + limit
    return _shown(session, query, list(islice(ids, offset, end)), unit)


def count(session: Session, query: Query, *, unit: str) -> int:
    """How many articles, or sections, a query matches.

    Raises:
        UsageError: no such unit.
    """
    _require(unit, UNITS, "unit")
    return len(matching(session, query.root, unit) - _superseded(session, unit))


def absent(session: Session, query: Query) -> list[Term]:
    """The terms of a query that find nothing by themselves."""
    return [term for term in query.terms if not matching(session, term, ARTICLE)]


def require_rules(session: Session, path: Path) -> None:
    """Refuse an index that was made by other rules than those of this program.

    Raises:
        DatabaseError: the versions differ; searching would miss what is there.
    """
    version = session.scalar(select(SectionIndexVersion.version))
    if version != TEXT_VERSION:
        raise DatabaseError(
            f"{path} was indexed by rules {version}, this program has {TEXT_VERSION}",
            hint="use the version of archive that made it",
        )


def _require(value: str, known: Sequence[str], what: str) -> None:
    if value not in known:
        raise UsageError(f"no {what} {value!r}", hint=f"one of {', '.join(known)}")


def _superseded(session: Session, unit: str) -> Ids:
    old = select(Article.id).where(Article.superseded_by.is_not(None))
    if unit == SECTION:
        return set(session.scalars(select(Section.id).where(Section.article_id.in_(old))))
    return set(session.scalars(old))


def _by_relevance(session: Session, query: Query, unit: str) -> Iterator[int]:
    """The ids that match, best first; those that no phrase accounts for come last.

    One phrase, or any of several, is answered by the ranking alone; what a whole-article field
    spreads over all sections of an article is not in the ranked rows.
    """
    superseded = _superseded(session, unit)
    alone = is_plain(query.root) and not (unit == SECTION and any(p.field for p in query.phrases))
    wanted = None if alone else matching(session, query.root, unit) - superseded
    met: Ids = set()
    ranked = session.execute(
        _BEST_FIRST, {"match": expression(query.phrases), "weights": _weights()}
    )
    for section, article in ranked:
        id_ = section if unit == SECTION else article
        if id_ not in met and id_ not in superseded and (wanted is None or id_ in wanted):
            met.add(id_)
            yield id_
            if wanted is not None and len(met) == len(wanted):
                return
    if wanted is not None:
        yield from sorted(wanted - met)


def _by_date(session: Session, query: Query, unit: str, *, oldest: bool) -> list[int]:
    """The ids that match in the order of their dates; those without a date come last."""
    ids = listed(matching(session, query.root, unit) - _superseded(session, unit))
    date = Article.published.asc() if oldest else Article.published.desc()
    tie = Article.id.asc() if oldest else Article.id.desc()
    if unit == SECTION:
        rows = select(Section.id).join(Article, Section.article_id == Article.id)
        order = rows.where(Section.id.in_(ids)).order_by(date.nulls_last(), tie, Section.number)
    else:
        order = select(Article.id).where(Article.id.in_(ids)).order_by(date.nulls_last(), tie)
    return list(session.scalars(order))


def _shown(session: Session, query: Query, ids: Sequence[int], unit: str) -> list[Hit]:
    """The hits of one page, in the order of ``ids``."""
    found = select(Section, Article).join(Article, Section.article_id == Article.id)
    chosen = Section.id if unit == SECTION else Article.id
    rows = session.execute(found.where(chosen.in_(listed(ids)))).all()
    scores = _scores(session, query, [section.id for section, _ in rows])
    hits: dict[int, Hit] = {}
    by_unit: dict[int, list[tuple[Section, Article]]] = {}
    for section, article in rows:
        by_unit.setdefault(section.id if unit == SECTION else article.id, []).append(
            (section, article)
        )
    for id_, candidates in by_unit.items():
        best = max(candidates, key=lambda row: (scores.get(row[0].id, -1.0), -row[0].number))
        numbers = sorted(section.number for section, _ in candidates if section.id in scores)
        hits[id_] = _hit(*best, numbers, scores.get(best[0].id, 0.0), query.phrases)
    return [hits[id_] for id_ in ids]


def _scores(session: Session, query: Query, sections: Sequence[int]) -> dict[int, float]:
    """The score of those of these sections that hold a phrase; greater is better."""
    if not query.phrases:
        return {}
    rows = session.execute(
        _SCORES,
        {
            "match": expression(query.phrases),
            "weights": _weights(),
            "sections": json.dumps(list(sections)),
        },
    )
    return dict(rows.all())


def _weights() -> str:
    return f"bm25({', '.join(map(str, WEIGHTS))})"


def _hit(
    section: Section,
    article: Article,
    numbers: Sequence[int],
    score: float,
    phrases: Sequence[Phrase],
) -> Hit:
    shown, place = _place(section, article, phrases)
    return Hit(
        article=article.id,
        key=article.key,
        section=section.number,
        sections=tuple(numbers),
        title=article.title,
        heading=section.heading,
        published=article.published,
        source=article.source,
        snippet=shown.text,
        score=float(f"{score:.6g}"),
        anchor=str(place),
        marks=shown.marks,
    )


def _place(section: Section, article: Article, phrases: Sequence[Phrase]) -> tuple[Snippet, Ref]:
    """What to show of a section, and the place of the first word shown.

    A word of the body is quoted by its range; one of the heading names the section, one of the
    title or a caption the article.
    """
    body = _snippet(section.text, "body", phrases)
    if body.first is not None:
        start, end = body.first
        return body, Ref(article.key, section.number, start=start, end=end)
    if section.heading and _snippet(section.heading, "heading", phrases).marks:
        return body, Ref(article.key, section.number)
    caption = _snippet("\n".join(article.captions), "caption", phrases)
    if section.number == 0 and caption.marks:
        return caption, Ref(article.key)
    return body, Ref(article.key)


def _snippet(text: str, field: str, phrases: Sequence[Phrase]) -> Snippet:
    """The snippet of one field's text for the phrases that look there."""
    tokenized = Tokenized(text)
    return snippet(text, [tokenized.places(p) for p in phrases if p.field in (None, field)])


def headed(heading: str) -> ColumnElement[bool]:
    """The condition that a section's heading holds a text, exactly as ``heading:`` does.

    Raises:
        QueryError: there is nothing in the text to look for.
    """
    tokens = tuple(phrase(heading))
    if not tokens:
        raise QueryError(f"{heading!r} has no letter, number or Han character to look for")
    match = expression([Phrase(tokens, heading, field="heading")])
    found = text("SELECT rowid FROM section_index WHERE section_index MATCH :match")
    return Section.id.in_(found.bindparams(match=match).columns(rowid=Integer))
