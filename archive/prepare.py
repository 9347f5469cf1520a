"""A capture to the values of its rows and its entries of the index: all that needs no archive.

Idea: decoding, reading, cutting into tokens and compressing take most of the time of ingest, and
can be done anywhere: in this process or in another one (:mod:`archive.readers`). What is left to
the one process that writes is to give ids. Invariant: the values depend on the capture and the
rules alone, never on where or in which order they were made.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from archive import capture as readers
from archive import rows
from archive.capture.parsed import Capture, Decoded, Failure, ParsedArticle
from archive.entry import Entry, entry
from archive.errors import CaptureError
from archive.stored import as_json, pack


class Values(NamedTuple):
    """What was read, as the file keeps it; only ids and times are missing."""

    capture: rows.Row
    article: rows.Row
    sections: list[rows.Row]
    entries: list[Entry]


def read(capture: Capture, encoding: str | None) -> tuple[Decoded, ParsedArticle] | Failure:
    """Decode and read one capture; what goes wrong is a value."""
    try:
        return readers.read(capture, encoding=encoding)
    except CaptureError as error:
        return failure(capture, error)
    except Exception as error:  # noqa: BLE001 - a fault of a reader must not end the run or hide
        return Failure(capture.path, f"the reader failed: {error!r}", error)


def failure(capture: Capture, error: CaptureError) -> Failure:
    """What a capture that cannot be read leaves, with the next step."""
    return Failure(capture.path, f"{error.message}; {error.hint}" if error.hint else error.message)


def prepare(captures: Sequence[Capture], encoding: str | None) -> list[Values | Failure]:
    """Read captures, one value each, in their order; failures without their errors.

    The values can be pickled, which not every error can. All are read before the first is worked
    out further: taking turns, the two keep throwing each other out of the processor's caches.
    """
    done = [read(capture, encoding) for capture in captures]
    return [
        replace(one, error=None) if isinstance(one, Failure) else values(capture, *one)
        for capture, one in zip(captures, done, strict=True)
    ]


def values(capture: Capture, decoded: Decoded, article: ParsedArticle) -> Values:
    """What was read of a capture, as values of its rows."""
    found, sections = rows.of_whole(article)
    found["channel"], found["captions"] = as_json(found["channel"]), as_json(found["captions"])
    entries = [
        entry(row["text"], row["heading"], number, article.title, article.captions)
        for number, row in enumerate(sections)
    ]
    for row in sections:
        row["spans"] = as_json(row["spans"])
    known = {
        "data": pack(capture.data),
        "bytes": len(capture.data),
        "media_type": capture.media_type,
    }
    return Values(
        {
            **known,
            **rows.of_decoding(decoded),
            "captured": rows.utc(capture.captured) if capture.captured else None,
        },
        found,
        sections,
        entries,
    )
