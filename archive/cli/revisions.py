"""``archive revisions``: the versions of an article."""

import sys

import click

from archive.cli.help import Command
from archive.cli.options import Settings, format_option, open_archive
from archive.render import Column, choose, records

COLUMNS = (
    Column("article", "id", right=True),
    Column("key", "key", spare=1),
    Column("title", "title", wrap=True),
    Column("published", "published"),
    Column("ingested", "ingested", spare=2),
    Column("current", "current"),
)


@click.command("revisions", cls=Command)
@click.argument("ref")
@format_option
@click.pass_obj
def command(settings: Settings, ref: str, wanted: str | None) -> None:
    """List the versions of an article, the oldest first.

    A newer version has the same URL, or the same title, source and day, and half of the text in
    common. search and list leave out all but the newest, unless --revisions is given.
    """
    with open_archive(settings) as archive:
        rows = archive.revisions(ref)
    records(rows, COLUMNS, choose(wanted, sys.stdout), color=settings.color)
