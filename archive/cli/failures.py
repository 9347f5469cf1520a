"""``archive failures``: what gave no article, and why."""

import sys

import click

from archive.cli.help import Command
from archive.cli.options import Settings, format_option, open_archive, tell
from archive.render import Column, choose, records

COLUMNS = (
    Column("path", "path", wrap=True),
    Column("reason", "reason", wrap=True),
    Column("failed", "failed", spare=1),
    Column("tries", "tries", right=True, spare=2),
)


@click.command("failures", cls=Command)
@format_option
@click.pass_obj
def command(settings: Settings, wanted: str | None) -> None:
    """List what failed when it was last ingested, and why.

    A line goes when its path succeeds; archive ingest --retry takes all of them up again.
    """
    with open_archive(settings) as archive:
        rows = archive.failures()
    records(rows, COLUMNS, choose(wanted, sys.stdout), color=settings.color)
    if not rows:
        tell(settings, ["no failures"])
