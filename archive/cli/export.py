"""``archive export``: the whole articles that a query finds, as a document."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from archive.cli.help import Command
from archive.cli.options import (
    Settings,
    no_hit,
    open_archive,
    paging_options,
    parsed_query,
    strict_option,
    tell,
    unit_option,
)

if TYPE_CHECKING:
    from archive.results import Article


@click.command("export", cls=Command)
@click.argument("query", nargs=-1)
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["jsonl", "csv", "md", "bibtex"]),
    default="jsonl",
    show_default=True,
    help="What to write.",
)
@click.option(
    "--output",
    type=click.Path(allow_dash=True, path_type=Path),
    metavar="FILE",
    default="-",
    help="The file to make, instead of standard output.",
)
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@unit_option
@click.option(
    "--sort",
    type=click.Choice(["relevance", "newest", "oldest", "source"]),
    default="relevance",
    show_default=True,
    help="In which order; without a query relevance is the order of ids.",
)
@strict_option
@paging_options(None)
@click.pass_obj
def command(
    settings: Settings,
    query: tuple[str, ...],
    wanted: str,
    output: Path,
    unit: str,
    sort: str,
    limit: int | None,
    offset: int,
    *,
    force: bool,
    strict: bool,
) -> None:
    """Write the whole articles that a query finds, or without a query all that there are.

    jsonl gives the objects of archive show, csv a row an article with its text, md a document with
    an anchor at each section, bibtex an entry an article.
    """
    from archive.document import DOCUMENTS  # noqa: PLC0415 - --help does without

    parsed = parsed_query(query) if query else None
    with open_archive(settings) as archive:
        articles = _Counted(
            archive.export(parsed, unit=unit, sort=sort, limit=limit, offset=offset, strict=strict)
        )
        with _opened(output, force=force) as out:
            for text in DOCUMENTS[wanted](articles):
                out.write(text + "\n")
        paged = limit is not None or offset > 0
        if parsed is not None and not articles.count and not paged:
            tell(settings, no_hit(archive, parsed, unit, strict=strict))
    if parsed is not None:
        tell(settings, parsed.hints)


class _Counted:
    """Articles that are counted as they pass."""

    def __init__(self, articles: "Iterable[Article]") -> None:
        self._articles = articles
        self.count = 0

    def __iter__(self) -> "Iterator[Article]":
        for article in self._articles:
            self.count += 1
            yield article


@contextmanager
def _opened(output: Path, *, force: bool) -> Iterator[IO[str]]:
    """Standard output, or a file that appears when all of it is written."""
    if str(output) == "-":
        yield sys.stdout
        return
    from archive.unfinished import whole  # noqa: PLC0415 - most exports go into a pipe

    with whole(output, force=force) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        yield text
        text.detach()
