"""A record (a JSON line, an element of an array, a table's row) to an article.

The record is rendered as a page is: a line for each of its names, the text's own lines below the
name of the text. That rendering is the decoded capture which spans and ``show --explain`` speak of,
since JSON's own text writes one character in many ways. Invariant: the rendering follows from the
capture's bytes and media type alone, and the article's lines cover it without a gap.
"""

import json
import re
from functools import lru_cache
from typing import Any

from archive.capture import mapping
from archive.capture.clues import Clued
from archive.capture.decode import decode
from archive.capture.parsed import Capture, Decoded, ParsedArticle, Role
from archive.capture.recordtext import Known, Rendering, add_sections, add_text
from archive.capture.trail import split_trail
from archive.capture.values import as_date, as_line, as_list, as_text
from archive.errors import CaptureError

JSON = "application/json"

_MOST_NAMES = 20
"""How many of a record's names a message lists."""

_as_json = json.JSONEncoder(ensure_ascii=False).encode
_read_json = json.JSONDecoder(
    strict=False, parse_int=str, parse_float=str, parse_constant=lambda _: None
).decode
_LONE = re.compile("[\ud800-\udfff]")
_MAYBE_LONE = Clued(r"\\u[dD][89a-fA-F]", "\\u")

_ROLES = {
    "title": Role.TITLE,
    "published": Role.DATELINE,
    "source": Role.DATELINE,
    "author": Role.AUTHOR,
    "editor": Role.EDITOR,
    "channel": Role.CHANNEL,
    "captions": Role.CAPTION,
    "url": Role.FURNITURE,
}


def media_type(
    *, charset: str | None = None, original: str | None = None, fields: mapping.Fields
) -> str:
    """The media type of a record.

    Args:
        charset: the encoding of its bytes, where its file tells it better than they do.
        original: the encoding of the file that its bytes were written anew from, in UTF-8.
        fields: the user's mapping.
    """
    given = {
        "charset": charset,
        "original-charset": original,
        "map": f'"{mapping.to_parameter(fields)}"' if fields else None,
    }
    return "; ".join([JSON, *(f"{name}={value}" for name, value in given.items() if value)])


def read_record(capture: Capture, *, encoding: str | None = None) -> tuple[Decoded, ParsedArticle]:
    """Recover the article of a record.

    Args:
        capture: the record's bytes; its media type may hold a mapping.
        encoding: an encoding the user insists on, for bytes that stand as they came.

    Returns:
        The rendering, with how the bytes were decoded, and the article.

    Raises:
        CaptureError: the bytes are no JSON object, no name in it holds a text, or all is empty.
    """
    charset, original, fields = _parameters(capture.media_type)
    decoded = _decode(capture.data, charset, original, encoding)
    try:
        record, lone = _parse(decoded.text)
        rendering, article = _read(record, fields, capture)
    except RecursionError:
        raise CaptureError("nested too deep to be read") from None
    replaced = decoded.replaced + lone
    return Decoded(rendering.text, decoded.encoding, decoded.evidence, replaced), article


@lru_cache(maxsize=1 << 6)
def _parameters(media_type: str) -> tuple[str | None, str | None, mapping.Fields]:
    """What :func:`media_type` was given; cached, since the records of a file have the same."""
    given = dict(part.strip().partition("=")[::2] for part in media_type.split(";")[1:])
    fields = mapping.from_parameter(given.get("map", "").strip('"'))
    return given.get("charset"), given.get("original-charset"), fields


def _decode(
    data: bytes, charset: str | None, original: str | None, encoding: str | None
) -> Decoded:
    if original is None:
        override = None if charset else encoding
        return decode(data, declared=charset, override=override, begins_ascii=True)
    text = data.decode("utf-8", "replace")
    return Decoded(text, "utf-8", f"written from {original}", text.count("\ufffd"))


def _parse(text: str) -> tuple[dict[str, Any], int]:
    """A JSON object, and how many halves of surrogate pairs U+FFFD had to replace in it.

    Numbers stay as they are written; NaN is nothing.
    """
    try:
        value = _read_json(text)
    except ValueError as error:
        reason, place = getattr(error, "msg", str(error)), getattr(error, "pos", 0) + 1
        raise CaptureError(f"not JSON: {reason} at character {place}") from None
    if not isinstance(value, dict):
        raise CaptureError("not a JSON object; a record gives its fields by name")
    if not _MAYBE_LONE.search(text):
        return value, 0
    whole, lone = _LONE.subn("\ufffd", json.dumps(value, ensure_ascii=False))
    return (json.loads(whole) if lone else value), lone


def _read(
    record: dict[str, Any], fields: mapping.Fields, capture: Capture
) -> tuple[Rendering, ParsedArticle]:
    names = mapping.names_of(fields, record)
    text_name = names["text"]
    if text_name is None:
        listed = ", ".join(list(record)[:_MOST_NAMES]) or "nothing"
        raise CaptureError(
            f"no name holds the text among {listed}", hint="name it with --map text=NAME"
        )
    known = _known(record, names, capture)
    fields_of = {name: field for field, name in reversed(names.items())}
    rendering = Rendering()
    article: ParsedArticle | None = None
    for name, value in record.items():
        if name in (text_name, text_name.partition(".")[0]) and article is None:
            rendering.add(f"{name}:", Role.FURNITURE, "name of the text")
            text = mapping.value_of(record, text_name)
            add = add_sections if _is_sections(text) else add_text
            article = add(rendering, text, known)
        else:
            field = fields_of.get(name)
            rule = f"the record's {field}" if field else "other name of the record"
            rendering.add(_shown(name, value), _ROLES.get(field or "", Role.FURNITURE), rule)
    if article is None or not (article.title or any(s.paragraphs for s in article.sections)):
        raise CaptureError("neither a title nor a text in the record")
    return rendering, article._replace(lines=tuple(rendering.lines))


def _known(record: dict[str, Any], names: dict[str, str | None], capture: Capture) -> Known:
    values = {
        field: mapping.value_of(record, name) for field, name in names.items() if name is not None
    }
    channel = as_list(values.get("channel"))
    return Known(
        title=as_line(values.get("title")),
        published=as_date(values.get("published")),
        source=as_line(values.get("source")),
        author=as_line(values.get("author")),
        editor=as_line(values.get("editor")),
        channel=split_trail(channel[0]) or channel if len(channel) == 1 else channel,
        url=as_line(values.get("url")) or capture.url,
        captions=as_list(values.get("captions")),
        path=capture.path,
        captured=capture.captured,
    )


def _is_sections(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """Whether it is what ``archive show --format json`` calls sections."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(entry, dict) and "paragraphs" in entry for entry in value)
    )


def _shown(name: str, value: Any) -> str:  # noqa: ANN401 - likewise
    said = as_text(value) or _as_json(value)
    return " ".join(f"{name}: {said}".split())
