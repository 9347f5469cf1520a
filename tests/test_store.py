"""The Python API, as docs and users call it."""

import dataclasses
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import Write
from samples import PAGE, article, item, numbered, section
from sqlalchemy import event

import archive as package
from archive import Archive, lookup
from archive.errors import QueryError, RefError, StorageError, UsageError
from archive.query import parse


@pytest.fixture
def filled(news: Archive) -> Archive:
    """An archive of three articles with all their facts."""
    first = article(
        "放管服改革",
        section(None, "导语一。", "导语二，改革。"),
        section("蝶变", "放管服来了。", "改革，再改革。"),
        section("结尾", "完。"),
    )._replace(
        published="2018-10-12T07:47",
        source="新华社",
        author="刘钦海",
        editor="张三",
        channel=("党建首页", "先进典型"),
        url="https://example.org/1",
        captions=("图一：煤城",),
    )
    second = article("书记", section(None, "改革与书记。"))._replace(published="2019-01")
    third = article("蝶变与改革", section(None, "没有别的。"), section("再蝶变", "完。"))
    news.add([item(first, b"raw \xff bytes", "a.txt"), item(second), item(third)])
    return news


def test_the_package_gives_the_archive_on_first_use() -> None:
    assert package.Archive is Archive
    assert package.__version__
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.Nothing


def test_open_create_ingest_and_ask(tmp_path: Path, write: Write) -> None:
    capture = write("page.txt", PAGE)
    with Archive.open(tmp_path / "news.db", create=True) as archive:
        (outcome,) = archive.ingest([str(Path(capture).parent)])
        assert (outcome.status, outcome.path, outcome.article) == ("stored", capture, 1)
        assert outcome.reason is None
    with Archive.open(str(tmp_path / "news.db"), readonly=True) as archive:
        assert archive.article("1").title == "放管服改革一年间"
        assert archive.raw("1") == PAGE.encode()
        (hit,) = archive.search("放管服 群众")
        assert archive.article(hit.anchor).quote in ("放管服", "群众")
        assert archive.count("蝶变") == 1


def test_opening_again_finds_what_was_stored(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(2))
    for create, readonly in ((False, False), (True, False), (False, True)):
        with Archive.open(path, create=create, readonly=readonly) as archive:
            assert [one.title for one in archive.articles()] == ["第1篇", "第2篇"]


def test_an_archive_can_be_closed_twice(path: Path) -> None:
    archive = Archive.open(path)
    archive.close()
    archive.close()


def test_an_archive_opened_for_reading_refuses_to_write(filled: Archive, write: Write) -> None:
    with Archive.open(filled.path, readonly=True) as reader:
        with pytest.raises(StorageError):
            list(reader.ingest([write("page.txt", PAGE)]))
        with pytest.raises(StorageError):
            reader.remove("1")
        assert len(reader.articles()) == 3
    assert filled.count("放管服") == 1


def test_an_article_is_shown_with_all_its_facts(filled: Archive) -> None:
    shown = filled.article("1")
    assert (shown.id, shown.title, shown.published) == (1, "放管服改革", "2018-10-12T07:47")
    assert (shown.source, shown.author, shown.editor) == ("新华社", "刘钦海", "张三")
    assert (shown.channel, shown.captions) == (("党建首页", "先进典型"), ("图一：煤城",))
    assert shown.url == "https://example.org/1"
    assert [(one.number, one.heading) for one in shown.sections] == [
        (0, None),
        (1, "蝶变"),
        (2, "结尾"),
    ]
    assert shown.sections[1].paragraphs == ("放管服来了。", "改革，再改革。")
    assert (shown.capture.path, shown.capture.bytes) == ("a.txt", 11)
    assert shown.key == shown.capture.sha256[:16] == shown.anchor
    assert shown.quote is None
    assert filled.article(shown.key) == filled.article(shown.key[:7] + shown.key[7:9]) == shown


def test_a_ref_shows_the_sections_and_the_range_it_names(filled: Archive) -> None:
    key = filled.article("1").key
    assert [one.number for one in filled.article("1#1-2").sections] == [1, 2]
    assert filled.article("1#1-2").anchor == f"{key}#1-2"
    assert filled.section("1#1").text == "放管服来了。\n改革，再改革。"
    place = filled.article("1#1:7-9")
    assert (place.quote, place.anchor) == ("改革", f"{key}#1:7-9")
    assert filled.article("1#1:5-8").quote == "。\n改"


@pytest.mark.parametrize("text", ["1", "1#0-1"])
def test_section_wants_the_name_of_one(filled: Archive, text: str) -> None:
    with pytest.raises(UsageError, match="does not name one section"):
        filled.section(text)


def test_sections_of_an_article_and_those_under_a_heading(filled: Archive) -> None:
    assert [(one.section, one.paragraphs, one.characters) for one in filled.sections("1")] == [
        (0, 2, 12),
        (1, 2, 14),
        (2, 1, 2),
    ]
    assert [(one.article, one.section) for one in filled.sections(heading="蝶变")] == [
        (1, 1),
        (3, 1),
    ]
    assert [one.section for one in filled.sections("3", heading="蝶变")] == [1]
    assert [one.section for one in filled.sections("1#1-2")] == [1, 2]
    assert filled.sections(heading="变蝶") == []
    with pytest.raises(QueryError):
        filled.sections(heading="！")
    with pytest.raises(RefError):
        filled.sections("9")


def test_articles_are_listed_sorted_and_paged(filled: Archive) -> None:
    def ids(**options: object) -> list[int]:
        return [one.article for one in filled.articles(**options)]  # type: ignore[arg-type]  # of each type

    assert ids() == [1, 2, 3]
    assert ids(sort="newest") == [2, 1, 3]
    assert ids(sort="oldest") == [1, 2, 3]
    assert ids(sort="source") == [1, 2, 3]
    assert ids(sort="title") == [2, 1, 3]
    assert ids(limit=2) == [1, 2]
    assert ids(limit=2, offset=2) == [3]
    assert ids(limit=0) == []
    assert ids(date="2018") == [1]
    assert [one.sections for one in filled.articles()] == [3, 1, 2]


def test_search_gives_hits_whose_anchor_quotes_what_was_found(filled: Archive) -> None:
    hits = filled.search("改革")
    assert {hit.article for hit in hits} == {1, 2, 3}
    assert filled.count("改革") == 3
    assert filled.count("改革", unit="section") == 4
    for hit in filled.search("body:改革", unit="section"):
        assert filled.article(hit.anchor).quote == "改革"
    assert [hit.article for hit in filled.search("改革 书记")] == [2]
    assert filled.search(parse("改革 书记")) == filled.search("改革 书记")
    assert [hit.article for hit in filled.search("改革", sort="newest")] == [2, 1, 3]
    assert len(filled.search("改革", limit=1, offset=1)) == 1
    assert filled.absent("改革 没有的词") == ['"没有的词"']


@pytest.mark.parametrize("options", [{"unit": "page"}, {"sort": "best"}])
def test_an_unknown_choice_says_which_there_are(filled: Archive, options: dict[str, str]) -> None:
    with pytest.raises(UsageError) as caught:
        filled.search("改革", **options)  # type: ignore[arg-type]  # two strings
    assert caught.value.exit_code == 2
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("one of")


def test_an_unknown_order_of_the_list_says_which_there_are(filled: Archive) -> None:
    with pytest.raises(UsageError, match="best"):
        filled.articles(sort="best")


def test_cite_tells_what_a_citation_needs(filled: Archive) -> None:
    cited = filled.cite("1#1:0-3")
    assert (cited.title, cited.heading, cited.quote) == ("放管服改革", "蝶变", "放管服")
    assert cited.anchor == f"{filled.article('1').key}#1:0-3"
    assert cited.accessed == filled.article("1").capture.ingested[:10]
    assert (filled.cite("1").heading, filled.cite("1").quote) == (None, None)


def test_raw_gives_the_bytes_as_they_came(filled: Archive) -> None:
    assert filled.raw("1") == filled.raw("1#1") == b"raw \xff bytes"
    with pytest.raises(RefError):
        filled.raw("9")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_lines_cover_the_whole_capture(news: Archive, write: Write, encoding: str) -> None:
    data = PAGE.encode(encoding)
    list(news.ingest([write("page.txt", data)]))
    lines = news.lines("1")
    assert lines[0].start == 0
    assert all(before.end == after.start for before, after in pairwise(lines))
    assert all(line.role and line.rule for line in lines)
    kept = "".join(line.text for line in lines if line.kept)
    shown = news.article("1")
    for part in shown.sections:
        assert all(paragraph in kept for paragraph in part.paragraphs)
    assert news.raw("1") == data


def test_status_counts_what_there_is(filled: Archive) -> None:
    status = filled.status()
    assert (status.captures, status.articles, status.sections) == (3, 3, 6)
    assert status.text_characters == sum(
        len(one.text) for number in "123" for one in filled.article(number).sections
    )
    assert status.capture_bytes == sum(len(filled.raw(number)) for number in "123")
    assert status.file_bytes > status.free_bytes >= 0
    parts = (status.captures_bytes, status.text_bytes, status.index_bytes, status.other_bytes)
    assert min(parts) > 0
    assert sum(parts) + status.free_bytes == status.file_bytes
    assert status.path == str(filled.path)


def test_a_table_of_more_than_two_gib_is_told_by_its_pages(filled: Archive) -> None:
    """The stand-in tells what SQLite 3.40 tells of a table of 2.9 GB: its bytes in 32 bits."""
    with filled._reading() as session:
        session.connection().exec_driver_sql(
            "CREATE TEMP TABLE dbstat AS SELECT name, TRUE AS aggregate,"
            " iif(name = 'section', 708535, pageno) AS pageno,"
            " iif(name = 'section', -1392807936, pgsize) AS pgsize"
            " FROM main.dbstat WHERE aggregate = TRUE"
        )
        status = lookup.status(session, filled.path)
    assert 708_535 < status.text_bytes / 4096 < 708_540


def test_results_are_values(filled: Archive) -> None:
    shown = filled.article("1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        shown.title = "other"  # type: ignore[misc]  # that is the test


def test_more_sections_than_sqlite_takes_values(path: Path) -> None:
    parts = [section(f"节{n}", f"第{n}段。") for n in range(30)]
    with Archive.open(path) as archive:
        archive.add([item(article("长", section(None), *parts))])

        def limit(connection: sqlite3.Connection, _record: object) -> None:
            connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 20)

        archive._engine.pool.dispose()
        event.listen(archive._engine, "connect", limit)
        assert len(archive.sections("1")) == 31
        archive.remove("1")
        assert archive.articles() == []
