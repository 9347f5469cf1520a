"""What a check finds, for the tests of its parts."""

from pathlib import Path

from archive import Archive
from archive.reports import Finding


def findings(path: Path, *, fast: bool = False) -> list[Finding]:
    """What a check finds; the file stays as it is."""
    before = path.read_bytes()
    with Archive.open(path, readonly=True, any_index=True) as archive:
        found = list(archive.check(fast=fast))
    assert path.read_bytes() == before
    return found


def places(found: list[Finding], kind: str) -> set[tuple[int | None, int | None]]:
    return {(one.article, one.section) for one in found if one.check == kind and one.damage}
