"""WARC files: the pages of a crawl, each with its URL and the time it was fetched.

Captures are the bodies of responses that were found (status 200 or 203), of resources and of
conversions, if they are HTML or plain text; a transfer's chunks and compression are taken off, so
that the bytes are those of the page. The rest of a crawl is passed over. A capture is named
``crawl.warc.gz!URL``.

fastwarc is imported where a WARC file is read. It must never see an exception in the middle of a
read, which ends it in a panic: :class:`_Source` tells it of an end instead, and the exception is
raised when it has returned. Invariant: no more of a record is held than one capture may have.
"""

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from archive.capture.budget import MEMBERS, Budget, Readable, SpentError
from archive.capture.parsed import Capture, Failure
from archive.capture.splitting import too_large
from archive.capture.streams import Expanded, read_up_to
from archive.errors import CaptureError

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

_TYPES = {
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "text/plain": "text/plain",
}
_FOUND = {200, 203}

_END = b"\r\n\r\n"
"""What every record ends with."""

_ENCODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "zstd": "zstd"}
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


class _Source:
    """A stream that fastwarc reads; an error is kept, and the stream ends."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._place = 0
        self.error: Exception | None = None
        self.tail = b""

    def read(self, size: int) -> bytes:
        if self.error is not None:
            return b""
        try:
            data = self._stream.read(size)
        except Exception as error:  # noqa: BLE001 - raised again by captures()
            self.error = error
            return b""
        self._place += len(data)
        self.tail = (self.tail + data[-len(_END) :])[-len(_END) :]
        return data

    def tell(self) -> int:
        return self._place


def captures(stream: Readable, path: str, most: int, budget: Budget) -> Iterator[Capture | Failure]:
    """The pages in a WARC stream, uncompressed, in their order.

    Args:
        stream: the records.
        path: the name of the file, as it is shown.
        most: a page of more bytes is a failure.
        budget: what the work counts against.

    Raises:
        CaptureError: the extra is missing, it is no WARC, holds no pages, or is damaged or cut off;
            the pages before that were given.
    """
    seen: Counter[str] = Counter()
    for record in _records(stream):
        budget.enter(most=MEMBERS)
        kind = _media_type(record)
        if kind is not None:
            url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
            seen[url] += 1
            name = f"{path}!{url}" + (f"#{seen[url]}" if seen[url] > 1 else "")
            yield _page(record, name, url, kind, most, budget)
    if not seen:
        raise CaptureError("no pages in this WARC")


def _records(stream: Readable) -> Iterator["WarcRecord"]:
    """The records that may hold pages; what is wrong with the file is raised behind the last."""
    try:
        from fastwarc.warc import (  # noqa: PLC0415 - see the module's docstring
            ArchiveIterator,
            WarcRecordType,
        )
    except ImportError:
        raise CaptureError(
            "WARC needs a reader that is not installed", hint="pip install 'archive[warc]'"
        ) from None
    source, end = _Source(stream), 0
    wanted = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
    try:
        every = WarcRecordType.any_type
        for record in ArchiveIterator(cast("Any", source), record_types=every, stream_detect=False):
            end = record.stream_pos + record.content_length + len(_END)
            if record.record_type & wanted:
                yield record
    except (OSError, ValueError) as error:
        if source.error is None:
            raise CaptureError(f"damaged WARC ({error}); what came before is kept") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise CaptureError(f"damaged WARC ({error}); what came before is kept") from error
    if source.error is not None:
        raise source.error
    if source.tail != _END or source.tell() < end:
        raise CaptureError("the WARC breaks off; what came before is kept")


def _media_type(record: "WarcRecord") -> str | None:
    """The media type of a record that holds a page; None if it holds none."""
    headers = record.headers
    if record.is_http:
        headers = record.http_headers
        if headers.status_code not in _FOUND:
            return None
    told = headers.get("Content-Type") or ""
    kind = _TYPES.get(told.partition(";")[0].strip().lower())
    charset = _CHARSET.search(told)
    return f"{kind}; charset={charset[1]}" if kind and charset else kind


def _page(
    record: "WarcRecord", name: str, url: str, kind: str, most: int, budget: Budget
) -> Capture | Failure:
    length = record.content_length
    if length > most:
        return Failure(name, too_large(most))
    body = read_up_to(record.reader, length)
    if len(body) < length:
        return Failure(name, "the record breaks off")
    try:
        if record.is_http:
            body = _unwrapped(body, record, most, budget)
        date = record.record_date
    except SpentError:
        raise
    except (CaptureError, ValueError, OSError) as error:
        return Failure(name, f"cannot be unpacked: {error}")
    if len(body) > most:
        return Failure(name, too_large(most))
    budget.use(len(body))
    return Capture(body, name, kind, date, url or None)


def _unwrapped(body: bytes, record: "WarcRecord", most: int, budget: Budget) -> bytes:
    """A body without the chunks and the compression of its transfer; no more than ``most`` + 1.

    Many crawlers take the chunks off and leave the header that tells of them.
    """
    from fastwarc.stream_io import BrotliReader, ChunkedReader  # noqa: PLC0415 - as above

    if "chunked" in (record.http_headers.get("Transfer-Encoding") or "").lower():
        with suppress(OSError):
            body = read_up_to(ChunkedReader(io.BytesIO(body)), most + 1)
    encoding = (record.http_headers.get("Content-Encoding") or "").strip().lower()
    if encoding == "br":
        body = read_up_to(BrotliReader(io.BytesIO(body)), most + 1)
        budget.expand(len(body))
    elif encoding in _ENCODINGS:
        expanded = Expanded(io.BytesIO(body), _ENCODINGS[encoding], budget)
        body = read_up_to(expanded, most + 1)
    elif encoding not in {"", "identity"}:
        raise CaptureError(f"its transfer is compressed by {encoding}")
    return body
