"""What is read → the values of rows: one place that knows which column holds what.

Invariant: the digest covers every recovered field, so that a row altered behind the archive's back
can be told from one that was read so.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from archive import sameness
from archive.capture import READER_VERSION
from archive.capture.parsed import Decoded, ParsedArticle, ParsedSection

Row = dict[str, Any]


def utc(moment: datetime) -> str:
    """A moment as the archive keeps times: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_decoding(decoded: Decoded) -> Row:
    """How a capture's encoding was found, as columns of its row."""
    return {
        "encoding": decoded.encoding,
        "encoding_evidence": decoded.evidence,
        "replaced": decoded.replaced,
    }


def of_article(article: ParsedArticle) -> Row:
    """The recovered fields of an article, as columns of its row."""
    return {
        "title": article.title,
        "published": article.published,
        "source": article.source,
        "author": article.author,
        "editor": article.editor,
        "channel": list(article.channel),
        "url": article.url,
        "captions": list(article.captions),
        "original_title": article.original_title,
        "digest": digest(article),
        **of_sameness(
            article.title, article.source, article.published, article.url, parts(article)
        ),
        "reader": READER_VERSION,
    }


def of_sameness(
    title: str,
    source: str | None,
    published: str | None,
    url: str | None,
    sections: Sequence[sameness.Part],
) -> Row:
    """The hashes by which duplicates and versions are found, as columns of an article's row."""
    return {
        "identity": sameness.identity(title, source, published, url, sections),
        "story": sameness.story(title, source, published),
    }


def parts(article: ParsedArticle) -> list[sameness.Part]:
    """Heading and text of each section."""
    return [(section.heading, _text(section)) for section in article.sections]


def _text(section: ParsedSection) -> str:
    return "\n".join(paragraph.text for paragraph in section.paragraphs)


def of_section(section: ParsedSection) -> Row:
    """The heading, text and spans of a section, as columns of its row."""
    return {
        "heading": section.heading,
        "text": _text(section),
        "spans": [paragraph.spans for paragraph in section.paragraphs],
    }


def digest(article: ParsedArticle) -> str:
    """SHA-256 over all that was recovered."""
    values = [
        article.title,
        article.published,
        article.source,
        article.author,
        article.editor,
        list(article.channel),
        article.url,
        list(article.captions),
        article.original_title,
        [[s.heading, *(p.text for p in s.paragraphs)] for s in article.sections],
    ]
    return sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
