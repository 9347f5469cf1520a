"""Progress on a terminal's standard error: a bar with rate and remaining time.

Rich is imported when a bar is really drawn.
"""

import sys
from types import TracebackType
from typing import Self

from archive.render import console


class Silent:
    """No bar: what is told goes to standard output at once."""

    def advance(self, *, failed: int) -> None:
        """Nothing to draw."""

    def tell(self, text: str, *, failed: bool = False) -> None:  # noqa: ARG002 - as below
        """Print a line."""
        sys.stdout.write(text + "\n")


class Progress:
    """A bar over a number of captures; it only moves where that is unknown (None)."""

    def __init__(self, *, total: int | None, color: str) -> None:
        from rich import progress  # noqa: PLC0415 - see the module's docstring

        self._bar = progress.Progress(
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[rate]}"),
            progress.TextColumn("{task.fields[failed]}"),
            progress.TimeRemainingColumn(),
            console=console(sys.stderr, color=color),
            transient=True,
        )
        self._task = self._bar.add_task("", total=total, rate="", failed="")

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

    def advance(self, *, failed: int) -> None:
        """One capture is done."""
        speed = self._bar.tasks[0].speed
        self._bar.update(
            self._task,
            advance=1,
            rate=f"{speed:,.0f}/s" if speed else "",
            failed=f"{failed:,} failed" if failed else "",
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
