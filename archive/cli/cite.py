"""``archive cite``: a place as a citation."""

import click

from archive import citation as citations
from archive.cli.help import Command
from archive.cli.options import Settings, open_archive
from archive.render import clean, record


@click.command("cite", cls=Command)
@click.argument("ref")
@click.option(
    "--style",
    type=click.Choice(list(citations.STYLES)),
    default="plain",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="The citation, or its parts as JSON.",
)
@click.pass_obj
def command(settings: Settings, ref: str, style: str, wanted: str) -> None:
    """Cite an article, a section or a range: title, source, date, quote and anchor."""
    with open_archive(settings) as archive:
        citation = archive.cite(ref)
    if wanted == "text":
        click.echo(clean(citations.STYLES[style](citation)))
    else:
        record(citation)
