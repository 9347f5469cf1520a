"""Containers and record files: a capture for each member or record, streamed from one open file.

A name tells what it holds: ``pages.zip``, ``dump.jsonl.zst``, ``crawl.warc.gz``, ``page.txt.xz``.
Compression is no level of its own: a record of ``dump.jsonl.zst`` is ``dump.jsonl.zst!17``, a page
in ``pages.zip`` is ``pages.zip!inner/name``. In a container, as in a folder, hidden names and types
that are not read are passed over.

Invariant: nothing in a container ends the run. What cannot be read is a :class:`Failure` that names
the member or record; all under one :class:`~archive.capture.streams.Budget`, so that neither a bomb
nor a nest of containers takes long or much memory.
"""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, cast

from archive.capture import members, records, splitting, tables, warc
from archive.capture.budget import Budget, Counted, Readable, SpentError
from archive.capture.decode import decode
from archive.capture.kinds import capture_type, is_read, kind_of
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure
from archive.capture.streams import Expanded, chunks_of, peek, read_up_to
from archive.errors import CaptureError

DEEPEST = 2
"""How many archives may stand in each other: a zip in a zip is read, one in that is not."""

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)

_SAMPLE = 1 << 18
"""Bytes of a record file by which its encoding is found."""

_LARGE, _MOST_EXPANDED, _SLACK = 4 << 20, 200, 1 << 15
"""A capture of more than 4 MB that expands 200 times is refused; up to 32 KB are read ahead."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """Something with a name and bytes: the file itself, or what was found in it."""

    name: str
    stream: Readable
    modified: datetime | None
    depth: int = 0
    """How many archives it stands in."""
    inner: str = ""
    """The name by which its kind is told."""


def unpack(
    file: IO[bytes], path: str, *, modified: datetime | None, options: Options
) -> Iterator[Capture | Failure]:
    """The captures in a container or record file.

    Args:
        file: the open file; it can seek, if it is a zip archive.
        path: its name as it is shown; it tells what it holds.
        modified: when it was last written.
        options: limits, and how records are read.
    """
    budget = Budget()
    source = cast("IO[bytes]", Counted(file, budget))
    unpacking = _Unpacking(budget, options)
    try:
        yield from unpacking.read(_Entry(path, source, modified, inner=path))
    except SpentError as error:
        yield Failure(error.path or path, f"{error.message}; the rest of {path} is not read")


class _Unpacking:
    """One file being unpacked."""

    def __init__(self, budget: Budget, options: Options) -> None:
        self._budget = budget
        self._options = options
        self._readers: dict[str, Callable[[_Entry], Iterator[Capture | Failure]]] = {
            "capture": self._capture,
            "compressed": self._twice,
            "zip": self._zip,
            "tar": self._tar,
            "warc": self._warc,
            "lines": self._lines,
            "json": self._json,
            "table": self._table,
            "tabs": self._table,
        }

    def read(self, entry: _Entry) -> Iterator[Capture | Failure]:
        """What an entry holds; its faults are failures by its name.

        Raises:
            SpentError: nothing more of the file is to be read.
        """
        kind = kind_of(entry.inner)
        reader = self._readers[kind.form]
        if kind.compression:
            packed = cast("IO[bytes]", entry.stream)
            entry = replace(entry, stream=Expanded(packed, kind.compression, self._budget))
        try:
            yield from reader(entry)
        except SpentError as error:
            error.path = error.path or entry.name
            raise
        except CaptureError as error:
            reason = f"{error.message}; {error.hint}" if error.hint else error.message
            yield Failure(entry.name, reason)
        except Exception as error:  # noqa: BLE001 - a fault of a library must not end the run or hide
            yield Failure(entry.name, f"cannot be unpacked: {error!r}", error)

    def _capture(self, entry: _Entry) -> Iterator[Capture | Failure]:
        """The entry is a capture."""
        most, before = self._options.max_bytes, self._budget.packed
        data = read_up_to(entry.stream, most + 1)
        if len(data) > most:
            raise CaptureError(splitting.too_large(most))
        self._take(len(data), before)
        kind = capture_type(entry.inner) or "text/plain"
        yield Capture(data, entry.name, kind, entry.modified)

    def _take(self, size: int, before: int) -> None:
        """Count a capture, for which the file was read from ``before`` on; refuse a bomb."""
        if _is_bomb(size, self._budget.packed - before):
            raise CaptureError(_BOMB)
        self._budget.use(size)

    def _twice(self, entry: _Entry) -> Iterator[Capture | Failure]:
        raise CaptureError(f"{kind_of(entry.inner).compression} in itself; unpack it once")

    def _zip(self, entry: _Entry) -> Iterator[Capture | Failure]:
        self._refuse_nest(entry)
        stream = entry.stream
        if entry.depth or kind_of(entry.inner).compression:
            # a directory at the end cannot be streamed: what stands in another archive is held
            data = read_up_to(stream, self._options.max_bytes + 1)
            if len(data) > self._options.max_bytes:
                raise CaptureError(splitting.too_large(self._options.max_bytes))
            stream = Counted(io.BytesIO(data), self._budget)
        found = members.zip_members(cast("IO[bytes]", stream), self._budget)
        yield from self._members(entry, found)

    def _tar(self, entry: _Entry) -> Iterator[Capture | Failure]:
        self._refuse_nest(entry)
        found = members.tar_members(cast("IO[bytes]", entry.stream), self._budget)
        yield from self._members(entry, found)

    def _members(
        self, entry: _Entry, found: Iterator[members.Member]
    ) -> Iterator[Capture | Failure]:
        empty = True
        for member in found:
            if _is_hidden(member.name) or not is_read(member.name):
                continue
            empty = False
            name = f"{entry.name}!{member.label}"
            if member.stream is None:
                yield Failure(name, member.reason or "cannot be read")
                continue
            inner = _Entry(name, member.stream, member.modified, entry.depth + 1, member.name)
            reason = None if kind_of(member.name).is_container else self._refusal(member)
            if reason is None:
                yield from self.read(inner)
            else:
                yield Failure(name, reason)
        if empty:
            raise CaptureError("no captures in this archive")

    def _refusal(self, member: members.Member) -> str | None:
        """Why a member that is a capture is not read, as far as its header tells."""
        if member.size > self._options.max_bytes:
            return splitting.too_large(self._options.max_bytes)
        return _BOMB if _is_bomb(member.size, member.packed) else None

    def _refuse_nest(self, entry: _Entry) -> None:
        if entry.depth >= DEEPEST:
            raise CaptureError(
                f"archives nested more than {DEEPEST} deep are not read; unpack it first"
            )

    def _warc(self, entry: _Entry) -> Iterator[Capture | Failure]:
        self._refuse_nest(entry)
        found = warc.captures(entry.stream, entry.name, self._options.max_bytes, self._budget)
        yield from found

    def _lines(self, entry: _Entry) -> Iterator[Capture | Failure]:
        """JSON Lines: a line stands as it is, in whatever encoding its file is in."""
        sample, chunks = peek(chunks_of(entry.stream), _SAMPLE)
        codec = self._codec(sample)
        if codec.startswith(("utf-16", "utf-32")):
            chunks = tables.transcode(chunks, codec)
            kind = records.media_type(original=codec, fields=self._options.fields)
        else:
            chunks = _without_mark(chunks)
            told = None if codec == "utf-8" or self._options.encoding else codec
            kind = records.media_type(charset=told, fields=self._options.fields)
        yield from self._records(entry, splitting.lines(chunks, self._options.max_bytes), kind)

    def _json(self, entry: _Entry) -> Iterator[Capture | Failure]:
        sample, chunks = peek(chunks_of(entry.stream), _SAMPLE)
        codec = self._codec(sample)
        if codec == "utf-8":
            chunks, original = _without_mark(chunks), None
        else:
            chunks, original = tables.transcode(chunks, codec), codec
        kind = records.media_type(
            charset=None if original else "utf-8", original=original, fields=self._options.fields
        )
        yield from self._records(entry, splitting.elements(chunks, self._options.max_bytes), kind)

    def _table(self, entry: _Entry) -> Iterator[Capture | Failure]:
        sample, chunks = peek(chunks_of(entry.stream), _SAMPLE)
        codec = self._codec(sample)
        kind = records.media_type(original=codec, fields=self._options.fields)
        rows = tables.rows(
            chunks,
            self._options.max_bytes,
            codec,
            self._options.fields,
            tabs=kind_of(entry.inner).form == "tabs",
        )
        yield from self._records(entry, rows, kind)

    def _codec(self, sample: bytes) -> str:
        codec = decode(sample, override=self._options.encoding).encoding
        if codec in {"utf-16", "utf-32"} and not sample.startswith(_MARKS):
            return f"{codec}-le"  # as a whole capture is read; in pieces these want a mark
        return codec

    def _records(
        self, entry: _Entry, found: splitting.Split, kind: str
    ) -> Iterator[Capture | Failure]:
        before, empty = self._budget.packed, True
        for number, data in found:
            self._budget.enter()
            empty = False
            name = f"{entry.name}!{number}"
            if isinstance(data, str):
                yield Failure(name, data)
            else:
                try:
                    self._take(len(data), before)
                except CaptureError as error:
                    yield Failure(name, error.message)
                else:
                    yield Capture(data, name, kind, entry.modified)
            before = self._budget.packed
        if empty:
            raise CaptureError("no records in this file")


_BOMB = f"expands to more than {_MOST_EXPANDED} times its size; not read"


def _is_bomb(size: int, packed: int) -> bool:
    return size > _LARGE and size > _MOST_EXPANDED * (packed + _SLACK)


def _is_hidden(name: str) -> bool:
    return any(part[:1] == "." and part not in {".", ".."} for part in name.split("/"))


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    yield first.removeprefix(b"\xef\xbb\xbf")
    yield from chunks
