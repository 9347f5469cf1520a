"""Articles of the same text: those near one, and all clusters of them.

Idea: signatures (:mod:`archive.signatures`) name the few candidates, the stored texts decide: what
is reported shares that many of its shingles, counted. A cluster is what a chain of near texts
joins; it is found from one of its articles by asking for the neighbours of each in turn. So a
cluster that a query asks for costs as much as it is large, and all of them cost one question an
article that shares a band with another.

Invariants: two articles are neighbours of each other or not at all, so what is found does not
depend on where a search begins. The candidates of an article are of a bounded number
(:func:`archive.signatures.candidates`), so time grows with the archive and not with its square.
Memory grows with the articles of clusters, by an id
and a date each, and holds one text at a time beside the one it is compared with. Superseded
articles are versions of another and no reprints; they are left out.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from archive import signatures
from archive.compared import Reprint, Similar
from archive.matching import ARTICLE, found
from archive.query import Query
from archive.ref import Ref
from archive.resolve import find
from archive.shingles import Shares
from archive.window import window

_DIGITS = 4
"""Shares are told with so many."""

_MARGIN = 0.13
"""An estimate that falls so far short is believed: that is 3 of its deviations."""

_FACTS = text("""
    SELECT id, key, title, published, source FROM article
    WHERE id IN (SELECT value FROM json_each(:ids))
    ORDER BY published IS NULL, published, id
""")
_DATES = text("""
    SELECT id, published FROM article
    WHERE id IN (SELECT value FROM json_each(:ids))
""")
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS {} USING fts5vocab(main, section_index_near, {})"
_VOCABULARIES = (("temp.near_band", "row"), ("temp.near_article", "instance"))
_COLLIDING = text("""
    SELECT DISTINCT a.doc FROM temp.near_band AS b CROSS JOIN temp.near_article AS a
    WHERE b.doc > 1 AND a.term = b.term ORDER BY a.doc
""")
_CURRENT = text("""
    SELECT id FROM article
    WHERE id IN (SELECT value FROM json_each(:ids)) AND superseded_by IS NULL
    ORDER BY id
""")
_NEWER = text("""
    WITH RECURSIVE newer(id) AS (
        SELECT superseded_by FROM article WHERE id = :id
        UNION SELECT superseded_by FROM article JOIN newer USING (id)
    )
    SELECT id FROM newer WHERE id IS NOT NULL
""")


class _Facts(NamedTuple):
    """What is told of an article beside how near it is."""

    article: int
    key: str
    title: str
    published: str | None
    source: str | None


def similar(session: Session, ref: Ref, *, threshold: float, limit: int | None) -> list[Similar]:
    """The articles near one, the nearest first; see :meth:`archive.comparing.Comparing.similar`."""
    id_ = find(session, ref).id
    newer = set(session.scalars(_NEWER, {"id": id_}))
    near = dict(_Neighbours(session, threshold).of(id_, without=newer))
    facts = {one.article: one for one in _facts(session, near)}
    order = sorted(near, key=lambda other: (-near[other].resemblance, other))
    return [
        Similar(*facts[other], *(round(share, _DIGITS) for share in near[other]))
        for other in order[slice(*window(limit))]
    ]


def reprints(
    session: Session, query: Query | None, *, threshold: float, limit: int | None
) -> Iterator[Reprint]:
    """All clusters, or those that a query leads to; see :class:`archive.comparing.Comparing`."""
    seeds: Iterable[int]
    if query is None:
        seeds = _colliding(session)
    else:
        seeds = found(session, query.root, ARTICLE, strict=False)
    for cluster in islice(_ordered(session, _clusters(session, seeds, threshold)), *window(limit)):
        yield from _told(session, cluster)


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """Which current articles are near one."""

    session: Session
    threshold: float

    def of(self, id_: int, *, without: Collection[int]) -> Iterator[tuple[int, Shares]]:
        """The articles near one, and how much they share, but for some."""
        own = signatures.kept(self.session, [id_]).get(id_, b"")
        others = signatures.candidates(self.session, id_, own).difference(without)
        current = _current(self.session, others)
        likely = [
            other
            for other, signature in signatures.kept(self.session, current).items()
            if signatures.estimate(own, signature) >= self.threshold - _MARGIN
        ]
        if not likely:
            return
        ((_, one),) = signatures.shingled(self.session, [id_])
        for other, text_ in signatures.shingled(self.session, likely):
            shares = one.shares(text_)
            if shares.resemblance >= self.threshold:
                yield other, shares


def _clusters(session: Session, seeds: Iterable[int], threshold: float) -> Iterator[list[int]]:
    """The clusters that articles lead to, each once: ids, two or more."""
    neighbours = _Neighbours(session, threshold)
    met: set[int] = set()
    for seed in _current(session, seeds):
        if seed in met:
            continue
        cluster = [seed]
        met.add(seed)
        for one in cluster:  # grows meanwhile
            near = [other for other, _ in neighbours.of(one, without=met)]
            met.update(near)
            cluster += near
        if len(cluster) > 1:
            yield cluster


def _ordered(session: Session, clusters: Iterable[list[int]]) -> list[list[int]]:
    """The largest first; of equals that of the earliest article, by date, then by id."""

    def place(cluster: list[int]) -> tuple[int, bool, str, int]:
        rows = session.execute(_DATES, {"ids": json.dumps(cluster)})
        date, id_ = min((row.published is None, row.published or "", row.id) for row in rows)[1:]
        return -len(cluster), not date, date, id_

    return [cluster for _, cluster in sorted((place(cluster), cluster) for cluster in clusters)]


def _told(session: Session, cluster: Collection[int]) -> Iterator[Reprint]:
    """The articles of a cluster, the earliest first, with what each keeps of that one's text."""
    facts = _facts(session, cluster)
    first = facts[0].article
    ((_, text_),) = signatures.shingled(session, [first])
    kept = {other: text_.shares(one).kept for other, one in signatures.shingled(session, cluster)}
    for one in facts:
        yield Reprint(first, *one, round(kept[one.article], _DIGITS))


def _facts(session: Session, ids: Iterable[int]) -> list[_Facts]:
    """What is told of articles, the earliest published first, the undated last."""
    return [_Facts(*row) for row in session.execute(_FACTS, {"ids": json.dumps(list(ids))})]


def _colliding(session: Session) -> list[int]:
    """The articles that share a band with another: no other has a neighbour."""
    for table, kind in _VOCABULARIES:
        session.connection().exec_driver_sql(_VOCABULARY.format(table, kind))
    return list(session.scalars(_COLLIDING))


def _current(session: Session, ids: Iterable[int]) -> list[int]:
    """Those of these articles that no newer version took the place of, in their order."""
    return list(session.scalars(_CURRENT, {"ids": json.dumps(list(ids))}))
