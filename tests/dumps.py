"""Records in files, and what is read from them."""

import io
import json
import sys
from typing import Any

from hypothesis import strategies as st

from archive.capture import mapping, read
from archive.capture.containers import unpack
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure, ParsedArticle

if sys.version_info >= (3, 14):
    pass
else:
    pass

MOST = 1 << 20
LONG = "记者昨天在村口看到，新修的公路已经通车，第一辆班车载着二十多名村民开往县城。"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*"ab", "text"]), inner),
    max_leaves=8,
)
"""Anything that JSON can say."""


def dump(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def article(record: object, kind: str = "application/json") -> ParsedArticle:
    data = record if isinstance(record, bytes) else dump(record)
    return read(Capture(data, "dump.jsonl!1", kind))[1]


def texts(found: ParsedArticle) -> list[tuple[str | None, list[str]]]:
    return [(s.heading, [p.text for p in s.paragraphs]) for s in found.sections]


def unpacked(
    data: bytes, name: str, *, encoding: str | None = None, fields: mapping.Fields | None = None
) -> list[Capture | Failure]:
    options = Options(MOST, encoding, fields or {})
    return list(unpack(io.BytesIO(data), name, modified=None, options=options))


def captures(data: bytes, name: str, **options: Any) -> list[Capture]:  # noqa: ANN401 - unpacked's
    values = unpacked(data, name, **options)
    assert not [value for value in values if isinstance(value, Failure)]
    return [value for value in values if isinstance(value, Capture)]
