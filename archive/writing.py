"""Storing and removing: read captures → rows and index entries, in the caller's transaction.

A batch is written by a handful of many-row INSERTs with ids given beforehand (the transaction
holds the write lock, so nobody else gives any); no object is made per row. Invariants: a capture,
its origin, its article, the sections and their index entries are written together or not at all;
and a capture leads to one article, whose own it is, or which it is a duplicate of.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from archive import bulk, index, rows
from archive.capture.parsed import Failure
from archive.entry import Indexed, entry
from archive.ingest import Hashed, Item, Known, Read, failed
from archive.known import Stored, facts
from archive.listed import listed
from archive.models import (
    Article,
    Base,
    Capture,
    Duplicate,
    Origin,
    Removal,
    Section,
)
from archive.models import Failure as FailureRow
from archive.ref import KEY_DIGITS
from archive.reports import Outcome, Status
from archive.versions import Versions


def add(session: Session, items: Sequence[Item]) -> list[Outcome]:
    """Store a batch; one outcome an item, in their order."""
    batch = _Batch(session, [i for i in items if isinstance(i, Read | Known)])
    outcomes = [i if isinstance(i, Outcome) else batch.outcome(i) for i in items]
    batch.write()
    _note_failures(session, outcomes)
    return outcomes


def _note_failures(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Keep what failed until it succeeds; the last outcome of a path counts."""
    kept = select(FailureRow.path).limit(1)
    all_well = all(outcome.status is not Status.FAILED for outcome in outcomes)
    if all_well and session.scalar(kept) is None:
        return
    last = {outcome.path: outcome for outcome in outcomes}
    known = set(session.scalars(select(FailureRow.path).where(FailureRow.path.in_(listed(last)))))
    now = rows.utc(datetime.now(UTC))
    for path, outcome in last.items():
        if outcome.status is Status.FAILED:
            reason = outcome.reason or ""
            note = sqlite_insert(FailureRow).values(path=path, reason=reason, failed=now, tries=1)
            session.execute(
                note.on_conflict_do_update(
                    index_elements=[FailureRow.path],
                    set_={"reason": reason, "failed": now, "tries": FailureRow.tries + 1},
                )
            )
        elif path in known:
            session.execute(delete(FailureRow).where(FailureRow.path == path))


class _Batch:
    """The rows of one batch, gathered item by item, then written table by table."""

    def __init__(self, session: Session, items: Sequence[Read | Known]) -> None:
        self._session = session
        self._now = rows.utc(datetime.now(UTC))
        hashes = [item.hashed.sha256 for item in items]
        kept = select(Capture.sha256, Capture.id).where(Capture.sha256.in_(listed(hashes)))
        captures = dict(session.execute(kept).all())
        of_them = Capture.id.in_(listed(captures.values()))
        self._stored = dict(facts(session, of_them)) if captures else {}
        new = [i for i in items if isinstance(i, Read) and i.hashed.sha256 not in self._stored]
        orphans = {item.hashed.sha256 for item in new} & captures.keys()
        self._left = _take_out(session, {captures[sha]: sha for sha in orphans})
        self._versions = Versions(session, [item.values.article for item in new])
        own = Article.capture_id == Capture.id
        equal = facts(session, own & Article.id.in_(listed(self._versions.equal)))
        self._articles = {one.article: one for _, one in equal}
        self._removed = _removed(session, hashes)
        self._next_capture = _next_id(session, Capture.id)
        self._next_article = max(_next_id(session, Article.id), _sequence(session) + 1)
        self._next_section = _next_id(session, Section.id)
        self._rows: dict[type[Base], list[rows.Row]] = {
            table: [] for table in (Capture, Origin, Article, Duplicate, Section)
        }
        self._indexed: list[Indexed] = []

    def outcome(self, item: Read | Known | Failure) -> Outcome:
        """Decide what becomes of one capture."""
        return failed(item) if isinstance(item, Failure) else self._settle(item)

    def _settle(self, item: Read | Known) -> Outcome:
        sha, path = item.hashed.sha256, item.hashed.capture.path
        size = len(item.hashed.capture.data)
        stored = self._stored.get(sha)
        if stored is not None:
            self._add_origin(stored.capture, item.hashed)
            return stored.outcome(Status.UNCHANGED, path, size)
        if isinstance(item, Known):
            return failed(Failure(path, "removed by another process meanwhile; run this again"))
        status, stored, reason = self._add(item)
        self._stored[sha] = stored
        self._rows[Origin] += [
            {**one, "capture_id": stored.capture} for one in self._left.get(sha, ())
        ]
        self._add_origin(stored.capture, item.hashed)
        if date := self._removed.get(sha):
            removed = f"these bytes were removed on {date[:10]}; stored again"
            reason = f"{reason}; {removed}" if reason else removed
        return stored.outcome(status, path, size, reason)

    def _add(self, item: Read) -> tuple[Status, Stored, str | None]:
        """Add a capture and, if it says something new, an article."""
        values, parts = item.values.article, rows.parts(item.values.sections)
        capture = self._add_capture(item)
        same = self._versions.duplicated(values)
        if same is not None:
            self._rows[Duplicate].append({"capture_id": capture, "article_id": same})
            return Status.DUPLICATE, self._articles[same]._replace(capture=capture), None
        revised = self._versions.revised(values, parts)
        stored = self._add_article(item, capture)
        self._versions.add(stored.article, values, parts, revised)
        if revised is None:
            return Status.STORED, stored, None
        return Status.REVISED, stored, f"revises article {revised}"

    def _add_capture(self, item: Read) -> int:
        id_ = self._next_capture
        self._next_capture += 1
        known = {"id": id_, "sha256": item.hashed.sha256, "ingested": self._now}
        self._rows[Capture].append({**known, **item.values.capture})
        return id_

    def _add_article(self, item: Read, capture: int) -> Stored:
        values, key, id_ = item.values, item.hashed.sha256[:KEY_DIGITS], self._next_article
        self._next_article += 1
        known = {"id": id_, "key": key, "capture_id": capture, "superseded_by": None}
        self._rows[Article].append({**known, **values.article})
        for number, (section, made) in enumerate(zip(values.sections, values.entries, strict=True)):
            self._rows[Section].append(
                {"id": self._next_section, "article_id": id_, "number": number, **section}
            )
            self._indexed.append(Indexed(self._next_section, id_, made))
            self._next_section += 1
        stored = Stored(capture, id_, key, values.article["title"], len(values.sections))
        self._articles[id_] = stored
        return stored

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
        for table, gathered in self._rows.items():
            bulk.insert_rows(self._session, table, gathered, ignore=table is Origin)
        index.put(self._session, self._indexed)
        superseded = self._versions.superseded.items()
        if superseded:  # only now, since the newer ones must be there
            changes = [{"id": older, "superseded_by": newer} for older, newer in superseded]
            self._session.execute(update(Article), changes)
        back = [row["sha256"] for row in self._rows[Capture] if row["sha256"] in self._removed]
        if back:
            self._session.execute(delete(Removal).where(Removal.sha256.in_(listed(back))))


def _take_out(session: Session, orphans: dict[int, str]) -> dict[str, list[rows.Row]]:
    """Take out captures that lead to no article, so that they are stored anew.

    Damage to the file leaves such captures. Given is where each SHA-256 of them came from before.
    """
    left: dict[str, list[rows.Row]] = {sha: [] for sha in orphans.values()}
    if orphans:
        came = select(Origin.capture_id, Origin.path, Origin.url, Origin.seen).order_by(Origin.id)
        for row in session.execute(came.where(Origin.capture_id.in_(listed(orphans)))):
            left[orphans[row.capture_id]].append(row._asdict())
        session.execute(delete(Capture).where(Capture.id.in_(listed(orphans))))
    return left


def _removed(session: Session, hashes: Sequence[str]) -> dict[str, str]:
    """When those of these SHA-256 that were removed on purpose were removed."""
    found = select(Removal.sha256, Removal.removed).where(Removal.sha256.in_(listed(hashes)))
    return dict(session.execute(found).all())


def _next_id(session: Session, column: InstrumentedAttribute[int]) -> int:
    return (session.scalar(select(func.max(column))) or 0) + 1


def _sequence(session: Session) -> int:
    """The highest article id ever given, also to articles that were removed."""
    return session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'article'")) or 0


def remove(session: Session, id_: int) -> None:
    """Remove an article: its rows, its index entries, and the bytes of all its captures.

    What stays is the SHA-256 of the bytes with the date, so that a later ingest can say so. The
    version that it took the place of is followed by the one that took its place, or is current
    again.
    """
    article = session.get_one(Article, id_)
    index.take_out(session, indexed(article))
    session.execute(
        update(Article)
        .where(Article.superseded_by == id_)
        .values(superseded_by=article.superseded_by)
    )
    now = rows.utc(datetime.now(UTC))
    further = select(Duplicate.capture_id).where(Duplicate.article_id == id_)
    captures = [article.capture_id, *session.scalars(further)]
    for sha in session.scalars(select(Capture.sha256).where(Capture.id.in_(listed(captures)))):
        session.merge(Removal(sha256=sha, removed=now))
    session.execute(delete(Capture).where(Capture.id.in_(listed(captures))))
    session.expunge_all()


def indexed(article: Article) -> list[Indexed]:
    """What the index holds of an article."""
    return [
        Indexed(
            section.id,
            article.id,
            entry(
                section.text,
                section.heading,
                section.number,
                article.title,
                article.captions,
            ),
        )
        for section in article.sections
    ]
