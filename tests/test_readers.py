"""Reading in other processes: the same archive as without, whatever becomes of a reader."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import REFORM, run, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive import Archive, ingest
from archive.capture.parsed import Capture, Failure
from archive.capture.worker import Worker
from archive.errors import UsageError
from archive.ingest import Limits
from archive.readers import Readers, cores

ROOT = Path(__file__).resolve().parent.parent
CLOCKS = {"ingested", "seen", "failed"}
"""Columns that tell when something was done."""


@pytest.fixture
def nothing_is_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "SMALL", Limits(1, 1))
    monkeypatch.setattr(ingest, "PORTION", Limits(7, 20_000))


def contents(archive: Archive) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, and every token of the index with its places, without clocks."""
    found = {}
    with archive._reading() as session:
        connection = session.connection()
        names = connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            " AND name NOT LIKE 'section_index%' OR name LIKE 'section_index_article'"
        ).scalars()
        for name in sorted(names):
            rows = connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY rowid")  # noqa: S608 - a table
            kept = [n for n, column in enumerate(rows.keys()) if column not in CLOCKS]
            found[name] = [tuple(row[n] for n in kept) for row in rows]
        for index in ("section_index", "section_index_levels"):
            words = f"temp.{index}_words"
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE {words} USING fts5vocab(main, {index}, instance)"
            )
            found[words] = list(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {words}")))  # noqa: S608 - as above
    assert {"capture", "origin", "article", "section", "failure"} <= found.keys()
    return found


def ingested(path: Path, captures: list[str], *, jobs: int) -> tuple[list[Any], dict[str, Any]]:
    with Archive.open(path, create=True) as archive:
        outcomes = list(archive.ingest(captures, jobs=jobs))
        return outcomes, contents(archive)


@pytest.fixture
def corpus(tmp_path: Path) -> list[str]:
    """The captures of the checkout, and files that are odd."""
    odd = tmp_path / "odd"
    for number in range(40):
        write(odd / f"{number}.txt", f"第{number % 30}号简讯\n\n{number % 30}号灯塔今晚亮灯。\n")
    write(odd / "empty.txt", "")
    (odd / "noise.txt").write_bytes(bytes(range(256)) * 9)
    (odd / "gb.txt").write_bytes(REFORM.encode("gb18030"))
    write(odd / "lines.jsonl", '{"title": "甲", "text": "乙丙丁。"}\n{broken\n{"text": "戊己。"}\n')
    write(odd / "page.html", "<html><title>题</title><p>一段话在这里，说得很清楚。</p></html>")
    write(odd / "silent.html", "<html></html>")
    return [str(ROOT / "data" / "captures"), str(odd), str(tmp_path / "gone.txt")]


@pytest.mark.usefixtures("nothing_is_small")
def test_the_archive_does_not_depend_on_the_number_of_jobs(
    tmp_path: Path, corpus: list[str]
) -> None:
    alone, rows = ingested(tmp_path / "1.db", corpus, jobs=1)
    both, same = ingested(tmp_path / "2.db", corpus, jobs=2)
    assert [one.status for one in alone].count("failed") >= 4
    assert both == alone
    assert same == rows


@pytest.mark.usefixtures("nothing_is_small")
def test_the_archive_does_not_depend_on_the_size_of_batches(
    tmp_path: Path, corpus: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, rows = ingested(tmp_path / "whole.db", corpus, jobs=1)
    monkeypatch.setattr(ingest, "BATCH", Limits(3, 1 << 20))
    assert ingested(tmp_path / "parts.db", corpus, jobs=2) == (whole, rows)


@given(
    texts=st.lists(st.text("灯塔海上。，\n abc", max_size=12), min_size=1, max_size=25),
    portion=st.integers(1, 5),
    batch=st.integers(1, 7),
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_outcomes_come_in_the_order_of_the_input(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], portion: int, batch: int
) -> None:
    folder = tmp_path_factory.mktemp("order")
    captures = [str(write(folder / f"{n}.txt", text)) for n, text in enumerate(texts)]
    expected = ingested(folder / "1.db", captures, jobs=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "SMALL", Limits(1, 1))
        patch.setattr(ingest, "PORTION", Limits(portion, 1 << 20))
        patch.setattr(ingest, "BATCH", Limits(batch, 1 << 20))
        assert ingested(folder / "2.db", captures, jobs=2) == expected
    assert [one.path for one in expected[0]] == captures


def test_a_small_input_begins_no_process(
    tmp_path: Path, corpus: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "Readers", None)
    assert ingested(tmp_path / "a.db", corpus, jobs=2)[0]


@pytest.mark.usefixtures("nothing_is_small")
def test_what_is_known_begins_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    captures = [str(many(tmp_path / "c", 30))]
    assert len(ingested(tmp_path / "a.db", captures, jobs=2)[0]) == 30
    monkeypatch.setattr(Worker, "run", None)
    again, _ = ingested(tmp_path / "a.db", captures, jobs=2)
    assert [one.status for one in again] == ["unchanged"] * 30


def test_fewer_than_one_job_is_refused(tmp_path: Path) -> None:
    with (
        Archive.open(tmp_path / "a.db", create=True) as archive,
        pytest.raises(UsageError, match="0 jobs"),
    ):
        list(archive.ingest(["a.txt"], jobs=0))
    assert cores() >= 1


def texts(count: int) -> list[Capture]:
    return [Capture(f"第{n}号\n\n{n}号灯塔今晚亮灯。\n".encode(), f"{n}.txt") for n in range(count)]


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers(1, None) as made:
        yield made


def process_of(readers: Readers) -> int:
    (worker,) = readers._workers
    return worker.run(os.getpid)


def test_a_reader_that_was_killed_is_replaced(readers: Readers) -> None:
    first = process_of(readers)
    os.kill(first, signal.SIGKILL)
    done = readers.read(texts(5)).result(30)
    assert [type(one).__name__ for one in done] == ["Values"] * 5
    assert process_of(readers) != first


def test_a_reader_that_is_killed_at_work_takes_no_capture_along(readers: Readers) -> None:
    first = process_of(readers)
    answer = readers.read(texts(3000))
    time.sleep(0.05)
    os.kill(first, signal.SIGKILL)
    done = answer.result(60)
    assert len(done) == 3000
    assert not any(isinstance(one, Failure) for one in done)


def test_html_is_read_within_its_limit_and_fails_alone(readers: Readers) -> None:
    stalling = Capture(b"<div>" * 200_000 + "字".encode(), "deep.html", "text/html")
    before, after = texts(2)
    first, second, third = readers.read([before, stalling, after]).result(120)
    assert not isinstance(first, Failure)
    assert not isinstance(third, Failure)
    assert isinstance(second, Failure)
    assert "longer than 4 s" in second.reason or "memory" in second.reason


def test_no_reader_outlives_its_readers() -> None:
    with Readers(2, None) as readers:
        readers.read(texts(1)).result(30)
        pids = [worker.run(os.getpid) for worker in readers._workers]
        readers.read(texts(100_000))  # left undone
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_reader_knows_no_sql(readers: Readers) -> None:
    readers.read(texts(1)).result(30)
    (worker,) = readers._workers
    loaded = worker.run(eval, "list(__import__('sys').modules)")
    assert "archive.prepare" in loaded
    assert not {"sqlalchemy", "sqlite3", "selectolax"} & set(loaded)


def many(folder: Path, count: int) -> Path:
    for number in range(count):
        write(folder / f"{number:05}.txt", f"第{number}号简讯\n\n{number}号灯塔今晚照常亮灯。\n")
    return folder


@pytest.mark.parametrize(
    "start", [["-m", "archive"], ["-c", "from archive.cli import main; main()"]]
)
def test_a_closed_pipe_ends_the_command_and_its_readers_quietly(
    tmp_path: Path, start: list[str]
) -> None:
    folder = many(tmp_path / "c", 6000)
    command = [sys.executable, *start, "--db", str(tmp_path / "a.db"), "ingest", "--jobs", "2"]
    with subprocess.Popen(
        [*command, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0
    again = run("ingest", str(folder), db=tmp_path / "a.db")
    assert len(again.objects) == 6000


def test_archive_can_be_used_without_a_guard_around_the_main_program(tmp_path: Path) -> None:
    folder = many(tmp_path / "c", 900)
    script = write(
        tmp_path / "script.py",
        f"""from archive import Archive
with Archive.open({str(tmp_path / "a.db")!r}, create=True) as archive:
    print(sum(1 for _ in archive.ingest([{str(folder)!r}], jobs=2)))
""",
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("900\n", "")


def test_a_thread_may_ingest(tmp_path: Path) -> None:
    folder = many(tmp_path / "c", 400)
    found: list[Any] = []

    def work() -> None:
        with Archive.open(tmp_path / "a.db", create=True) as archive:
            found.extend(archive.ingest([str(folder)], jobs=2))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(found) == 400
