"""``archive list``: the articles there are."""

import sys

import click

from archive.cli.help import Command
from archive.cli.options import (
    Settings,
    format_option,
    open_archive,
    paging_options,
    revisions_option,
    tell,
)
from archive.render import Column, choose, records

COLUMNS = (
    Column("article", "id", right=True),
    Column("key", "key", spare=1),
    Column("title", "title", wrap=True),
    Column("published", "published"),
    Column("source", "source", spare=4),
    Column("channel", "channel", wrap=True, spare=2),
    Column("sections", "sections", right=True, spare=3),
)


@click.command("list", cls=Command)
@click.option("--source", help="Only those whose source holds this text.")
@click.option("--channel", help="Only those with a step of the channel that holds this text.")
@click.option("--date", help="Only those published then: 2018, 2018-10..2018-12, or >=2018-10-01.")
@click.option(
    "--sort",
    type=click.Choice(["id", "newest", "oldest", "source", "title"]),
    default="id",
    show_default=True,
    help="In which order.",
)
@revisions_option
@paging_options(None)
@format_option
@click.pass_obj
def command(
    settings: Settings,
    source: str | None,
    channel: str | None,
    date: str | None,
    sort: str,
    limit: int | None,
    offset: int,
    wanted: str | None,
    *,
    revisions: bool,
) -> None:
    """List the articles, the newest version of each."""
    with open_archive(settings) as archive:
        rows = archive.articles(
            source=source,
            channel=channel,
            date=date,
            sort=sort,
            limit=limit,
            offset=offset,
            revisions=revisions,
        )
        records(rows, COLUMNS, choose(wanted, sys.stdout), color=settings.color)
    if not rows:
        tell(settings, ["no articles"])
