"""Each difference between bytes, rows and index is found, named, and nothing is altered."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from checked import findings, places
from cli_helpers import REFORM, make_archive, refused, run, write
from samples import numbered
from test_index import FAULTS, spoil
from torture import Tally, tallied

from archive import Archive, capture, check, check_index, fts, reindex
from archive.capture import READER_VERSION
from archive.capture.parsed import Capture
from archive.errors import CaptureError, StorageError


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of captures that were really read, to be copied."""
    return make_archive(tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def db(shelf: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(shelf, tmp_path / "shelf.db"))


def test_nothing_is_found_in_a_sound_archive(db: Path) -> None:
    assert findings(db) == findings(db, fast=True) == []
    result = run("db", "check", db=db)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == f"{db}: nothing wrong\n"


def test_nothing_is_found_after_articles_came_and_went(db: Path, tmp_path: Path) -> None:
    with Archive.open(db) as archive:
        archive.remove("2")
        (tmp_path / "new.txt").write_text(
            "新的\n\n　　新来的一段正文，说几句。\n", encoding="utf-8"
        )
        list(archive.ingest([str(tmp_path / "new.txt")]))
        archive.remove("3")
    assert findings(db) == []


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    with tallied(
        "index and rows differ",
        file=__file__,
        of=len(FAULTS),
        result="ways found, and mended by reindex",
        control="FTS5's own integrity-check: {} found",
    ) as counted:
        yield counted


def found_by_fts5(path: Path) -> bool:
    """The control: what SQLite's own check of the index says."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN")
            for table in fts.TABLES:
                connection.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")  # noqa: S608 - from above
        except sqlite3.Error:
            return True
        finally:
            connection.execute("ROLLBACK")
    return False


# FTS5 keeps no terms apart for an index as small as this; see the test below
@pytest.mark.torture
@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"no terms"}))
def test_each_way_that_index_and_rows_can_differ_is_found_and_mended(
    db: Path, fault: str, tally: Tally
) -> None:
    spoil(db, FAULTS[fault])
    if found_by_fts5(db):
        tally.control.add(fault)
    if "dropped" in fault or "no index" in fault:
        assert run("search", "改革", db=db).code == 5
    found = findings(db)
    assert {one.check for one in found if one.damage} == {"index"}
    assert run("db", "check", db=db).code == 5
    assert findings(db, fast=True) == []
    assert run("db", "reindex", db=db).code == 0
    assert findings(db) == []
    tally.passed.add(fault)


@pytest.mark.torture
def test_what_fts5_finds_its_way_by_is_checked_too(path: Path, tally: Tally) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(300))
    assert places(findings(path), "index") == set()  # these captures no reader has read
    spoil(path, FAULTS["no terms"])
    if found_by_fts5(path):
        tally.control.add("no terms")
    assert places(findings(path), "index") == {(None, None)}
    assert run("db", "reindex", db=path).code == 0
    assert places(findings(path), "index") == set()
    tally.passed.add("no terms")


def entries(path: Path) -> dict[int, list[str]]:
    with Archive.open(path, readonly=True) as archive, archive._reading() as session:
        return {
            row.section: list(row.entry.columns) for rows in reindex.stored(session) for row in rows
        }


CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "two tokens change places": lambda e: [" ".join(_swapped(e[0].split())), *e[1:]],
    "a token is another": lambda e: ["鬼 " + e[0].strip().partition(" ")[2], *e[1:]],
    "a token is missing": lambda e: [" ".join(e[0].split()[:-1]), *e[1:]],
    "all stand one further": lambda e: ["· " + e[0], *e[1:]],
    "another column": lambda e: [e[1], e[0], *e[2:]],
    "nothing": lambda _: ["", "", "", ""],
}


def _swapped(tokens: list[str]) -> list[str]:
    place = next(n for n in range(len(tokens)) if tokens[n] != tokens[n + 1])
    tokens[place : place + 2] = tokens[place + 1], tokens[place]
    return tokens


@pytest.mark.parametrize("change", CHANGES)
def test_an_entry_with_other_tokens_is_named_by_its_section(db: Path, change: str) -> None:
    entry = entries(db)[2]
    connection = sqlite3.connect(db)
    marks = "?, ?, ?, ?"
    names = "body, heading, title, caption"
    connection.execute(
        f"INSERT INTO section_index(section_index, rowid, {names}) VALUES ('delete', 2, {marks})",  # noqa: S608 - from above
        entry,
    )
    connection.execute(
        f"INSERT INTO section_index(rowid, {names}) VALUES (2, {marks})",  # noqa: S608 - from above
        CHANGES[change](list(entry)),
    )
    connection.commit()
    connection.close()
    found = findings(db)
    assert (1, 1) in places(found, "index")
    assert {one.article for one in found if one.section is not None} == {1}
    (named,) = [one for one in found if one.section is not None]
    assert named.key == run("list", db=db).objects[0]["key"]


def test_a_changed_text_is_found_in_article_section_and_index(db: Path) -> None:
    spoil(db, "UPDATE section SET text = replace(text, '改革', '革改') WHERE id = 3")
    found = findings(db)
    assert places(found, "article") == {(1, None)}
    assert places(found, "section") == places(found, "index") == {(1, 2)}
    assert places(findings(db, fast=True), "article") == {(1, None)}


FIELDS = {
    "title": "'另题'",
    "published": "'2001'",
    "source": "'x'",
    "author": "NULL",
    "editor": "'x'",
    "channel": "'[]'",
    "url": "'x'",
    "captions": "'[\"x\"]'",
    "original_title": "'x'",
    "reader": "0",
    "key": "'0123456789abcdef'",
    "digest": "'x'",
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_an_article_is_held_by_the_fast_check(db: Path, name: str) -> None:
    spoil(db, f"UPDATE article SET {name} = {FIELDS[name]} WHERE id = 1")  # noqa: S608 - from above
    assert places(findings(db, fast=True), "article") == {(1, None)}


SECTIONS = {
    "heading": "UPDATE section SET heading = 'x' WHERE id = 2",
    "spans": "UPDATE section SET spans = '[[[0,1]]]' WHERE id = 2",
    "number": "UPDATE section SET number = 7 WHERE id = 3",
    "missing": "DELETE FROM section WHERE id = 3",
    "too many": "INSERT INTO section (article_id, number, text, spans) VALUES (1, 3, 'x', '[]')",
    "of another": "UPDATE section SET article_id = 2, number = 1 WHERE id = 3",
}


@pytest.mark.parametrize("fault", SECTIONS)
def test_every_field_of_a_section_is_held_by_the_fast_check(db: Path, fault: str) -> None:
    spoil(db, SECTIONS[fault])
    assert (1, None) in places(findings(db, fast=True), "article")
    assert any(article == 1 for article, _ in places(findings(db), "section"))


@pytest.fixture
def twice(db: Path, tmp_path: Path) -> Path:
    """The archive with a further capture (4) of its first article."""
    write(tmp_path / "again.txt", "\n" + REFORM)
    assert run("ingest", str(tmp_path / "again.txt"), db=db).object["status"] == "duplicate"
    assert findings(db) == []
    return db


def test_a_damaged_further_capture_is_named_by_its_article(twice: Path) -> None:
    flip(twice, "UPDATE capture SET data = change(data) WHERE id = 4", flipped)
    (found,) = findings(twice, fast=True)
    assert (found.check, found.article) == ("capture", 1)
    assert found.key == run("list", db=twice).objects[0]["key"]
    assert {one.article for one in findings(twice)} == {1}


def test_a_further_capture_that_says_something_else_than_its_article_is_found(twice: Path) -> None:
    spoil(twice, "UPDATE duplicate SET article_id = 2")
    (found,) = findings(twice)
    assert (found.check, found.article, found.damage) == ("capture", 2, True)
    assert found.reason == "its further capture 4 says something else"


BROKEN = {
    "a cycle of versions": (
        "UPDATE article SET superseded_by = 3 - id WHERE id < 3",
        ("article", 2, "article 2 is superseded by none that came later"),
    ),
    "a key of another": (
        "UPDATE article SET key = '0123456789abcdef' WHERE id = 2",
        ("article", 2, "article 2 has a key that is not its capture's"),
    ),
    "a capture from nowhere": (
        "DELETE FROM origin WHERE capture_id = 2",
        ("capture", 2, "capture 2 came from nowhere"),
    ),
    "a capture of no article": (
        (
            "DELETE FROM section_index_article WHERE article_id = 2;"
            "DELETE FROM section WHERE article_id = 2; DELETE FROM article WHERE id = 2"
        ),
        ("capture", None, "capture 2 leads to no article, or to more than one"),
    ),
    "a capture of two articles": (
        "INSERT INTO duplicate VALUES (2, 1)",
        ("capture", 2, "capture 2 leads to no article, or to more than one"),
    ),
}
"""What only a look at all rows shows; a dump of such an archive is refused."""


@pytest.mark.parametrize("fault", BROKEN)
def test_what_holds_of_the_rows_of_every_archive_is_checked_and_no_dump_without_it_restored(
    db: Path, tmp_path: Path, fault: str
) -> None:
    script, wanted = BROKEN[fault]
    spoil(db, script)
    found = findings(db, fast=True)
    assert wanted in {(one.check, one.article, one.reason) for one in found if one.damage}
    dump = run("dump", "-", db=db).out
    refused(run("restore", "-", db=tmp_path / "new.db", stdin=dump), 1, wanted[2])
    assert not (tmp_path / "new.db").exists()


def flip(db: Path, statement: str, change: Callable[[bytes], bytes]) -> None:
    connection = sqlite3.connect(db)
    connection.create_function("change", 1, change)
    connection.execute(statement)
    connection.commit()
    connection.close()


def flipped(data: bytes) -> bytes:
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize(
    "change",
    [flipped, lambda data: data[:-1], lambda data: data + data, lambda _: b"", lambda _: "text"],
)
def test_a_damaged_capture_is_named_by_its_article(
    db: Path, change: Callable[[bytes], bytes]
) -> None:
    flip(db, "UPDATE capture SET data = change(data) WHERE id = 2", change)
    found = findings(db, fast=True)
    assert places(found, "capture") == {(2, None)}
    assert found[0].key == run("list", db=db).objects[1]["key"]
    assert (2, None) in places(findings(db), "section")
    raw = run("show", "2", "--raw", db=db)
    assert (raw.code, raw.stdout) == (5, "")
    assert "cannot be unpacked" in raw.stderr


def test_other_bytes_of_a_capture_are_found_by_their_hash(db: Path) -> None:
    spoil(
        db,
        "UPDATE capture SET data = (SELECT data FROM capture WHERE id = 3), bytes ="
        " (SELECT bytes FROM capture WHERE id = 3) WHERE id = 1",
    )
    assert places(findings(db, fast=True), "capture") == {(1, None)}
    spoil(db, "UPDATE capture SET bytes = bytes + 1 WHERE id = 3")
    assert places(findings(db, fast=True), "capture") == {(1, None), (3, None)}


def test_an_encoding_that_is_not_that_of_the_bytes_is_found(db: Path) -> None:
    spoil(db, "UPDATE capture SET encoding = 'big5' WHERE id = 1")
    assert places(findings(db), "capture") == {(1, None)}


def test_rows_that_cannot_be_read_do_not_hide_the_others(db: Path) -> None:
    spoil(
        db,
        "UPDATE article SET channel = '{' WHERE id = 1;UPDATE article SET title = 'x' WHERE id = 2",
    )
    assert places(findings(db, fast=True), "article") == {(1, None), (2, None)}


def test_orphans_are_found(db: Path) -> None:
    spoil(db, "PRAGMA foreign_keys = OFF; DELETE FROM capture WHERE id = 2")
    found = findings(db, fast=True)
    assert len([one for one in found if one.check == "foreign keys"]) >= 2


def test_pages_that_sqlite_finds_damaged_are_told(db: Path) -> None:
    connection = sqlite3.connect(db)
    ((page,),) = connection.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'ix_article_url'"
    )
    connection.close()
    data = bytearray(db.read_bytes())
    data[(page - 1) * 4096 + 3] ^= 3  # how many cells the page has
    db.write_bytes(data)
    for fast in (True, False):
        with Archive.open(db, readonly=True) as archive:
            found = list(archive.check(fast=fast))
        assert "file" in {one.check for one in found}


def test_an_older_reader_is_told_and_is_no_damage(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "READER_VERSION", 99)
    (told,) = findings(db)
    assert (told.check, told.damage) == ("section", False)
    assert told.reason.startswith(
        f"3 articles were read by reader {READER_VERSION}, this program has 99"
    )
    assert run("db", "check", db=db).code == 0


def test_a_capture_that_cannot_be_read_here_is_told_and_is_no_damage(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_capture: Capture, *, encoding: str | None = None) -> None:
        raise CaptureError(f"a library is missing ({encoding})")

    monkeypatch.setattr(capture, "read", refuse)
    found = findings(db)
    assert [(one.article, one.damage) for one in found] == [(1, False), (2, False), (3, False)]


def test_a_fault_of_the_reader_ends_no_check(db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_capture: Capture, *, encoding: str | None = None) -> None:
        raise ZeroDivisionError(encoding)

    monkeypatch.setattr(capture, "read", fail)
    assert places(findings(db), "section") == {(1, None), (2, None), (3, None)}


def test_without_room_for_the_copy_the_structure_is_not_checked_and_that_is_told(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("no room left")

    with Archive.open(db, readonly=True) as archive, archive._reading() as session:
        run_sql = session.connection().exec_driver_sql
        monkeypatch.setattr(
            type(session.connection()),
            "exec_driver_sql",
            lambda _, sql, *a: full() if "integrity-check" in sql else run_sql(sql, *a),
        )
        told = list(check_index.structure(session, lambda *_: None))
    assert [(one.damage, one.reason) for one in told] == [
        (False, f"the structure of {table} was not checked: no room left") for table in fts.TABLES
    ]


def test_findings_are_json_lines_in_a_pipe_and_a_table_on_a_terminal(db: Path) -> None:
    spoil(db, "UPDATE article SET title = 'x' WHERE id = 2")
    result = run("db", "check", "--fast", db=db)
    (found,) = map(json.loads, result.stdout.splitlines())
    assert (result.code, found["check"], found["article"]) == (5, "article", 2)
    assert result.stderr == f"{db}: 1 found wrong\n"
    shown = run("--color", "never", "db", "check", "--fast", db=db, terminal=100)
    assert "its digest is another" in shown.stdout
    assert shown.code == 5


def test_the_sums_of_sections_far_apart_take_little_room(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(2))
    spoil(path, "INSERT INTO section_index(rowid, body) VALUES (4611686018427387904, '鬼')")
    found = findings(path)
    assert any("of no section" in one.reason for one in found)


def test_how_far_it_is_is_told(db: Path) -> None:
    told: dict[str, tuple[int, int]] = {}
    with Archive.open(db, readonly=True) as archive:
        list(archive.check(progress=lambda doing, done, total: told.update({doing: (done, total)})))
    assert told["captures"] == told["articles"] == told["readings"] == (3, 3)


def test_what_differs_in_an_article_is_told_in_the_order_of_names(db: Path) -> None:
    with sqlite3.connect(db) as connection:
        connection.execute(
            "UPDATE article SET url = 'u', source = 's', author = 'a', editor = 'e' WHERE id = 1"
        )
    told = [one.reason for one in findings(db) if one.check == "article"]
    names = ("author", "editor", "source", "url")
    assert told[1:] == [f"its {name} is not what its capture says" for name in names]


def test_a_number_of_no_end_is_no_number() -> None:
    assert check_index._varints(b"\xff" * 12 + b"\x01") == []
