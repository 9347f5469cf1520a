"""A command in a process of its own, killed at a random moment."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any


@dataclass
class Command:
    """What is killed.

    Attributes:
        words: how Python runs it.
        db: the archive's file, in a folder that holds nothing else.
        begin: puts into that folder what is there before the command runs.
        lines: how many lines it prints; after a random one of them it is killed.
        timed: half of the time, and where there are no lines, it is killed at some time instead.
    """

    words: tuple[str, ...]
    db: Path
    begin: Callable[[Path], Any] = lambda _: None
    lines: int = 0
    timed: bool = True
    span: float = field(default=0.0, init=False)
    """How many seconds it takes from its first change of the folder to its end."""

    def run(self) -> None:
        """Run it from its beginning to its end, and note how long that takes."""
        self._start_anew()
        with self._process() as process:
            self._await_change(process)
            started = time.monotonic()
            process.communicate()
            self.span = time.monotonic() - started
        assert process.returncode == 0

    def kill(self, random: Random) -> str:
        """Kill it somewhere; what it had printed."""
        while True:
            by_line = self.lines and not (self.timed and random.random() < 1 / 2)
            line = random.randint(1, self.lines) if by_line else 0
            if not (line or self.span):
                self.run()
            self._start_anew()
            with self._process() as process:
                read = self._await(process, line, random)
                process.kill()
                output = read + process.communicate()[0]
            if process.returncode == -signal.SIGKILL:
                return output.decode()
            assert process.returncode == 0  # it was quicker this time

    def _start_anew(self) -> None:
        shutil.rmtree(self.db.parent, ignore_errors=True)
        self.db.parent.mkdir()
        self.begin(self.db)

    def _process(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *self.words],
            env={**os.environ, "ARCHIVE_DB": str(self.db), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def _await(self, process: subprocess.Popen[bytes], line: int, random: Random) -> bytes:
        """Wait for that line, or some time; what it printed meanwhile."""
        if line:
            assert process.stdout is not None
            return b"".join(islice(process.stdout, line))
        self._await_change(process)
        time.sleep(random.uniform(0, self.span))
        return b""

    def _await_change(self, process: subprocess.Popen[bytes]) -> None:
        before = self._files()
        while self._files() == before and process.poll() is None:
            time.sleep(0.0005)

    def _files(self) -> set[str]:
        return set(os.listdir(self.db.parent))  # noqa: PTH208 - names alone, and often
