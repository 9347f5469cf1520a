"""From bytes to an article: decoding, and the readers that recover structure. Knows no SQL."""

from archive.capture.decode import decode
from archive.capture.markdown import read_markdown
from archive.capture.parsed import (
    Capture,
    Decoded,
    Line,
    Paragraph,
    ParsedArticle,
    ParsedSection,
    Role,
    Span,
)
from archive.capture.plaintext import read_text
from archive.capture.reader import READER_VERSION
from archive.capture.reading import media_type, read

__all__ = [
    "READER_VERSION",
    "Capture",
    "Decoded",
    "Line",
    "Paragraph",
    "ParsedArticle",
    "ParsedSection",
    "Role",
    "Span",
    "decode",
    "media_type",
    "read",
    "read_markdown",
    "read_text",
]
