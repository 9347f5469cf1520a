"""``archive db``: the file itself."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

import click

from archive.cli.help import Command, Group
from archive.cli.options import (
    Settings,
    format_option,
    open_archive,
    say_waiting,
    wait_option,
)
from archive.cli.tally import SOME_FAILED
from archive.cli.upkeep import backup, check, reindex
from archive.render import Column, choose, line, record, records

if TYPE_CHECKING:
    from archive.reports import Reread


@click.group("db", cls=Group)
def command() -> None:
    """Create, check, mend, copy and upgrade the archive's file."""


for _upkeep in (check, reindex, backup):
    command.add_command(_upkeep)


@command.command("create", cls=Command)
@wait_option
@click.pass_obj
def create(settings: Settings) -> None:
    """Make a new archive; one that is there stays as it is."""
    there = settings.db.exists() and settings.db.stat().st_size > 0
    with open_archive(settings, create=True, write=True):
        pass
    if not settings.quiet:
        done = "is there already" if there else "created"
        click.echo(f"{line(str(settings.db))} {done}", err=True)


@command.command("status", cls=Command)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["table", "json", "jsonl"]),
    help="How to print; by default a table on a terminal and JSON in a pipe.",
)
@click.pass_obj
def status(settings: Settings, wanted: str | None) -> None:
    """Tell counts, versions, and what captures, text and index take of the file.

    The sizes are found by reading all of the file.
    """
    with open_archive(settings) as archive:
        value = archive.status()
    if choose(wanted, sys.stdout) != "table":
        record(value)
        return
    for field in fields(value):
        fact = getattr(value, field.name)
        shown = f"{fact:,}" if isinstance(fact, int) else str(fact)
        if isinstance(fact, tuple):
            shown = "; ".join(fact) or "nothing"
        click.echo(f"{field.name.replace('_', ' '):16} {line(shown)}")


@command.command("upgrade", cls=Command)
@wait_option
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring an older archive to the present schema; a copy of it as it was stays beside it."""
    from archive.upgrade import upgrade as run  # noqa: PLC0415 - --help does without

    done = run(settings.db, wait=settings.wait, tell=say_waiting)
    if settings.quiet:
        return
    file = line(str(settings.db))
    if done.copy is None:
        click.echo(f"{file} has schema {done.after} already", err=True)
    else:
        kept = line(str(done.copy))
        click.echo(
            f"{file} upgraded from {done.before} to {done.after}; as it was: {kept}", err=True
        )


REREAD = (
    Column("article", "id", right=True),
    Column("title", "title", wrap=True),
    Column("changed", "changed", wrap=True),
    Column("moved", "moved", wrap=True),
    Column("reason", "reason", wrap=True),
)


@command.command("reread", cls=Command)
@click.argument("refs", nargs=-1, metavar="[REF...]")
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@wait_option
@format_option
@click.pass_obj
def reread(settings: Settings, refs: tuple[str, ...], wanted: str | None, *, dry_run: bool) -> None:
    """Read kept captures anew with the present reader: all, or those of some articles.

    Ids and keys stay. Printed is each article that changed, what of it, and the anchors of the
    paragraphs that moved.
    """
    counts = Counter[str]()
    with open_archive(settings, write=not dry_run) as archive:
        rows = _counted(archive.reread(*refs, dry_run=dry_run), counts)
        records(rows, REREAD, choose(wanted, sys.stdout), color=settings.color)
    if not settings.quiet:
        would = "would change" if dry_run else "changed"
        click.echo(
            f"{counts['read']:,} read, {counts['changed']:,} {would}, {counts['failed']:,} failed",
            err=True,
        )
    if counts["failed"]:
        click.get_current_context().exit(SOME_FAILED)


def _counted(rows: "Iterable[Reread]", counts: "Counter[str]") -> "Iterator[Reread]":
    """Those that are worth a line; all are counted."""
    for row in rows:
        counts["read"] += 1
        counts["failed"] += row.reason is not None
        if row.changed:
            counts["changed"] += 1
        if row.changed or row.moved or row.reason:
            yield row
