"""How values stand in the file: lists as JSON without spaces, bytes as one Zstandard frame.

Invariant: the models and the bulk path (:mod:`archive.bulk`) both go through these functions, so
that a row does not tell which way it came.
"""

import json
import sys
from functools import partial

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

as_json = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
"""A list as JSON text."""


def pack(data: bytes) -> bytes:
    """Bytes as one Zstandard frame that tells their number."""
    return zstd.compress(data)


def unpack(data: bytes) -> bytes:
    """The bytes that a frame of :func:`pack` holds."""
    return zstd.decompress(data)
