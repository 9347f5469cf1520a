"""HTML source and the tree that a browser makes of it, tied together by marks.

No HTML parser tells where in the source a text node stood. So each stretch of text is marked with
its number before parsing: a mark is text itself, travels through the parser to wherever the
standard puts the text (repaired nesting, text moved out of a table), and leads back to the source.
Marks that fall into attributes or scripts are taken off where those are read.

Within ``<title>`` tags are text to a browser; here they are left out, as whoever put them there by
mistake would wish.

Invariants: marking puts nothing into white space between tags, so the tree stays as it was; linear
in the length of the source. The parser itself is not linear on hostile markup and holds no lock:
call this in a worker (:mod:`archive.capture.worker`).
"""

import re
from typing import TYPE_CHECKING

from archive.capture.parsed import Span

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Two of Unicode's noncharacters, which no text in interchange has."""

_TAG = r"<(?:[A-Za-z!?]|/[\s\S])"
"""How a tag or comment begins; any other ``<`` is text (HTML, 13.2.5.6)."""

_RUN = re.compile(
    rf"(?:(?<=>)|\A)(?P<blank>\s*+)(?P<text>(?:[^<>]++|(?!{_TAG})<)*+(?:>(?:\s++(?={_TAG}|\Z))?+)?)"
)
"""Text up to the next tag.

A ``>`` ends a stretch in any case: it may be text, or the end of a tag whose attribute held one.
"""

_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


class Marked:
    """A source with its text marked."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.runs: list[Span] = []
        """The stretches of text, each with the white space before it, by number."""
        bare = source.replace(_OPEN, "\ufffd").replace(_CLOSE, "\ufffd")
        self._marked = _RUN.sub(self._mark, bare)

    def _mark(self, found: "re.Match[str]") -> str:
        if not found["text"].strip():
            return found[0]
        self.runs.append(found.span())
        return f"{found['blank']}{_OPEN}{len(self.runs) - 1}{_CLOSE}{found['text']}"

    def parse(self) -> "LexborHTMLParser":
        """Parse the marked source as a browser that runs scripts would."""
        from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser  # noqa: PLC0415 extra

        return LexborHTMLParser(
            self._marked, options=LexborDocumentOptions.WO_EVENTS.value, scripting=True
        )

    def runs_of(self, node_text: str) -> list[Span]:
        """Give the stretches of the source that a text node holds."""
        return [self.runs[int(number)] for number in _MARK.findall(node_text)]


def unmark(value: str | None) -> str:
    """Take the marks off an attribute's value or a script; None is the empty string."""
    return _MARK.sub("", value) if value else ""
