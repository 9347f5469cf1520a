"""The schema's versions: Alembic driven from code.

Invariant: revision ids are the four digits that begin a revision's file name, so that the head is
known without importing Alembic, which only :func:`upgrade` does. A migration is one transaction:
all of it is done, or none.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, text

from archive import database
from archive.bm25 import LEVELS_VERSION
from archive.errors import DatabaseError, StorageError
from archive.models import SectionIndexVersion
from archive.text import TEXT_VERSION
from archive.unfinished import sync_folder

_PACKAGE = Path(__file__).resolve().parent


def migrations() -> Path:
    """The folder of the migrations, in an installed wheel or in a checkout."""
    installed = _PACKAGE / "migrations"
    return installed if installed.is_dir() else _PACKAGE.parent / "migrations"


def revisions() -> tuple[str, ...]:
    """All revision ids, oldest first."""
    return tuple(sorted(path.name[:4] for path in (migrations() / "versions").glob("[0-9]*.py")))


def head() -> str:
    """The newest revision id that this program knows."""
    return revisions()[-1]


def current(connection: Connection) -> str | None:
    """The revision id of an open archive; ``None`` where no migration has run."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def require_head(connection: Connection, path: Path) -> None:
    """Refuse an archive of another schema version.

    Raises:
        DatabaseError: the archive is older or newer than this program.
    """
    version = current(connection)
    if version == head():
        return
    if version is None:
        raise DatabaseError(
            f"{path} is damaged: it has no schema version",
            hint="take a backup, or save what is readable with sqlite3's .recover",
        )
    if version in revisions():
        raise DatabaseError(
            f"{path} has schema {version}, this program needs {head()}",
            hint=f"archive --db {path} db upgrade",
        )
    raise DatabaseError(
        f"{path} was made by a newer program (schema {version}, this one knows {head()})",
        hint="upgrade archive, then try again",
    )


def make_folder(path: Path) -> None:
    """Make the folder that an archive at ``path`` will stand in, lastingly.

    Raises:
        StorageError: it cannot be made.
    """
    try:
        missing = [folder for folder in path.absolute().parents if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            sync_folder(folder.parent)
    except OSError as error:
        raise _cannot_be_made(path, error) from error


def _cannot_be_made(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be made: {error.strerror}",
        hint="check the folder and its permissions, or name another file with --db",
    )


def create(path: Path, revision: str = "head") -> None:
    """Make a new archive at ``path``, readable by its owner only.

    Args:
        path: its file.
        revision: the schema it shall have; the newest by default. An older one gets no index that
            could be searched.

    Raises:
        StorageError: its folder or the file cannot be made; nothing was changed.
    """
    make_folder(path)
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise _cannot_be_made(path, error) from error
    engine = database.make_engine(path)
    try:
        with _migrated(engine, revision) as connection:
            if revision in ("head", head()):
                # another process may have made it meanwhile
                version = insert(SectionIndexVersion).prefix_with("OR IGNORE")
                connection.execute(version.values(version=TEXT_VERSION, levels=LEVELS_VERSION))
    finally:
        engine.dispose()


def upgrade(engine: Engine, finish: Callable[[Connection], None] = lambda _: None) -> None:
    """Bring an archive to the newest revision, in one transaction.

    Args:
        engine: the archive's.
        finish: does what revisions cannot, since they import nothing, in the same transaction.

    Raises:
        DatabaseError: the migrated rows would break a foreign key; nothing was changed.
    """
    with _migrated(engine) as connection:
        finish(connection)


@contextmanager
def _migrated(engine: Engine, revision: str = "head") -> Iterator[Connection]:
    """A connection in the transaction that has just migrated the archive.

    Foreign keys are off while tables are rebuilt, since dropping a parent table would delete its
    children; they are checked before the commit. Such a connection never goes back to the pool.
    """
    from alembic import command  # noqa: PLC0415 - see the module's invariant
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    with engine.connect().execution_options(**{database.WRITE: True}) as connection:
        config.attributes["connection"] = connection
        database.pragma(connection, "foreign_keys = OFF")
        try:
            with connection.begin():
                command.upgrade(config, revision)
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).first()
                if broken is not None:
                    raise DatabaseError(f"the upgrade would orphan rows of {broken[0]}; undone")
        finally:
            connection.invalidate()
