"""A page of hits: the rows that are shown, with a snippet, marks and an anchor each.

Stored text is read for the articles of the page only, and each text is searched once. Invariant: an
anchor with a range quotes exactly characters that the query matches.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from archive.highlight import Snippet, marks, snippet
from archive.matching import ARTICLE, PARAGRAPH, is_decided, judge_of
from archive.places import Place, Tokenized
from archive.query import Query
from archive.ranking import Ranked
from archive.ref import Ref
from archive.results import Hit
from archive.verify import Judge, SectionText, matching_paragraphs

_SHOWN = """
    SELECT s.id, s.number, s.heading, s.text, a.id AS article, a.key, a.title, a.published,
        a.source, a.captions
    FROM section AS s JOIN article AS a ON a.id = s.article_id
    WHERE {id} IN (SELECT value FROM json_each(:ids)) ORDER BY a.id, s.number
"""
_OF_ARTICLES, _SECTIONS = text(_SHOWN.format(id="a.id")), text(_SHOWN.format(id="s.id"))


def shown(
    session: Session,
    query: Query,
    page: Sequence[Ranked],
    unit: str,
    question: str,
    *,
    strict: bool,
    otherwise: Query | None = None,
) -> list[Hit]:
    """The hits of a page, in its order, with cursors that are bound to a question.

    An article is shown by its best section, or where none was ranked by the first that holds one
    of the query's phrases, or by its lead. What has none of them is shown by ``otherwise``.
    """
    judge = None
    if unit == PARAGRAPH and not is_decided(query.root, unit, strict=strict):
        judge = judge_of(session, query.root)
    rows = _rows(session, [one.id for one in page], unit)
    sections = [_Shown(row, query, judge, strict=strict) for row in rows]
    if otherwise is not None:
        sections = _or_otherwise(sections, otherwise, unit)
    if unit != ARTICLE:
        of_id = {section.row.id: section for section in sections}
        return [of_id[one.id].hit((of_id[one.id].row.number,), one, question) for one in page]
    of_article = {
        article: list(parts) for article, parts in groupby(sections, lambda one: one.row.article)
    }
    return [_best(one, of_article[one.id], question) for one in page]


def _or_otherwise(sections: list["_Shown"], otherwise: Query, unit: str) -> list["_Shown"]:
    """The sections; those of a hit that holds nothing of its query are asked for the other."""
    hit = attrgetter("row.article" if unit == ARTICLE else "row.id")
    held = {hit(one) for one in sections if one.holds}
    return [
        one if hit(one) in held else _Shown(one.row, otherwise, None, strict=False)
        for one in sections
    ]


def _best(one: Ranked, sections: Sequence["_Shown"], question: str) -> Hit:
    """The hit of an article: the section that shows it, of those that hold a phrase."""
    holding = [section for section in sections if section.holds]
    ranked = [section for section in holding if section.row.id == one.section]
    chosen = [*ranked, *holding, *sections][0]
    return chosen.hit(tuple(section.row.number for section in holding), one, question)


def _rows(session: Session, ids: Sequence[int], unit: str) -> Sequence[Row[Any]]:
    """The sections of these articles, or these sections, with what a hit shows of them."""
    wanted = _OF_ARTICLES if unit == ARTICLE else _SECTIONS
    return session.execute(wanted, {"ids": json.dumps(list(ids))}).all()


class _Shown:
    """A section, and where the phrases stand in each of its texts.

    Where a judge says which paragraphs match, only these are looked into.

    Title and captions belong to the lead, but the title is shown, and marked, with every section.
    """

    def __init__(self, row: Row[Any], query: Query, judge: Judge | None, *, strict: bool) -> None:
        self.row = row
        self._query = query
        self._strict = strict
        captions = json.loads(row.captions)
        self._lines = "\n".join(captions) if row.number == 0 else ""
        self._title = self._places("title", row.title)
        self._heading = self._places("heading", row.heading)
        self._captions = self._places("caption", self._lines)
        if judge is None:
            self._body = self._places("body", row.text)
        else:
            self._body = self._judged(judge, captions)

    def _places(self, field: str, text: str | None) -> list[list[Place]]:
        """Where each phrase stands that may stand in a field; nothing where there is no text."""
        if not text:
            return []
        tokenized = Tokenized(text, strict=self._strict)
        return [tokenized.places(p) for p in self._query.phrases if p.field in (None, field)]

    def _judged(self, judge: Judge, captions: Sequence[str]) -> list[list[Place]]:
        """Where the phrases stand in the paragraphs that match by themselves."""
        row = self.row
        section = SectionText(
            row.id, row.article, row.number, row.heading or "", row.text, row.title, captions
        )
        phrases = [phrase for phrase in self._query.phrases if phrase.field in (None, "body")]
        found: list[list[Place]] = [[] for _ in phrases]
        for begin, paragraph in matching_paragraphs(
            judge, self._query.root, section, strict=self._strict
        ):
            for places, phrase in zip(found, phrases, strict=True):
                places += [(begin + start, begin + end) for start, end in paragraph.places(phrase)]
        return found

    @property
    def holds(self) -> bool:
        """Whether any phrase stands in the section itself."""
        return any(map(any, self._held()))

    def _held(self) -> Iterator[list[list[Place]]]:
        yield self._body
        yield self._heading
        if self.row.number == 0:
            yield self._title
            yield self._captions

    def hit(self, numbers: tuple[int, ...], one: Ranked, question: str) -> Hit:
        """The hit that shows this section, for those of these numbers."""
        row = self.row
        shown, place = self._place()
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
            score=float(f"{one.score:.6g}") if one.score else 0.0,
            anchor=str(place),
            marks=shown.marks,
            title_marks=marks(self._title),
            heading_marks=marks(self._heading),
            cursor=one.cursor.typed(question) if one.cursor else "",
        )

    def _place(self) -> tuple[Snippet, Ref]:
        """What to show, and the place of the first word shown.

        A word of the body is quoted by its range; one of the heading names the section, one of the
        title or a caption the article.
        """
        row = self.row
        body = snippet(row.text, self._body)
        if body.first is not None:
            start, end = body.first
            return body, Ref(row.key, row.number, start=start, end=end)
        if any(self._heading):
            return body, Ref(row.key, row.number)
        if any(self._captions):
            return snippet(self._lines, self._captions), Ref(row.key)
        return body, Ref(row.key)
