"""A page of hits: the rows that are shown, with a snippet, marks and an anchor each.

Stored text is read for the shown sections only. Invariant: an anchor with a range quotes exactly
characters that the query matches.
"""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Result, Row, select, text
from sqlalchemy.orm import Session

from archive.highlight import Snippet, marks, snippet
from archive.matching import ARTICLE, expression, listed, texts
from archive.models import Article, Section
from archive.places import Place, Tokenized
from archive.query import Phrase, Query
from archive.ranking import Ranked
from archive.ref import Ref
from archive.results import Hit
from archive.verify import holds_any

_HOLDING = text("""
    SELECT rowid FROM section_index
    WHERE section_index MATCH :match AND rowid IN (SELECT value FROM json_each(:sections))
""")

_MANY = 8
"""Of more phrases the stored text is read, which takes less than asking the index row by row."""

Facts = Row[Any]
"""The columns of a section and its article that a hit shows."""


def shown(
    session: Session, query: Query, page: Sequence[Ranked], unit: str, *, strict: bool
) -> list[Hit]:
    """The hits of a page, in its order.

    An article is shown by its best section, or where none was ranked by the first that holds one
    of the query's phrases, or by its lead.
    """
    show = partial(_hit, phrases=query.phrases, strict=strict)
    if unit != ARTICLE:
        rows = _facts(session, [one.id for one in page])
        return [show(rows[one.id], (rows[one.id].number,), one.score) for one in page]
    holding = _holding(session, query, [one.id for one in page], strict=strict)
    chosen = {one.id: _chosen(session, one, holding[one.id]) for one in page}
    rows = _facts(session, list(chosen.values()))
    return [show(rows[chosen[one.id]], tuple(holding[one.id].values()), one.score) for one in page]


def _chosen(session: Session, one: Ranked, holding: Mapping[int, int]) -> int:
    """The section that shows an article, of those that hold a phrase."""
    if one.section is not None and one.section in holding:
        return one.section
    lead = select(Section.id).where(Section.article_id == one.id, Section.number == 0)
    return next(iter(holding), None) or session.scalars(lead).one()


def _holding(
    session: Session, query: Query, articles: Sequence[int], *, strict: bool
) -> dict[int, dict[int, int]]:
    """Of each article, the ids and numbers of the sections that hold a phrase of the query."""
    found = session.execute(
        select(Section.id, Section.article_id, Section.number)
        .where(Section.article_id.in_(listed(articles)))
        .order_by(Section.number)
    ).all()
    phrases = query.phrases
    if strict or len(phrases) > _MANY:
        sections = texts(session, set(articles), ARTICLE)
        held = {one.id for one in sections if holds_any(one, phrases, strict=strict)}
    else:
        held = _holds(session, phrases, [id_ for id_, _, _ in found])
    holding: dict[int, dict[int, int]] = {article: {} for article in articles}
    for id_, article, number in found:
        if id_ in held:
            holding[article][id_] = number
    return holding


def _holds(session: Session, phrases: Sequence[Phrase], sections: Sequence[int]) -> set[int]:
    """Those of these sections that hold any of the phrases."""
    if not phrases:
        return set()
    wanted = {"match": expression(phrases), "sections": json.dumps(list(sections))}
    return set(session.scalars(_HOLDING, wanted))


def _facts(session: Session, sections: Sequence[int]) -> Mapping[int, Facts]:
    rows: Result[Any] = session.execute(
        select(
            Section.id,
            Section.number,
            Section.heading,
            Section.text,
            Article.id.label("article"),
            Article.key,
            Article.title,
            Article.published,
            Article.source,
            Article.captions,
        )
        .join(Article, Section.article_id == Article.id)
        .where(Section.id.in_(listed(sections)))
    )
    return {row.id: row for row in rows}


def _hit(
    row: Facts, numbers: tuple[int, ...], score: float, *, phrases: Sequence[Phrase], strict: bool
) -> Hit:
    shown, place = _place(row, phrases, strict=strict)
    return Hit(
        article=row.article,
        key=row.key,
        section=row.number,
        sections=numbers,
        title=row.title,
        heading=row.heading,
        published=row.published,
        source=row.source,
        snippet=shown.text,
        score=float(f"{score:.6g}"),
        anchor=str(place),
        marks=shown.marks,
        title_marks=marks(_places(row.title, "title", phrases, strict=strict)),
        heading_marks=marks(_places(row.heading or "", "heading", phrases, strict=strict)),
    )


def _place(row: Facts, phrases: Sequence[Phrase], *, strict: bool) -> tuple[Snippet, Ref]:
    """What to show of a section, and the place of the first word shown.

    A word of the body is quoted by its range; one of the heading names the section, one of the
    title or a caption the article.
    """
    body = _snippet(row.text, "body", phrases, strict=strict)
    if body.first is not None:
        start, end = body.first
        return body, Ref(row.key, row.number, start=start, end=end)
    if row.heading and any(_places(row.heading, "heading", phrases, strict=strict)):
        return body, Ref(row.key, row.number)
    caption = _snippet("\n".join(row.captions), "caption", phrases, strict=strict)
    if row.number == 0 and caption.marks:
        return caption, Ref(row.key)
    return body, Ref(row.key)


def _snippet(text: str, field: str, phrases: Sequence[Phrase], *, strict: bool) -> Snippet:
    """The snippet of one field's text for the phrases that look there."""
    return snippet(text, _places(text, field, phrases, strict=strict))


def _places(text: str, field: str, phrases: Sequence[Phrase], *, strict: bool) -> list[list[Place]]:
    """Where each of the phrases that look into a field stands in its text."""
    tokenized = Tokenized(text, strict=strict)
    return [tokenized.places(p) for p in phrases if p.field in (None, field)]
