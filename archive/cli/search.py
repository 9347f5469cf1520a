"""``archive search``: what a query finds, with snippets and anchors."""

import sys

import click

from archive import layout
from archive.cli.help import Command
from archive.cli.options import (
    Settings,
    format_option,
    no_hit,
    open_archive,
    paging_options,
    parsed_query,
    strict_option,
    tell,
    unit_option,
)
from archive.render import Column, choose, record, records

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
@unit_option
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "source"]),
    default="relevance",
    show_default=True,
    help="In which order.",
)
@strict_option
@click.option("--count", "counting", is_flag=True, help="Print only how many there are.")
@click.option(
    "--explain",
    is_flag=True,
    help="Instead of hits, how the query is understood and what SQLite is asked for it.",
)
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
    counting: bool,
    explain: bool,
) -> None:
    """Find articles by any run of characters, exactly; all remaining words are the query.

    Words are joined by AND; "a phrase" stands in quotes; heading: and title: look there only.
    A query that begins with - stands after --.
    """
    if explain and (counting or wanted in ("csv", "md")):
        other = "--count" if counting else f"--format {wanted}"
        raise click.UsageError(f"--explain and {other} exclude each other")
    parsed = parsed_query(query)
    with open_archive(settings) as archive:
        if explain:
            explanation = archive.explain(
                parsed, unit=unit, sort=sort, limit=limit, offset=offset, strict=strict
            )
            if wanted in (None, "table"):
                layout.write(layout.trace(explanation), color=settings.color)
            else:
                record(explanation)
        elif counting:
            click.echo(str(archive.count(parsed, unit=unit, strict=strict)))
        else:
            found = archive.search(
                parsed, unit=unit, sort=sort, limit=limit, offset=offset, strict=strict
            )
            chosen = choose(wanted, sys.stdout)
            if wanted is None and chosen == "table":
                layout.write(layout.hits(found, first=offset + 1), color=settings.color)
            else:
                records(found, COLUMNS, chosen, color=settings.color)
            if not found and limit and not offset:
                tell(settings, no_hit(archive, parsed, unit, strict=strict))
    tell(settings, parsed.hints)
