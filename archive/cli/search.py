"""``archive search``: what a query finds, with snippets and anchors."""

import sys
from typing import Any

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
    parsed_question,
    revisions_option,
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
@click.option(
    "--any",
    "anything",
    is_flag=True,
    help="The query is a question in plain words: find what shares most of its wording.",
)
@unit_option
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "source"]),
    default="relevance",
    show_default=True,
    help="In which order.",
)
@strict_option
@revisions_option
@click.option("--count", "counting", is_flag=True, help="Print only how many there are.")
@click.option(
    "--explain",
    is_flag=True,
    help="Instead of hits, how the query is understood and what SQLite is asked for it.",
)
@paging_options(20)
@click.option(
    "--after",
    metavar="CURSOR",
    help="Go on behind a hit, by what the page before named; nothing is repeated or passed over.",
)
@format_option
@click.pass_obj
def command(
    settings: Settings,
    query: tuple[str, ...],
    unit: str,
    sort: str,
    limit: int,
    offset: int,
    after: str | None,
    wanted: str | None,
    *,
    anything: bool,
    strict: bool,
    revisions: bool,
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
    if after is not None and offset:
        raise click.UsageError("--after and --offset exclude each other")
    asked = parsed_question(query) if anything else parsed_query(query)
    page: dict[str, Any] = {
        "unit": unit,
        "sort": sort,
        "offset": offset,
        "after": after,
        "strict": strict,
        "revisions": revisions,
    }
    with open_archive(settings) as archive:
        if explain:
            explanation = archive.explain(asked, limit=limit, **page)
            if wanted in (None, "table"):
                layout.write(layout.trace(explanation), color=settings.color)
            else:
                record(explanation)
        elif counting:
            click.echo(str(archive.count(asked, unit=unit, strict=strict, revisions=revisions)))
        else:
            found = archive.search(asked, limit=limit + 1, **page)
            more, found = found[limit:], found[:limit]
            chosen = choose(wanted, sys.stdout)
            if wanted is None and chosen == "table":
                layout.write(layout.hits(found, first=offset + 1), color=settings.color)
            else:
                records(found, COLUMNS, chosen, color=settings.color)
            if more and (cursor := found[-1].cursor if found else ""):
                tell(settings, [f"there are more; the next page: --after {cursor}"])
            if not found and limit and not offset and after is None:
                tell(settings, no_hit(archive, asked, unit, strict=strict, revisions=revisions))
    tell(settings, asked.hints)
