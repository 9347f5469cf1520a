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

    The values can be pickled, which not every error can.
    """
    done = [read(capture, encoding) for capture in captures]
    whole = zip(captures, done, strict=True)
    made = iter(values([(one, *found) for one, found in whole if not isinstance(found, Failure)]))
    return [replace(one, error=None) if isinstance(one, Failure) else next(made) for one in done]


def values(done: Sequence[tuple[Capture, Decoded, ParsedArticle]]) -> list[Values]:
    """What was read of captures, as values of their rows.

    Each step is done for all before the next begins: steps that take turns throw each other out of
    the processor's caches, which costs a sixth of the whole time of ingest.
    """
    captures = [_of_capture(capture, decoded) for capture, decoded, _ in done]
    found = [rows.of_whole(article) for _, _, article in done]
    entries = [
        _entries(article, sections)
        for (*_, article), (_, sections) in zip(done, found, strict=True)
    ]
    for article, sections in found:
        article["channel"] = _listed(article["channel"])
        article["captions"] = _listed(article["captions"])
        for section in sections:
            section["spans"] = as_json(section["spans"])
    return [
        Values(capture, article, sections, made)
        for capture, (article, sections), made in zip(captures, found, entries, strict=True)
    ]


def _listed(texts: list[str]) -> str:
    """A list as the file keeps it; most are empty."""
    return as_json(texts) if texts else "[]"


def _of_capture(capture: Capture, decoded: Decoded) -> rows.Row:
    captured = capture.captured
    return {
        "data": pack(capture.data),
        "bytes": len(capture.data),
        "media_type": capture.media_type,
        **rows.of_decoding(decoded),
        "captured": rows.utc(captured) if captured else None,
    }


def _entries(article: ParsedArticle, sections: Sequence[rows.Row]) -> list[Entry]:
    return [
        entry(row["text"], row["heading"], number, article.title, article.captions)
        for number, row in enumerate(sections)
    ]
