"""Signatures are held against articles and bands."""

from pathlib import Path

import pytest
from checked import findings, places
from cli_helpers import make_archive, run
from test_index import spoil


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return make_archive(tmp_path)


SIGNATURES = {
    "altered": (
        "UPDATE section_index_signature SET signature = zeroblob(256) WHERE article_id = 1",
        {(1, None)},
    ),
    "cut": (
        "UPDATE section_index_signature SET signature = x'00' WHERE article_id = 1",
        {(1, None)},
    ),
    "a text": (
        "UPDATE section_index_signature SET signature = 'a' WHERE article_id = 1",
        {(1, None)},
    ),
    "missing": ("DELETE FROM section_index_signature WHERE article_id = 1", {(1, None)}),
    "of no article": ("INSERT INTO section_index_signature VALUES (99, x'')", {(None, None)}),
    "without bands": (
        "INSERT INTO section_index_near(section_index_near) VALUES ('delete-all')",
        {(1, None), (2, None)},
    ),
    "a band too many": (
        "INSERT INTO section_index_near(rowid, bands) VALUES (3, '0deadbeef')",
        {(3, None)},
    ),
    "made somehow": ("UPDATE section_index_version SET near = NULL", {(None, None)}),
}


@pytest.mark.parametrize("fault", SIGNATURES)
def test_signatures_are_held_against_articles_and_bands(db: Path, fault: str) -> None:
    assert run("reprints", db=db).code == 0
    assert findings(db) == []
    script, wanted = SIGNATURES[fault]
    spoil(db, script)
    assert places(findings(db), "index") == wanted
    assert findings(db, fast=True) == []
    assert run("db", "reindex", db=db).code == 0
    assert findings(db) == []


def test_signatures_made_in_another_way_are_no_damage(db: Path) -> None:
    assert run("reprints", db=db).code == 0
    spoil(db, "UPDATE section_index_version SET near = 'otherwise'")
    assert [(one.reason, one.damage) for one in findings(db)] == [
        ("signatures were made by otherwise", False)
    ]
