"""The segments of the index: merged behind what was added, as far as it is worth it."""

import threading
from pathlib import Path

import pytest
from cli_helpers import write
from samples import numbered

from archive import Archive, index, ingest
from archive.ingest import Limits


def pages(folder: Path, count: int) -> Path:
    for number in range(count):
        write(folder / f"{number:05}.txt", f"第{number}号简讯\n\n{number}号灯塔今晚照常亮灯。\n")
    return folder


def segments(archive: Archive) -> int:
    with archive._reading() as session:
        count = "SELECT count(DISTINCT segid) FROM section_index_idx"
        return int(session.connection().exec_driver_sql(count).scalar_one())


@pytest.mark.parametrize(("much", "merged"), [(60, True), (61, False)])
def test_the_index_is_merged_where_much_was_added(
    news: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, much: int, *, merged: bool
) -> None:
    monkeypatch.setattr(ingest, "BATCH", Limits(20, 1 << 20))
    monkeypatch.setattr(index, "_MUCH", much)
    monkeypatch.setattr(index, "_STEP", 1)
    list(news.ingest([str(pages(tmp_path / "c", 60))]))
    assert (segments(news) == 1) is merged
    assert news.count("灯塔") == 60
    with news._reading() as session:
        tables = "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'"
        assert session.connection().exec_driver_sql(tables).scalar_one() == 0 or merged


def test_little_more_in_a_large_archive_merges_nothing(
    news: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_MUCH", 1)
    list(news.ingest([str(pages(tmp_path / "c", 50))]))
    page = write(tmp_path / "more.txt", "又一篇\n\n海上又有一座灯塔。\n")
    list(news.ingest([str(page)]))
    assert segments(news) == 2


def test_what_small_additions_leave_is_merged_behind_them_not_within(
    news: Archive, tmp_path: Path
) -> None:
    for number in range(9):
        news.add(numbered(1, first=number))
    assert segments(news) == 9
    news.tidy(1)
    assert segments(news) == 1
    for page in sorted(pages(tmp_path, 9).iterdir()):
        list(news.ingest([str(page)]))
    assert segments(news) < 5


def test_a_long_run_is_merged_within(
    news: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", Limits(1, 1))
    monkeypatch.setattr(ingest, "MANY", 5)
    monkeypatch.setattr(index, "_MUCH", 5)
    most = 0
    for _ in news.ingest([str(pages(tmp_path, 13))]):
        most = max(most, segments(news))
    assert most == 6


def test_what_killed_runs_left_is_merged_behind_the_next_however_small(news: Archive) -> None:
    for number in range(index._SEGMENTS - 1):
        news.add(numbered(1, first=number))
    assert segments(news) == index._SEGMENTS - 1
    with news._reading() as session:
        assert not index.is_worth_merging(session, 1)
    news.add(numbered(1, first=index._SEGMENTS))
    with news._reading() as session:
        assert index.is_worth_merging(session, 1)
    news.tidy(1)
    assert segments(news) == 1


def test_a_merge_ends_where_it_is_asked_to(
    news: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", Limits(20, 1 << 20))
    list(news.ingest([str(pages(tmp_path / "c", 60))]))
    monkeypatch.setattr(index, "_MUCH", 1)
    stop = threading.Event()
    stop.set()
    news.tidy(60, stop)
    assert segments(news) == 3
    news.tidy(60)
    assert segments(news) == 1
    assert news.count("灯塔") == 60
