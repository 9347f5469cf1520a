"""``archive sections``: the sections of an article, or those headed by a text."""

import sys

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import Settings, format_option, open_archive, tell
from archive.render import Column, choose, records

COLUMNS = (
    Column("article", "id", right=True),
    Column("key", "key", spare=1),
    Column("section", "section", right=True),
    Column("heading", "heading", wrap=True),
    Column("paragraphs", "paragraphs", right=True, spare=3),
    Column("characters", "characters", right=True, spare=2),
    Column("title", "title", wrap=True),
)
_OF_ONE = tuple(column for column in COLUMNS if column.name not in ("article", "key", "title"))
"""On a terminal, under the article's title."""


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
    chosen = choose(wanted, sys.stdout)
    if wanted is None and chosen == "table" and ref is not None and rows:
        layout.write(layout.head(rows[0]), color=settings.color)
        records(rows, _OF_ONE, chosen, color=settings.color)
    else:
        records(rows, COLUMNS, chosen, color=settings.color)
    if not rows:
        tell(settings, ["no sections"])
