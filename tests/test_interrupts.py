"""Ctrl-C while the archive is asked something: at once, in one line, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import oracle
import pytest
from corpora import store

from archive import Archive, check_index, database

HAN = [chr(0x4E00 + n) for n in range(900)]
TEXTS = 1500

ENDLESS = """
import sys
from sqlalchemy import text
from archive import Archive
with Archive.open(sys.argv[1], readonly=True) as archive, archive._reading() as session:
    session.connection()
    print("asking", flush=True)
    session.execute(text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n"
    )).all()
"""


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which each of many common characters stands in every text."""
    path = tmp_path_factory.mktemp("slow") / "slow.db"
    text = "".join(HAN)
    with Archive.open(path, create=True) as archive:
        store(
            archive,
            [
                oracle.OracleArticle(f"题{n}", (oracle.OracleSection(None, text),))
                for n in range(TEXTS)
            ],
        )
    return path


def files(path: Path) -> dict[str, str]:
    """The files that hold anything, and what they hold; shared memory stays after any reader."""
    found = {one.name: one.read_bytes() for one in path.parent.glob("*[!m]")}
    return {name: sha256(data).hexdigest() for name, data in found.items() if data}


def is_open(process: subprocess.Popen[bytes], path: Path) -> bool:
    """Whether a process has opened a file."""
    for number in Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            if number.readlink() == path:
                return True
        except OSError:
            continue
    return False


@pytest.mark.parametrize(
    "command",
    [
        ["search", " OR ".join(HAN)],
        ["search", "--count", "--strict", "--unit", "paragraph", " ".join(HAN)],
        ["kwic", "--sort", "left", " OR ".join(HAN)],
        ["count", "--by", "source", "--strict", " ".join(HAN)],
    ],
    ids=lambda command: command[0],
)
def test_an_interrupted_question_is_one_line_and_leaves_nothing(
    slow: Path, command: list[str]
) -> None:
    before = files(slow)
    with subprocess.Popen(
        [sys.executable, "-m", "archive", *command],
        env={**os.environ, "ARCHIVE_DB": str(slow)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not is_open(process, slow):
            assert process.poll() is None, process.stderr
        time.sleep(0.3)  # so that it is asking; each of these takes seconds
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 130
    assert out == b""
    assert err.decode().strip() == "archive: interrupted; run the same command again to go on"
    assert files(slow) == before
    with Archive.open(slow) as archive:  # no lock is left either
        assert archive.count("题1") == 1


def test_an_interrupt_ends_a_statement_that_would_never_end(slow: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(slow)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"asking\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == -signal.SIGINT
    assert err.decode().rstrip().endswith("KeyboardInterrupt")


@pytest.mark.parametrize("part", ["articles", "index"])
def test_an_interrupted_check_is_no_damage(
    slow: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Python heeds a signal in the handler that SQLite calls; here one call of it is one."""
    told: list[str] = []
    waiting: list[str] = []
    monkeypatch.setattr(database, "_STEPS_A_CALL", 10)
    monkeypatch.setattr(database._Steps, "__call__", lambda _: bool(waiting and waiting.pop()))
    monkeypatch.setattr(check_index, "_TOLD", 1)

    def interrupt(doing: str, *_: int) -> None:
        if doing == part and not told:
            told.append(doing)
            waiting.append(doing)

    with Archive.open(slow, readonly=True) as archive:
        checking = archive.check(progress=interrupt, fast=part == "articles")
        with pytest.raises(KeyboardInterrupt):
            list(checking)
    assert told
    assert not waiting
