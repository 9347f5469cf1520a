"""``archive ingest``: store captures, one outcome each."""

import codecs
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
    Column("key", "key", spare=2),
    Column("title", "title", wrap=True),
    Column("sections", "sections", right=True, spare=1),
    Column("path", "path", wrap=True),
    Column("reason", "reason", wrap=True),
)


_SHIFTS = {"": 0, "K": 10, "M": 20, "G": 30}
_LARGEST = 1 << 30
"""SQLite keeps no longer value."""


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
        if not number.isdecimal() or unit not in _SHIFTS:
            self.fail(f"{value!r} is no size: write 500K, 32M or 1G", param, ctx)
        size = int(number) << _SHIFTS[unit]
        if not 0 < size <= _LARGEST:
            self.fail(f"{value!r} is out of range: at least 1, at most 1G", param, ctx)
        return size


class Encoding(click.ParamType[str]):
    """The name of a text encoding that Python knows."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse an unknown name once, instead of failing every capture."""
        try:
            "".encode(codecs.lookup(value.strip()).name)
        except (LookupError, ValueError, UnicodeError):
            self.fail(f"{value!r} is unknown: write utf-8, gb18030, big5 or utf-16", param, ctx)
        return value.strip()


@click.command("ingest", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...|-")
@click.option(
    "--encoding",
    type=Encoding(),
    help="Overrule what the bytes say of their encoding, as in gb18030.",
)
@click.option(
    "--max-size", type=Size(), default="32M", show_default=True, help="A larger capture fails."
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=NAME",
    help="Which name or column holds a field of records, as in text=正文; the rest is guessed.",
)
@format_option
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    encoding: str | None,
    max_size: int,
    pairs: tuple[str, ...],
    wanted: str | None,
) -> None:
    """Store captures: files, folders with all below them, globs, or - for standard input.

    What is printed as stored is on the disk. Bytes that the archive has are unchanged and cost
    little, so the same command can be run again at any time. One capture that fails does not stop
    the others; the exit code is then 4.
    """
    from archive.capture.mapping import parse  # noqa: PLC0415 - --help does without

    fields = parse(pairs)
    counts: Counter[str] = Counter()
    started = time.monotonic()
    chosen = choose(wanted, sys.stdout)
    with (
        open_archive(settings, create=True, write=True) as archive,
        _progress(settings, paths) as progress,
    ):
        outcomes = _counted(
            archive.ingest(paths, encoding=encoding, max_bytes=max_size, fields=fields),
            counts,
            progress,
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
    from archive.capture.files import total  # noqa: PLC0415 - only a terminal wants it

    return Progress(total=total(paths), color=settings.color)


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
            progress.tell(_sentence(outcome), failed=outcome.status == FAILED)
        elif number == SHOWN:
            progress.tell("… and so on; what fails is still shown")


def _sentence(outcome: "Outcome") -> str:
    if outcome.status == FAILED:
        return f"failed     {line(outcome.path)}: {line(outcome.reason or '')}"
    note = f" ({line(outcome.reason)})" if outcome.reason else ""
    count = f"{outcome.sections} section{'' if outcome.sections == 1 else 's'}"
    return f"{outcome.status:9} {outcome.article:>4}  {line(outcome.title or '')}  [{count}]{note}"


def _summarize(counts: Counter[str], seconds: float) -> None:
    total = sum(counts.values())
    parts = ", ".join(f"{number:,} {status}" for status, number in counts.items())
    rate = f" ({total / seconds:,.0f} a second)" if total > 1 and seconds else ""
    click.echo(f"{parts or 'nothing to ingest'} in {seconds:.1f} s{rate}", err=True)
