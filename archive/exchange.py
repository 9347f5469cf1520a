"""Taking out and taking in: dumps of a whole archive, and the articles that a query finds.

Idea: a part of :class:`archive.store.Archive`, the Python API, in a file of its own.
"""

from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from archive import export
from archive.asking import parsed
from archive.locking import Tell, WriterLock, silent
from archive.query import Query
from archive.results import Article
from archive.session import OpenFile

File = str | PathLike[str] | BinaryIO
"""A file by its path, or one that is open for bytes."""


class Exchange(OpenFile):
    """What goes out of an archive, and makes a new one."""

    def dump(self, file: File, *, force: bool = False) -> dict[str, int]:
        """Write everything that the archive holds at this moment as JSON Lines (docs/json.md).

        Memory is that of the largest capture. Others may write meanwhile.

        Args:
            file: a path, whose file appears when it is whole; ``.zst`` and ``.gz`` are compressed.
                Or an open file.
            force: replace the file that is there.

        Returns:
            How many rows of each table were written.

        Raises:
            UsageError: the file is there.
            StorageError: it cannot be written.
            DatabaseError: a capture cannot be read.
        """
        from archive import dump, unfinished  # noqa: PLC0415 - questions do without

        with self._reading() as session:
            if not isinstance(file, str | PathLike):
                return dump.dump(session, file)
            path = Path(file)
            with unfinished.whole(path, force=force) as made:
                return dump.dump(session, made, path.name)

    @staticmethod
    def restore(
        path: str | PathLike[str],
        file: File,
        *,
        max_line: int | None = None,
        wait: float | None = None,
        tell: Tell = silent,
    ) -> dict[str, int]:
        """Make an archive of a dump: the whole of it, or in case of an error nothing.

        Args:
            path: the archive's file; there is none yet, or it holds nothing.
            file: the dump, as a path or an open file; it may be compressed.
            max_line: how many bytes a line may have; 256 MiB by default.
            wait: how many seconds to wait for another writer; ``None``: as long as it takes.
            tell: is told, in a sentence, when another writer is waited for, and which.

        Returns:
            How many rows of each table were restored.

        Raises:
            DumpError: the dump is damaged, cut off, or made by a newer program; it names the line.
            DatabaseError: the archive holds something already, is foreign or in use.
            StorageError: the dump cannot be read, or the archive not be written.
        """
        from archive import restore, undump  # noqa: PLC0415 - as above

        lock = WriterLock(Path(path), wait=wait, tell=tell)
        limit = max_line or undump.MAX_LINE
        if not isinstance(file, str | PathLike):
            return restore.restore(Path(path), file, lock, max_line=limit)
        with undump.opened(Path(file)) as opened:
            return restore.restore(Path(path), opened, lock, max_line=limit)

    def export(
        self,
        query: str | Query | None = None,
        *,
        unit: str = "article",
        sort: str = "relevance",
        limit: int | None = None,
        offset: int = 0,
        strict: bool = False,
    ) -> Iterator[Article]:
        """The whole articles that a query finds, one at a time.

        Args:
            query: as for :meth:`archive.store.Archive.search`, and so are the others; ``None``
                means every article, by id unless another order is asked for.
            unit: where the words must stand together; of a section its article is given, once.
            sort: ``relevance``, ``newest``, ``oldest`` or ``source``.
            limit: how many articles at the most; ``None`` for all.
            offset: how many to pass over first.
            strict: characters must stand as typed.

        Raises:
            QueryError: the query cannot be understood; it tells the place.
            UsageError: no such unit or order.
        """
        with self._reading() as session:
            yield from export.articles(
                session,
                None if query is None else parsed(query),
                unit=unit,
                sort=sort,
                limit=limit,
                offset=offset,
                strict=strict,
            )
