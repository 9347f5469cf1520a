"""``archive sections``: the sections of an article, or those headed by a text."""

import sys

import click

from archive.cli.help import Command
from archive.cli.options import Settings, format_option, open_archive
from archive.render import Column, choose, records

COLUMNS = (
    Column("article", "id", right=True),
    Column("key", "key"),
    Column("section", "section", right=True),
    Column("heading", "heading", wrap=True),
    Column("paragraphs", "paragraphs", right=True),
    Column("characters", "characters", right=True),
    Column("title", "title", wrap=True),
)


@click.command("sections", cls=Command)
@click.argument("ref", required=False)
@click.option("--heading", metavar="TEXT", help="Only those whose heading holds this text.")
@format_option
@click.pass_obj
def command(settings: Settings, ref: str | None, heading: str | None, wanted: str | None) -> None:
    """List the sections of an article, or across the archive those headed by a text."""
    if ref is None and heading is None:
        raise click.UsageError("name an article, or a heading with --heading TEXT")
    with open_archive(settings) as archive:
        rows = archive.sections(ref, heading=heading)
        records(rows, COLUMNS, choose(wanted, sys.stdout), color=settings.color)
