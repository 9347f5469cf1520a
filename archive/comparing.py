"""Which articles say the same: the part of :class:`archive.store.Archive` that compares texts.

Idea: texts are found by their signatures, which are made when they are first asked for, in batches
of one transaction each; what is broken off goes on with the next call. An archive that is open for
reading only cannot make them and says so: an answer never passes over an article that has none.
"""

from collections.abc import Iterator

from archive import ref, resolve
from archive.asking import parsed
from archive.compared import Reprint, Similar
from archive.errors import UnsignedError, UsageError
from archive.query import Query
from archive.ref import Ref
from archive.reports import Progress, unseen
from archive.session import OpenFile

THRESHOLD = 0.6
"""The least resemblance that is asked for by default.

Of two copies that each differ from the other by a fifth it is 0.67 or more.
"""

LEAST = 0.5
"""With less than this so many would be missed that an answer would mislead."""

_BATCH = 1_000

_MERGED_FROM = 10
"""Where one in so many signatures is new, all are merged: that takes time by how many there are."""


class Comparing(OpenFile):
    """What an open archive can tell of texts that are near each other."""

    def unsigned(self) -> int:
        """How many articles have no signature yet."""
        from archive import signatures  # noqa: PLC0415 - other questions do without

        with self._reading() as session:
            return signatures.lacking(session)

    def sign(self) -> Iterator[int]:
        """Make the signatures that are lacking; the id of each article, once it is kept.

        Raises:
            ArchiveError: the extra ``near`` is not installed.
        """
        from archive import signatures  # noqa: PLC0415 - as above

        after = number = 0
        while True:
            with self._writing() as session:
                signed = signatures.make(session, after, _BATCH)
                if not signed and number * _MERGED_FROM >= signatures.count(session):
                    signatures.merge(session)
            if not signed:
                return
            yield from signed
            number += len(signed)
            after = signed[-1]

    def similar(
        self,
        text: str,
        *,
        threshold: float = THRESHOLD,
        limit: int | None = None,
        progress: Progress = unseen,
    ) -> list[Similar]:
        """The articles whose text is near that of the one that a ref names, the nearest first.

        A shingle is 5 letters, digits or Han characters in a row, folded. Texts of fewer than 64
        different ones are not compared. Newer and older versions of the same article are left out.

        Args:
            text: the ref of an article.
            threshold: the least resemblance, from 0.5 to 1: of the shingles of either text, the
                share that both have. Whatever is found is so near; of what is so near 98.8 % are
                found at 0.6, 87 % at 0.5.
            limit: how many at the most; ``None`` for all.
            progress: is told of the signatures that are lacking, as they are made.

        Raises:
            RefError: there is no such article.
            UsageError: the ref names a section, or the threshold is out of range.
            ArchiveError: articles have no signature yet, and the extra ``near`` is not installed.
            UnsignedError: likewise, and the archive is open for reading only.
        """
        from archive import reprints  # noqa: PLC0415 - as above

        _require_threshold(threshold)
        wanted = _whole(ref.parse(text))
        with self._reading() as session:
            resolve.find(session, wanted)  # before texts are signed for nothing
        self._require_signatures(progress)
        with self._reading() as session:
            return reprints.similar(session, wanted, threshold=threshold, limit=limit)

    def reprints(
        self,
        query: str | Query | None = None,
        *,
        threshold: float = THRESHOLD,
        limit: int | None = None,
        progress: Progress = unseen,
    ) -> Iterator[Reprint]:
        """Clusters of articles of the same text, those of most articles first.

        Articles are of one cluster where a chain of near texts leads from one to the other. Those
        of a cluster follow each other, the earliest published first, the undated last.

        Args:
            query: only clusters, each of them whole, in which it matches an article; as for
                :meth:`archive.store.Archive.search`. ``None`` for all.
            threshold: how near texts are; see :meth:`similar`.
            limit: how many clusters at the most; ``None`` for all.
            progress: see :meth:`similar`.

        Raises:
            QueryError: the query cannot be understood; it tells the place.
            UsageError: the threshold is out of range.
            ArchiveError: as for :meth:`similar`, and so is UnsignedError.
            UnsignedError: see ArchiveError.
        """
        from archive import reprints  # noqa: PLC0415 - as above

        _require_threshold(threshold)
        asked = None if query is None else parsed(query)
        self._require_signatures(progress)
        with self._reading() as session:
            yield from reprints.reprints(session, asked, threshold=threshold, limit=limit)

    def _require_signatures(self, progress: Progress) -> None:
        """Make what signatures are lacking, or refuse to answer without them."""
        lacking = self.unsigned()
        if not lacking:
            return
        from archive import signatures  # noqa: PLC0415 - as above

        signatures.min_hash()  # without it no writer need be waited for
        if self._readonly:
            raise UnsignedError(
                f"{lacking:,} articles of {self.path} have no signature yet",
                hint="open it for writing once: archive reprints makes them",
            )
        for signed, _ in enumerate(self.sign(), start=1):
            progress("signatures", signed, lacking)


def _require_threshold(value: float) -> None:
    """Refuse a threshold that signatures are not made for."""
    if not LEAST <= value <= 1:
        raise UsageError(f"no threshold {value}", hint=f"from {LEAST} to 1, as in {THRESHOLD}")


def _whole(asked: Ref) -> Ref:
    """A ref that names a whole article, or else a UsageError."""
    if asked.first is not None:
        raise UsageError(
            f"{asked} names a section; only whole articles are compared",
            hint=f"archive similar {asked.article}",
        )
    return asked
