"""``archive ingest`` in a pipe: outcomes, what is taken in, what fails by name, interruption."""

import json
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from cli_helpers import HARVEST, PLAIN, REFORM, Result, run, unprivileged, write

from archive.cli import tally

KEY = sha256(REFORM.encode()).hexdigest()[:16]
NAMES = ["status", "path", "article", "key", "title", "sections", "reason"]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def statuses(result: Result) -> dict[str, str]:
    """The status of each capture by the end of its path."""
    return {Path(outcome["path"]).name: outcome["status"] for outcome in result.objects}


def reasons(result: Result) -> dict[str, str]:
    return {
        Path(outcome["path"]).name: outcome["reason"]
        for outcome in result.objects
        if outcome["status"] == "failed"
    }


def test_an_outcome_is_one_object_a_line(tmp_path: Path, db: Path) -> None:
    path = write(tmp_path / "页.txt", REFORM)
    first = run("ingest", str(path), db=db)
    assert first.code == 0
    assert first.stdout == (
        f'{{"status": "stored", "path": "{path}", "article": 1, "key": "{KEY}", '
        '"title": "春江市推进放管服改革：“马上办”渐成常态", "sections": 3, "reason": null}\n'
    )
    again = run("ingest", str(path), db=db)
    assert again.code == 0
    assert again.object == first.object | {"status": "unchanged"}
    missing = run("ingest", str(tmp_path / "no.txt"), db=db)
    assert missing.code == 4
    assert list(missing.object) == NAMES
    assert [missing.object[name] for name in ("article", "key", "title", "sections")] == [None] * 4


def test_the_same_bytes_under_another_path_are_unchanged(tmp_path: Path, db: Path) -> None:
    write(tmp_path / "c" / "a.txt", REFORM)
    write(tmp_path / "c" / "b.txt", REFORM)
    assert statuses(run("ingest", str(tmp_path / "c"), db=db)) == {
        "a.txt": "stored",
        "b.txt": "unchanged",
    }
    assert len(run("list", db=db).objects) == 1


def test_folders_globs_and_standard_input(tmp_path: Path, db: Path) -> None:
    write(tmp_path / "c" / "a.txt", REFORM)
    write(tmp_path / "c" / "deep" / "er" / "b.md", "# 标题\n\n正文一段，说的是海上的灯塔。\n")
    write(tmp_path / "c" / ".hidden" / "d.txt", PLAIN)
    write(tmp_path / "c" / "picture.jpg", "x")
    write(tmp_path / "d1.txt", HARVEST)
    result = run(
        "ingest", str(tmp_path / "c"), str(tmp_path / "d*.txt"), "-", db=db, stdin=PLAIN.encode()
    )
    assert statuses(result) == dict.fromkeys(["a.txt", "b.md", "d1.txt", "-"], "stored")
    assert result.objects[-1]["path"] == "-"


def test_the_summary_is_on_standard_error_and_quiet_silences_it(tmp_path: Path, db: Path) -> None:
    write(tmp_path / "c" / "a.txt", REFORM)
    write(tmp_path / "c" / "b.txt", PLAIN)
    write(tmp_path / "c" / "empty.txt", "")
    result = run("ingest", str(tmp_path / "c"), db=db)
    assert result.stderr.startswith("2 stored, 1 failed in ")
    assert result.stderr.splitlines()[1:] == ["  1 failed: empty file; capture the page again"]
    again = run("-q", "ingest", str(tmp_path / "c"), db=db)
    assert (again.code, again.stderr) == (4, "")
    assert statuses(again) == {"a.txt": "unchanged", "b.txt": "unchanged", "empty.txt": "failed"}


@pytest.mark.parametrize("form", ["table", "json", "csv", "md"])
def test_every_format_tells_each_outcome(tmp_path: Path, db: Path, form: str) -> None:
    write(tmp_path / "c" / "a.txt", REFORM)
    write(tmp_path / "c" / "empty.txt", "")
    result = run("ingest", str(tmp_path / "c"), "--format", form, db=db)
    assert result.code == 4
    for text in ("stored", "failed", KEY, "a.txt", "empty.txt", "empty file"):
        assert text in result.stdout


def test_one_bad_capture_never_stops_a_run_and_never_hides(tmp_path: Path, db: Path) -> None:
    folder = tmp_path / "c"
    write(folder / "a.txt", REFORM)
    write(folder / "empty.txt", "")
    write(folder / "nul.txt", "\0" * 5000)
    write(folder / "space.txt", " \n\t\u3000\n")
    write(folder / "pdf.txt", "%PDF-1.7 …")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "link.txt").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.txt")
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(100 << 20)
    write(folder / "z.txt", PLAIN)
    result = run("ingest", str(folder), "/dev/zero", str(tmp_path / "gone"), db=db)
    assert result.code == 4
    assert {name for name, status in statuses(result).items() if status == "stored"} == {
        "a.txt",
        "z.txt",
    }
    told = reasons(result)
    for name, reason in {
        "empty.txt": "empty file; ",
        "nul.txt": "nothing but NUL bytes; ",
        "space.txt": "nothing but white space; ",
        "pdf.txt": "not text: a PDF; ",
        "noise.txt": "not text",
        "link.txt": "a link to a file that is not there; ",
        "pipe.txt": "not a regular file (a FIFO, socket or device); ",
        "zero": "not a regular file (a FIFO, socket or device); ",
        "huge.txt": "larger than 33,554,432 bytes; --max-size ",
        "gone": "no such file or folder; ",
    }.items():
        assert told.pop(name).startswith(reason)
    assert told == {}
    assert "Traceback" not in result.stderr
    assert len(run("list", db=db).objects) == 2


def test_a_line_of_100_mb_fails_by_name(tmp_path: Path, db: Path) -> None:
    path = tmp_path / "line.txt"
    with path.open("wb") as file:
        file.write("改革".encode())
        file.truncate(100 << 20)  # sparse
    result = run("ingest", str(path), db=db)
    assert (result.code, result.object["path"]) == (4, str(path))
    assert result.object["reason"].startswith("larger than 33,554,432 bytes")


@pytest.mark.parametrize(
    ("size", "status"), [("1K", "failed"), ("2k", "stored"), ("1047", "stored"), ("1M", "stored")]
)
def test_max_size(tmp_path: Path, db: Path, size: str, status: str) -> None:
    assert len(REFORM.encode()) == 1047
    path = write(tmp_path / "a.txt", REFORM)
    assert run("ingest", "--max-size", size, str(path), db=db).object["status"] == status


def test_an_encoding_can_be_named(tmp_path: Path, db: Path) -> None:
    (tmp_path / "a.txt").write_bytes(REFORM.encode("gb18030"))
    result = run("ingest", "--encoding", "GB18030", str(tmp_path / "a.txt"), db=db)
    assert result.object["title"].startswith("春江市推进放管服改革")
    shown = run("show", "1", "--format", "json", db=db).object
    assert shown["capture"]["encoding"] == "gb18030"


def test_undecodable_bytes_are_counted_and_told(tmp_path: Path, db: Path) -> None:
    (tmp_path / "a.txt").write_bytes(REFORM.encode().replace("群众".encode(), b"\xff", 1))
    assert run("ingest", str(tmp_path / "a.txt"), db=db).object["status"] == "stored"
    assert "1 character could not be decoded" in run("show", "1", db=db).stdout


def test_a_name_that_is_not_utf8(tmp_path: Path, db: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xb5\xc6.txt")
    Path(name).write_text(PLAIN, encoding="utf-8")
    result = run("ingest", name, db=db)
    assert (result.code, result.object["path"]) == (0, f"{tmp_path}/\\xb5\\xc6.txt")
    assert run("show", "1", db=db).code == 0
    missing = run("ingest", name + "x", db=db)
    assert (missing.code, missing.object["path"]) == (4, f"{tmp_path}/\\xb5\\xc6.txtx")


def test_what_may_not_be_read_is_named(tmp_path: Path, db: Path) -> None:
    folder = tmp_path / "c"
    write(folder / "closed.txt", PLAIN).chmod(0)
    write(folder / "shut" / "b.txt", PLAIN)
    (folder / "shut").chmod(0)
    write(folder / "open.txt", REFORM)
    try:
        with unprivileged(tmp_path):
            result = run("ingest", str(folder), db=db)
    finally:
        (folder / "shut").chmod(0o700)
    assert result.code == 4
    assert statuses(result) == {"closed.txt": "failed", "open.txt": "stored", "shut": "failed"}
    assert set(reasons(result).values()) == {"permission denied; check who may read it"}


def test_a_link_loop_ends(tmp_path: Path, db: Path) -> None:
    write(tmp_path / "c" / "d" / "a.txt", PLAIN)
    (tmp_path / "c" / "d" / "up").symlink_to(tmp_path / "c")
    (tmp_path / "c" / "self").symlink_to("self")
    result = run("ingest", str(tmp_path / "c"), db=db)
    assert (result.code, statuses(result)) == (0, {"a.txt": "stored"})


@pytest.mark.parametrize("options", [["--jobs", "1"], ["--jobs", "2"]])
def test_interrupted_what_was_read_is_stored_and_the_same_command_goes_on(
    tmp_path: Path, options: list[str]
) -> None:
    folder, db = tmp_path / "c", tmp_path / "a.db"
    total = 12_000
    for number in range(total):
        write(folder / f"{number:05}.txt", f"第{number}号简讯\n\n{number}号灯塔今晚照常亮灯。\n")
    command = [sys.executable, "-m", "archive", "--db", str(db), "ingest", *options, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = [process.stdout.readline()]
        process.send_signal(signal.SIGINT)
        told += process.stdout.readlines()
        errors = process.stderr.read().decode()
    assert process.returncode == 130
    summary, end = errors.splitlines()
    assert summary.startswith(f"{len(told):,} stored in ")
    assert end == "archive: interrupted; run the same command again to go on"
    assert told[-1].endswith(b"\n")  # what was read is stored, and told to the last
    keys = {json.loads(line)["key"] for line in told}
    stored = {row["key"] for row in run("list", db=db).objects}
    assert keys == stored
    assert 0 < len(stored) < total  # it was interrupted in between
    again = run("ingest", str(folder), db=db)
    assert again.code == 0
    assert len(again.objects) == total
    unchanged = {row["key"] for row in again.objects if row["status"] == "unchanged"}
    assert unchanged == stored
    assert len(run("list", db=db).objects) == total


def test_failures_are_counted_by_reason_the_most_frequent_first(
    tmp_path: Path, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "c" / "a.txt", "   ")
    for number in range(3):
        write(tmp_path / "c" / f"empty{number}.txt", "")
    empty = "  3 failed: empty file; capture the page again"
    space = "  1 failed: nothing but white space; capture the page again"
    assert run("ingest", str(tmp_path / "c"), db=db).stderr.splitlines()[1:] == [empty, space]
    monkeypatch.setattr(tally, "_SHOWN", 1)
    rest = "  1 failed for other reasons: archive failures"
    assert run("ingest", str(tmp_path / "c"), db=db).stderr.splitlines()[1:] == [empty, rest]
