"""Progress on a terminal's standard error: what is done, how fast, and the remaining time.

Rich is imported when a bar is really drawn.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archive.cli.options import Settings
from archive.render import console

if TYPE_CHECKING:
    from archive.reports import Progress as Told

_SECONDS = 0.1
"""How often what the bar shows is worked out anew; a thread of Rich's draws it."""


class Silent:
    """No bar: what is told goes to standard output at once."""

    def advance(self, *, size: int, failed: int) -> None:
        """Nothing to draw."""

    def tell(self, text: str, *, failed: bool = False) -> None:  # noqa: ARG002 - as below
        """Print a line."""
        sys.stdout.write(text + "\n")


class Progress:
    """A bar over the bytes of captures; it only moves where their number is unknown (None)."""

    def __init__(self, *, total: int | None, color: str) -> None:
        from rich import progress  # noqa: PLC0415 - see the module's docstring
        from rich.table import Column  # noqa: PLC0415 - likewise

        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.TextColumn("{task.fields[captures]:,} captures"),
            progress.DownloadColumn(table_column=Column(no_wrap=True)),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TextColumn("{task.fields[failed]}"),
            progress.TimeRemainingColumn(),
            console=console(sys.stderr, color=color),
            transient=True,
        )
        self._task = self._bar.add_task("", total=total, captures=0, rate="", failed="")
        self._captures, self._size, self._failed = 0, 0, 0
        self._started = self._drawn = time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._draw()
        self._bar.stop()

    def advance(self, *, size: int, failed: int) -> None:
        """One capture of so many bytes is done, and so many failed up to now."""
        self._captures += 1
        self._size += size
        self._failed = failed
        if time.monotonic() - self._drawn > _SECONDS:
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        rate = self._captures / max(self._drawn - self._started, 0.001)
        self._bar.update(
            self._task,
            completed=self._size,
            captures=self._captures,
            rate=f"{rate:,.0f}/s",
            failed=f"{self._failed:,} failed" if self._failed else "",
        )

    def tell(self, text: str, *, failed: bool = False) -> None:
        """Print a line above the bar; a failure stands out."""
        from rich.text import Text  # noqa: PLC0415 - see the module's docstring

        self._bar.console.print(Text(text, style="red" if failed else ""), soft_wrap=True)


class Steps:
    """A bar for work in several parts, each of which tells how far it is."""

    def __init__(self, *, color: str) -> None:
        from rich import progress  # noqa: PLC0415 - see the module's docstring

        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeRemainingColumn(),
            console=console(sys.stderr, color=color),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None)
        self._doing = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def __call__(self, doing: str, done: int, total: int) -> None:
        """So much of one part is done."""
        if doing != self._doing:
            self._doing = doing
            self._bar.reset(self._task, description=doing)
        self._bar.update(self._task, completed=done, total=total)


@contextmanager
def steps(settings: Settings) -> "Iterator[Told]":
    """A bar for work in several parts on a terminal; nothing elsewhere, or if quiet."""
    if settings.quiet or not sys.stderr.isatty():
        yield lambda *_: None
    else:
        with Steps(color=settings.color) as bar:
            yield bar
