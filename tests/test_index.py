"""The index made anew: whatever it was, it then holds what the rows say, and nothing else."""

import sqlite3
from pathlib import Path

import pytest
from cli_helpers import make_archive, refused, run
from samples import news_of, numbered, words
from test_schema import DUMP, dump

from archive import Archive, sameness
from archive import reindex as reindexing
from archive.errors import DatabaseError

FAULTS = {
    "an entry is missing": "DELETE FROM section_index_docsize WHERE id = 1",
    "an entry twice": "INSERT INTO section_index(rowid, body) VALUES (2, '导 语 2')",
    "wrong tokens": "INSERT INTO section_index(rowid, body) VALUES (9, '鬼')",
    "no data": "DELETE FROM section_index_data",
    "no terms": "DELETE FROM section_index_idx",
    "no configuration": "DELETE FROM section_index_config",
    "no sizes": "DELETE FROM section_index_docsize",
    "all of it empty": "DELETE FROM section_index_data; DELETE FROM section_index_idx;"
    "DELETE FROM section_index_config; DELETE FROM section_index_docsize",
    "garbage": "UPDATE section_index_data SET block = x'a5a5a5a5a5a5a5a5'",
    "wrong totals": "UPDATE section_index_data SET block = x'0101010101' WHERE id = 1",
    "no table of data": "DROP TABLE section_index_data",
    "no table of configuration": "DROP TABLE section_index_config",
    "no index": "DROP TABLE section_index",
    "side table empty": "DELETE FROM section_index_article",
    "side table wrong": "UPDATE section_index_article SET article_id = 1",
    "side table dropped": "DROP TABLE section_index_article",
    "alone wrong": "UPDATE section_index_article SET alone = 1",
    "no levels": "DROP TABLE section_index_levels",
    "levels empty": "DELETE FROM section_index_levels_data; DELETE FROM section_index_levels_idx",
    "a level of nothing": "INSERT INTO section_index_levels(rowid, levels) VALUES (9, '鬼a')",
    "a level too many": "INSERT INTO section_index_levels(rowid, levels) VALUES (1, '鬼a')",
    "older rules": "UPDATE section_index_version SET version = 0",
    "no rules": "DELETE FROM section_index_version",
}


def held(path: Path) -> list[tuple[object, ...]]:
    """Everything that the index and its side tables hold, as SQLite tells it."""
    connection = sqlite3.connect(path)
    for table, held in (("held", "section_index"), ("noted", "section_index_levels")):
        connection.execute(
            f"CREATE VIRTUAL TABLE temp.{table} USING fts5vocab(main, {held}, instance)"
        )
    found = [
        row
        for table in ("held", "noted", "section_index_docsize", "section_index_article")
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")  # noqa: S608 - from above
    ]
    found += connection.execute("SELECT * FROM section_index_version").fetchall()
    connection.close()
    return found


def spoil(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


@pytest.fixture
def filled(path: Path) -> Path:
    with Archive.open(path) as archive:
        archive.add(numbered(3))
    return path


def reindex(path: Path) -> int:
    with Archive.open(path, any_index=True) as archive:
        return archive.reindex()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_rebuilt_index_is_that_of_the_rows_whatever_it_was(filled: Path, fault: str) -> None:
    before = held(filled)
    spoil(filled, FAULTS[fault])
    assert reindex(filled) == 6
    assert held(filled) == before
    with Archive.open(filled) as archive:
        assert archive.count("导语2") == 1
        archive.remove("2")
        assert archive.count("导语2") == archive.count("鬼") == 0


def test_a_rebuilt_index_has_the_schema_of_the_migrations(filled: Path) -> None:
    reindex(filled)
    assert dump(filled) == DUMP.read_text(encoding="utf-8")


def test_title_and_captions_stand_in_the_lead_alone(tmp_path: Path) -> None:
    db = make_archive(tmp_path)
    before = held(db)
    assert run("db", "reindex", db=db).code == 0
    assert held(db) == before


def test_readers_see_the_old_index_until_the_new_one_is_whole(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "_BATCH", 2)
    spoil(filled, "UPDATE section_index_version SET version = 0")
    counts = []
    with (
        Archive.open(filled, any_index=True) as archive,
        Archive.open(filled, readonly=True, any_index=True) as reader,
    ):
        archive.reindex(progress=lambda *_: counts.append(reader.count("末段")))
    assert len(counts) > 1
    assert set(counts) == {3}


def test_an_index_of_other_rules_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    db = make_archive(tmp_path)
    spoil(db, "UPDATE section_index_version SET version = 99")
    result = run("search", "改革", db=db)
    refused(result, 5, "rules 99")
    assert result.stderr.endswith(f"archive --db {db} db reindex\n")
    assert "sections indexed" in run("db", "reindex", db=db).stderr
    assert run("search", "改革", db=db).code == 0


def test_an_interrupted_rebuild_leaves_the_archive_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = make_archive(tmp_path)
    spoil(db, "UPDATE section_index_article SET article_id = 1")
    before = held(db)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reindexing, "_merge", interrupt)
    result = run("db", "reindex", db=db)
    assert (result.code, result.stdout) == (130, "")
    assert "interrupted" in result.stderr
    assert held(db) == before
    monkeypatch.undo()
    assert run("db", "reindex", db=db).code == 0
    assert held(db) != before


def test_how_far_it_is_is_told(filled: Path) -> None:
    told: list[tuple[str, int, int]] = []
    with Archive.open(filled) as archive:
        archive.reindex(progress=lambda *facts: told.append(facts))
    assert ("sections", 6, 6) in told


def test_a_missing_index_is_no_reason_to_lose_the_rest(filled: Path) -> None:
    spoil(filled, "DROP TABLE section_index")
    with pytest.raises(DatabaseError, match="no table section_index") as caught:
        Archive.open(filled)
    assert caught.value.hint == f"archive --db {filled} db reindex"


@pytest.fixture
def otherwise(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive that was filled by other rules of folding."""
    monkeypatch.setattr(sameness, "fold", str.upper)
    with Archive.open(path) as archive:
        archive.add([news_of(words(n), source="Abc") for n in range(3)])
    monkeypatch.undo()
    return path


def duplicates(path: Path) -> list[str]:
    """What becomes of the same articles in other bytes."""
    with Archive.open(path) as archive:
        again = (news_of(words(n), source="abc") for n in range(3))
        return [str(one.status) for one in archive.add([*again])]


def test_duplicates_are_found_by_the_present_rules_of_folding(otherwise: Path) -> None:
    spoil(otherwise, "UPDATE section_index_version SET version = 0")
    reindex(otherwise)
    assert duplicates(otherwise) == ["duplicate"] * 3


def test_hashes_of_the_present_rules_stay(otherwise: Path) -> None:
    reindex(otherwise)
    assert duplicates(otherwise) == ["stored"] * 3


def test_a_dump_of_other_rules_of_folding_is_restored_by_the_present_ones(
    otherwise: Path, tmp_path: Path
) -> None:
    with Archive.open(otherwise) as archive:
        archive.dump(tmp_path / "dump.jsonl")
    Archive.restore(tmp_path / "new.db", tmp_path / "dump.jsonl")
    assert duplicates(tmp_path / "new.db") == ["duplicate"] * 3
