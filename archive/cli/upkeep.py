"""The commands of ``archive db`` that look after the file: check, reindex, backup."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.help import Command
from archive.cli.options import Settings, format_option, open_archive, wait_option
from archive.cli.progress import steps
from archive.render import Column, choose, line, records

if TYPE_CHECKING:
    from archive.reports import Finding

FINDINGS = (
    Column("check", "check"),
    Column("article", "id", right=True),
    Column("key", "key", spare=1),
    Column("section", "section", right=True),
    Column("reason", "reason", wrap=True),
    Column("damage", "damage", spare=2),
)

DAMAGED = 5


@click.command("reindex", cls=Command)
@wait_option
@click.pass_obj
def reindex(settings: Settings) -> None:
    """Make the index anew from the stored articles; readers go on meanwhile.

    Do so when archive db check finds the index wrong, or when this program says that other rules
    made it. All of it is one transaction: if it is interrupted, nothing is changed.
    """
    with (
        open_archive(settings, write=True, any_index=True) as archive,
        steps(settings) as bar,
    ):
        count = archive.reindex(progress=bar)
    if not settings.quiet:
        click.echo(f"{line(str(settings.db))}: {count:,} sections indexed", err=True)


@click.command("check", cls=Command)
@click.option(
    "--fast", is_flag=True, help="Only the file, the captures and the digests of articles."
)
@format_option
@click.pass_obj
def check(settings: Settings, wanted: str | None, *, fast: bool) -> None:
    """Compare the file, its captures, articles, sections and index with each other.

    Printed is what is wrong, and what else is worth knowing; the exit code is 5 if something is
    wrong. Nothing is altered: archive db reindex mends the index, and a damaged capture is named
    only.
    """
    _check(settings, settings.db, wanted, fast=fast)


def _check(settings: Settings, path: Path, wanted: str | None, *, fast: bool) -> None:
    counts = Counter[bool]()
    with (
        open_archive(replace(settings, db=path), any_index=True) as archive,
        steps(settings) as bar,
    ):
        found = _counted(archive.check(fast=fast, progress=bar), counts)
        records(found, FINDINGS, choose(wanted, sys.stdout), color=settings.color)
    if not settings.quiet:
        wrong = f"{counts[True]:,} found wrong" if counts[True] else "nothing wrong"
        notes = f", {counts[False]:,} worth knowing" if counts[False] else ""
        click.echo(f"{line(str(path))}: {wrong}{notes}", err=True)
    if counts[True]:
        click.get_current_context().exit(DAMAGED)


def _counted(found: "Iterable[Finding]", counts: Counter[bool]) -> "Iterator[Finding]":
    for finding in found:
        counts[finding.damage] += 1
        yield finding


@click.command("backup", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Take the place of a file that is there.")
@click.option("--verify", is_flag=True, help="Then check the copy, as archive db check does.")
@format_option
@click.pass_obj
def backup(
    settings: Settings, file: Path, wanted: str | None, *, force: bool, verify: bool
) -> None:
    """Copy the archive to a new file, as it is at one moment; others may write meanwhile.

    The copy has its name only when it is whole and on the disk. It is an archive like any other,
    and no larger than it must be.
    """
    with open_archive(settings, any_index=True) as archive:
        archive.backup(file, force=force)
    if not settings.quiet:
        click.echo(f"{line(str(settings.db))} copied to {line(str(file))}", err=True)
    if verify:
        _check(settings, file, wanted, fast=False)
