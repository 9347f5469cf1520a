"""What is read → the values of rows: one place that knows which column holds what.

Invariant: the digest covers every recovered field, spans and reader included, so that a row
altered behind the archive's back can be told from one that was read so.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from archive import capture, sameness
from archive.capture.parsed import Decoded, ParsedArticle, ParsedSection

Row = dict[str, Any]


@lru_cache(maxsize=256)
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
    return of_whole(article)[0]


def of_whole(article: ParsedArticle) -> tuple[Row, list[Row]]:
    """What :func:`of_article` gives, and the rows of the article's sections, in their order."""
    sections = [of_section(section) for section in article.sections]
    values = {
        "title": article.title,
        "published": article.published,
        "source": article.source,
        "author": article.author,
        "editor": article.editor,
        "channel": list(article.channel),
        "url": article.url,
        "captions": list(article.captions),
        "original_title": article.original_title,
        **sameness.hashes(
            article.title, article.source, article.published, article.url, parts(sections)
        ),
        "reader": capture.READER_VERSION,
    }
    values["digest"] = digest(values, sections)
    return values, sections


def parts(sections: Sequence[Row]) -> list[sameness.Part]:
    """Heading and text of each section."""
    return [(section["heading"], section["text"]) for section in sections]


def of_section(section: ParsedSection) -> Row:
    """The heading, text and spans of a section, as columns of its row."""
    return {
        "heading": section.heading,
        "text": "\n".join(paragraph.text for paragraph in section.paragraphs),
        "spans": [paragraph.spans for paragraph in section.paragraphs],
    }


_FIELDS = (
    *("title", "published", "source", "author", "editor"),
    *("channel", "url", "captions", "original_title"),
)


def digest(article: Row, sections: Sequence[Row]) -> str:
    """SHA-256 over all that was recovered: an article's row and its sections', in their order."""
    return sameness.hashed(
        [
            *(article[name] for name in _FIELDS),
            article["reader"],
            [[section[name] for name in ("heading", "text", "spans")] for section in sections],
        ]
    )


def digests(article: Row, sections: Sequence[Row]) -> Iterator[str]:
    """The digests that rows may have: of the present form, and of those of earlier programs.

    Earlier ones left out the reader and the spans, and the first (schema 0001) the original title.
    Such a digest stays until the article is read anew.
    """
    yield digest(article, sections)
    texts = [[s["heading"], *(s["text"].split("\n") if s["text"] else ())] for s in sections]
    yield sameness.hashed([*(article[name] for name in _FIELDS), texts])
    if article["original_title"] is None:
        yield sameness.hashed([*(article[name] for name in _FIELDS[:-1]), texts])
