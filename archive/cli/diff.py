"""``archive diff``: what differs between two articles."""

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import Settings, open_archive, tell
from archive.render import records


@click.command("diff", cls=Command)
@click.argument("old", metavar="REF")
@click.argument("new", metavar="REF")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.pass_obj
def command(settings: Settings, old: str, new: str, wanted: str) -> None:
    """Show what differs between two articles (12 13), or sections of them (12#3 13#3).

    Sections are followed by their headings, paragraphs by what they say; within a sentence
    deletions and insertions are marked: [-gone-]{+new+}, in colour struck through and underlined.
    """
    with open_archive(settings) as archive:
        parts = archive.diff(old, new, unchanged=True)
        changed = [part for part in parts if part.differs]
        if wanted != "text":
            records(changed, (), wanted)
        elif changed:
            from archive import marked  # noqa: PLC0415 - --help does without

            articles = archive.article(old), archive.article(new)
            coloured = marked.is_coloured(settings.color)
            lines = marked.difference(*articles, parts, coloured=coloured)
            layout.write(lines, color=settings.color)
    if not changed:
        tell(settings, ["no difference in title, source, dates, captions or text"])
