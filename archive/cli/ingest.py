"""``archive ingest``: store captures, one outcome each."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from typing import TYPE_CHECKING, Any

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.interrupt import finishing
from archive.cli.options import Settings, format_option, open_archive, wait_option
from archive.cli.progress import Progress, Silent
from archive.cli.tally import FAILED, SOME_FAILED, Tally
from archive.cli.values import LARGEST_CAPTURE, Encoding, Size
from archive.render import Column, choose, line, records

if TYPE_CHECKING:
    from archive.reports import Outcome, Preview

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


PREVIEWED = (
    Column("path", "path", wrap=True),
    Column("title", "title", wrap=True),
    Column("published", "published"),
    Column("source", "source", spare=1),
    Column("author", "author", spare=2),
    Column("editor", "editor", spare=3),
    Column("reason", "reason", wrap=True),
)


@click.command("ingest", cls=Command)
@click.argument("paths", nargs=-1, metavar="[PATH...|-]")
@click.option("--retry", is_flag=True, help="Take up again what failed before.")
@click.option(
    "--dry-run", is_flag=True, help="Only show what would be recovered; no archive is touched."
)
@click.option(
    "--encoding",
    type=Encoding(),
    help="Overrule what the bytes say of their encoding, as in gb18030.",
)
@click.option(
    "--max-size",
    type=Size(LARGEST_CAPTURE),
    default="32M",
    show_default=True,
    help="A larger capture fails.",
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=NAME",
    help="Which name or column holds a field of records, as in text=正文; the rest is guessed.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many processes read; by default one for each core. 1: this one alone.",
)
@wait_option
@format_option
@click.pass_obj
def command(
    settings: Settings,
    paths: tuple[str, ...],
    encoding: str | None,
    max_size: int,
    pairs: tuple[str, ...],
    jobs: int | None,
    wanted: str | None,
    *,
    retry: bool,
    dry_run: bool,
) -> None:
    """Store captures: files, folders with all below them, globs, or - for standard input.

    What is printed as stored is on the disk. Bytes that the archive has are unchanged and cost
    little, so the same command can be run again at any time. One capture that fails does not stop
    the others; the exit code is then 4. Ctrl-C stores what was read, then ends; the same command
    goes on from there.
    """
    from archive.capture.mapping import parse  # noqa: PLC0415 - --help does without

    if not paths and not retry:
        raise click.UsageError("name files, folders, globs or -, or take up failures with --retry")
    if retry and dry_run:
        raise click.UsageError("--retry and --dry-run exclude each other")
    fields = parse(pairs)
    if dry_run:
        _preview(settings, paths, wanted, encoding=encoding, max_bytes=max_size, fields=fields)
        return
    tally = Tally()
    chosen = choose(wanted, sys.stdout)
    with finishing() as stop, open_archive(settings, create=True, write=True) as archive:
        if retry:
            paths = (*paths, *archive.failed_files())
        outcomes = archive.ingest(
            paths, encoding=encoding, max_bytes=max_size, fields=fields, jobs=jobs, stop=stop
        )
        with closing(outcomes), _progress(settings, paths) as progress:
            counted = _counted(outcomes, tally, progress)
            if wanted is None and chosen == "table":
                _tell(counted, progress)
            else:
                records(counted, COLUMNS, chosen, color=settings.color)
        if not settings.quiet:
            tally.tell()
    if tally.failed:
        click.get_current_context().exit(SOME_FAILED)


def _preview(
    settings: Settings,
    paths: tuple[str, ...],
    wanted: str | None,
    **options: Any,  # noqa: ANN401 - those of preview()
) -> None:
    """Show what would be recovered from each capture."""
    from archive.preview import preview  # noqa: PLC0415 - as above

    counts: Counter[bool] = Counter()
    previews = _checked(preview(paths, **options), counts)
    chosen = choose(wanted, sys.stdout)
    if wanted is None and chosen == "table":
        layout.write(layout.previews(previews), color=settings.color)
    else:
        records(previews, PREVIEWED, chosen, color=settings.color)
    if counts[True]:
        click.get_current_context().exit(SOME_FAILED)


def _checked(previews: "Iterable[Preview]", failed: Counter[bool]) -> "Iterator[Preview]":
    for one in previews:
        failed[one.reason is not None] += 1
        yield one


def _progress(
    settings: Settings, paths: tuple[str, ...]
) -> AbstractContextManager[Progress | Silent]:
    if settings.quiet or not sys.stderr.isatty():
        return nullcontext(Silent())
    from archive.capture.files import total  # noqa: PLC0415 - only a terminal wants it

    return Progress(total=total(paths), color=settings.color)


def _counted(
    outcomes: "Iterable[Outcome]", tally: Tally, progress: Progress | Silent
) -> "Iterator[Outcome]":
    for outcome in outcomes:
        tally.add(outcome)
        progress.advance(size=outcome.bytes, failed=tally.failed)
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
