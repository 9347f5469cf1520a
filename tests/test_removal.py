"""Removing: rows, index entries and bytes are gone from the disk, and only a hash tells of them."""

import sqlite3
import sqlite3.dbapi2
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import Write
from samples import article, item, numbered, section, traces

from archive import Archive, database
from archive.errors import DatabaseError, RefError, UsageError
from archive.ingest import Read
from archive.models import Removal

MARK = "zqxmark"
WORDS = [MARK.encode(), "缬奀".encode()]


def secret(size: int = 1) -> Read:
    """An article with words that stand nowhere else, in each of its fields."""
    lead = section(None, *(f"{MARK}{n}缬奀的话。" for n in range(size)))
    parsed = article(f"{MARK}缬奀", lead, section(f"{MARK}缬奀", f"{MARK}缬奀。"))._replace(
        source=f"{MARK}缬奀",
        author=f"{MARK}缬奀",
        captions=(f"{MARK}缬奀",),
    )
    return item(parsed, f"{MARK}缬奀".encode(), f"{MARK}缬奀.txt")


@pytest.fixture
def careless_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """An SQLite that leaves deleted bytes where they are, as most builds do."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.dbapi2.connect

    def careless(*args: object, **options: object) -> sqlite3.Connection:
        connection = connect(*args, **options)
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr(sqlite3.dbapi2, "connect", careless)


@pytest.mark.usefixtures("careless_build")
@pytest.mark.parametrize("others", [0, 1, 20])
def test_no_byte_of_a_removed_article_stays_in_any_file(path: Path, others: int) -> None:
    with Archive.open(path) as archive:
        archive.add([secret(), *numbered(others)])
        assert traces(path, WORDS)
        archive.remove("1")
        assert traces(path, WORDS) == {}
        assert len(archive.articles()) == others
    assert traces(path, WORDS) == {}


@pytest.mark.usefixtures("careless_build")
def test_older_copies_that_merges_of_the_index_freed_are_overwritten_too(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(1, first=100))
        archive.add([secret(3000)])
        for n in range(8):  # each batch is a segment of the index; four or more are merged
            archive.add(numbered(1, first=n))
            archive.tidy(1)
        archive.remove("2")
        assert traces(path, WORDS) == {}
        assert len(archive.articles()) == 9


def tokens(path: Path, column: str) -> set[str]:
    """The tokens that the index holds in a column, asked of FTS5 itself."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, section_index, col)")
    found = connection.execute("SELECT term FROM held WHERE col = ?", (column,))
    held = {term for (term,) in found}
    connection.close()
    return held


@pytest.mark.parametrize("others", [0, 3])
def test_the_index_holds_no_token_of_a_removed_article(path: Path, others: int) -> None:
    with Archive.open(path) as archive:
        archive.add([secret(), *numbered(others)])
        for column in ("body", "heading", "title", "caption"):
            assert "缬" in tokens(path, column)
        archive.remove("1")
        for word in (MARK, "缬奀", "缬", "title:缬", "heading:缬", "caption:缬", f"{MARK}*"):
            assert archive.search(word) == []
            assert archive.count(word, unit="section") == 0
        assert archive.count("末段") == others
    for column in ("body", "heading", "title", "caption"):
        assert not {held for held in tokens(path, column) if held in "缬奀" or MARK in held}


def test_no_row_of_a_removed_article_stays(path: Path, news: Archive) -> None:
    news.add([secret(), *numbered(1)])
    news.remove("1")
    connection = sqlite3.connect(path)
    for table, left in (
        ("capture", 1),
        ("origin", 1),
        ("article", 1),
        ("section", 2),
        ("section_index_article", 2),
        ("section_index_docsize", 2),
        ("removal", 1),
    ):
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - from above
        assert count == left, table
    connection.close()


def test_what_was_removed_is_returned(news: Archive) -> None:
    news.add([secret(), *numbered(2)])
    key = news.article("3").key
    removed = news.remove("1", key, key[:8], "1")
    assert [one.id for one in removed] == [1, 3]
    assert removed[0].title == f"{MARK}缬奀"
    assert [one.article for one in news.articles()] == [2]


def test_a_ref_that_names_nothing_removes_nothing(news: Archive) -> None:
    news.add(numbered(2))
    with pytest.raises(RefError):
        news.remove("1", "99")
    with pytest.raises(UsageError, match="names a section"):
        news.remove("1", "2#1")
    assert len(news.articles()) == 2
    assert news.count("末段") == 2


def test_a_later_ingest_of_removed_bytes_says_so(news: Archive, write: Write) -> None:
    capture = write("page.txt", "一个标题\n\n　　一段正文在这里。\n")
    assert [one.status for one in news.ingest([capture])] == ["stored"]
    news.remove("1")
    (back,) = news.ingest([capture])
    assert (back.status, back.article) == ("stored", 2)
    assert back.reason is not None
    assert "removed on 20" in back.reason
    with news._reading() as session:
        assert session.query(Removal).all() == []
    (again,) = news.ingest([capture])
    assert (again.status, again.reason) == ("unchanged", None)
    news.remove("2")
    (once_more,) = news.ingest([capture])
    assert once_more.reason is not None


def test_only_the_hash_and_the_time_of_removed_bytes_are_kept(path: Path, news: Archive) -> None:
    news.add([secret()])
    news.remove("1")
    connection = sqlite3.connect(path)
    ((hashed, removed),) = connection.execute("SELECT * FROM removal").fetchall()
    connection.close()
    assert hashed == sha256(WORDS[0] + WORDS[1]).hexdigest()
    assert len(removed) == len("2026-01-01T00:00:00Z")


def test_a_reader_that_keeps_the_log_is_told_of(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with Archive.open(path) as archive, Archive.open(path, readonly=True) as reader:
        archive.add([secret()])
        with reader._reading() as session:
            session.connection().exec_driver_sql("SELECT * FROM article").all()
            with pytest.raises(DatabaseError, match="removed, but another program still reads"):
                archive.remove("1")
        assert archive.articles() == []
        archive.add(numbered(1))
        archive.remove("2")
    assert traces(path, WORDS) == {}
