"""From bytes to an article: decoding, and the readers that recover structure. Knows no SQL.

What is named here is imported when it is first used: the readers' rules take as long to load as
thousands of captures to be told known, and where all are known nothing is read.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.capture.kinds import media_type
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
    from archive.capture.reading import read

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
    "media_type",
    "read",
    "read_markdown",
    "read_text",
]

_MODULES = {
    "READER_VERSION": "reader",
    "media_type": "kinds",
    "read": "reading",
    "read_markdown": "markdown",
    "read_text": "plaintext",
}
"""Where each is; all others are values, in ``parsed``."""


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the module protocol of PEP 562
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_MODULES.get(name, 'parsed')}")
    return globals().setdefault(name, getattr(module, name))
