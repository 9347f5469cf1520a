import os
import shutil
import sqlite3
import stat
from collections import namedtuple
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from cli_helpers import refused, run
from samples import articles, item, numbered

from archive import Archive, database, sameness, schema
from archive.errors import DatabaseError, StorageError
from archive.upgrade import upgrade

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ROOT / "tests" / "assets" / "databases"


def downgrade(path: Path, revision: str) -> None:
    engine = database.make_engine(path)
    config = Config()
    config.set_main_option("script_location", str(schema.migrations()))
    writing = engine.connect().execution_options(**{database.WRITE: True})
    with writing as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    engine.dispose()


@pytest.fixture
def older(path: Path) -> Path:
    """An archive of the first schema, with three articles."""
    with Archive.open(path) as archive:
        archive.add(numbered(3))
    downgrade(path, "0001")
    return path


def test_an_older_archive_is_upgraded_and_used(older: Path) -> None:
    with pytest.raises(DatabaseError, match="schema 0001"):
        Archive.open(older)
    assert upgrade(older)[:2] == ("0001", schema.head())
    with Archive.open(older) as archive:
        assert len(archive.articles()) == 3
        assert archive.count("正文2") == 1
        assert [outcome.article for outcome in archive.add(numbered(1, first=4))] == [4]


def test_there_is_an_archive_of_every_earlier_schema() -> None:
    assert {file.stem for file in DATABASES.glob("*.db")} >= set(schema.revisions()[:-1])


@pytest.mark.parametrize("file", sorted(DATABASES.glob("*.db")), ids=lambda file: file.stem)
def test_an_archive_that_an_earlier_program_made_is_upgraded_and_used(
    file: Path, tmp_path: Path
) -> None:
    db = tmp_path / "old.db"
    db.write_bytes(file.read_bytes())
    assert run("db", "upgrade", db=db).code == 0
    (told,) = run("db", "check", db=db).objects
    assert "archive db reread" in told["reason"]
    assert not told["damage"]
    assert [one["article"] for one in run("list", db=db).objects] == [1, 2, 3, 4]
    (hit,) = run("search", "放管服", db=db).objects
    assert hit["anchor"] == "4bb67bd447007382#0:119-122"
    assert run("show", hit["anchor"], db=db).stdout == "放管服\n"
    captures = str(ROOT / "data" / "captures")
    assert {one["status"] for one in run("ingest", captures, db=db).objects} == {"unchanged"}
    assert run("db", "reread", db=db).stdout == ""
    assert run("remove", "1", "--yes", db=db).code == 0
    assert run("search", "放管服", db=db).stdout == ""
    checked = run("db", "check", db=db)
    assert (checked.code, checked.stdout) == (0, "")


def kept(path: Path) -> list[tuple[str, str | None]]:
    """The hashes of the articles by which duplicates and versions are found."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT identity, story FROM article ORDER BY id").fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
def test_older_articles_are_known_for_what_they_are(
    path: Path, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.reindex._BATCH", 2)
    pages = [one._replace(source="新华社", published="2018-10-12") for one in articles(5)]
    with Archive.open(path) as archive:
        archive.add([item(one) for one in pages])
    before = kept(path)
    assert all(identity and story for identity, story in before)
    downgrade(path, revision)
    upgrade(path)
    assert kept(path) == before
    with Archive.open(path) as archive:
        outcomes = archive.add([item(one, f"{n}".encode()) for n, one in enumerate(pages)])
    assert [(one.status, one.article) for one in outcomes] == [
        ("duplicate", n) for n in range(1, 6)
    ]


def test_an_upgrade_that_fails_while_it_fills_in_changes_nothing(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sameness, "identity", None)
    with pytest.raises(TypeError):
        upgrade(older)
    monkeypatch.undo()
    with pytest.raises(DatabaseError, match="schema 0001"):
        Archive.open(older)
    assert upgrade(older).before == "0001"


def test_a_copy_of_the_archive_as_it_was_stays_beside_it(older: Path) -> None:
    done = upgrade(older)
    assert done.copy == older.with_name("news.db.schema-0001")
    assert stat.S_IMODE(done.copy.stat().st_mode) == 0o600
    kept = sqlite3.connect(done.copy)
    assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert kept.execute("SELECT count(*) FROM article").fetchone() == (3,)
    assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept.close()


def beside(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()} - {"news.db-wal", "news.db-shm"}


def test_where_the_copy_fails_nothing_is_changed_or_left(
    older: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    refused(run("db", "upgrade", db=older), 1, "No space left on device")
    monkeypatch.undo()
    assert beside(older) == {"news.db", "news.db.lock"}
    monkeypatch.setattr(database, "_go_on", lambda *_: True)  # as an interrupt would end it
    monkeypatch.setattr(database, "_STEPS_A_CALL", 10)
    assert run("db", "upgrade", db=older).code == 130
    monkeypatch.undo()
    assert beside(older) == {"news.db", "news.db.lock"}
    assert upgrade(older).before == "0001"


def test_an_earlier_copy_is_not_overwritten(older: Path) -> None:
    first = older.with_name("news.db.schema-0001")
    first.write_text("kept")
    assert upgrade(older).copy == older.with_name("news.db.schema-0001-2")
    assert first.read_text() == "kept"


def test_an_archive_at_the_newest_schema_stays_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    assert upgrade(path) == (schema.head(), schema.head(), None)
    assert path.read_bytes() == before
    assert {file.name for file in path.parent.iterdir()} == {"news.db", "news.db.lock"}


def test_without_room_nothing_is_changed(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 9, 1))
    with pytest.raises(StorageError, match="1 are free"):
        upgrade(older)
    monkeypatch.undo()
    with pytest.raises(DatabaseError, match="schema 0001"):
        Archive.open(older)
    assert upgrade(older).before == "0001"


def test_a_newer_archive_is_refused(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(DatabaseError, match="newer"):
        upgrade(path)


def test_the_command_says_what_it_did(older: Path, tmp_path: Path) -> None:
    assert run("list", db=older).code == 5
    result = run("db", "upgrade", db=older)
    assert result.code == 0
    assert "upgraded from 0001" in result.stderr
    assert "already" in run("db", "upgrade", db=older).stderr
    assert len(run("list", db=older).objects) == 3
    assert run("db", "upgrade", db=tmp_path / "none.db").code == 5
