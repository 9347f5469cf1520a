"""``archive dump``: the whole archive as JSON Lines."""

import sys
from collections.abc import Mapping

import click

from archive.cli.help import Command
from archive.cli.options import Settings, open_archive, tell


@click.command("dump", cls=Command)
@click.argument("file", metavar="FILE|-")
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@click.pass_obj
def command(settings: Settings, file: str, *, force: bool) -> None:
    """Write all that the archive holds as JSON Lines, to keep or to make an archive of.

    A FILE that ends in .zst or .gz is compressed; - is standard output. The dump is of one moment,
    whoever writes meanwhile, and the same archive always gives the same bytes. The index is left
    out: restore makes it anew.
    """
    if file == "-" and sys.stdout.isatty():
        raise click.UsageError("a dump is not for a terminal; name a file, or pipe it on")
    with open_archive(settings) as archive:
        counts = archive.dump(sys.stdout.buffer if file == "-" else file, force=force)
    tell(settings, [f"{told(counts)} dumped"])


def told(counts: Mapping[str, int]) -> str:
    """How many rows there were of what a user knows."""
    known = ("capture", "article", "section", "failure", "removal")
    numbers = ((name, counts.get(name, 0)) for name in known)
    parts = [f"{number:,} {name}{'' if number == 1 else 's'}" for name, number in numbers if number]
    return ", ".join(parts) or "nothing"
