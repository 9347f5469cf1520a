"""``archive count``: how much a query matches, by source, channel, date or heading."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import (
    Settings,
    format_option,
    no_hit,
    open_archive,
    parsed_query,
    strict_option,
    tell,
    unit_option,
)
from archive.render import Column, choose, records

if TYPE_CHECKING:
    from archive.results import Count

COLUMNS = (
    Column("value", "value", wrap=True),
    Column("articles", "articles", right=True),
    Column("sections", "sections", right=True),
    Column("characters", "characters", right=True),
)
RELATIVE = Column("per_million", "per million", right=True)


@click.command("count", cls=Command)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--by",
    type=click.Choice(["source", "channel", "day", "month", "year", "heading"]),
    help="Count each of these by itself: periods in order, others by their number of articles.",
)
@unit_option
@click.option(
    "--relative",
    is_flag=True,
    help="Also how many sections match in a million characters of all that has the value.",
)
@strict_option
@click.option(
    "--limit", type=click.IntRange(min=0), help="How many values at the most; not for periods."
)
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Also draw the counts into this file; - draws them on standard output alone.",
)
@format_option
@click.pass_obj
def command(
    settings: Settings,
    query: tuple[str, ...],
    by: str | None,
    unit: str,
    limit: int | None,
    svg: Path | None,
    wanted: str | None,
    *,
    relative: bool,
    strict: bool,
) -> None:
    """Count the articles, sections and characters that a query matches.

    Sections are those that hold a word of the query, with --unit section or paragraph those that
    match; characters are those of these sections.
    """
    if svg is not None and by is None:
        raise click.UsageError("--svg draws what --by counts; name one, such as --by month")
    parsed = parsed_query(query)
    with open_archive(settings) as archive:
        rows = archive.count_by(
            parsed, by, unit=unit, relative=relative, limit=limit, strict=strict
        )
        nothing = not any(row.articles for row in rows) and limit != 0
        notes = list(no_hit(archive, parsed, unit, strict=strict)) if nothing else []
    if svg is not None:
        _draw(rows, by or "", parsed.text, svg)
    if svg is None or str(svg) != "-":
        _print(rows, by, wanted, settings, relative=relative)
    tell(settings, [*notes, *parsed.hints])


def _print(
    rows: "Sequence[Count]",
    by: str | None,
    wanted: str | None,
    settings: Settings,
    *,
    relative: bool,
) -> None:
    chosen = choose(wanted, sys.stdout)
    if wanted is None and chosen == "table" and by is not None:
        from archive import aligned  # noqa: PLC0415 - only bars are measured in cells

        width = min(shutil.get_terminal_size().columns, layout.WIDEST)
        layout.write(aligned.bars(rows, by, width), color=settings.color, fitted=True)
    else:
        columns = (*COLUMNS, RELATIVE) if relative else COLUMNS
        records(rows, columns, chosen, color=settings.color)


def _draw(rows: "Sequence[Count]", by: str, query: str, file: Path) -> None:
    from archive import chart  # noqa: PLC0415 - only a picture needs it

    picture = chart.svg(rows, by, query)
    if str(file) == "-":
        click.echo(picture, nl=False)
    else:
        from archive.unfinished import whole  # noqa: PLC0415 - only a file needs it

        with whole(file, force=True) as out:
            out.write(picture.encode())
