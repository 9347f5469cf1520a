"""Plain text: a capture's characters to the lines of a page."""

from datetime import datetime

from archive.capture.cuts import cut_sign_off
from archive.capture.flat import cut_flat
from archive.capture.lines import Facts, Page, cut_lines
from archive.capture.parsed import ParsedArticle
from archive.capture.reader import read_page
from archive.capture.wrap import join_wrapped


def read_text(text: str, *, path: str = "", captured: datetime | None = None) -> ParsedArticle:
    """Recover the article from a plain-text capture.

    Args:
        text: the decoded capture.
        path: where it came from; a year that the page leaves out may stand there.
        captured: when the page was captured; used for the same.
    """
    whole = (piece for line in cut_lines(text) for piece in cut_flat(line))
    lines = [part for piece in whole for part in cut_sign_off(piece)]
    return read_page(Page(text, join_wrapped(lines, text), Facts(path=path, captured=captured)))
