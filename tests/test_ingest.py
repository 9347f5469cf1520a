"""From files to outcomes: one each, in their order, true when they are told."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import Write
from samples import PAGE

from archive import Archive, ingest
from archive.ingest import Hashed, Item, Known
from archive.reports import Outcome, Status

ROOT = Path(__file__).resolve().parent.parent


def test_ingest_of_known_bytes_says_unchanged(news: Archive, write: Write) -> None:
    captures = [write("a/1.txt", PAGE), write("b/2.txt", PAGE)]
    assert [one.status for one in news.ingest(captures)] == ["stored", "unchanged"]
    assert [one.status for one in news.ingest(captures)] == ["unchanged", "unchanged"]
    assert [one.article for one in news.ingest(captures)] == [1, 1]
    assert len(news.articles()) == 1


def test_one_capture_that_fails_does_not_stop_the_others(news: Archive, write: Write) -> None:
    captures = [
        write("1.txt", PAGE),
        write("2.txt", b""),
        write("3.txt", b"\0" * 100),
        "no such file.txt",
        write("4.txt", PAGE + "　　又一段在这里。\n"),
        write("5.txt", "大" * 1000),
        write("6.txt", PAGE + "　　第三种写法。\n"),
    ]
    outcomes = list(news.ingest(captures, max_bytes=2000))
    assert [one.status for one in outcomes] == [
        *("stored", "failed", "failed", "failed", "stored", "failed", "stored")
    ]
    assert [one.path for one in outcomes] == captures
    for one in outcomes:
        assert (one.reason is None) is (one.status == "stored")
        assert (one.article is None) is (one.status == "failed")
        assert "\n" not in (one.reason or "")
    assert len(news.articles()) == 3


def test_a_fault_of_a_reader_is_an_outcome(
    news: Archive, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive import capture  # noqa: PLC0415 - to be patched

    original = capture.read

    def faulty(*args: object, **options: object) -> object:
        if b"fault" in args[0].data:  # type: ignore[attr-defined]  # a capture
            raise RuntimeError("unforeseen")
        return original(*args, **options)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(capture, "read", faulty)
    outcomes = list(news.ingest([write("1.txt", "fault"), write("2.txt", PAGE)]))
    assert [one.status for one in outcomes] == ["failed", "stored"]
    assert "unforeseen" in (outcomes[0].reason or "")


def test_what_ingest_reports_is_already_committed(news: Archive, write: Write) -> None:
    captures = [write(f"{n}.txt", PAGE + f"　　第{n}段。\n") for n in range(3)]
    with Archive.open(news.path, readonly=True) as reader:
        for outcome in news.ingest(captures):
            assert reader.article(str(outcome.article)).key == outcome.key


class _Slow:
    """A store that has nothing; telling what it knows takes ten seconds of a clock of its own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.batches: list[int] = []

    def known(self, asked: Sequence[Hashed]) -> list[Outcome | Known | None]:
        self.now += 10
        return [None] * len(asked)

    def add(self, items: Sequence[Item]) -> list[Outcome]:
        self.batches.append(len(items))
        return [Outcome(Status.STORED, "") for _ in items]

    def tidy(self, added: int, stop: object) -> None:
        """There is nothing to tidy."""


def test_a_slow_reading_makes_no_batch_of_one_capture(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = _Slow()
    monkeypatch.setattr(ingest, "time", SimpleNamespace(monotonic=lambda: store.now))
    captures = [write(f"{n}.txt", PAGE + f"　　第{n}段。\n") for n in range(3)]
    assert len(list(ingest.ingest(store, captures, jobs=1))) == 3
    assert store.batches == [3]


def test_an_encoding_overrules_the_bytes(news: Archive, write: Write) -> None:
    (outcome,) = news.ingest([write("page.txt", PAGE.encode("gb18030"))], encoding="gb18030")
    assert outcome.title == "放管服改革一年间"
    assert news.article("1").capture.encoding == "gb18030"


def test_a_kill_after_ingest_loses_nothing_it_reported(path: Path, write: Write) -> None:
    captures = [write(f"{n}.txt", PAGE + f"　　第{n}段。\n") for n in range(3)]
    code = (
        "import os, signal, sys\n"
        "from archive import Archive\n"
        "for outcome in Archive.open(sys.argv[1]).ingest(sys.argv[2:]):\n"
        "    print(outcome.key, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(path), *captures],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.returncode < 0
    with Archive.open(path) as archive:
        assert [one.key for one in archive.articles()] == killed.stdout.split()
        assert [one.status for one in archive.ingest(captures)] == ["unchanged"] * 3
