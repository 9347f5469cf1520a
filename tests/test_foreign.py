"""A file that others changed: their tables are let be, what would act in our name is refused."""

import hashlib
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cli_helpers import refused, run
from samples import numbered
from test_index import spoil
from torture import Tally, tallied

from archive import Archive, foreign
from archive.capture.parsed import Failure
from archive.errors import DatabaseError
from archive.stored import LONGEST_VALUE

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
OTHERS = f"""
CREATE TABLE notes (id INTEGER PRIMARY KEY, text, at_article REFERENCES article (id));
CREATE INDEX by_text ON notes (text);
CREATE VIEW endless AS {ENDLESS};
CREATE INDEX theirs ON article (title);
CREATE TABLE log (what);
CREATE TRIGGER harmless AFTER INSERT ON log BEGIN SELECT 1; END;
"""

TRIGGER = "CREATE TRIGGER evil AFTER INSERT ON {} BEGIN DELETE FROM article; END"
CHAINED = f"CREATE TABLE x (a REFERENCES capture ON DELETE CASCADE); {TRIGGER.format('x')}"
TRIGGERS = {
    "on article": TRIGGER.format("article"),
    "on a table in capitals": TRIGGER.format("FAILURE"),
    "on the index": TRIGGER.format("section_index_data"),
    "on a table of foreign keys": CHAINED,
}

WRITING = [
    ["ingest", "captures"],
    ["remove", "1", "--yes"],
    ["db", "reindex"],
    ["db", "reread"],
    ["db", "create"],
]


HUGE = LONGEST_VALUE + 1


@pytest.fixture
def db(shelf: Path, tmp_path: Path) -> Path:
    shutil.copytree(shelf.parent / "captures", tmp_path / "captures")
    return Path(shutil.copy(shelf, tmp_path / "shelf.db"))


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    with tallied(
        "malicious database: triggers, endless views, huge values",
        file=__file__,
        of=len(TRIGGERS) * len(WRITING) + len(IMPOSTORS) * len(ASKING) + len(VALUES) * len(READING),
        result="commands end within 1 s of CPU, 0 bytes written",
        control="no look at triggers: {} deletes every article",
    ) as counted:
        yield counted


@contextmanager
def harmless(db: Path, tally: Tally, *words: str) -> Iterator[None]:
    """What is done in here takes less than a second, and changes nothing."""
    before, begun = digest(db), time.process_time()
    yield
    assert time.process_time() - begun < 1
    assert digest(db) == before
    tally.passed.add(" ".join(words))


def digest(db: Path) -> str:
    with db.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_what_others_put_into_a_file_is_listed_and_let_be(db: Path, tmp_path: Path) -> None:
    spoil(db, OTHERS)
    listed = run("db", "status", db=db).object["foreign"]
    assert listed == [
        "index by_text on notes",
        "index theirs on article",
        "table log",
        "table notes",
        "trigger harmless on log",
        "view endless",
    ]
    assert "trigger harmless on log" in run("db", "status", "--format", "table", db=db).stdout
    result = run("db", "check", db=db)
    assert result.code == 0
    assert [(one["damage"], one["check"]) for one in result.objects] == [(False, "file")] * 6
    assert run("search", "改革", db=db).code == 0
    (tmp_path / "new.txt").write_text("新的\n\n　　新来的一段正文，说几句。\n", encoding="utf-8")
    assert run("ingest", str(tmp_path / "new.txt"), db=db).code == 0
    assert run("remove", "4", "--yes", db=db).code == 0
    assert run("db", "reindex", db=db).code == 0


def test_a_sound_archive_has_nothing_foreign(db: Path) -> None:
    assert run("db", "status", db=db).object["foreign"] == []
    assert "foreign          nothing" in run("db", "status", "--format", "table", db=db).stdout


@pytest.mark.torture
@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("command", WRITING, ids=lambda words: " ".join(words[:2]))
def test_a_trigger_stops_writing_and_is_named(
    db: Path, trigger: str, command: list[str], tally: Tally
) -> None:
    spoil(db, TRIGGERS[trigger])
    with harmless(db, tally, trigger, *command):
        refused(run(*command, db=db), 5, "has a trigger evil on ")


def test_an_archive_with_a_trigger_can_be_read_and_the_check_names_it(db: Path) -> None:
    spoil(db, TRIGGERS["on article"])
    assert len(run("list", db=db).objects) == 3
    result = run("db", "check", db=db)
    assert result.code == 5
    assert ["trigger evil on article" in one["reason"] for one in result.objects] == [True]


def test_the_hint_names_a_trigger_as_sql_takes_it(db: Path) -> None:
    spoil(db, 'CREATE TRIGGER "an ""evil"" one" AFTER INSERT ON article BEGIN SELECT 1; END')
    result = run("remove", "1", "--yes", db=db)
    refused(result, 5, 'has a trigger an "evil" one on article')
    spoil(db, result.stderr.rpartition("sqlite3: ")[2])
    assert run("remove", "1", "--yes", db=db).code == 0


def test_a_trigger_that_comes_while_the_archive_is_open_stops_the_next_write(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(1))
        spoil(path, TRIGGERS["on article"])
        with pytest.raises(DatabaseError, match="trigger evil"):
            archive.add(numbered(1, first=2))
        assert len(archive.articles()) == 1


def test_an_older_archive_with_a_trigger_is_not_upgraded(tmp_path: Path) -> None:
    old = Path(__file__).parent / "assets" / "databases" / "0001.db"
    file = tmp_path / "old.db"
    file.write_bytes(old.read_bytes())
    spoil(file, TRIGGERS["on article"])
    before = file.read_bytes()
    refused(run("db", "upgrade", db=file), 5, "trigger evil on article")
    assert file.read_bytes() == before


IMPOSTORS = {
    "an endless view for a table": "DROP TABLE failure; CREATE VIEW failure AS SELECT i AS path,"  # noqa: S608 - from above
    f" i AS reason, i AS failed, i AS tries FROM ({ENDLESS})",
    "an endless view for the index": "DROP TABLE section_index;"
    f" CREATE VIEW section_index AS {ENDLESS}",
    "a view of the side table": "DROP TABLE section_index_article;"
    f" CREATE VIEW Section_Index_Article AS {ENDLESS}",
    "another full text index": "DROP TABLE section_index;"
    " CREATE VIRTUAL TABLE section_index USING fts5(body, heading, title, caption)",
    "a plain table for an index, in capitals": "DROP TABLE section_index_near;"
    " CREATE TABLE SECTION_INDEX_NEAR (bands)",
    "another virtual table": "DROP TABLE removal;"
    " CREATE VIRTUAL TABLE removal USING fts5(sha256, removed)",
}


ASKING = [["list"], ["search", "改革"], ["failures"], ["db", "check"], ["db", "reindex"]]


@pytest.mark.torture
def test_without_the_look_at_triggers_one_would_act(
    db: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    spoil(db, TRIGGERS["on a table in capitals"])
    monkeypatch.setattr(foreign, "refuse_triggers", lambda *_: None)
    with Archive.open(db) as archive:
        archive.add([Failure("a.bin", "no text")])
        assert archive.articles() == []
    tally.control.add("on a table in capitals")


@pytest.mark.torture
@pytest.mark.parametrize("impostor", IMPOSTORS)
@pytest.mark.parametrize("command", ASKING)
def test_what_stands_in_the_place_of_a_table_is_refused(
    db: Path, impostor: str, command: list[str], tally: Tally
) -> None:
    spoil(db, IMPOSTORS[impostor])
    with harmless(db, tally, impostor, *command):
        refused(run(*command, db=db), 5, "is no table that archive made")


VALUES: dict[str, Callable[[], object]] = {
    "a huge value": lambda: b"\0" * HUGE,
    "a value that unpacks to a huge one": lambda: zstd.compress(bytes(HUGE)),
}
READING = [["show", "1", "--raw"], ["show", "1", "--explain"], ["db", "reread", "1"]]


@pytest.mark.torture
@pytest.mark.parametrize("value", VALUES)
def test_a_huge_value_is_not_read(db: Path, value: str, tally: Tally) -> None:
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("UPDATE capture SET data = ? WHERE id = 1", (VALUES[value](),))
        connection.commit()
    for command in READING:
        with harmless(db, tally, value, *command):
            result = run(*command, db=db)
            assert (result.code, result.stdout) == (5, "")
            assert "Traceback" not in result.stderr
    db.unlink()  # pytest keeps what is left


def test_a_missing_table_is_named(db: Path) -> None:
    spoil(db, "DROP TABLE removal")
    refused(run("list", db=db), 5, "is damaged: it has no table removal")


def test_names_of_others_print_no_control_character(db: Path) -> None:
    spoil(db, 'CREATE TABLE "a\x1b[31m\nb" (c)')
    spoil(db, 'CREATE TRIGGER "t\x1b[31m" AFTER INSERT ON article BEGIN SELECT 1; END')
    for command in (["db", "status"], ["db", "check"], ["remove", "1", "--yes"]):
        for width in (None, 80):
            result = run("--color", "never", *command, db=db, terminal=width)
            assert "\x1b[31m" not in result.stdout + result.stderr


def test_only_the_list_of_what_there_is_is_read(db: Path) -> None:
    spoil(db, f"CREATE VIEW endless AS {ENDLESS}")
    with Archive.open(db, readonly=True) as archive, archive._reading() as session:
        assert foreign.strangers(session.connection()) == ["view endless"]
