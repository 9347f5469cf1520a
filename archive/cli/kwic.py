"""``archive kwic``: every place where the words of a query stand, in their contexts."""

import shutil
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import (
    Settings,
    no_hit,
    open_archive,
    parsed_query,
    strict_option,
    tell,
    unit_option,
)
from archive.render import FORMATS, Column, records

if TYPE_CHECKING:
    from archive.query import Query

COLUMNS = (
    Column("article", "id", right=True, spare=4),
    Column("key", "key", spare=1),
    Column("section", "section", right=True, spare=3),
    Column("left", "left", right=True, wrap=True),
    Column("keyword", "keyword"),
    Column("right", "right", wrap=True),
    Column("published", "published", spare=5),
    Column("source", "source", spare=2),
    Column("anchor", "anchor"),
)

WIDTH = 80
"""How many cells a line has in a pipe."""


@click.command("kwic", cls=Command)
@click.argument("query", nargs=-1, required=True)
@unit_option
@click.option(
    "--sort",
    type=click.Choice(["newest", "date", "left", "right"]),
    default="newest",
    show_default=True,
    help="Newest first, oldest first, or by the context from the keyword outwards.",
)
@strict_option
@click.option(
    "--width",
    type=click.IntRange(20, 10_000),
    help="Cells of a line, by default those of the terminal, 80 in a pipe; with --format "
    "characters of both contexts together.",
)
@click.option("--limit", type=click.IntRange(min=0), help="How many at the most.")
@click.option(
    "--format", "wanted", type=click.Choice(FORMATS), help="How to print, instead of lines of text."
)
@click.pass_obj
def command(
    settings: Settings,
    query: tuple[str, ...],
    unit: str,
    sort: str,
    width: int | None,
    limit: int | None,
    wanted: str | None,
    *,
    strict: bool,
) -> None:
    """Show each place in the text of sections where a word or phrase of a query stands.

    One line a place: the text before it, the words themselves under each other, the text behind,
    and the anchor. Places are those in what the query matches; a context ends with the paragraph.
    """
    parsed = parsed_query(query)
    cells = width or (shutil.get_terminal_size((WIDTH, 1)).columns if wanted is None else WIDTH)
    context = cells if wanted is None else cells // 2
    with open_archive(settings) as archive:
        found = archive.kwic(
            parsed, unit=unit, sort=sort, limit=limit, context=context, strict=strict
        )
        first = next(found, None)
        places = found if first is None else chain([first], found)
        if wanted is not None:
            records(places, COLUMNS, wanted, color=settings.color)
        elif first is not None:
            from archive import aligned  # noqa: PLC0415 - only lines of text are measured in cells

            lines = aligned.concordance(places, cells)
            layout.write(lines, color=settings.color, fitted=True)
        if first is None and limit != 0:
            hits = archive.count(parsed, unit=unit, strict=strict)
            tell(
                settings,
                _why_none(parsed) if hits else no_hit(archive, parsed, unit, strict=strict),
            )
    tell(settings, parsed.hints)


def _why_none(query: "Query") -> Iterator[str]:
    """Why what a query matches has no place to show."""
    if query.phrases:
        yield "the words stand in titles, headings or captions only; archive search shows these"
    else:
        yield "no word to show: the query only has fields, or words after NOT"
