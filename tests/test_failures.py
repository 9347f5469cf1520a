from pathlib import Path

import pytest
from cli_helpers import PLAIN, run
from conftest import Write

from archive import Archive
from archive.preview import preview


def test_a_failure_is_listed_until_it_succeeds(news: Archive, write: Write) -> None:
    path = write("page.txt", b"\0\0\0")
    list(news.ingest([path]))
    list(news.ingest([path]))
    (failure,) = news.failures()
    assert (failure.path, failure.tries) == (path, 2)
    assert "NUL" in failure.reason
    write("page.txt", PLAIN)
    assert news.failed_files() == [path]
    assert [outcome.status for outcome in news.ingest(news.failed_files())] == ["stored"]
    assert news.failures() == []


def test_a_known_capture_at_a_failed_path_is_a_success(news: Archive, write: Write) -> None:
    list(news.ingest([write("good.txt", PLAIN), write("page.txt", b"")]))
    assert len(news.failures()) == 1
    list(news.ingest([write("page.txt", PLAIN)]))
    assert news.failures() == []


def test_of_a_failed_record_the_whole_file_is_taken_up_again(news: Archive, write: Write) -> None:
    dump = write("dump.jsonl", '{"title": "一", "text": "海上有一座灯塔。"}\n{broken\n{broken\n')
    list(news.ingest([dump]))
    assert [failure.path for failure in news.failures()] == [f"{dump}!2", f"{dump}!3"]
    assert news.failed_files() == [dump]


def test_a_file_whose_name_looks_like_a_member_is_itself(news: Archive, write: Write) -> None:
    path = write("what!now.txt", b"")
    list(news.ingest([path]))
    assert news.failed_files() == [path]


def test_standard_input_cannot_be_taken_up_again(news: Archive, write: Write) -> None:
    list(news.ingest([write("none.txt", b"")]))
    news.add([])
    assert news.failed_files() == [news.failures()[0].path]


def test_retry_ingests_what_failed(write: Write, tmp_path: Path) -> None:
    db = tmp_path / "cli.db"
    path = write("page.txt", b"")
    assert run("ingest", path, db=db).code == 4
    assert [line["path"] for line in run("failures", db=db).objects] == [path]
    write("page.txt", PLAIN)
    assert run("ingest", "--retry", db=db).code == 0
    result = run("failures", db=db)
    assert (result.stdout, result.code) == ("", 0)
    assert "no failures" in result.stderr


def test_ingest_without_paths_says_what_to_name(tmp_path: Path) -> None:
    result = run("ingest", db=tmp_path / "cli.db")
    assert result.code == 2
    assert "--retry" in result.stderr


def test_a_dry_run_shows_the_article_and_touches_no_archive(write: Write, tmp_path: Path) -> None:
    db = tmp_path / "cli.db"
    path = write("page.txt", PLAIN)
    result = run("ingest", "--dry-run", path, write("none.txt", b""), db=db)
    assert result.code == 4
    found, failed = result.objects
    assert not db.exists()
    assert (found["title"], found["encoding"], found["reason"]) == ("灯塔", "utf-8", None)
    assert [len(section["paragraphs"]) for section in found["sections"]] == [1]
    assert (failed["title"], failed["sections"]) == (None, [])
    assert "empty" in failed["reason"]
    assert "灯塔" in run("ingest", "--dry-run", path, db=db, terminal=80).stdout


def test_a_preview_is_what_ingest_stores(news: Archive, write: Write) -> None:
    path = write("page.txt", PLAIN)
    (seen,) = preview([path])
    list(news.ingest([path]))
    stored = news.article("1")
    assert (seen.key, seen.title, seen.sections) == (stored.key, stored.title, stored.sections)


@pytest.mark.parametrize("option", ["--retry"])
def test_a_dry_run_retries_nothing(tmp_path: Path, option: str) -> None:
    assert run("ingest", "--dry-run", option, db=tmp_path / "cli.db").code == 2
    assert list(tmp_path.iterdir()) == []
