"""The examples of the docs: run each, and write what it prints under it.

    python scripts/examples.py README.md docs/*.md

A fence marked ``console`` holds commands (lines that begin with ``$``) with their output, and one
marked ``pycon`` a Python session. All of one page run in order in one new folder that holds
``data/captures`` and an ``archive.db`` made from it. Commands run in a pipe, with standard error
joined to the output, as they would stand in a log. Invariant: nothing printed depends on the day
or the machine; so an example shows no time of ingest and no rate.
"""

import code
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(
    r"(?<=^```)(?P<kind>console|pycon)\n(?P<body>.*?)(?=^```$)", re.DOTALL | re.MULTILINE
)
_PROMPT, _MORE = ">>> ", "... "
_WIDTH = 80  # columns of help pages and tables


@contextlib.contextmanager
def fresh_folder() -> Iterator[Path]:
    """A new folder with the captures and an archive of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "data" / "captures", folder / "data" / "captures")
        if failed := run(
            "archive --quiet ingest data/captures >ingest.log || cat ingest.log", folder
        ):
            raise SystemExit(failed)
        yield folder


def run(command: str, folder: Path) -> str:
    """What a command line prints in ``folder``; standard error stands where it was printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "PYTHON"))}
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": str(_WIDTH),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(  # noqa: S602 - the docs' own commands, which may hold pipes
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode()


def commands(body: str) -> list[str]:
    """The command lines of a console example."""
    return [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")]


def console(body: str, folder: Path) -> str:
    """The body of a console example as it should be."""
    return "".join(f"$ {command}\n{run(command, folder)}" for command in commands(body))


def session(body: str, folder: Path) -> str:
    """The body of a Python session as it should be."""
    typed = [line for line in body.splitlines() if line.startswith((_PROMPT, _MORE.rstrip()))]
    interpreter = code.InteractiveConsole({"__name__": "__main__"})
    printed = io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        unfinished = False
        for line in typed:
            if unfinished and line.startswith(_PROMPT):
                interpreter.push("")  # ends a block, as an empty line does
            printed.write(f"{line}\n")
            unfinished = interpreter.push(line[len(_PROMPT) :])
    return printed.getvalue()


RUNNERS: dict[str, Callable[[str, Path], str]] = {"console": console, "pycon": session}


def renewed(page: str) -> str:
    """A page with the output of all its examples written anew."""
    if not FENCE.search(page):
        return page
    with fresh_folder() as folder:
        return FENCE.sub(
            lambda met: f"{met['kind']}\n{RUNNERS[met['kind']](met['body'], folder)}", page
        )


def main() -> None:
    """Renew the pages that the command line names."""
    for name in sys.argv[1:]:
        path = Path(name)
        before = path.read_text(encoding="utf-8")
        after = renewed(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            print(f"{name}: examples written anew")


if __name__ == "__main__":
    main()
