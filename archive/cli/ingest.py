"""``archive ingest``: store captures, one outcome each."""

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import click

from archive.cli.help import Command
from archive.cli.options import Settings, format_option, open_archive
from archive.cli.progress import Progress, Silent
from archive.render import Column, choose, line, records

if TYPE_CHECKING:
    from archive.results import Outcome

FAILED = "failed"
SOME_FAILED = 4
SHOWN = 20
"""On a terminal, how many outcomes are printed before only failures and notes are."""

COLUMNS = (
    Column("status", "status"),
    Column("article", "id", right=True),
    Column("key", "key"),
    Column("title", "title", wrap=True),
    Column("sections", "sections", right=True),
    Column("path", "path", wrap=True),
    Column("reason", "reason", wrap=True),
)


class Size(click.ParamType[int]):
    """A number of bytes such as ``500K``, ``32M`` or ``1G`` (powers of 1,024)."""

    name = "size"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        """Read the number and its unit."""
        if isinstance(value, int):
            return value
        number, unit = value[:-1], value[-1:].upper()
        if unit.isdigit():
            number, unit = value, ""
        if not number.isdecimal() or unit not in ("", "K", "M", "G"):
            self.fail(f"{value!r} is no size: write 500K, 32M or 1G", param, ctx)
        return int(number) << {"": 0, "K": 10, "M": 20, "G": 30}[unit]


@click.command("ingest", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...|-")
@click.option("--encoding", help="Overrule what the bytes say of their encoding, as in gb18030.")
@click.option(
    "--max-size", type=Size(), default="32M", show_default=True, help="A larger capture fails."
)
@format_option
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    encoding: str | None,
    max_size: int,
    wanted: str | None,
) -> None:
    """Store captures: files, folders with all below them, globs, or - for standard input.

    What is printed as stored is on the disk. Bytes that the archive has are unchanged and cost
    little, so the same command can be run again at any time. One capture that fails does not stop
    the others; the exit code is then 4.
    """
    counts: Counter[str] = Counter()
    started = time.monotonic()
    chosen = choose(wanted, sys.stdout)
    with (
        open_archive(settings, create=True, write=True) as archive,
        _progress(settings, paths) as progress,
    ):
        outcomes = _counted(
            archive.ingest(paths, encoding=encoding, max_bytes=max_size), counts, progress
        )
        if wanted is None and chosen == "table":
            _tell(outcomes, progress)
        else:
            records(outcomes, COLUMNS, chosen, color=settings.color)
    if not settings.quiet:
        _summarize(counts, time.monotonic() - started)
    if counts[FAILED]:
        click.get_current_context().exit(SOME_FAILED)


def _progress(
    settings: Settings, paths: tuple[str, ...]
) -> AbstractContextManager[Progress | Silent]:
    if settings.quiet or not sys.stderr.isatty():
        return nullcontext(Silent())
    from archive.capture.files import names  # noqa: PLC0415 - only a terminal wants the total

    return Progress(total=sum(1 for _ in names(paths)), color=settings.color)


def _counted(
    outcomes: "Iterable[Outcome]", counts: Counter[str], progress: Progress | Silent
) -> "Iterator[Outcome]":
    for outcome in outcomes:
        counts[outcome.status] += 1
        progress.advance(failed=counts[FAILED])
        yield outcome


def _tell(outcomes: "Iterable[Outcome]", progress: Progress | Silent) -> None:
    """On a terminal: the first outcomes, then only what is worth a look."""
    for number, outcome in enumerate(outcomes):
        if number < SHOWN or outcome.reason:
            progress.tell(_sentence(outcome))


def _sentence(outcome: "Outcome") -> str:
    if outcome.status == FAILED:
        return f"failed     {line(outcome.path)}: {line(outcome.reason or '')}"
    note = f" ({line(outcome.reason)})" if outcome.reason else ""
    return (
        f"{outcome.status:9} {outcome.article:>4}  {line(outcome.title or '')}"
        f"  [{outcome.sections} sections]{note}"
    )


def _summarize(counts: Counter[str], seconds: float) -> None:
    total = sum(counts.values())
    parts = ", ".join(f"{number:,} {status}" for status, number in counts.items())
    rate = f"{total / seconds:,.0f} a second" if seconds else ""
    click.echo(f"{parts or 'nothing to ingest'} in {seconds:.1f} s ({rate})", err=True)
