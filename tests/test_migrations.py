"""A migration happens whole or not at all, and keeps the rows of tables that it rebuilds.

Each test adds a revision of its own to a copy of the migrations.
"""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from samples import numbered
from test_schema import dump

from archive import Archive, database, schema
from archive.errors import DatabaseError

ROOT = Path(__file__).resolve().parent.parent
Revise = Callable[[str], None]

REVISION = '''
"""A revision of a test."""

import os
import signal

from alembic import op

revision = "{number}"
down_revision = "{before}"


def upgrade() -> None:
{upgrade}
'''

IN_STEPS = """
    for step in range(8):
        if step == {stop}:
            {how}
        if step % 2:
            op.execute(f"INSERT INTO step_{{step - 1}} VALUES ({{step}})")
        else:
            op.execute(f"CREATE TABLE step_{{step}} (number INTEGER)")
"""


@pytest.fixture
def filled(path: Path) -> Path:
    """An archive at the head with three articles."""
    with Archive.open(path) as archive:
        archive.add(numbered(3))
    return path


@pytest.fixture
def revise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled: Path) -> Revise:
    """A function that adds a revision with these statements, which then is the head."""
    assert filled.exists()
    before = schema.head()
    number = f"{int(before) + 1:04}"
    folder = tmp_path / "migrations"
    shutil.copytree(schema.migrations(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema, "migrations", lambda: folder)

    def revised(upgrade: str) -> None:
        source = REVISION.format(number=number, before=before, upgrade=upgrade)
        (folder / "versions" / f"{number}_test.py").write_text(source, encoding="utf-8")

    return revised


def upgrade(path: Path) -> None:
    engine = database.make_engine(path)
    try:
        schema.upgrade(engine)
    finally:
        engine.dispose()


def rows(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    connection = sqlite3.connect(path)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("section_index", "sqlite"))
    ]
    counts = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - read above
        for name in tables
    }
    connection.close()
    return counts


def test_an_older_archive_is_refused_with_the_command_that_upgrades_it(
    filled: Path, revise: Revise
) -> None:
    before = filled.read_bytes()
    revise("    op.execute('CREATE TABLE more (a)')")
    for create in (False, True):
        with pytest.raises(DatabaseError) as caught:
            Archive.open(filled, create=create)
        assert caught.value.hint == f"archive --db {filled} db upgrade"
        assert caught.value.exit_code == 5
    assert filled.read_bytes() == before
    upgrade(filled)
    with Archive.open(filled) as archive:
        assert archive.status().schema == schema.head()
        assert len(archive.articles()) == 3


@pytest.mark.parametrize("stop", range(8))
def test_an_interrupted_migration_leaves_nothing_and_can_run_again(
    filled: Path, revise: Revise, stop: int
) -> None:
    before, counts = dump(filled), rows(filled)
    revise(IN_STEPS.format(stop=stop, how="raise KeyboardInterrupt"))
    with pytest.raises(KeyboardInterrupt):
        upgrade(filled)
    assert dump(filled) == before
    assert rows(filled) == counts
    revise(IN_STEPS.format(stop=None, how="pass"))
    upgrade(filled)
    assert {name: rows(filled)[name] for name in ("step_0", "step_6")} == {"step_0": 1, "step_6": 1}


UPGRADE = """
import sys
from pathlib import Path
from archive import database, schema
schema.migrations = lambda: Path(sys.argv[2])
schema.upgrade(database.make_engine(Path(sys.argv[1])))
"""


def test_a_killed_migration_leaves_nothing_and_can_run_again(filled: Path, revise: Revise) -> None:
    before, counts = dump(filled), rows(filled)
    revise(IN_STEPS.format(stop=5, how="os.kill(os.getpid(), signal.SIGKILL)"))
    killed = subprocess.run(
        [sys.executable, "-c", UPGRADE, str(filled), str(schema.migrations())],
        cwd=ROOT,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert dump(filled) == before
    assert rows(filled) == counts
    revise(IN_STEPS.format(stop=None, how="pass"))
    upgrade(filled)


def test_alembic_is_told_that_ddl_is_transactional(filled: Path, revise: Revise) -> None:
    revise("    assert op.get_context().impl.transactional_ddl")
    upgrade(filled)


REBUILD = """
    with op.batch_alter_table("{table}", recreate="always") as batch:
        batch.alter_column("{column}", nullable=True)
"""


@pytest.mark.parametrize(("table", "column"), [("capture", "media_type"), ("article", "title")])
def test_a_rebuilt_parent_table_keeps_its_children(
    filled: Path, revise: Revise, table: str, column: str
) -> None:
    counts = rows(filled)
    assert (counts["article"], counts["origin"], counts["section"]) == (3, 3, 6)
    revise(REBUILD.format(table=table, column=column))
    upgrade(filled)
    assert rows(filled) == counts
    with Archive.open(filled) as archive:
        assert archive.count("正文") == 3
        archive.remove("1")
    after = rows(filled)
    assert (after["article"], after["origin"], after["section"]) == (2, 2, 4)


def test_a_migration_that_breaks_a_foreign_key_changes_nothing(
    filled: Path, revise: Revise
) -> None:
    before, counts = dump(filled), rows(filled)
    revise(
        "    op.execute('CREATE TABLE more (a)')\n"
        "    op.execute(\"INSERT INTO origin (capture_id, path, seen) VALUES (99, 'x', 'now')\")"
    )
    with pytest.raises(DatabaseError, match="orphan rows of origin"):
        upgrade(filled)
    assert dump(filled) == before
    assert rows(filled) == counts


@pytest.mark.parametrize("fails", [False, True])
def test_after_a_migration_every_connection_keeps_foreign_keys(
    filled: Path, revise: Revise, *, fails: bool
) -> None:
    revise("    raise KeyError('no')" if fails else "    pass")
    engine = database.make_engine(filled)
    try:
        schema.upgrade(engine)
    except KeyError:
        assert fails
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            assert database.pragma(connection, "foreign_keys") == [(1,)]
    engine.dispose()
