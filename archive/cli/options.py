"""What commands share: the settings of a run, the format option, and opening the archive."""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive.render import FORMATS, line

if TYPE_CHECKING:
    from archive.query import Query
    from archive.store import Archive

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Settings:
    """The options that stand before the command; the group fills them in."""

    db: Path = Path("archive.db")
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"


def open_archive(settings: Settings, *, create: bool = False, write: bool = False) -> "Archive":
    """Open the archive that ``--db`` names; the store is imported only now.

    What an import makes stays, so looking for garbage meanwhile is in vain; without it a whole
    search takes a tenth less time (benchmarks/startup.py).
    """
    gc.disable()
    from archive.store import Archive  # noqa: PLC0415 - see the docstring

    gc.freeze()
    gc.enable()
    return Archive.open(settings.db, create=create, readonly=not write)


def parsed_query(words: Iterable[str]) -> "Query":
    """The query that the remaining words of a command line make; see docs/query.md."""
    from archive.query import parse  # noqa: PLC0415 - --help does without

    return parse(" ".join(words))


def no_hit(archive: "Archive", query: "Query", *, strict: bool) -> Iterator[str]:
    """That a query has no hit, and which of its terms alone finds nothing."""
    absent = archive.absent(query, strict=strict) if len(query.terms) > 1 else []
    yield from (f"no hit: {term} alone finds nothing" for term in absent)
    if not absent:
        yield "no hit"


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
