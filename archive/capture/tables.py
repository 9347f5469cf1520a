"""Tables (CSV, TSV) to the bytes of their rows, and files in other encodings to UTF-8.

A row has no bytes of its own that could be read alone, so it becomes one JSON object in UTF-8
without white space between its parts, its columns in the table's order. Invariant: no more than one
row and one chunk are held, whatever the file's size.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from archive.capture import mapping
from archive.capture.splitting import Split, too_large
from archive.errors import CaptureError

_MOST_COLUMNS = 10_000
"""Columns, and cells behind the last named one, that are looked at."""

_LONGEST_FIELD = 4 << 20
"""Characters of a field; the library takes four bytes for each. It holds for all of Python."""

_Decoder = codecs.IncrementalDecoder | io.IncrementalNewlineDecoder


def rows(
    chunks: Iterable[bytes], most: int, codec: str, fields: mapping.Fields, *, tabs: bool
) -> Split:
    """The rows of a table as JSON objects, numbered from 1 behind the row of column names.

    Args:
        chunks: the file.
        most: a row of more bytes is set aside.
        codec: its encoding; what cannot be decoded becomes U+FFFD.
        fields: the user's mapping; one column must hold the text.
        tabs: whether tabs part the columns, else what the first row suggests.

    Raises:
        CaptureError: no column holds the text, or a line is too long.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    texts = _text_lines(chunks, codec, most)
    first = next(texts, "").removeprefix("\ufeff")
    delimiter = "\t" if tabs else max(",;\t|", key=first.count)
    reader = csv.reader(_again(first, texts), delimiter=delimiter)
    names = _column_names(next(reader, [])[:_MOST_COLUMNS])
    if mapping.names_of(fields, names)["text"] is None:
        shown = ", ".join(names[:20]) or "nothing"
        raise CaptureError(f"no column holds the text among {shown}; name it with --map text=NAME")
    number = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            number += 1
            yield number, f"{error} (up to line {reader.line_num})"
            continue
        if row is None:
            return
        if not any(row):
            continue
        number += 1
        if len(row) > len(names) + _MOST_COLUMNS:
            yield number, f"{len(row):,} cells in a table of {len(names):,} columns"
            continue
        data = _row_bytes(names, row)
        yield number, data if len(data) <= most else too_large(most)


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _column_names(header: list[str]) -> list[str]:
    """The names of columns, each once: a second ``date`` is ``date#2``, an empty one ``#3``."""
    names: dict[str, None] = {}
    for place, given in enumerate(header, 1):
        name = given.strip() or f"#{place}"
        names[f"{name}#{place}" if name in names else name] = None
    return list(names)


def _row_bytes(names: list[str], row: list[str]) -> bytes:
    names = [*names, *(f"#{place}" for place in range(len(names) + 1, len(row) + 1))]
    values = dict(zip(names, row, strict=False))
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


_END = re.compile("\r\n|\r|\n")


def _text_lines(chunks: Iterable[bytes], codec: str, most: int) -> Iterator[str]:
    """The decoded lines of a file, their ends kept."""
    plain = codecs.getincrementaldecoder(codec)("replace")
    decoder = io.IncrementalNewlineDecoder(plain, translate=False)
    parts: list[str] = []
    size = 0
    for text in _decoded(chunks, decoder):
        start = 0
        for found in _END.finditer(text):
            yield "".join((*parts, text[start : found.end()]))
            parts, size, start = [], 0, found.end()
        parts.append(text[start:])
        size += len(text) - start
        if size > most:
            raise CaptureError(f"a line is longer than {most:,} characters; the rest is not read")
    if any(parts):
        yield "".join(parts)


def _decoded(chunks: Iterable[bytes], decoder: _Decoder) -> Iterator[str]:
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def transcode(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """A file in another encoding as UTF-8; what cannot be decoded becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    first = True
    for text in _decoded(chunks, decoder):
        yield (text.removeprefix("\ufeff") if first else text).encode("utf-8", "replace")
        first = first and not text
