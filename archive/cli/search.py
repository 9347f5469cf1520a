"""``archive search``: what a query finds, with snippets and anchors."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import (
    Settings,
    format_option,
    open_archive,
    paging_options,
    parsed_query,
    revisions_option,
    tell,
)
from archive.render import Column, choose, records

if TYPE_CHECKING:
    from archive.query import Query

COLUMNS = (
    Column("article", "id", right=True),
    Column("section", "section", right=True, spare=5),
    Column("title", "title", wrap=True),
    Column("heading", "heading", wrap=True, spare=4),
    Column("published", "published", spare=2),
    Column("source", "source", spare=3),
    Column("snippet", "snippet", wrap=True),
    Column("score", "score", right=True, spare=1),
    Column("anchor", "anchor"),
)


@click.command("search", cls=Command)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--unit",
    type=click.Choice(["article", "section", "paragraph"]),
    default="article",
    show_default=True,
    help="Where the words must stand together.",
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    show_default=True,
    help="In which order.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Characters as typed: case, width, traditional and simplified differ.",
)
@revisions_option
@click.option("--count", "counting", is_flag=True, help="Print only how many there are.")
@paging_options(20)
@format_option
@click.pass_obj
def command(
    settings: Settings,
    query: tuple[str, ...],
    unit: str,
    sort: str,
    limit: int,
    offset: int,
    wanted: str | None,
    *,
    strict: bool,
    revisions: bool,
    counting: bool,
) -> None:
    """Find articles by any run of characters, exactly; all remaining words are the query.

    Words are joined by AND; "a phrase" stands in quotes; heading: and title: look there only.
    A query that begins with - stands after --.
    """
    parsed = parsed_query(query)
    with open_archive(settings) as archive:
        if counting:
            click.echo(str(archive.count(parsed, unit=unit, strict=strict, revisions=revisions)))
        else:
            found = archive.search(
                parsed,
                unit=unit,
                sort=sort,
                limit=limit,
                offset=offset,
                strict=strict,
                revisions=revisions,
            )
            chosen = choose(wanted, sys.stdout)
            if wanted is None and chosen == "table":
                layout.write(layout.hits(found, first=offset + 1), color=settings.color)
            else:
                records(found, COLUMNS, chosen, color=settings.color)
            if not found:
                absent = archive.absent(parsed, strict=strict)
                notes = _why_nothing(parsed, absent, unit, paged=not limit or offset > 0)
                tell(settings, notes)
    tell(settings, parsed.hints)


def _why_nothing(query: "Query", absent: Sequence[str], unit: str, *, paged: bool) -> Iterator[str]:
    """Why a query has no hit: which term alone finds nothing, or that only all together do."""
    if absent and len(query.terms) > 1:
        yield from (f"no hit: {term} alone finds nothing" for term in absent)
    elif absent or len(query.terms) < 2:  # noqa: PLR2004 - one term, or only what is denied
        yield "no hit"
    elif not paged:
        yield f"no hit: each term is found, but not all in one {unit} as the query asks"
