"""What became of captures, counted by outcome and, of those that failed, by reason."""

import time
from collections import Counter
from typing import TYPE_CHECKING

import click

from archive.render import line

if TYPE_CHECKING:
    from archive.reports import Outcome

FAILED = "failed"

SOME_FAILED = 4
"""The exit code where captures failed."""

_SHOWN = 8
"""How many reasons are told."""

_REASONS = 1000
"""How many reasons are counted apart: one may name what no other does."""


class Tally:
    """Counts from now on."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._statuses: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    @property
    def failed(self) -> int:
        """How many failed."""
        return self._statuses[FAILED]

    def add(self, outcome: "Outcome") -> None:
        """Count one outcome."""
        self._statuses[outcome.status] += 1
        if outcome.status == FAILED:
            reason = outcome.reason or ""
            if reason in self._reasons or len(self._reasons) < _REASONS:
                self._reasons[reason] += 1

    def tell(self) -> None:
        """Say on standard error how many of each, how fast, and why most of the failed ones did."""
        seconds, total = time.monotonic() - self._started, self._statuses.total()
        parts = ", ".join(f"{number:,} {status}" for status, number in self._statuses.items())
        rate = f" ({total / seconds:,.0f} a second)" if total > 1 and seconds else ""
        click.echo(f"{parts or 'nothing to ingest'} in {seconds:.1f} s{rate}", err=True)
        told = self._reasons.most_common(_SHOWN)
        for reason, number in told:
            click.echo(f"  {number:,} failed: {line(reason)}", err=True)
        rest = self.failed - sum(number for _, number in told)
        if rest:
            click.echo(f"  {rest:,} failed for other reasons: archive failures", err=True)
