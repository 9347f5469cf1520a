"""A capture to its text and its article: which reader reads which media type.

Invariant: what cannot be read is refused by name, with the next step, before any work on it.
"""

import re
from datetime import datetime

from archive.capture.decode import decode
from archive.capture.kinds import media_type
from archive.capture.markdown import read_markdown
from archive.capture.parsed import Capture, Decoded, ParsedArticle
from archive.capture.plaintext import read_text
from archive.capture.records import JSON, read_record
from archive.errors import CaptureError

_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+|<!--.*?-->\s*+)*+<(?:!doctype\s+html|html)\b",
    re.DOTALL,
)
_HEAD = 1 << 10
"""How HTML begins, and in how many bytes that shows."""

_BINARY = {
    b"%PDF-": "a PDF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a RIFF file (image or sound)",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"\x1f\x8b": "gzip data",
    b"BZh": "bzip2 data",
    b"\xfd7zXZ": "xz data",
    b"\x28\xb5\x2f\xfd": "zstd data",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\x7fELF": "a program",
    b"SQLite format 3": "an SQLite database",
    b"\xd0\xcf\x11\xe0": "an office document",
}
"""First bytes of files that are no text (their formats' own magic numbers)."""

_MOST_LINES = 100_000
"""A capture of more lines is no page; reading costs some 35 µs and 0.9 KB a line."""

_SAMPLE = 1 << 16
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROL = 0.05
"""From this share of control characters on, what was decoded is no text."""


def sniff(data: bytes) -> str:
    """Tell the media type of a capture whose name tells none, by its first bytes."""
    return "text/html" if _HTML.match(data[:_HEAD].lower()) else "text/plain"


def read(capture: Capture, *, encoding: str | None = None) -> tuple[Decoded, ParsedArticle]:
    """Decode a capture and recover its article.

    Args:
        capture: the bytes, with where and when they came from.
        encoding: an encoding the user insists on; None: it is found by evidence.

    Raises:
        CaptureError: the capture is empty, no text, or of a media type that is not read.
    """
    kind = capture.media_type.partition(";")[0].strip().lower()
    if kind == JSON:
        return read_record(capture, encoding=encoding)
    if kind == "application/xhtml+xml":
        kind = "text/html"
    elif kind == "text/plain" and media_type(capture.path) is None:
        kind = sniff(capture.data)
    reader = _READERS.get(kind)
    if reader is None:
        raise CaptureError(
            f"no reader for {kind or 'an unknown media type'}",
            hint=f"captures are read as {' or '.join(_READERS)}",
        )
    _refuse_binary(capture.data)
    declared = _charset(capture.media_type)
    if kind == "text/html":
        declared = declared or _charset_of_page(capture.data)
    decoded = decode(capture.data, declared=declared, override=encoding)
    _refuse_noise(decoded.text)
    if kind != "text/html":  # its worker has a limit on time
        _refuse_lines(decoded.text)
    article = reader(decoded.text, path=capture.url or capture.path, captured=capture.captured)
    if article.url is None and capture.url is not None:
        article = article._replace(url=capture.url)
    return decoded, article


def _read_html(text: str, *, path: str = "", captured: datetime | None = None) -> ParsedArticle:
    """Read HTML; what it needs is imported with the first page that is HTML."""
    from archive.capture.html import read_html  # noqa: PLC0415 see above

    return read_html(text, path=path, captured=captured)


def _charset_of_page(data: bytes) -> str | None:
    from archive.capture.charset import declared_charset  # noqa: PLC0415 likewise

    return declared_charset(data)


_READERS = {"text/plain": read_text, "text/markdown": read_markdown, "text/html": _read_html}


def _charset(kind: str) -> str | None:
    name = kind.partition("charset=")[2].partition(";")[0].strip("\"' ")
    return name or None


def _refuse_binary(data: bytes) -> None:
    if not data:
        raise CaptureError("empty file", hint="capture the page again")
    if not data.strip(b"\0"):
        raise CaptureError("nothing but NUL bytes", hint="capture the page again")
    if data.startswith(tuple(_BINARY)):
        name = next(name for magic, name in _BINARY.items() if data.startswith(magic))
        raise CaptureError(f"not text: {name}", hint="ingest the page's text instead")


def _refuse_lines(text: str) -> None:
    if text.count("\n") > _MOST_LINES:
        raise CaptureError(
            f"more than {_MOST_LINES:,} lines: no page", hint="split it into its articles"
        )


def _refuse_noise(text: str) -> None:
    if not text.strip("\0\ufeff \t\r\n\u3000\xa0"):
        raise CaptureError("nothing but white space", hint="capture the page again")
    sample = text[:_SAMPLE]
    control = len(_CONTROL.findall(sample))
    broken = sample.count("\ufffd")
    if control > _MOST_CONTROL * len(sample) or broken > 0.3 * len(sample):
        raise CaptureError(
            "not text: no encoding reads it",
            hint="name its encoding with --encoding, or ingest the page's text instead",
        )
