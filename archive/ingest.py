"""The use case: captures in, one outcome each.

Files are found and their bytes hashed here; unknown ones are decoded and read, here or by readers
in other processes, and each batch is stored in one transaction. Invariants: an outcome is yielded
only after the transaction that it reports was committed, so what is said to be stored is on the
disk; a capture that cannot be read becomes a failed outcome, never the end of the run; outcomes,
ids and all that is stored are the same whatever the number of readers and the size of batches.
"""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from threading import Event
from typing import NamedTuple, Protocol, TypeVar

from archive.capture.files import MAX_BYTES, find
from archive.capture.mapping import Fields
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure
from archive.errors import UsageError
from archive.prepare import Values, prepare
from archive.readers import Answer, Readers, cores
from archive.reports import Outcome, Status


@dataclass(frozen=True, slots=True)
class Limits:
    """When a list of captures ends: at whichever comes first."""

    captures: int
    size: int
    """Bytes of all of them."""
    seconds: float = 1.0
    """Since the first one came, so that what comes slowly is told soon."""


BATCH = Limits(4000, 16 << 20)
"""What one transaction stores: many, since each leaves the index a segment to be merged."""

MANY = 500
"""So many batches are stored before the index is tidied, and not only at the end: each leaves a
segment, and a question meanwhile looks into all of them."""

ASKED = Limits(1000, 1 << 20)
"""Of what the archive is asked at once whether it has it: many, since each question has its price,
but no more than is soon hashed and leaves room to read ahead."""

PORTION = Limits(100, 512 << 10)
"""What is handed to a reader at once: some tenth of a second of its work."""

SMALL = Limits(300, 2 << 20)
"""An input of no more is read in this process: to begin readers would take as long."""

HELD = 16 << 20
"""Bytes of captures that are read ahead of what is written, unless one alone has more."""


class Hashed(NamedTuple):
    """A capture and the SHA-256 of its bytes."""

    capture: Capture
    sha256: str


class Read(NamedTuple):
    """A capture that was decoded and read, as values of its rows."""

    hashed: Hashed
    values: Values


class Known(NamedTuple):
    """A capture whose bytes the archive has, but not from this path; it need not be decoded."""

    hashed: Hashed


Item = Read | Known | Outcome | Failure
"""What a batch is made of; an outcome stands for a capture of which nothing is to be written."""

_Told = Outcome | Known | Hashed | Failure
"""What was found, once the archive was asked for it; what is hashed alone is to be read."""

_WITH_CAPTURE = (Read, Known)

_AS_BEFORE = frozenset({Status.UNCHANGED, Status.DUPLICATE, Status.FAILED})
"""Outcomes that add no section."""

_T = TypeVar("_T")


class Store(Protocol):
    """What ingest needs of the archive."""

    def known(self, asked: Sequence[Hashed]) -> list[Outcome | Known | None]:
        """What is known of each: its outcome if it came from this very path; None: it is new."""
        ...

    def add(self, items: Sequence[Item]) -> list[Outcome]:
        """Store a batch in one transaction; one outcome an item."""
        ...

    def tidy(self, added: int, stop: Event | None) -> None:
        """Do what is worth it once so many sections were added, as long as ``stop`` is not set."""
        ...


def ingest(
    store: Store,
    paths: Iterable[str],
    *,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    fields: Fields | None = None,
    jobs: int | None = None,
    stop: Event | None = None,
) -> Generator[Outcome, None, None]:
    """Ingest files, folders (with all below them), globs, or ``-`` for standard input.

    Of a container or a file of records, each member or record is a capture of its own.

    Args:
        store: the archive.
        paths: what to ingest, in order.
        encoding: overrules what the bytes say of their encoding.
        max_bytes: a larger capture fails by name.
        fields: which name in a record holds which field, as in ``{"text": ("正文",)}``; what is
            left out is guessed (:mod:`archive.capture.mapping`).
        jobs: how many processes read; 1: this one alone. By default one for each core that this
            process may use. A small input is read here in any case.
        stop: once it is set, the batch at hand is stored and told, and nothing more is begun.

    Yields:
        One outcome a capture, in the order they were found.

    Raises:
        StorageError, DatabaseError: the archive cannot be written; batches before are kept.
        UsageError: fewer than one job.
    """
    jobs = cores() if jobs is None else jobs
    if jobs < 1:
        raise UsageError(f"{jobs} jobs cannot read", hint="1 reads in this process alone")
    found = find(paths, Options(max_bytes, encoding, fields or {}))
    added = 0
    with ExitStack() as open_things:

        def readers() -> Readers:
            return open_things.enter_context(Readers(jobs, encoding))

        if jobs == 1:
            items = _read_here(store, _lists(found, ASKED), encoding)
        else:
            items = _read_anywhere(store, found, encoding, readers, jobs)
        for number, batch in enumerate(_lists(items, BATCH, stop), 1):
            for outcome in store.add(batch):
                if outcome.status not in _AS_BEFORE:
                    added += outcome.sections or 0
                yield outcome
            if number % MANY == 0:
                store.tidy(added, stop)
                added = 0
        store.tidy(added, stop)


def _read_anywhere(
    store: Store,
    found: Iterator[Capture | Failure],
    encoding: str | None,
    readers: Callable[[], Readers],
    jobs: int,
) -> Iterator[Item]:
    """Read by readers, unless the input turns out to be small."""
    first = next(_lists(found, SMALL), [])
    following = next(found, None)
    if following is None:
        return _read_here(store, iter([first]), encoding)
    whole = chain(first, [following], found)
    return _read_ahead(store, _lists(whole, ASKED), readers(), jobs)


def _read_here(
    store: Store, lists: Iterable[list[Capture | Failure]], encoding: str | None
) -> Iterator[Item]:
    """Read in this process."""
    for some in lists:
        told = _told(store, some)
        done = (prepare(portion, encoding) for portion in _unread(told))
        yield from _joined(told, chain.from_iterable(done))


def _read_ahead(
    store: Store, lists: Iterable[list[Capture | Failure]], readers: Readers, most: int
) -> Iterator[Item]:
    """Have readers read up to ``most`` lists before the first of them is taken."""
    waiting: deque[_Waiting] = deque()
    held = 0
    for some in lists:
        told = _told(store, some)
        waiting.append(_Waiting(told, [readers.read(portion) for portion in _unread(told)]))
        held += waiting[-1].size
        while waiting and (len(waiting) > most or held > HELD or waiting[0].is_done):
            held -= waiting[0].size
            yield from waiting.popleft().items()
    for one in waiting:
        yield from one.items()


class _Waiting:
    """Captures, of which readers read the unknown ones."""

    def __init__(self, told: list[_Told], answers: list[Answer]) -> None:
        self._told = told
        self._answers = answers
        self.size = sum(len(one.capture.data) for one in told if isinstance(one, Hashed))

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is to be waited for."""
        return all(answer.done() for answer in self._answers)

    def items(self) -> Iterator[Item]:
        """The captures, once they are read."""
        done = (answer.result() for answer in self._answers)
        return _joined(self._told, chain.from_iterable(done))


def _told(store: Store, found: list[Capture | Failure]) -> list[_Told]:
    """Tell unchanged and known captures from those to be read."""
    hashed = [_hash(item) if isinstance(item, Capture) else item for item in found]
    known = iter(store.known([item for item in hashed if isinstance(item, Hashed)]))
    return [item if isinstance(item, Failure) else next(known) or item for item in hashed]


def _unread(told: Iterable[_Told]) -> Iterator[list[Capture]]:
    """The captures that are to be read, in portions."""
    return _lists((item.capture for item in told if isinstance(item, Hashed)), PORTION)


def _joined(told: Iterable[_Told], done: Iterator[Values | Failure]) -> Iterator[Item]:
    """Put what was read in the places of the captures."""
    for item in told:
        if isinstance(item, Hashed):
            answer = next(done)
            yield answer if isinstance(answer, Failure) else Read(item, answer)
        else:
            yield item


def _lists(found: Iterator[_T], limits: Limits, stop: Event | None = None) -> Iterator[list[_T]]:
    """What comes, in lists that end at their limits, or where nothing more is to be begun."""
    gathered: list[_T] = []
    size, started = 0, 0.0
    for item in found:
        if not gathered:
            started = time.monotonic()
        gathered.append(item)
        size += _size(item)
        full = len(gathered) >= limits.captures or size >= limits.size
        stopped = stop is not None and stop.is_set()
        if full or stopped or time.monotonic() - started > limits.seconds:
            yield gathered
            gathered, size = [], 0
        if stopped or (stop is not None and stop.is_set()):
            return
    if gathered:
        yield gathered


def _size(item: object) -> int:
    """How many bytes of a capture are held with this."""
    if isinstance(item, _WITH_CAPTURE):
        item = item.hashed.capture
    return len(item.data) if isinstance(item, Capture) else 0


def _hash(item: Capture) -> Hashed:
    return Hashed(item, sha256(item.data).hexdigest())


def failed(failure: Failure) -> Outcome:
    """The outcome of a capture that cannot be stored."""
    return Outcome(Status.FAILED, failure.path, reason=failure.reason)
