"""Bringing an older archive to the present schema, with a copy of it as it was.

Invariant: the file is either as it was or at the newest schema, never between; and before it is
touched, a consistent copy stands beside it.
"""

import shutil
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, select, update
from sqlalchemy.orm import Session

from archive import database, foreign, levels, reindex, rows, schema
from archive.backup import backup
from archive.errors import DatabaseError, StorageError
from archive.identity import FileState, identify
from archive.locking import Tell, WriterLock, silent
from archive.models import Article, Section

_ROOM = 3
"""So many times its size must be free: for the copy, the rebuilt tables, and the log."""

_AT_ONCE = 500


class Upgraded(NamedTuple):
    """From which schema to which, and where the file as it was is kept."""

    before: str
    after: str
    copy: Path | None


def upgrade(path: Path, *, wait: float | None = None, tell: Tell = silent) -> Upgraded:
    """Upgrade the archive at ``path``; one that is at the newest schema stays as it is.

    Args:
        path: the archive's file.
        wait: how many seconds to wait for another writer; ``None``: as long as it takes.
        tell: is told, in a sentence, when another writer is waited for, and which.

    Raises:
        DatabaseError: there is no archive, or it is foreign, damaged, busy or newer.
        StorageError: there is not enough room for the copy and the upgrade; nothing was changed.
    """
    if identify(path) is not FileState.ARCHIVE:
        raise DatabaseError(f"no archive at {path}", hint="name one: --db PATH")
    with WriterLock(path, wait=wait, tell=tell).held():
        engine = database.make_engine(path)
        try:
            return _upgrade(engine, path)
        finally:
            engine.dispose()


def _upgrade(engine: Engine, path: Path) -> Upgraded:
    with engine.connect() as connection:
        before = schema.current(connection)
        if before not in schema.revisions():
            schema.require_head(connection, path)
        if before is None or before == schema.head():
            return Upgraded(schema.head(), schema.head(), None)
    with engine.connect() as connection:
        foreign.refuse_triggers(connection, path)
    _require_room(path)
    copy = _free_name(path.with_name(f"{path.name}.schema-{before}"))
    with engine.connect() as connection:
        backup(connection, path, copy, force=False)
    schema.upgrade(engine, _fill)
    return Upgraded(before, schema.head(), copy)


def _fill(connection: Connection) -> None:
    """Give what is there already what the revisions cannot, since they know no text."""
    fill_sameness(connection)
    with Session(connection) as session:
        if not levels.are_usable(session):
            reindex.rebuild(session, lambda *_: None)
            session.flush()


def fill_sameness(connection: Connection) -> None:
    """Give older articles the hashes by which duplicates and versions are found; none is merged."""
    lacking = select(Article.id).where(Article.identity.is_(None)).order_by(Article.id)
    change = update(Article).where(Article.id == bindparam("which"))
    while ids := connection.scalars(lacking.limit(_AT_ONCE)).all():
        connection.execute(change, [{"which": id_, **_sameness(connection, id_)} for id_ in ids])


def _sameness(connection: Connection, id_: int) -> rows.Row:
    parts = select(Section.heading, Section.text).where(Section.article_id == id_)
    sections = [
        (heading, text) for heading, text in connection.execute(parts.order_by(Section.number))
    ]
    facts = select(Article.title, Article.source, Article.published, Article.url)
    return rows.of_sameness(*connection.execute(facts.where(Article.id == id_)).one(), sections)


def _require_room(path: Path) -> None:
    needed, free = _ROOM * path.stat().st_size, shutil.disk_usage(path.absolute().parent).free
    if free < needed:
        raise StorageError(
            f"the upgrade needs {needed:,} bytes of room, {free:,} are free",
            hint="free some space, then run the same command again",
        )


def _free_name(path: Path) -> Path:
    """The path, or with a number where an earlier upgrade left its copy."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
