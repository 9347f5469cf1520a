import sqlite3
from pathlib import Path

import pytest
from conftest import Write
from samples import PAGE, article, item, section

from archive import Archive, capture
from archive.capture.parsed import Capture, Decoded, ParsedArticle
from archive.errors import CaptureError, RefError
from archive.reports import Moved, Reread


def test_the_same_reader_changes_nothing(news: Archive, write: Write) -> None:
    list(news.ingest([write("page.txt", PAGE)]))
    before = news.article("1")
    assert [(one.changed, one.moved) for one in news.reread()] == [((), ())]
    assert news.article("1") == before


def _old(news: Archive) -> ParsedArticle:
    """Store a page as an older reader would have: all in the lead, a wrong title."""
    parsed = article("旧题", section(None, "导语在这里。", "蝶变之路", "企业少跑路。", "没有了。"))
    news.add([item(parsed, "标题\n".encode())])
    return parsed


def _read_as(monkeypatch: pytest.MonkeyPatch, parsed: ParsedArticle) -> None:
    decoded = Decoded("标题\n", "utf-8", "utf-8")

    def read(_capture: Capture, *, encoding: str | None = None) -> tuple[Decoded, ParsedArticle]:
        assert encoding is None
        return decoded, parsed

    monkeypatch.setattr(capture, "read", read)


BETTER = article("标题", section(None, "导语在这里。"), section("蝶变之路", "企业少跑路。"))


def test_a_better_reader_changes_rows_index_and_anchors_but_no_id(
    news: Archive, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    _old(news)
    before = news.article("1")
    _read_as(monkeypatch, BETTER)
    (told,) = news.reread("1")
    key = before.key
    assert told == Reread(
        1,
        key,
        "标题",
        ("title", "sections"),
        (
            Moved(f"{key}#0:7-11", None),
            Moved(f"{key}#0:12-18", f"{key}#1:0-6"),
            Moved(f"{key}#0:19-23", None),
        ),
    )
    after = news.article("1")
    assert (after.id, after.key, after.title) == (1, key, "标题")
    assert [(s.heading, s.paragraphs) for s in after.sections] == [
        (None, ("导语在这里。",)),
        ("蝶变之路", ("企业少跑路。",)),
    ]
    assert news.count("heading:蝶变") == news.count("title:标题") == 1
    assert news.count("旧题") == news.count("没有了") == 0
    assert [hit.section for hit in news.search("少跑路", unit="section")] == [1]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM section_index_article").fetchone() == (2,)
    connection.close()


def test_sections_that_are_gone_leave_no_row_and_no_ghost_hit(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.add([item(BETTER)])
    _read_as(monkeypatch, BETTER._replace(sections=BETTER.sections[:1]))
    list(news.reread())
    assert len(news.article("1").sections) == 1
    assert news.count("少跑路") == news.count("heading:蝶变") == 0


def test_a_dry_run_tells_the_same_and_changes_nothing(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    _old(news)
    before = news.article("1")
    _read_as(monkeypatch, BETTER)
    dry = list(news.reread(dry_run=True))
    assert news.article("1") == before
    assert list(news.reread()) == dry


def test_what_the_present_reader_refuses_stays_and_says_so(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    _old(news)
    before = news.article("1")

    def refuse(_capture: Capture, *, encoding: str | None = None) -> None:
        raise CaptureError(f"no text ({encoding})")

    monkeypatch.setattr(capture, "read", refuse)
    assert [one.reason for one in news.reread()] == ["no text (None)"]
    assert news.article("1") == before


def test_an_encoding_that_was_insisted_on_is_used_again(news: Archive, write: Write) -> None:
    list(news.ingest([write("page.txt", PAGE.encode("gb18030"))], encoding="big5"))
    before = news.article("1")
    assert before.capture.encoding == "big5"
    assert [one.changed for one in news.reread()] == [()]
    assert news.article("1") == before


def test_an_unknown_ref_reads_nothing(news: Archive) -> None:
    with pytest.raises(RefError):
        list(news.reread("9"))
