"""The care of an archive's file: rebuilding its index, checking it, copying it.

Idea: a part of :class:`archive.store.Archive`, the Python API, in a file of its own, as
:mod:`archive.asking` is.
"""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from archive.reports import Finding, Progress, unseen
from archive.session import OpenFile

if TYPE_CHECKING:
    from threading import Event


class Keeping(OpenFile):
    """What can be done for an open archive as a file."""

    def tidy(self, added: int, stop: "Event | None" = None) -> None:
        """Merge the index, as far as so many new sections are worth it.

        Where they are much of it, all of it is merged, and SQLite's statistics are refreshed. It is
        done in steps, each a transaction of its own, and ends early once ``stop`` is set. Else one
        step merges what has gathered of small additions.
        """
        from archive import index  # noqa: PLC0415 - questions do not need it

        if not added:
            return
        with self._reading() as session:
            whole = index.is_worth_merging(session, added)
        begin = going_on = True
        while going_on and not (stop and stop.is_set()):
            with self._writing() as session:
                going_on = index.merge_some(session, begin=whole and begin) and whole
            begin = False
        if whole:
            self._refresh_statistics()

    def reindex(self, *, progress: Progress = unseen) -> int:
        """Make the index anew from the stored articles, in one transaction; readers go on.

        It mends whatever the index lacks, holds wrongly or has too much, and brings an index that
        other rules made (``any_index`` of :meth:`open`) to those of this program.

        Returns:
            How many sections are indexed.
        """
        from archive import reindex  # noqa: PLC0415 - as above

        with self._writing() as session:
            return reindex.rebuild(session, progress)

    def check(self, *, fast: bool = False, progress: Progress = unseen) -> Iterator[Finding]:
        """Everything that is wrong with the archive, and what else is worth knowing.

        Compared are, at one moment: the file's own structure, captures with their hashes, articles
        with their digests; then, unless ``fast``, sections with what the reader makes of the
        captures, and the index with the text. Nothing is altered.
        """
        from archive import check  # noqa: PLC0415 - questions do not need the readers

        with self._reading(unlimited=True) as session:
            yield from check.check(session, fast=fast, progress=progress)

    def backup(self, target: str | PathLike[str], *, force: bool = False) -> None:
        """Copy the archive as it is at one moment to a new file; others may write meanwhile.

        Args:
            target: the file to make; it has its name only when it is whole and on the disk.
            force: take the place of a file that is there.

        Raises:
            UsageError: there is such a file already.
            StorageError: no room, or the folder cannot be written.
        """
        from archive.backup import backup  # noqa: PLC0415 - nothing else needs it

        with self._engine.connect() as connection:
            backup(connection, self.path, Path(target), force=force)
