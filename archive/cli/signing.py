"""Opening an archive whose texts are compared: signatures that are lacking are made first.

Readers never wait for a writer, so the archive is opened for writing only where one is needed.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from archive.cli.options import F, Settings, open_archive, tell
from archive.cli.progress import Steps

if TYPE_CHECKING:
    from archive.store import Archive


@contextmanager
def signed_archive(settings: Settings) -> "Iterator[Archive]":
    """The archive that ``--db`` names, with a signature of each article."""
    with open_archive(settings) as archive:
        lacking = archive.unsigned()
        if not lacking:
            yield archive
            return
    with open_archive(settings, write=True) as archive:
        _sign(settings, archive, lacking)
        yield archive


def _sign(settings: Settings, archive: "Archive", lacking: int) -> None:
    if settings.quiet or not sys.stderr.isatty():
        signed = sum(1 for _ in archive.sign())
    else:
        with Steps(color=settings.color) as tell_steps:
            signed = 0
            for signed, _ in enumerate(archive.sign(), start=1):
                tell_steps("signatures", signed, lacking)
    tell(settings, [f"{signed:,} texts signed, once and for all"])


def threshold_option(command: F) -> F:
    """``--threshold``: how near texts must be."""
    option = click.option(
        "--threshold",
        type=click.FloatRange(0.5, 1),
        default=0.6,
        show_default=True,
        help="The least share of all shingles of two texts that both have.",
    )
    return option(command)
