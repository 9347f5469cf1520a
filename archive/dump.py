"""A whole archive as lines of JSON (docs/json.md): everything but what can be made again.

Idea: a line is ``{"TABLE": {column: value, …}}``, table by table in the order of :data:`TABLES`,
each in the order of its ids, read in one transaction. The models tell what columns there are. The
first line tells the shape of the lines and the version of the tables, the last one how many rows
there were and the SHA-256 of all lines before it, so that a dump that breaks off is known.

Invariant: a dump is made of the rows alone. The same rows give the same bytes, on any machine, on
any day; the index is left out, since it follows from them.
"""

import base64
import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from hashlib import sha256
from typing import Any, BinaryIO

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from archive import schema
from archive.errors import DatabaseError
from archive.models import Base
from archive.stored import as_json

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SHAPE = 1
"""The version of the lines; raised when a program that reads them must know better."""

TABLES = ("capture", "origin", "article", "duplicate", "section", "failure", "removal")
"""The tables that a dump holds, all but those that follow from them."""

SEQUENCE = "sqlite_sequence"
"""SQLite's own table of the highest id that was ever given, so that none is given twice."""

HEAD, END = "dump", "end"
"""The names of the first and the last line, which are no rows."""

ZSTANDARD, GZIP = ".zst", ".gz"
"""How the name of a compressed dump ends."""

_LEVEL = 3


def dump(session: Session, file: BinaryIO, name: str = "") -> Counter[str]:
    """Write everything that the archive holds; memory is that of the largest capture.

    Args:
        session: a reading session; the dump is what it sees.
        file: where to.
        name: what the dump is called; one that ends in ``.zst`` or ``.gz`` is compressed.

    Returns:
        How many rows of each table were written.

    Raises:
        DatabaseError: the bytes of a capture cannot be read.
    """
    counts: Counter[str] = Counter()
    digest = sha256()
    with _packing(file, name) as packed:
        head = {"schema": SHAPE, "tables": schema.current(session.connection())}
        packed.write(first := _line(HEAD, head))
        digest.update(first)
        for table, row in _rows(session):
            packed.write(line := _line(table, row))
            digest.update(line)
            counts[table] += 1
        packed.write(_line(END, {"rows": counts.total(), "sha256": digest.hexdigest()}))
    return counts


def _line(name: str, value: dict[str, Any]) -> bytes:
    return as_json({name: value}).encode() + b"\n"


def _packing(
    file: BinaryIO, name: str
) -> AbstractContextManager["zstd.ZstdFile | gzip.GzipFile | BinaryIO"]:
    """What compresses on the way to the file; no clock and no name stands in it."""
    if name.endswith(ZSTANDARD):
        parameter = zstd.CompressionParameter
        options: dict[int, int] = {parameter.compression_level: _LEVEL, parameter.checksum_flag: 1}
        return zstd.ZstdFile(file, "w", options=options)
    if name.endswith(GZIP):
        return gzip.GzipFile("", "wb", fileobj=file, mtime=0)
    return nullcontext(file)


def _rows(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row with the name of its table."""
    for name in TABLES:
        table = Base.metadata.tables[name]
        for row in _in_order(session, table):
            yield name, row
    given = session.execute(text(f"SELECT name, seq FROM {SEQUENCE} ORDER BY name"))  # noqa: S608 - a constant
    for sequence in given.mappings():
        if sequence["name"] in TABLES:  # others may have tables in the file
            yield SEQUENCE, dict(sequence)


def _in_order(session: Session, table: Table) -> Iterator[dict[str, Any]]:
    """The rows of a table in the order of its key, one in hand at a time."""
    names = [column.name for column in table.columns]
    rows = session.execute(select(table).order_by(*table.primary_key.columns))
    last: object = "none"
    try:
        for row in rows:
            last = row[0]
            yield {name: _value(value) for name, value in zip(names, row, strict=True)}
    except DatabaseError as error:
        raise DatabaseError(
            f"after row {last} of {table.name}: {error.message}", hint=error.hint
        ) from error


def _value(value: Any) -> Any:  # noqa: ANN401 - of any column
    """A value as JSON has it: bytes as text where they are UTF-8, else as base64."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
