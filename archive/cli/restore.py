"""``archive restore``: an archive made of a dump."""

import sys

import click

from archive.cli.dump import told
from archive.cli.help import Command
from archive.cli.options import Settings, say_waiting, tell, wait_option
from archive.cli.values import LARGEST_CAPTURE, Size
from archive.errors import UsageError


@click.command("restore", cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option(
    "--max-line",
    type=Size(8 * LARGEST_CAPTURE),  # control characters are written as six in JSON
    default="256M",
    show_default=True,
    help="A longer line is refused.",
)
@wait_option
@click.pass_obj
def command(settings: Settings, file: str, max_line: int) -> None:
    """Make an archive of a dump; --db names its file, in which nothing may be yet.

    FILE may be compressed; - is standard input. Everything is checked on the way, and an archive
    appears when it is whole: from a dump that is damaged or cut off, nothing.
    """
    from archive.store import Archive  # noqa: PLC0415 - --help does without

    if file == "-" and sys.stdin is None:
        raise UsageError("standard input is closed", hint="pipe a dump to it")
    counts = Archive.restore(
        settings.db,
        sys.stdin.buffer if file == "-" else file,
        max_line=max_line,
        wait=settings.wait,
        tell=say_waiting,
    )
    tell(settings, [f"{told(counts)} restored into {settings.db}"])
