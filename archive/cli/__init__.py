"""The command line: the group, and how errors become one line and an exit code.

Invariant: a command module imports no SQLAlchemy; the archive is opened through
:func:`archive.cli.options.open_archive`, so that ``--help`` of anything starts fast.
"""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from archive import __version__
from archive.cli.help import Group
from archive.cli.options import Settings
from archive.errors import ArchiveError, QueryError
from archive.garbage import seldom_collected

COMMANDS = (
    "ingest",
    "failures",
    "list",
    "show",
    "sections",
    "search",
    "kwic",
    "count",
    "similar",
    "reprints",
    "cite",
    "revisions",
    "diff",
    "export",
    "remove",
    "db",
    "dump",
    "restore",
)
"""Each is ``command`` in the module ``archive.cli.NAME`` (``list`` in ``list_``)."""

INTERRUPTED = 130

FAILED = 1

_CARET_BEFORE, _CARET_AFTER = 40, 15
"""How many cells of a query are shown before the caret, and how many characters from there on."""


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
    type=click.Path(path_type=Path, readable=False),
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
    _prepare_streams()
    code = run()
    try:
        sys.stdout.flush()
    except OSError:
        code = code or FAILED
        _silence()
    sys.exit(code)


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line, say on standard error what went wrong, and return the exit code.

    Args:
        args: the words after ``archive``; those of this process by default.
    """
    settings, stdout = Settings(), sys.stdout
    try:
        with seldom_collected():  # what is imported, too, is there to stay
            code = cli.main(args, prog_name="archive", standalone_mode=False, obj=settings)
        sys.stdout.flush()
    except BrokenPipeError:
        code = _silence()
    except SystemExit as stop:
        # how Click ends after a completion script, and, having wrapped the stream, a closed pipe
        code = stop.code if sys.stdout is stdout else _silence()
    except (KeyboardInterrupt, click.Abort):
        code = _say("interrupted; run the same command again to go on", None, INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - a user gets one line, also of what nobody foresaw
        if settings.verbose:
            from archive.render import clean  # noqa: PLC0415 - only when there is something to say

            click.echo(clean(traceback.format_exc()), err=True, nl=False)
        code = _report(error)
    return code if isinstance(code, int) else 0


def _prepare_streams() -> None:
    """UTF-8 in a pipe whatever the locale; on a terminal nothing that it cannot show is fatal."""
    if sys.stdout is None:  # closed by whoever started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - for good
    if isinstance(sys.stdout, io.TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="strict")


def _silence() -> int:
    """What reads our output has seen enough, or cannot take it: Python must not flush it again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _report(error: Exception) -> int:
    if isinstance(error, ArchiveError):
        code = _say(error.message, error.hint, error.exit_code)
        if isinstance(error, QueryError) and error.position is not None:
            _point(error.query, error.position)
        return code
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    if isinstance(error, click.ClickException):
        return _say(error.format_message(), _usage_hint(error), error.exit_code)
    if isinstance(error, OSError) and error.strerror:
        file = f"{error.filename!s}: " if error.filename else "writing failed: "
        return _say(f"{file}{error.strerror}", "archive -v … shows where", FAILED)
    return _say(f"unexpected {error!r}", "archive -v … shows where; please report it", FAILED)


def _usage_hint(error: click.ClickException) -> str | None:
    context = getattr(error, "ctx", None)
    if context is None:
        return None
    takes_query = any(param.name == "query" for param in context.command.params)
    if takes_query and isinstance(error, click.NoSuchOption):
        return f"a query that begins with - stands after --: {context.command_path} -- -word"
    return f"{context.command_path} --help"


def _point(query: str, position: int) -> None:
    """Show the query, or what of it is near, with a caret under what could not be understood."""
    from rich.cells import cell_len  # noqa: PLC0415 - only an error needs the width of Chinese

    from archive.render import line  # noqa: PLC0415 - likewise

    before = line(query[:position] + "|")[:-1]
    after = line("|" + query[position:])[1:]
    cut = _CARET_BEFORE
    while cell_len(before[-cut:]) > _CARET_BEFORE:
        cut -= 1
    mark = "…" if cut < len(before) else ""
    before = mark + before[-cut:] if mark else before
    click.echo(f"  {before}{after[:_CARET_AFTER]}\n  {' ' * cell_len(before)}^", err=True)


def _say(message: str, hint: str | None, code: int) -> int:
    from archive.render import line  # noqa: PLC0415 - only when there is something to say

    click.echo(f"archive: {line(message)}", err=True)
    if hint:
        click.echo(f"  {line(hint)}", err=True)
    return code
