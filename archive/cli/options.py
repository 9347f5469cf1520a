"""What commands share: the settings of a run, the format option, and opening the archive."""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive.render import FORMATS, line

if TYPE_CHECKING:
    from archive.query import Query, Question
    from archive.store import Archive

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Settings:
    """The options that stand before the command; the group fills them in."""

    db: Path = Path("archive.db")
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"
    wait: float | None = None
    """How many seconds to wait for another writer; ``None``: as long as it takes."""


def open_archive(
    settings: Settings, *, create: bool = False, write: bool = False, any_index: bool = False
) -> "Archive":
    """Open the archive that ``--db`` names; the store is imported only now.

    What an import makes stays, so looking for garbage meanwhile is in vain; without it a whole
    search takes a tenth less time (benchmarks/startup.py).
    """
    gc.disable()
    from archive.store import Archive  # noqa: PLC0415 - see the docstring

    gc.freeze()
    gc.enable()
    return Archive.open(
        settings.db,
        create=create,
        readonly=not write,
        exclusive=write,
        wait=settings.wait,
        tell=say_waiting,
        any_index=any_index,
    )


def say_waiting(text: str) -> None:
    """Say on standard error that another writer is waited for, also if quiet."""
    click.echo(f"archive: {line(text)}", err=True)


def wait_option(command: F) -> F:
    """``--wait``: how long a command that writes waits for another."""

    def keep(ctx: click.Context, _param: click.Parameter, value: float | None) -> None:
        if value is not None and isnan(value):
            raise click.BadParameter("nan is no number of seconds")
        ctx.ensure_object(Settings).wait = value

    option = click.option(
        "--wait",
        type=click.FloatRange(min=0),
        metavar="SECONDS",
        expose_value=False,
        callback=keep,
        help="Wait so long for another writer, 0: not at all; by default as long as it takes.",
    )
    return option(command)


def parsed_query(words: Iterable[str]) -> "Query":
    """The query that the remaining words of a command line make; see docs/query.md."""
    from archive.query import parse  # noqa: PLC0415 - --help does without

    return parse(" ".join(words))


def parsed_question(words: Iterable[str]) -> "Question":
    """The question that the remaining words of a command line make; see docs/query.md."""
    from archive.query import parse_question  # noqa: PLC0415 - --help does without

    return parse_question(" ".join(words))


def no_hit(
    archive: "Archive",
    query: "Query | Question",
    unit: str,
    *,
    strict: bool,
    revisions: bool = False,
) -> Iterator[str]:
    """Why a query has no hit: which term alone finds nothing, or that only all together do."""
    from archive.query import Question  # noqa: PLC0415 - --help does without

    if isinstance(query, Question):
        yield "no hit: nothing shares a word or character of the question"
        return
    absent = archive.absent(query, strict=strict, revisions=revisions)
    if absent and len(query.leaves) > 1:
        yield from (f"no hit: {term} alone finds nothing" for term in absent)
    elif absent or not query.terms or len(query.leaves) == 1:
        yield "no hit"
    else:
        yield f"no hit: each term is found, but not all in one {unit} as the query asks"


def tell(settings: Settings, notes: Iterable[str]) -> None:
    """Say on standard error what is worth knowing, unless quiet: nothing found, or a hint."""
    if not settings.quiet:
        for note in notes:
            click.echo(f"archive: {line(note)}", err=True)


def format_option(command: F) -> F:
    """``--format``: how results are printed."""
    option = click.option(
        "--format",
        "wanted",
        type=click.Choice(FORMATS),
        help="How to print; by default a table on a terminal and JSON Lines in a pipe.",
    )
    return option(command)


def unit_option(command: F) -> F:
    """``--unit``: what must hold the whole query."""
    option = click.option(
        "--unit",
        type=click.Choice(["article", "section", "paragraph"]),
        default="article",
        show_default=True,
        help="Where the words must stand together.",
    )
    return option(command)


def strict_option(command: F) -> F:
    """``--strict``: compare characters as they stand."""
    option = click.option(
        "--strict",
        is_flag=True,
        help="Characters as typed: case, width, traditional and simplified differ.",
    )
    return option(command)


def revisions_option(command: F) -> F:
    """``--revisions``: take in what a newer version took the place of."""
    option = click.option(
        "--revisions", is_flag=True, help="Older versions of articles too, not only the newest."
    )
    return option(command)


def paging_options(default: int | None) -> Callable[[F], F]:
    """``--limit`` and ``--offset``."""

    def add(command: F) -> F:
        limit = click.option(
            "--limit",
            type=click.IntRange(min=0),
            default=default,
            show_default=default is not None,
            help="How many at the most.",
        )
        offset = click.option(
            "--offset", type=click.IntRange(min=0), default=0, help="How many to pass over first."
        )
        return limit(offset(command))

    return add
