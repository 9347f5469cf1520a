"""The models: bytes exact, JSON readable by any tool, children that go with their parents."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import article, item, numbered
from sqlalchemy import delete, event, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from archive import Archive, database
from archive.models import Article, Base, Capture, Compressed, Origin, Section

DIALECT = sqlite.dialect()


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    engine = database.make_engine(path)
    with engine.connect() as connection, Session(connection) as opened:
        yield opened
    engine.dispose()


@given(st.binary(max_size=2000))
def test_compressed_bytes_come_out_as_they_went_in(data: bytes) -> None:
    kept = Compressed().process_bind_param(data, DIALECT)
    assert kept is not None
    assert Compressed().process_result_value(kept, DIALECT) == data


def test_captures_are_kept_as_zstandard_frames(path: Path, news: Archive) -> None:
    data = "改革开放".encode() * 1000
    news.add([item(article("题"), data)])
    connection = sqlite3.connect(path)
    ((kept, length),) = connection.execute("SELECT data, bytes FROM capture").fetchall()
    connection.close()
    assert kept[:4] == b"\x28\xb5\x2f\xfd"
    assert len(kept) < length == len(data)
    assert news.raw("1") == data


def test_nothing_is_kept_of_nothing() -> None:
    assert Compressed().process_bind_param(None, DIALECT) is None
    assert Compressed().process_result_value(None, DIALECT) is None


def test_lists_are_kept_as_json_that_people_can_read(session: Session) -> None:
    capture = Capture(
        sha256="0" * 64,
        data=b"x",
        bytes=1,
        media_type="text/plain",
        encoding="utf-8",
        encoding_evidence="utf-8",
        replaced=0,
        ingested="2026-01-01T00:00:00Z",
    )
    row = Article(
        key="0" * 16,
        capture=capture,
        title="题",
        channel=["党建首页", "先进典型"],
        captions=[],
        digest="",
        reader=1,
        sections=[Section(number=0, text="文", spans=[[[0, 1]]])],
    )
    session.add(row)
    session.flush()
    kept = session.connection().exec_driver_sql("SELECT channel, captions FROM article").one()
    assert tuple(kept) == ('["党建首页","先进典型"]', "[]")
    assert session.connection().exec_driver_sql("SELECT spans FROM section").scalar() == "[[[0,1]]]"
    session.expire_all()
    assert session.get_one(Article, 1).channel == ["党建首页", "先进典型"]


def test_reading_an_article_leaves_the_bytes_of_its_capture_alone(news: Archive) -> None:
    news.add(numbered(1))
    statements: list[str] = []
    event.listen(
        news._engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )
    news.article("1")
    news.cite("1#1:0-2")
    news.articles()
    news.search("正文")
    assert statements
    assert not [statement for statement in statements if "capture.data" in statement]


def test_the_rows_of_a_capture_go_with_it(news: Archive) -> None:
    news.add(numbered(2))
    with news._writing() as session:
        session.execute(delete(Capture).where(Capture.id == 1))
        for model, count in ((Capture, 1), (Origin, 1), (Article, 1), (Section, 2)):
            assert len(session.scalars(select(model)).all()) == count


def test_an_article_outlives_the_one_that_superseded_it(news: Archive) -> None:
    news.add(numbered(2))
    with news._writing() as session:
        session.get_one(Article, 1).superseded_by = 2
    assert [one.article for one in news.articles()] == [2]
    assert news.article("1").title == "第1篇"
    assert [hit.article for hit in news.search("末段")] == [2]
    news.remove("2")
    assert [one.article for one in news.articles()] == [1]


@pytest.mark.parametrize(
    "row",
    [
        {"article_id": 99, "number": 0, "text": "", "spans": []},
        {"article_id": 1, "number": 0, "text": "", "spans": []},
        {"article_id": 1, "number": 7, "text": None, "spans": []},
    ],
)
def test_a_row_that_belongs_nowhere_is_refused(news: Archive, row: dict[str, object]) -> None:
    news.add(numbered(1))
    with pytest.raises(IntegrityError), news._writing() as session:
        session.execute(insert(Section), [row])


def test_every_constraint_has_a_name_for_migrations_to_use() -> None:
    for table in Base.metadata.sorted_tables:
        named = {key.name for key in table.constraints} | {key.name for key in table.indexes}
        assert table.primary_key.name == f"pk_{table.name}"
        assert None not in named, table.name


def test_search_only_tables_are_named_so() -> None:
    kept = {"capture", "origin", "article", "duplicate", "section", "removal", "failure"}
    others = set(Base.metadata.tables) - kept
    assert kept < set(Base.metadata.tables)
    assert others
    assert all(name.startswith("section_index_") for name in others)
