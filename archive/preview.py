"""What would be recovered from captures, without an archive.

Invariant: it is what ingest would store, since the same functions find and read them.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from archive.capture.files import MAX_BYTES, find
from archive.capture.mapping import Fields
from archive.capture.options import Options
from archive.capture.parsed import Capture, Decoded, Failure, ParsedArticle
from archive.prepare import read
from archive.ref import KEY_DIGITS
from archive.reports import Preview
from archive.results import Section


def preview(
    paths: Iterable[str],
    *,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    fields: Fields | None = None,
) -> Iterator[Preview]:
    """Tell what ingest would recover; arguments are those of :func:`archive.ingest.ingest`."""
    for found in find(paths, Options(max_bytes, encoding, fields or {})):
        done = found if isinstance(found, Failure) else read(found, encoding)
        if isinstance(done, Failure):
            yield Preview(done.path, reason=done.reason)
        elif isinstance(found, Capture):
            yield _preview(found, *done)


def _preview(capture: Capture, decoded: Decoded, article: ParsedArticle) -> Preview:
    return Preview(
        path=capture.path,
        key=sha256(capture.data).hexdigest()[:KEY_DIGITS],
        title=article.title,
        published=article.published,
        source=article.source,
        author=article.author,
        editor=article.editor,
        channel=article.channel,
        url=article.url,
        captions=article.captions,
        sections=tuple(
            Section(number, section.heading, tuple(p.text for p in section.paragraphs))
            for number, section in enumerate(article.sections)
        ),
        encoding=decoded.encoding,
    )
