"""The recipe of docs/reliability.md for damaged files: what it leaves is a sound archive."""

import re
import shlex
from pathlib import Path

import pytest
from cli_helpers import HARVEST, PLAIN, REFORM, run, write
from test_index import spoil

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"

TEXTS = {
    "1-reform.txt": REFORM,
    "2-reform-again.txt": "\n" + REFORM,  # a duplicate of 1
    "3-reform-revised.txt": REFORM.replace("两个工作日", "三个工作日"),
    "4-harvest.txt": HARVEST,
    "5-plain.txt": PLAIN,
}

LOST = {
    "nothing": "",
    "a capture": "DELETE FROM capture WHERE id = 1",
    "a further capture": "DELETE FROM capture WHERE id = 2",
    "an article with a duplicate": "DELETE FROM article WHERE id = 1",
    "a newer version": "DELETE FROM article WHERE id = 2",
    "some sections": "DELETE FROM section WHERE id IN (1, 3, 6)",
    "every section": "DELETE FROM section",
    "duplicates": "DELETE FROM duplicate",
    "where captures came from": "DELETE FROM origin WHERE capture_id = 4",
    "every article": "DELETE FROM article",
    "every capture": "DELETE FROM capture",
}


def recipe() -> tuple[str, list[list[str]]]:
    """What the page has SQLite do with the rows that were read, and then archive."""
    page = PAGE.read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    (script,) = re.findall(r'sqlite3 saved\.db "(.*?)"\n', block, re.DOTALL)
    commands = [shlex.split(line)[1:] for line in block.splitlines() if line.startswith("archive ")]
    return script, commands


@pytest.mark.parametrize("lost", LOST)
def test_what_could_be_read_of_a_damaged_file_becomes_a_sound_archive(
    tmp_path: Path, lost: str
) -> None:
    db, captures = tmp_path / "saved.db", tmp_path / "captures"
    for name, text in TEXTS.items():
        write(captures / name, text)
    before = run("ingest", str(captures), db=db).objects
    assert [one["status"] for one in before] == [
        *("stored", "duplicate", "revised", "stored", "stored")
    ]
    script, commands = recipe()
    spoil(db, "DELETE FROM section_index_data")
    spoil(db, f"PRAGMA foreign_keys = OFF; {LOST[lost]}")
    spoil(db, script)
    for command in commands:
        assert command[:2] == ["--db", "saved.db"]
        result = run(*command[2:], db=db)
        assert (result.code, result.stdout if command[-1] == "check" else "") == (0, "")
    assert {one["status"] for one in run("ingest", str(captures), db=db).objects} <= {
        *("unchanged", "stored", "duplicate", "revised")
    }
    assert run("db", "check", db=db).code == 0
    assert len(run("search", "放管服", db=db).objects) >= 1
    assert {one["status"] for one in run("ingest", str(captures), db=db).objects} == {"unchanged"}


def test_a_capture_that_leads_to_no_article_is_stored_anew_when_it_comes_again(
    tmp_path: Path,
) -> None:
    """It keeps where it came from before, and in which order."""
    db, captures = tmp_path / "a.db", tmp_path / "captures"
    for name in ("first.txt", "second.txt"):
        write(captures / name, HARVEST)
    assert run("ingest", str(captures), db=db).objects[0]["article"] == 1
    spoil(db, "PRAGMA foreign_keys = OFF; DELETE FROM article; DELETE FROM section")
    assert run("db", "reindex", db=db).code == 0
    (outcome,) = run("ingest", str(captures / "second.txt"), db=db).objects
    assert (outcome["status"], outcome["article"]) == ("stored", 2)
    shown = run("show", "2", "--format", "json", db=db).object
    assert shown["capture"]["path"] == str(captures / "first.txt")
    assert {one["status"] for one in run("ingest", str(captures), db=db).objects} == {"unchanged"}
    assert run("db", "check", db=db).code == 0


def test_so_is_a_capture_that_is_a_duplicate_of_no_article(tmp_path: Path) -> None:
    db, captures = tmp_path / "a.db", tmp_path / "captures"
    write(captures / "1.txt", HARVEST)
    write(captures / "2.txt", "\n" + HARVEST)
    assert run("ingest", str(captures), db=db).objects[1]["status"] == "duplicate"
    spoil(db, "PRAGMA foreign_keys = OFF; DELETE FROM article; DELETE FROM section")
    assert run("db", "reindex", db=db).code == 0
    statuses = [one["status"] for one in run("ingest", str(captures), db=db).objects]
    assert statuses == ["stored", "duplicate"]
    assert run("db", "check", db=db).code == 0
