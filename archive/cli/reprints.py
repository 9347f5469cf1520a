"""``archive reprints``: which articles are of the same text."""

import sys

import click

from archive.cli.help import Command
from archive.cli.options import Settings, format_option, parsed_query, tell, wait_option
from archive.cli.signing import compared, threshold_option
from archive.render import Column, choose, records

COLUMNS = (
    Column("cluster", "cluster", right=True),
    Column("article", "id", right=True),
    Column("key", "key", spare=1),
    Column("title", "title", wrap=True),
    Column("published", "published"),
    Column("source", "source"),
    Column("kept", "kept", right=True),
)


@click.command("reprints", cls=Command)
@click.argument("query", nargs=-1)
@threshold_option
@click.option("--limit", type=click.IntRange(min=0), help="How many clusters at the most.")
@wait_option
@format_option
@click.pass_obj
def command(
    settings: Settings,
    query: tuple[str, ...],
    threshold: float,
    limit: int | None,
    wanted: str | None,
) -> None:
    """List the clusters of articles of the same text: all, or those with a match of QUERY.

    Clusters of most articles come first. In each the earliest published comes first, the undated
    last; its id names the cluster, and kept is the share of its shingles that an article has. An
    article is near another of its cluster, not always near all; see archive similar. Superseded
    versions are left out.
    """
    parsed = parsed_query(query) if query else None
    rows = compared(
        settings,
        lambda archive, bar: list(
            archive.reprints(parsed, threshold=threshold, limit=limit, progress=bar)
        ),
    )
    records(rows, COLUMNS, choose(wanted, sys.stdout), color=settings.color)
    notes = list(parsed.hints) if parsed else []
    if not rows and limit != 0:
        notes.insert(0, "no reprints")
    tell(settings, notes)
