"""How values stand in the file: lists as JSON without spaces, bytes as one Zstandard frame.

Invariants: the models and the bulk path (:mod:`archive.bulk`) both go through these functions, so
that a row does not tell which way it came; and what a file holds is not trusted to end.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from archive.errors import DatabaseError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONGEST_VALUE = 1 << 28
"""How many bytes a value may have, a capture's unpacked too: more is no page, and no archive."""

_PORTION = 1 << 20

as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Lists and what else is JSON as its text, without spaces."""


_COMPRESSOR = zstd.ZstdCompressor()
"""Made once, since that takes longer than to compress a page; it has a lock of its own."""


def pack(data: bytes) -> bytes:
    """Bytes as one Zstandard frame that tells their number, whatever was packed before."""
    return _COMPRESSOR.compress(data, zstd.ZstdCompressor.FLUSH_FRAME)


def unpack(frame: Any) -> bytes:  # noqa: ANN401 - a damaged file may hold anything
    """The bytes that a frame of :func:`pack` holds.

    Raises:
        DatabaseError: it is no whole frame, or one of more than :data:`LONGEST_VALUE` bytes.
    """
    return b"".join(portions(frame))


def portions(frame: Any) -> Iterator[bytes]:  # noqa: ANN401 - likewise
    """What :func:`unpack` gives, in portions of 1 MiB at the most.

    Raises:
        DatabaseError: as for :func:`unpack`, when the portions before were given.
    """
    unpacking, waiting, size = zstd.ZstdDecompressor(), frame, 0
    try:
        while not unpacking.eof:
            portion = unpacking.decompress(waiting, _PORTION)
            waiting, size = b"", size + len(portion)
            if size > LONGEST_VALUE:
                raise _damaged("they do not end")
            if not portion and unpacking.needs_input:
                raise _damaged("they end too soon")
            yield portion
    except (zstd.ZstdError, TypeError) as error:
        raise _damaged(str(error)) from error
    if unpacking.unused_data:
        raise _damaged("more stands behind them")


def _damaged(why: str) -> DatabaseError:
    return DatabaseError(
        f"the bytes of a capture cannot be unpacked: {why}",
        hint="archive db check names the article",
    )
