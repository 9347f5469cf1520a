"""``archive db``: the file itself."""

import sys
from dataclasses import fields

import click

from archive.cli.help import Command, Group
from archive.cli.options import Settings, open_archive
from archive.render import choose, line, record


@click.group("db", cls=Group)
def command() -> None:
    """Create the archive's file, and tell how it stands."""


@command.command("create", cls=Command)
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
    """Tell counts, sizes and versions."""
    with open_archive(settings) as archive:
        value = archive.status()
    if choose(wanted, sys.stdout) != "table":
        record(value)
        return
    for field in fields(value):
        fact = getattr(value, field.name)
        shown = f"{fact:,}" if isinstance(fact, int) else line(str(fact))
        click.echo(f"{field.name.replace('_', ' '):16} {shown}")
