"""``archive remove``: take articles out for good."""

import sys

import click

from archive.cli.help import Command
from archive.cli.options import Settings, open_archive, wait_option
from archive.render import line

DECLINED = 1


@click.command("remove", cls=Command)
@click.argument("refs", nargs=-1, required=True, metavar="REF...")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@click.pass_obj
def command(settings: Settings, refs: tuple[str, ...], *, yes: bool) -> None:
    """Remove articles: rows, index entries and the captures' bytes, overwritten on the disk.

    Only the hash of the bytes stays, so that a later ingest of them can say that they were removed.
    """
    with open_archive(settings, write=True) as archive:
        if not yes and sys.stdin.isatty():
            for ref in refs:
                click.echo(f"{line(ref)}: {line(archive.article(ref).title)}", err=True)
            if not click.confirm("Remove for good?", err=True):
                click.echo("nothing removed", err=True)
                click.get_current_context().exit(DECLINED)
        removed = archive.remove(*refs)
    if not settings.quiet:
        for article in removed:
            click.echo(f"removed {article.id} = {article.key}: {line(article.title)}", err=True)
