"""``archive show``: an article, sections of it, or a quoted range; its bytes; its explanation."""

import sys

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import Settings, open_archive
from archive.render import Column, clean, record, records

EXPLAINED = (
    Column("line", "line", right=True),
    Column("role", "role"),
    Column("section", "section", right=True),
    Column("rule", "rule", wrap=True),
    Column("text", "text", wrap=True),
)


@click.command("show", cls=Command)
@click.argument("ref")
@click.option("--raw", is_flag=True, help="The capture's bytes, exactly as they came.")
@click.option(
    "--explain", is_flag=True, help="Each line of the capture, its role, and the rule behind it."
)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.pass_obj
def command(settings: Settings, ref: str, wanted: str, *, raw: bool, explain: bool) -> None:
    """Show an article (12), a section (12#3), sections (12#1-3) or a range (12#3:40-55).

    The key of any capture leads to the article. With --raw and --explain it is that capture, also
    a duplicate, that is looked at.
    """
    if raw and explain:
        raise click.UsageError("--raw and --explain exclude each other")
    with open_archive(settings) as archive:
        if raw:
            _write_bytes(archive.raw(ref), archive.capture(ref).encoding)
        elif explain:
            lines = archive.lines(ref)
            if wanted == "text":
                layout.write(layout.explanation(lines), color=settings.color)
            else:
                records(lines, EXPLAINED, wanted)
        elif wanted == "text":
            layout.write(layout.article(archive.article(ref)), color=settings.color)
        else:
            record(archive.article(ref))


def _write_bytes(data: bytes, encoding: str) -> None:
    """The bytes as they are; to a terminal as text, and no control character of it."""
    if sys.stdout.isatty():
        text = data.decode(encoding, "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        click.echo(clean(text), nl=not text.endswith("\n"))
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
