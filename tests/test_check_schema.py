"""Definitions are held against those that the migrations make."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from checked import findings
from cli_helpers import make_archive, refused, run


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_archive(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        "SET sql = replace(sql, 'ON DELETE CASCADE', 'ON DELETE SET NULL') WHERE name = 'section'",
        "SET sql = replace(sql, 'sha256 VARCHAR', 'sha256 INTEGER') WHERE name = 'removal'",
        "SET sql = replace(sql, '(identity)', '(story)') WHERE name = 'ix_article_identity'",
    ],
)
def test_other_definitions_than_the_migrations_make_are_found(db: Path, change: str) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(f"UPDATE sqlite_master {change}")
        connection.commit()
    assert "otherwise than archive defines it" in " ".join(one.reason for one in findings(db))


def test_a_definition_that_is_no_text_is_damage(db: Path) -> None:
    data = db.read_bytes()
    at = data.index(b"CREATE TABLE removal")
    for broken in (b"CREATE TABLE \xa7emoval", b"\xa7REATE TABLE removal"):
        db.write_bytes(data[:at] + broken + data[at + len(broken) :])
        for words in (["db", "check"], ["search", "改革"], ["db", "status"]):
            refused(run(*words, db=db), 5, "is damaged")
