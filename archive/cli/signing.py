"""Asking an archive whose texts are compared: signatures that are lacking are made first.

Idea: readers never wait for a writer, so the archive is opened for writing only where signatures
are lacking, which it says only of what could be answered.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from archive.cli.options import F, Settings, open_archive, tell
from archive.cli.progress import steps
from archive.errors import UnsignedError

if TYPE_CHECKING:
    from archive.reports import Progress
    from archive.store import Archive

T = TypeVar("T")


def compared(settings: Settings, ask: "Callable[[Archive, Progress], T]") -> T:
    """What the archive that ``--db`` names answers, once each of its articles has a signature."""
    try:
        with open_archive(settings) as archive:
            return ask(archive, lambda *_: None)
    except UnsignedError:
        signed = 0
    with open_archive(settings, write=True) as archive, steps(settings) as bar:

        def counted(doing: str, done: int, total: int) -> None:
            nonlocal signed
            signed = done
            bar(doing, done, total)

        answer = ask(archive, counted)
    tell(settings, [f"{signed:,} texts signed, once and for all"])
    return answer


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
