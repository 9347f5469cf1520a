"""Storing and removing: read captures → rows and index entries, in the caller's transaction.

A batch is written by a handful of many-row INSERTs with ids given beforehand (the transaction
holds the write lock, so nobody else gives any); no object is made per row. Invariant: a capture,
its origin, its article, the sections and their index entries are written together or not at all.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive import index
from archive.capture import READER_VERSION
from archive.capture.parsed import Failure, ParsedArticle, ParsedSection
from archive.index import Indexed
from archive.ingest import Hashed, Item, Known, Read, failed
from archive.models import Article, Base, Capture, Origin, Removal, Section
from archive.ref import KEY_DIGITS
from archive.results import Outcome, Status

Row = dict[str, Any]


def utc(moment: datetime) -> str:
    """A moment as the archive keeps times: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(article: ParsedArticle) -> str:
    """SHA-256 over all that was recovered, so that a check can tell whether a row was altered."""
    values = [
        article.title,
        article.published,
        article.source,
        article.author,
        article.editor,
        list(article.channel),
        article.url,
        list(article.captions),
        [[s.heading, *(p.text for p in s.paragraphs)] for s in article.sections],
    ]
    return sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Stored:
    """What an outcome tells of an article that the archive has."""

    capture: int
    article: int
    key: str
    title: str
    sections: int

    def outcome(self, status: Status, path: str, reason: str | None = None) -> Outcome:
        return Outcome(status, path, self.article, self.key, self.title, self.sections, reason)


def known(session: Session, hashes: Sequence[str]) -> set[str]:
    """Which of these SHA-256 are those of a stored capture."""
    return set(session.scalars(select(Capture.sha256).where(Capture.sha256.in_(hashes))))


def add(session: Session, items: Sequence[Item]) -> list[Outcome]:
    """Store a batch; one outcome an item, in their order."""
    batch = _Batch(session, [i.hashed.sha256 for i in items if not isinstance(i, Failure)])
    outcomes = [failed(i) if isinstance(i, Failure) else batch.settle(i) for i in items]
    batch.write()
    return outcomes


class _Batch:
    """The rows of one batch, gathered item by item, then written table by table."""

    def __init__(self, session: Session, hashes: Sequence[str]) -> None:
        self._session = session
        self._now = utc(datetime.now(UTC))
        self._stored = _stored(session, hashes)
        self._removed = _removed(session, hashes)
        self._next_capture = _next_id(session, Capture.id)
        self._next_article = max(_next_id(session, Article.id), _sequence(session) + 1)
        self._next_section = _next_id(session, Section.id)
        self._rows: dict[type[Base], list[Row]] = {
            table: [] for table in (Capture, Origin, Article, Section)
        }
        self._indexed: list[Indexed] = []

    def settle(self, item: Read | Known) -> Outcome:
        """Decide what becomes of one capture."""
        sha, path = item.hashed.sha256, item.hashed.capture.path
        stored = self._stored.get(sha)
        if stored is not None:
            self._add_origin(stored.capture, item.hashed)
            return stored.outcome(Status.UNCHANGED, path)
        if isinstance(item, Known):
            return failed(Failure(path, "removed by another process meanwhile; run this again"))
        stored = self._stored[sha] = self._add_article(item)
        self._add_origin(stored.capture, item.hashed)
        date = self._removed.get(sha)
        reason = f"these bytes were removed on {date[:10]}; stored again" if date else None
        return stored.outcome(Status.STORED, path, reason)

    def _add_article(self, item: Read) -> _Stored:
        article, sha = item.article, item.hashed.sha256
        capture_id, article_id = self._next_capture, self._next_article
        self._next_capture += 1
        self._next_article += 1
        self._rows[Capture].append(self._capture_row(capture_id, item))
        self._rows[Article].append(
            {
                "id": article_id,
                "key": sha[:KEY_DIGITS],
                "capture_id": capture_id,
                "title": article.title,
                "published": article.published,
                "source": article.source,
                "author": article.author,
                "editor": article.editor,
                "channel": list(article.channel),
                "url": article.url,
                "captions": list(article.captions),
                "digest": digest(article),
                "reader": READER_VERSION,
                "superseded_by": None,
            }
        )
        for number, section in enumerate(article.sections):
            self._add_section(article_id, number, section, article if number == 0 else None)
        return _Stored(
            capture_id, article_id, sha[:KEY_DIGITS], article.title, len(article.sections)
        )

    def _capture_row(self, capture_id: int, item: Read) -> Row:
        capture = item.hashed.capture
        return {
            "id": capture_id,
            "sha256": item.hashed.sha256,
            "data": capture.data,
            "bytes": len(capture.data),
            "media_type": capture.media_type,
            "encoding": item.decoded.encoding,
            "encoding_evidence": item.decoded.evidence,
            "replaced": item.decoded.replaced,
            "captured": utc(capture.captured) if capture.captured else None,
            "ingested": self._now,
        }

    def _add_section(
        self, article_id: int, number: int, section: ParsedSection, lead_of: ParsedArticle | None
    ) -> None:
        body = "\n".join(paragraph.text for paragraph in section.paragraphs)
        self._rows[Section].append(
            {
                "id": self._next_section,
                "article_id": article_id,
                "number": number,
                "heading": section.heading,
                "text": body,
                "spans": [paragraph.spans for paragraph in section.paragraphs],
            }
        )
        self._indexed.append(
            Indexed(
                self._next_section,
                article_id,
                body,
                section.heading,
                lead_of.title if lead_of else "",
                lead_of.captions if lead_of else (),
            )
        )
        self._next_section += 1

    def _add_origin(self, capture_id: int, hashed: Hashed) -> None:
        self._rows[Origin].append(
            {
                "capture_id": capture_id,
                "path": hashed.capture.path,
                "url": hashed.capture.url,
                "seen": self._now,
            }
        )

    def write(self) -> None:
        """Insert what was gathered; a path that is known for its capture is not told twice."""
        for table, rows in self._rows.items():
            if rows:
                statement = insert(table)
                if table is Origin:
                    statement = statement.prefix_with("OR IGNORE")
                self._session.execute(statement, rows)
        index.put(self._session, self._indexed)
        back = [row["sha256"] for row in self._rows[Capture] if row["sha256"] in self._removed]
        if back:
            self._session.execute(delete(Removal).where(Removal.sha256.in_(back)))


def _stored(session: Session, hashes: Sequence[str]) -> dict[str, _Stored]:
    """The articles of those of these SHA-256 that the archive has."""
    count = (
        select(func.count())
        .where(Section.article_id == Article.id)
        .correlate(Article)
        .scalar_subquery()
    )
    found = session.execute(
        select(Capture.sha256, Capture.id, Article.id, Article.key, Article.title, count)
        .join(Article, Article.capture_id == Capture.id)
        .where(Capture.sha256.in_(hashes))
    )
    return {sha: _Stored(*facts) for sha, *facts in found}


def _removed(session: Session, hashes: Sequence[str]) -> dict[str, str]:
    """When those of these SHA-256 that were removed on purpose were removed."""
    found = select(Removal.sha256, Removal.removed).where(Removal.sha256.in_(hashes))
    return dict(session.execute(found).all())


def _next_id(session: Session, column: InstrumentedAttribute[int]) -> int:
    return (session.scalar(select(func.max(column))) or 0) + 1


def _sequence(session: Session) -> int:
    """The highest article id ever given, also to articles that were removed."""
    return session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'article'")) or 0


def remove(session: Session, id_: int) -> None:
    """Remove an article: its rows, its index entries and its capture's bytes.

    What stays is the SHA-256 of the bytes with the date, so that a later ingest can say so.
    """
    article = session.get_one(Article, id_)
    index.take_out(session, indexed(article))
    capture = article.capture
    session.merge(Removal(sha256=capture.sha256, removed=utc(datetime.now(UTC))))
    session.execute(delete(Capture).where(Capture.id == capture.id))
    session.expunge_all()


def indexed(article: Article) -> list[Indexed]:
    """What the index holds of an article."""
    return [
        Indexed(
            section.id,
            article.id,
            section.text,
            section.heading,
            article.title if section.number == 0 else "",
            article.captions if section.number == 0 else (),
        )
        for section in article.sections
    ]
