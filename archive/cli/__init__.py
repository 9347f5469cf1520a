"""The command line: the group, and how errors become one line and an exit code.

Invariant: a command module imports no SQLAlchemy; the archive is opened through
:func:`archive.cli.options.open_archive`, so that ``--help`` of anything starts fast.
"""

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from archive import __version__
from archive.cli.help import Group
from archive.cli.options import Settings
from archive.errors import ArchiveError, QueryError

COMMANDS = ("ingest", "list", "show", "sections", "search", "cite", "remove", "db")
"""Each is ``command`` in the module ``archive.cli.NAME`` (``list`` in ``list_``)."""

INTERRUPTED = 130

CARET_CONTEXT = 60
"""How many characters of a query are shown on each side of the caret."""


class _Commands(Group):
    """Commands in the order of use, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - signature of the base
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"archive.cli.{'list_' if cmd_name == 'list' else cmd_name}")
        command: click.Command = module.command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--db",
    type=click.Path(path_type=Path),
    envvar="ARCHIVE_DB",
    default="archive.db",
    show_default=True,
    show_envvar=True,
    help="The archive's file.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress and no summary.")
@click.option("-v", "--verbose", is_flag=True, help="Show where an error came from.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; NO_COLOR is honoured too.",
)
@click.version_option(__version__, prog_name="archive")
@click.pass_obj
def cli(settings: Settings, db: Path, *, quiet: bool, verbose: bool, color: str) -> None:
    """Keep captured news articles, search them exactly, and cite any place in them.

    Results go to standard output, everything else to standard error. Lists are JSON Lines in a
    pipe. Exit codes: 0 done (also with no hit), 1 failed, 2 wrong usage or query, 3 no such ref,
    4 some captures failed, 5 the file is missing, busy, foreign, damaged or of another version,
    130 interrupted.
    """
    settings.db, settings.quiet, settings.verbose, settings.color = db, quiet, verbose, color


def main() -> NoReturn:
    """Run the command line and exit with the code of its outcome."""
    settings = Settings()
    try:
        code = cli.main(prog_name="archive", standalone_mode=False, obj=settings)
        sys.stdout.flush()
    except BrokenPipeError:
        # what reads our output has seen enough; Python must not flush into the closed pipe again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = _say("interrupted; run the same command again to go on", None, INTERRUPTED)
    except click.Abort:
        code = _say("interrupted", None, INTERRUPTED)
    except (ArchiveError, click.ClickException) as error:
        if settings.verbose:
            traceback.print_exc()
        code = _report(error)
    sys.exit(code if isinstance(code, int) else 0)


def _report(error: ArchiveError | click.ClickException) -> int:
    if isinstance(error, ArchiveError):
        code = _say(error.message, error.hint, error.exit_code)
        if isinstance(error, QueryError) and error.position is not None:
            _point(error.query, error.position)
        return code
    hint = None
    context = getattr(error, "ctx", None)
    if context is not None:
        hint = f"{context.command_path} --help"
        takes_query = any(param.name == "query" for param in context.command.params)
        if takes_query and isinstance(error, click.NoSuchOption):
            hint = f"a query that begins with - stands after --: {context.command_path} -- -word"
    return _say(error.format_message(), hint, error.exit_code)


def _point(query: str, position: int) -> None:
    """Show the query with a caret under the place that could not be understood."""
    from rich.cells import cell_len  # noqa: PLC0415 - only an error needs the width of Chinese

    from archive.render import line  # noqa: PLC0415 - likewise

    before = line(query[:position][-CARET_CONTEXT:] + "|")[:-1]
    after = line("|" + query[position:][:CARET_CONTEXT])[1:]
    click.echo(f"  {before}{after}\n  {' ' * cell_len(before)}^", err=True)


def _say(message: str, hint: str | None, code: int) -> int:
    from archive.render import line  # noqa: PLC0415 - only when there is something to say

    click.echo(f"archive: {line(message)}", err=True)
    if hint:
        click.echo(f"  {line(hint)}", err=True)
    return code
