"""What only a process of its own shows: a real terminal, closed pipes, the shell, the locale."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from cli_helpers import REFORM, make_archive, run, write

ARCHIVE = [sys.executable, "-m", "archive"]


def environment(db: Path, **more: str) -> dict[str, str]:
    names = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return kept | {"ARCHIVE_DB": str(db), "TERM": "xterm-256color"} | more


def on_terminal(*args: str, db: Path, width: int = 80, typed: str = "") -> tuple[int, str]:
    """Run ``archive`` on a pseudo-terminal; its exit code and all that it drew."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    with subprocess.Popen(
        [*ARCHIVE, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=environment(db)
    ) as process:
        os.close(theirs)
        if typed:
            os.write(ours, typed.encode())
        drawn = b""
        while True:
            try:
                part = os.read(ours, 1 << 16)
            except OSError:  # how Linux says that the last writer closed it
                break
            if not part:
                break
            drawn += part
    os.close(ours)
    return process.returncode, drawn.decode()


def screen(drawn: str) -> list[str]:
    """The lines that stay on a screen after what was drawn, its styles left out."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;?]*[a-zA-Z]|\r|\n|[^\x1b\r\n]+", drawn):
        if part == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif part == "\r":
            column = 0
        elif part.endswith("A") and part.startswith("\x1b"):
            row -= int(part[2:-1] or 1)
        elif part == "\x1b[2K":
            lines[row] = ""
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part
            column += len(part)
    return [line.rstrip() for line in lines]


@pytest.mark.parametrize("width", [40, 100])
def test_a_bar_is_drawn_while_ingest_runs_and_goes_away(tmp_path: Path, width: int) -> None:
    for number in range(30):
        write(
            tmp_path / "c" / f"{number:02}.txt", f"第{number}号简讯\n\n{number}号灯塔照常亮灯。\n"
        )
    write(tmp_path / "c" / "99.txt", "")
    db = tmp_path / "a.db"
    code, drawn = on_terminal("ingest", str(tmp_path / "c"), db=db, width=width)
    assert code == 4
    assert "━" in drawn
    assert "0 captures" in drawn
    assert "31 captures" in drawn
    left = [line for line in screen(drawn) if line]
    assert not [line for line in left if "━" in line or "captures" in line]
    assert len(left) == 20 + 1 + 1 + 2  # stored ones, "and so on", the failed one, the summary
    assert left[-2].startswith("30 stored, 1 failed in ")
    assert "\x1b[?25h" in drawn  # the cursor is back
    assert len(run("list", db=db).objects) == 30


def test_a_terminal_shows_hits_and_articles(shelf: Path) -> None:
    code, drawn = on_terminal("search", "放管服", db=shelf, width=60)
    assert code == 0
    assert "\x1b[1;33m放管服\x1b[0m" in drawn
    assert screen(drawn)[0] == "  1 春江市推进放管服改革：“马上办”渐成常态"
    code, drawn = on_terminal("show", "1#2", db=shelf, width=40)
    assert code == 0
    assert "在偏远的青石镇，流动服务车每周三准时开到" in screen(drawn)


@pytest.mark.parametrize(("typed", "code", "left"), [("n\n", 1, 3), ("y\n", 0, 2)])
def test_remove_asks_on_a_terminal(tmp_path: Path, typed: str, code: int, left: int) -> None:
    db = make_archive(tmp_path)
    ended, drawn = on_terminal("remove", "2", db=db, typed=typed)
    assert ended == code
    assert "2: 青石镇水稻喜获丰收" in drawn
    assert ("nothing removed" in drawn) == (left == 3)
    assert len(run("list", db=db).objects) == left


def piped(command: str, db: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line of bash in which ``archive`` stands for the program."""
    function = f'archive() {{ "{sys.executable}" -m archive "$@"; }}; '
    return subprocess.run(
        ["/bin/bash", "-c", function + command],
        env=environment(db, **env),
        capture_output=True,
        check=False,
    )


def test_a_closed_pipe_ends_silently(tmp_path: Path) -> None:
    db = tmp_path / "many.db"
    for number in range(1200):
        write(
            tmp_path / "c" / f"{number:04}.txt", f"第{number}号简讯\n\n{number}号灯塔照常亮灯。\n"
        )
    assert run("-q", "ingest", str(tmp_path / "c"), db=db).code == 0
    commands = ("list", "search --limit 9999 灯塔", "list --format table")
    for command in commands:
        result = piped(f"archive {command} | head -1; echo ${{PIPESTATUS[0]}}", db)
        assert result.stdout.splitlines()[-1] == b"0"
        assert len(result.stdout.splitlines()) == 2
        assert result.stderr == b""


def test_output_that_cannot_be_written_is_one_line_and_no_traceback(shelf: Path) -> None:
    full = piped("archive list > /dev/full", shelf)
    assert full.returncode == 1
    assert full.stderr.decode().startswith("archive: writing failed: No space left on device\n")
    assert b"Traceback" not in full.stderr
    restored = piped("archive restore - <&-", shelf.with_name("other.db"))
    assert (restored.returncode, restored.stdout) == (2, b"")
    assert b"standard input is closed" in restored.stderr
    closed = piped("archive list >&-; echo $?; archive ingest - <&- >&2", shelf)
    assert closed.stdout == b"0\n"
    assert b"standard input is closed" in closed.stderr
    assert b"Traceback" not in closed.stderr
    assert closed.returncode == 4


def test_json_is_utf8_whatever_the_locale(shelf: Path) -> None:
    expected = run("list", db=shelf).out
    for env in ({"PYTHONIOENCODING": "gbk"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}):
        assert piped("archive list", shelf, **env).stdout == expected


@pytest.mark.parametrize(
    ("shell", "holds"),
    [("bash", "complete -o nosort -F"), ("zsh", "#compdef archive"), ("fish", "complete --")],
)
def test_the_shells_can_ask_for_completion(shelf: Path, shell: str, holds: str) -> None:
    result = piped("archive", shelf, _ARCHIVE_COMPLETE=f"{shell}_source")
    assert result.returncode == 0
    assert holds in result.stdout.decode()
    assert "_ARCHIVE_COMPLETE" in result.stdout.decode()


def test_completion_names_commands_and_options(shelf: Path) -> None:
    asked = {"_ARCHIVE_COMPLETE": "bash_complete", "COMP_WORDS": "archive se", "COMP_CWORD": "1"}
    result = piped("archive", shelf, **asked)
    assert result.stdout.split() == [b"plain,sections", b"plain,search"]
    asked |= {"COMP_WORDS": "archive search --s", "COMP_CWORD": "2"}
    assert piped("archive", shelf, **asked).stdout.split() == [b"plain,--sort", b"plain,--strict"]


def test_the_option_goes_before_the_environment(shelf: Path, tmp_path: Path) -> None:
    write(tmp_path / "a.txt", REFORM)
    other = tmp_path / "其他.db"
    assert run("--db", str(other), "ingest", str(tmp_path / "a.txt"), db=shelf).code == 0
    assert len(run("--db", str(other), "list", db=shelf).objects) == 1
    here = subprocess.run(
        [*ARCHIVE, "list"],
        cwd=tmp_path,
        env={k: v for k, v in environment(shelf).items() if k != "ARCHIVE_DB"},
        capture_output=True,
        check=False,
    )
    assert here.returncode == 5
    assert b"no archive at archive.db" in here.stderr


@pytest.mark.parametrize("words", [["--help"], ["ingest", "--help"], ["db", "--help"]])
def test_help_in_a_pipe_loads_neither_the_store_nor_what_draws(words: list[str]) -> None:
    code = (
        "import sys; from archive import cli; assert cli.run(sys.argv[1:]) == 0; "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    loaded = set(result.stderr.split())
    assert "click" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "rich", "rich_click"}
