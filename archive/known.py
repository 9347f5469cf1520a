"""What the archive knows of captures: asked before they are read, and again as they are stored.

Idea: most captures of a second run are known, and of most of those nothing is new, not even the
path. Then nothing is written, and no transaction that could write is begun. Invariant: what is told
of a capture was in the archive at the moment that the outcome is made from, not only when it was
first looked for.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from archive.ingest import Item, Known
from archive.listed import listed
from archive.models import OF_CAPTURE, Article, Capture, Failure, Origin, Section
from archive.reports import Outcome, Status
from archive.stored import as_json


class Stored(NamedTuple):
    """What an outcome tells of an article that the archive has."""

    capture: int
    article: int
    key: str
    title: str
    sections: int

    def outcome(self, status: Status, path: str, size: int, reason: str | None = None) -> Outcome:
        """What became of a capture of ``size`` bytes that leads to this article."""
        return Outcome(
            status, path, self.article, self.key, self.title, self.sections, reason, size
        )


def known(session: Session, hashes: Sequence[str]) -> set[str]:
    """Which of these SHA-256 are those of a stored capture that leads to an article."""
    found = select(Capture.sha256).join(Article, OF_CAPTURE)
    return set(session.scalars(found.where(Capture.sha256.in_(listed(hashes)))))


def facts(session: Session, condition: ColumnElement[bool]) -> Iterator[tuple[str, Stored]]:
    """The SHA-256 of the captures that fulfil a condition, and the articles they lead to."""
    count = (
        select(func.count())
        .where(Section.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )
    found = session.execute(
        select(Capture.sha256, Capture.id, Article.id, Article.key, Article.title, count)
        .join(Article, OF_CAPTURE)
        .where(condition)
    )
    return ((row[0], Stored._make(row[1:])) for row in found)


def unchanged(session: Session, items: Sequence[Item]) -> list[Outcome] | None:
    """The outcomes of a batch of which nothing is to be written; None if something is.

    That is a capture that is not known, a path that it did not come from before, and a path that
    failed before and fails no longer.
    """
    hashed = [item.hashed for item in items if isinstance(item, Known)]
    if len(hashed) < len(items):
        return None
    hashes = Capture.sha256.in_(listed(one.sha256 for one in hashed))
    found = dict(facts(session, hashes))
    if not all(one.sha256 in found for one in hashed):
        return None
    came = {(found[one.sha256].capture, one.capture.path) for one in hashed}
    if not _are_noted(session, came) or _failed(session, [path for _, path in came]):
        return None
    return [
        found[sha].outcome(Status.UNCHANGED, capture.path, len(capture.data))
        for capture, sha in hashed
    ]


def _are_noted(session: Session, came: set[tuple[int, str]]) -> bool:
    """Whether all these captures are known to have come from these paths."""
    pairs = func.json_each(as_json(list(came))).table_valued("value")
    capture, path = (func.json_extract(pairs.c.value, place) for place in ("$[0]", "$[1]"))
    of_pair = and_(Origin.capture_id == capture, Origin.path == path)
    found = select(func.count()).select_from(pairs).join(Origin, of_pair)
    return session.scalar(found) == len(came)


def _failed(session: Session, paths: Sequence[str]) -> bool:
    """Whether one of these paths failed before."""
    found = select(Failure.path).where(Failure.path.in_(listed(paths))).limit(1)
    return session.scalar(found) is not None
