"""The use case: captures in, one outcome each.

Files are found, their bytes hashed, unknown ones decoded and read, and each batch is stored in one
transaction. Invariant: an outcome is yielded only after the transaction that it reports was
committed, so what is said to be stored is on the disk; and a capture that cannot be read becomes a
failed outcome, never the end of the run.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from archive import capture
from archive.capture.containers import Options
from archive.capture.files import MAX_BYTES, find
from archive.capture.mapping import Fields
from archive.capture.parsed import Capture, Decoded, Failure, ParsedArticle
from archive.errors import CaptureError
from archive.ref import KEY_DIGITS
from archive.results import Outcome, Preview, Section, Status

BATCH_CAPTURES = 500
BATCH_BYTES = 8 << 20
BATCH_SECONDS = 1.0
"""A batch ends at whichever comes first, so that progress shows and memory stays flat."""


@dataclass(frozen=True, slots=True)
class Hashed:
    """A capture and the SHA-256 of its bytes."""

    capture: Capture
    sha256: str


@dataclass(frozen=True, slots=True)
class Read:
    """A capture that was decoded and read."""

    hashed: Hashed
    decoded: Decoded
    article: ParsedArticle


@dataclass(frozen=True, slots=True)
class Known:
    """A capture whose bytes the archive has; it need not be decoded."""

    hashed: Hashed


Item = Read | Known | Failure


class Store(Protocol):
    """What ingest needs of the archive."""

    def known(self, hashes: Sequence[str]) -> set[str]:
        """Which of these SHA-256 the archive has."""
        ...

    def add(self, items: Sequence[Item]) -> list[Outcome]:
        """Store a batch in one transaction."""
        ...


def ingest(
    store: Store,
    paths: Iterable[str],
    *,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    fields: Fields | None = None,
) -> Iterator[Outcome]:
    """Ingest files, folders (with all below them), globs, or ``-`` for standard input.

    Of a container or a file of records, each member or record is a capture of its own.

    Args:
        store: the archive.
        paths: what to ingest, in order.
        encoding: overrules what the bytes say of their encoding.
        max_bytes: a larger capture fails by name.
        fields: which name in a record holds which field, as in ``{"text": ("正文",)}``; what is
            left out is guessed (:mod:`archive.capture.mapping`).

    Yields:
        One outcome a capture, in the order they were found.

    Raises:
        StorageError, DatabaseError: the archive cannot be written; batches before are kept.
    """
    options = Options(max_bytes, encoding, fields or {})
    for batch in _batches(find(paths, options)):
        hashed = [item if isinstance(item, Failure) else _hash(item) for item in batch]
        known = store.known([item.sha256 for item in hashed if isinstance(item, Hashed)])
        yield from store.add(
            [
                item if isinstance(item, Failure) else read(item, known, encoding=encoding)
                for item in hashed
            ]
        )


def preview(
    paths: Iterable[str],
    *,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    fields: Fields | None = None,
) -> Iterator[Preview]:
    """Tell what :func:`ingest` would recover, without an archive; the arguments are the same."""
    for found in find(paths, Options(max_bytes, encoding, fields or {})):
        item = found if isinstance(found, Failure) else read(_hash(found), set(), encoding=encoding)
        if isinstance(item, Failure):
            yield Preview(item.path, reason=item.reason)
        elif isinstance(item, Read):
            yield _preview(item)


def _preview(item: Read) -> Preview:
    article = item.article
    return Preview(
        path=item.hashed.capture.path,
        key=item.hashed.sha256[:KEY_DIGITS],
        title=article.title,
        published=article.published,
        source=article.source,
        author=article.author,
        editor=article.editor,
        channel=article.channel,
        url=article.url,
        captions=article.captions,
        sections=tuple(
            Section(number, section.heading, tuple(p.text for p in section.paragraphs))
            for number, section in enumerate(article.sections)
        ),
        encoding=item.decoded.encoding,
    )


def _batches(found: Iterator[Capture | Failure]) -> Iterator[list[Capture | Failure]]:
    batch: list[Capture | Failure] = []
    size, started = 0, time.monotonic()
    for item in found:
        batch.append(item)
        size += len(item.data) if isinstance(item, Capture) else 0
        late = time.monotonic() - started > BATCH_SECONDS
        if len(batch) >= BATCH_CAPTURES or size >= BATCH_BYTES or late:
            yield batch
            batch, size, started = [], 0, time.monotonic()
    if batch:
        yield batch


def _hash(item: Capture) -> Hashed:
    return Hashed(item, sha256(item.data).hexdigest())


def read(hashed: Hashed, known: set[str], *, encoding: str | None = None) -> Item:
    """Decode and read one capture, unless its bytes are known; what goes wrong is a value."""
    if hashed.sha256 in known:
        return Known(hashed)
    try:
        decoded, article = capture.read(hashed.capture, encoding=encoding)
    except CaptureError as error:
        reason = f"{error.message}; {error.hint}" if error.hint else error.message
        return Failure(hashed.capture.path, reason)
    except Exception as error:  # noqa: BLE001 - a fault of a reader must not end the run or hide
        return Failure(hashed.capture.path, f"the reader failed: {error!r}", error)
    return Read(hashed, decoded, article)


def failed(failure: Failure) -> Outcome:
    """The outcome of a capture that cannot be stored."""
    return Outcome(Status.FAILED, failure.path, reason=failure.reason)
