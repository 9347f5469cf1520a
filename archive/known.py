"""What the archive knows of captures before they are read.

Idea: most captures of a second run are known, and of most of those nothing is new, not even the
path. One statement tells so and all that their outcomes say, and where nothing else comes nothing
is written. Invariant: an outcome says what the archive held at one moment after the capture's bytes
were hashed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from archive.ingest import Hashed, Known
from archive.listed import listed
from archive.models import OF_CAPTURE, Article, Capture, Failure, Section
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


_KNOWN = """
SELECT asked.key, origin.id, article.id, article.key, article.title,
  (SELECT count(*) FROM section WHERE article_id = article.id)
FROM json_each(?) AS asked
CROSS JOIN capture ON capture.sha256 = substr(asked.value, 1, 64)
LEFT JOIN origin ON origin.capture_id = capture.id
  AND origin.path = substr(asked.value, 65)
CROSS JOIN article ON article.id = coalesce(
    (SELECT own.id FROM article AS own WHERE own.capture_id = capture.id),
    (SELECT article_id FROM duplicate WHERE capture_id = capture.id)
  )
"""
"""What is told of those captures whose bytes are stored. What is asked for is a SHA-256 and, behind
it, the path; there is no origin where they did not come from that path. The joins keep to their
order, whatever SQLite guesses of the tables: a few searches by key for each capture."""


_NUL = "\\u0000"
"""How JSON writes that character."""


def known(session: Session, asked: Sequence[Hashed]) -> list[Outcome | Known | None]:
    """What is known of each capture, by its bytes and its path; None where it is new."""
    told: list[Outcome | Known | None] = [None] * len(asked)
    wanted = as_json([sha256 + capture.path for capture, sha256 in asked])
    if _NUL in wanted:  # SQLite would end a path there, and find another one
        wanted = as_json([sha256 if "\0" in c.path else sha256 + c.path for c, sha256 in asked])
    rows = session.connection().exec_driver_sql(_KNOWN, (wanted,)).all()
    for place, origin, article, key, title, sections in rows:
        capture = asked[place].capture
        if origin is None:
            told[place] = Known(asked[place])
            continue
        size = len(capture.data)
        told[place] = Outcome(
            Status.UNCHANGED, capture.path, article, key, title, sections, None, size
        )
    return told


def have_failed(session: Session, paths: Iterable[str]) -> bool:
    """Whether one of these paths gave no article when it was last ingested."""
    found = select(Failure.path).where(Failure.path.in_(listed(paths))).limit(1)
    return session.scalar(found) is not None
