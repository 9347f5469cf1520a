"""Storing: a batch is whole or not there, ids are given once, equal bytes are one capture."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import Write
from samples import article, item, numbered, section
from sqlalchemy.exc import OperationalError

from archive import Archive, bulk, index
from archive.capture.parsed import Failure, ParsedArticle
from archive.errors import StorageError
from archive.ingest import Hashed, Known
from archive.models import Article, Origin
from archive.reports import Outcome
from archive.rows import of_article

TABLES = (
    "capture",
    "origin",
    "article",
    "section",
    "section_index_article",
    "section_index_docsize",
)


def rows(path: Path) -> dict[str, int]:
    """How many rows each table has, as another program finds them."""
    connection = sqlite3.connect(path)
    counts = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - names from above
        for name in TABLES
    }
    connection.close()
    return counts


def per_article(count: int) -> dict[str, int]:
    """The rows of so many articles of two sections."""
    twice = ("section", "section_index_article", "section_index_docsize")
    return {name: count * 2 if name in twice else count for name in TABLES}


class Crash(Exception):  # noqa: N818 - a fault that nothing expects
    """Stands for whatever may go wrong."""


@pytest.mark.parametrize(("module", "place"), [(index, "put"), (bulk, "insert_rows")])
def test_a_fault_in_the_middle_of_a_batch_leaves_nothing_of_it(
    path: Path, news: Archive, monkeypatch: pytest.MonkeyPatch, module: ModuleType, place: str
) -> None:
    news.add(numbered(2))
    original = getattr(module, place)
    calls = iter(range({"put": 0, "insert_rows": 4}[place]))

    def crash(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever it stands for
        if next(calls, None) is None:
            raise Crash
        return original(*args, **options)

    monkeypatch.setattr(module, place, crash)
    with pytest.raises(Crash):
        news.add(numbered(3, first=3))
    assert rows(path) == per_article(2)
    monkeypatch.undo()
    assert news.count("末段") == 2
    assert [outcome.article for outcome in news.add(numbered(3, first=3))] == [3, 4, 5]
    assert rows(path) == per_article(5)
    assert news.count("末段") == 5


@pytest.mark.parametrize("table", [name for name in TABLES if name != "section_index_docsize"])
def test_a_table_that_refuses_a_row_undoes_all_the_others(
    path: Path, news: Archive, table: str
) -> None:
    news.add(numbered(1))
    connection = sqlite3.connect(path)
    connection.execute(
        f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT raise(ABORT, 'no'); END"
    )
    connection.close()
    with pytest.raises(Exception, match="no"):
        news.add(numbered(2, first=2))
    assert rows(path) == per_article(1)


def test_a_full_disk_in_the_middle_of_a_batch_leaves_nothing_of_it(
    path: Path, news: Archive
) -> None:
    news.add(numbered(1))
    with news._engine.connect() as connection:
        (pages,) = connection.exec_driver_sql("PRAGMA page_count").one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
    large = [item(article(f"{n}", section(None, f"{n}" * 5000))) for n in range(9)]
    with pytest.raises((StorageError, OperationalError)):
        news.add([*numbered(1, first=2), *large])
    assert rows(path) == per_article(1)
    assert news.count("末段") == 1


def test_outcomes_stand_in_the_order_of_the_batch(news: Archive) -> None:
    first, second = numbered(2)
    outcomes = news.add([first, Failure("broken.txt", "why"), second, first])
    assert [outcome.status for outcome in outcomes] == ["stored", "failed", "stored", "unchanged"]
    assert [outcome.article for outcome in outcomes] == [1, None, 2, 1]
    assert outcomes[1].path == "broken.txt"
    assert outcomes[1].reason == "why"
    assert outcomes[0].key == first.hashed.sha256[:16]
    assert (outcomes[0].title, outcomes[0].sections) == ("第1篇", 2)


def test_the_same_bytes_from_two_paths_are_one_article_with_both_origins(
    path: Path, news: Archive
) -> None:
    parsed = article("同一篇", section(None, "正文。"))
    (stored,) = news.add([item(parsed, b"bytes", "first.txt")])
    later = news.add(
        [item(parsed, b"bytes", name) for name in ("second.txt", "third.txt", "third.txt")]
    )
    assert {(outcome.status, outcome.article) for outcome in later} == {("unchanged", 1)}
    assert stored.article == 1
    (again,) = news.add([item(parsed, b"bytes", "first.txt")])
    assert (again.status, again.path, again.sections) == ("unchanged", "first.txt", 1)
    with news._reading() as session:
        assert [origin.path for origin in session.query(Origin).order_by(Origin.id)] == [
            "first.txt",
            "second.txt",
            "third.txt",
        ]
    assert news.article("1").capture.path == "first.txt"
    assert rows(path)["article"] == 1


def test_the_same_bytes_twice_in_one_batch_are_one_article(path: Path, news: Archive) -> None:
    parsed = article("同一篇")
    outcomes = news.add([item(parsed, b"bytes", "a.txt"), item(parsed, b"bytes", "b.txt")])
    assert [outcome.status for outcome in outcomes] == ["stored", "unchanged"]
    assert rows(path)["capture"] == 1
    assert rows(path)["origin"] == 2


def test_bytes_that_went_away_after_they_were_known_fail_by_name(news: Archive) -> None:
    (read,) = numbered(1)
    (outcome,) = news.add([Known(read.hashed)])
    assert outcome.status == "failed"
    assert outcome.reason is not None
    assert "run this again" in outcome.reason


def told(news: Archive, *asked: Hashed) -> list[Outcome]:
    """The outcomes of captures all of which came from their paths before."""
    outcomes = [one for one in news.known(asked) if isinstance(one, Outcome)]
    assert len(outcomes) == len(asked)
    return outcomes


def test_a_capture_that_lost_its_article_is_stored_anew_with_all_that_it_came_from(
    path: Path, news: Archive
) -> None:
    (read,) = numbered(1)
    news.add([read])
    news.add([Known(from_path(read.hashed, "elsewhere.txt"))])
    lose_article(path)
    (outcome,) = news.add([read._replace(hashed=from_path(read.hashed, "third.txt"))])
    assert (outcome.status, outcome.path) == ("stored", "third.txt")
    assert origins(path) == {read.hashed.capture.path, "elsewhere.txt", "third.txt"}


def test_a_capture_that_lost_its_article_is_kept_where_nothing_takes_its_place(
    path: Path, news: Archive
) -> None:
    (read,) = numbered(1)
    news.add([read])
    lose_article(path)
    (outcome,) = news.add([Known(from_path(read.hashed, "elsewhere.txt"))])
    assert outcome.status == "failed"
    assert origins(path) == {read.hashed.capture.path}
    assert rows(path)["capture"] == 1


def from_path(hashed: Hashed, path: str) -> Hashed:
    return hashed._replace(capture=hashed.capture._replace(path=path))


def lose_article(path: Path) -> None:
    """What damage may leave: the capture, but nothing that was read of it."""
    with sqlite3.connect(path) as connection:
        for table in ("section_index_article", "section", "article"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from above


def origins(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        return {name for (name,) in connection.execute("SELECT path FROM origin")}


def test_what_came_from_a_path_before_is_told_as_it_was(news: Archive) -> None:
    reads = numbered(3)
    stored = news.add(reads)
    again = told(news, *(reads[n].hashed for n in (2, 0, 1, 0)))
    assert [one.status for one in again] == ["unchanged"] * 4
    assert [one.article for one in again] == [3, 1, 2, 1]
    assert replace(again[1], status=stored[0].status) == stored[0]
    assert again[1].bytes == stored[0].bytes == len(reads[0].hashed.capture.data)


def test_other_bytes_are_new_and_other_paths_are_not_told_unchanged(news: Archive) -> None:
    first, second = (read.hashed for read in numbered(2))
    news.add(numbered(1))
    elsewhere = first._replace(capture=first.capture._replace(path="elsewhere.txt"))
    behind = first._replace(capture=first.capture._replace(path="page.txt\0elsewhere"))
    assert news.known([second, elsewhere, behind]) == [None, Known(elsewhere), Known(behind)]
    assert news.known([]) == []


def test_a_further_capture_is_told_by_its_article(news: Archive) -> None:
    parsed = article("同一篇", section(None, "正文。"))
    reads = [item(parsed, data, "page.txt") for data in (b"one", b"two")]
    assert [one.status for one in news.add(reads)] == ["stored", "duplicate"]
    assert [(one.article, one.sections) for one in told(news, *(r.hashed for r in reads))] == [
        (1, 1),
        (1, 1),
    ]


def test_a_batch_without_news_begins_no_transaction_that_writes(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = numbered(3)
    news.add(reads)
    outcomes = told(news, *(read.hashed for read in reads))
    monkeypatch.setattr(news, "_writing", None)
    assert news.add(outcomes) == outcomes


def test_known_bytes_from_a_new_path_get_their_origin(news: Archive) -> None:
    reads = numbered(3)
    news.add(reads)
    moved = Hashed(reads[1].hashed.capture._replace(path="moved.txt"), reads[1].hashed.sha256)
    same = told(news, reads[0].hashed, reads[2].hashed)
    outcomes = news.add([same[0], Known(moved), same[1]])
    assert [(one.status, one.article) for one in outcomes] == [("unchanged", n) for n in (1, 2, 3)]
    assert outcomes[1].path == "moved.txt"
    assert [origin.path for origin in news.article("2").origins] == ["page.txt", "moved.txt"]
    assert told(news, moved) == [outcomes[1]]


def test_a_path_that_failed_and_is_unchanged_again_has_failed_no_longer(news: Archive) -> None:
    (read,) = numbered(1)
    news.add([read])
    news.add([Failure("page.txt", "why")])
    assert [one.path for one in news.failures()] == ["page.txt"]
    (outcome,) = news.add(told(news, read.hashed))
    assert outcome.status == "unchanged"
    assert news.failures() == []


def test_no_id_is_given_twice(news: Archive) -> None:
    news.add(numbered(3))
    news.remove("3")
    assert [outcome.article for outcome in news.add(numbered(1, first=4))] == [4]
    news.remove("1", "2", "4")
    assert news.articles() == []
    assert [outcome.article for outcome in news.add(numbered(2))] == [5, 6]


DIFFERENT: dict[str, object] = {
    "title": "另一题",
    "sections": (section(None, "另一段"),),
    "published": "2018",
    "source": "新华社",
    "author": "王小明",
    "editor": "李四",
    "channel": ("党建",),
    "url": "https://example.org/",
    "captions": ("图",),
    "original_title": "原题",
}


def test_the_digest_covers_every_field_that_is_kept() -> None:
    parsed = article("题", section(None, "一", "二"), section("小节", "三"))
    kept = {column.key for column in Article.__table__.columns} | {"sections"}
    assert set(DIFFERENT) == kept & set(ParsedArticle._fields)
    others = [parsed._replace(**{name: value}) for name, value in DIFFERENT.items()]  # type: ignore[arg-type]  # of each type
    sections = [
        (section(None, "一二"), section("小节", "三")),
        (section(None, "一", "二"), section("小结", "三")),
        (section(None, "一", "二"), section(None, "小节", "三")),
        (section(None, "一", "二", "小节", "三"),),
        (section(None, "二", "一"), section("小节", "三")),
    ]
    others += [parsed._replace(sections=parts) for parts in sections]
    lead = parsed.sections[0].paragraphs[0]._replace(spans=((5, 6),))
    moved = parsed.sections[0]._replace(paragraphs=(lead, parsed.sections[0].paragraphs[1]))
    others += [parsed._replace(sections=(moved, parsed.sections[1]))]
    digests = {of_article(one)["digest"] for one in (parsed, *others)}
    assert len(digests) == 1 + len(others)
    assert of_article(parsed._replace()) == of_article(parsed)


def test_the_digest_stands_with_the_article(path: Path, news: Archive) -> None:
    (read,) = numbered(1)
    news.add([read])
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT digest FROM article").fetchone() == (
        read.values.article["digest"],
    )
    connection.close()


def test_the_spans_of_each_paragraph_point_into_the_decoded_capture(
    news: Archive, write: Write
) -> None:
    body = "".join(f"　　第{n}段在这里，有一些字。\r\n" for n in range(5))
    text = f"一个标题\r\n\r\n{body}小标题\r\n{body.replace('段', '条')}"
    list(news.ingest([write("page.txt", text.encode("gb18030"))]))
    with news._reading() as session:
        checked = 0
        for row in session.connection().exec_driver_sql("SELECT text, spans FROM section"):
            stored = row.text.split("\n")
            spans = json.loads(row.spans)
            assert len(spans) == len(stored)
            for paragraph, stretches in zip(stored, spans, strict=True):
                assert "".join(text[start:end] for start, end in stretches) == paragraph
                checked += 1
    assert checked >= 10
