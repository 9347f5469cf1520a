"""Signatures: made once for each text, gone with it, and needed by nothing but comparing."""

import sqlite3
import sys
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from samples import article, item, news_of, section, words

from archive import Archive, capture, comparing, signatures
from archive.capture.parsed import Capture, Decoded, ParsedArticle
from archive.errors import ArchiveError, DatabaseError

TWINS = [news_of(words(1), source="甲"), news_of(words(1), source="乙")]


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, section_index_near, instance)"
    )
    found = connection.execute(statement).fetchall()
    connection.commit()
    connection.close()
    return found


def test_signatures_are_made_when_they_are_asked_for(path: Path, news: Archive) -> None:
    news.add(TWINS)
    assert news.unsigned() == 2
    assert [one.article for one in news.similar("1")] == [2]
    assert news.unsigned() == 0
    ((algorithm,),) = rows(path, "SELECT near FROM section_index_version")
    assert algorithm == signatures.ALGORITHM
    assert rows(path, "SELECT doc, count(*) FROM held GROUP BY doc") == [(1, 32), (2, 32)]


def test_progress_is_told_of_what_is_signed(news: Archive) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(*step: Any) -> None:  # noqa: ANN401 - as they come
        told.append(step)

    news.add(TWINS)
    news.similar("1", progress=progress)
    list(news.reprints(progress=progress))
    news.add([news_of(words(3))])
    list(news.reprints(progress=progress))
    assert told == [("signatures", 1, 2), ("signatures", 2, 2), ("signatures", 1, 1)]


def test_a_signature_is_the_same_for_ever(path: Path, news: Archive) -> None:
    """Another release of rensa that hashes otherwise must have another name in the archive."""
    news.add(TWINS)
    news.similar("1")
    ((signature,), (twin,)) = rows(path, "SELECT signature FROM section_index_signature")
    assert isinstance(signature, bytes)
    assert signature == twin
    assert len(signature) == 256
    assert signature[:8].hex() == "1a6df9d08f951408"


def test_what_is_broken_off_goes_on(news: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_BATCH", 2)
    news.add([news_of(words(seed)) for seed in range(5)])
    assert list(islice(news.sign(), 3)) == [1, 2, 3]
    assert news.unsigned() == 1
    assert list(news.sign()) == [5]
    assert list(news.sign()) == []


def test_a_signature_of_no_article_does_not_hide_one_that_is_lacking(
    path: Path, news: Archive
) -> None:
    news.add(TWINS[:1])
    assert news.similar("1") == []
    rows(path, "INSERT INTO section_index_signature VALUES (99, x'')")
    news.add(TWINS[1:])
    assert news.unsigned() == 1
    assert [one.article for one in news.similar("1")] == [2]


def test_articles_that_come_later_are_signed_too(news: Archive) -> None:
    news.add(TWINS[:1])
    assert news.similar("1") == []
    news.add(TWINS[1:])
    assert [one.article for one in news.similar("1")] == [2]


def test_a_removed_article_leaves_no_signature_and_is_no_reprint(path: Path, news: Archive) -> None:
    news.add([*TWINS, news_of(words(1), source="丙")])
    assert len(news.similar("1")) == 2
    news.remove("2")
    assert rows(path, "SELECT article_id FROM section_index_signature") == [(1,), (3,)]
    assert rows(path, "SELECT DISTINCT doc FROM held") == [(1,), (3,)]
    assert [one.article for one in news.similar("1")] == [3]
    news.remove("3", "1")
    assert rows(path, "SELECT * FROM held") == []
    assert rows(path, "SELECT * FROM section_index_near_idx") == []  # not even marked as deleted


def test_a_text_that_is_read_otherwise_is_signed_anew(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add(TWINS)
    assert [one.article for one in news.similar("1")] == [2]
    other = article("题目", section(None, words(2)))

    def read(kept: Capture, *, encoding: str | None = None) -> tuple[Decoded, ParsedArticle]:
        assert encoding is None
        return Decoded(kept.data.decode(), "utf-8", "utf-8"), other

    monkeypatch.setattr(capture, "read", read)
    list(news.reread("2"))
    assert news.unsigned() == 1
    assert news.similar("1") == []
    list(news.reread("1"))
    assert [one.article for one in news.similar("1")] == [2]


def test_signatures_made_in_another_way_are_made_anew(path: Path, news: Archive) -> None:
    news.add(TWINS)
    news.similar("1")
    before = rows(path, "SELECT * FROM section_index_signature")
    rows(path, "UPDATE section_index_version SET near = 'other'")
    rows(path, "UPDATE section_index_signature SET signature = zeroblob(256)")
    assert news.unsigned() == 2
    assert [one.article for one in news.similar("1")] == [2]
    assert rows(path, "SELECT * FROM section_index_signature") == before


def test_what_was_signed_in_another_way_can_be_removed(path: Path, news: Archive) -> None:
    news.add(TWINS)
    news.similar("1")
    rows(path, "UPDATE section_index_version SET near = 'other'")
    news.remove("1")
    assert rows(path, "SELECT * FROM held") == []
    assert news.similar("2") == []
    assert rows(path, "SELECT DISTINCT doc FROM held") == [(2,)]


def test_an_article_without_text_is_signed_once(news: Archive) -> None:
    news.add([item(article("题目"))])
    assert list(news.sign()) == [1]
    assert news.unsigned() == 0
    assert news.similar("1") == []


def test_a_reader_never_passes_over_an_article_without_signature(path: Path, news: Archive) -> None:
    news.add(TWINS)
    with Archive.open(path, readonly=True) as reader:
        for ask in (lambda: reader.similar("1"), lambda: list(reader.reprints())):
            with pytest.raises(DatabaseError, match=r"2 articles of .* have no signature yet"):
                ask()
        list(news.sign())
        assert [one.article for one in reader.similar("1")] == [2]


def test_all_but_signing_works_without_the_extra(news: Archive) -> None:
    with patch.dict(sys.modules, {"rensa": None}):
        news.add([one._replace() for one in TWINS])
        assert news.count("NOT 没有这个") == 2
        for ask in (lambda: news.similar("1"), lambda: list(news.reprints())):
            with pytest.raises(ArchiveError, match="library that is not installed") as caught:
                ask()
            assert caught.value.hint == "pip install 'archive[near]'"
    list(news.sign())
    with patch.dict(sys.modules, {"rensa": None}):
        assert [one.article for one in news.similar("1")] == [2]
        news.remove("2")
        assert news.similar("1") == []


def test_bands_of_many_new_signatures_are_merged(
    path: Path, news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS5 looks into each segment for each band."""
    monkeypatch.setattr(comparing, "_BATCH", 1)
    segments = "SELECT count(DISTINCT segid) FROM section_index_near_idx"
    news.add([news_of(words(seed)) for seed in range(3)])
    next(news.sign())
    list(news.sign())
    assert rows(path, segments) == [(1,)]
    monkeypatch.setattr(comparing, "_MERGED_FROM", 0)
    news.add([news_of(words(9))])
    list(news.sign())
    assert rows(path, segments) == [(2,)]
