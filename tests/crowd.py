"""A process that writes to an archive or reads it until a moment; tests start many of them.

Each batch holds ``BATCH`` articles of two sections, so whoever sees one moment of the archive
counts a multiple of them. A process says when it is ready, is told until when to go on, by the time
that all processes share, and in the end tells as JSON what it did.
"""

import json
import sys
import time
from pathlib import Path

from samples import articles, item

from archive import Archive

BATCH = 7


def ready() -> float:
    """The moment until which to go on."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    return float(sys.stdin.readline())


def write(path: Path, first: int, *, whole: bool) -> object:
    """Write batches as one transaction each, or, for the control, their articles one by one."""
    written = []
    with Archive.open(path) as archive:
        until, number = ready(), first
        while time.monotonic() < until:
            batch = [item(page) for page in articles(BATCH, first=number)]
            number += BATCH
            lists = [batch] if whole else [[one] for one in batch]
            ids = [outcome.article for part in lists for outcome in archive.add(part)]
            written.append((time.monotonic(), ids))
    return written


def read(path: Path) -> object:
    """Count in the rows and in the index, over and over; how often, and how often it was odd."""
    times = halves = 0
    with Archive.open(path, readonly=True) as archive:
        until = ready()
        while time.monotonic() < until:
            status = archive.status()
            same = status.captures * 2 == status.articles * 2 == status.sections
            found = (status.articles, archive.count("导语"), archive.count("末段", unit="section"))
            halves += not same or any(number % BATCH for number in found)
            times += 1
    return times, halves


if __name__ == "__main__":
    doing, file, called = sys.argv[1:]
    if doing == "read":
        done = read(Path(file))
    else:
        done = write(Path(file), int(called), whole=doing == "write")
    sys.stdout.write(json.dumps(done))
