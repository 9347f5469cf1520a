"""What a line of the body has around it: neighbours, indent, repetition, place in the body.

Invariant: a few passes over the body's lines, whatever their number.
"""

from collections import Counter

from archive.capture.evidence import Evidence
from archive.capture.parsed import Role
from archive.capture.titles import normal

_MOST = 0.66
"""From this share of running lines on, their indent is the body's."""

_TITLE_SIZE, _EXTRA = 8, 8
"""The shortest title whose echo is looked for, and how many characters more the echo has."""

_FEW = 2
"""An indent that fewer running lines have is no habit of the page."""


def look_around(body: list[Evidence], title: str, *, tagged: bool) -> None:
    """Fill in the evidence that neighbours give.

    Args:
        body: the lines of the body.
        title: the article's title as a line of the page; empty if it is none.
        tagged: whether the format marks headings itself.
    """
    seen = [line for line in body if not line.repeat]
    bare = normal(title) if title else ""
    shorts = Counter([line.text for line in seen if line.kind == "short"])
    for line in seen:
        line.unmarked = tagged and (line.line.tag or "p")[0] != "h"
        line.echo = line.label is None and _echoes(line, bare)
        line.twin = shorts[line.text] > 1
    _indent(seen)
    _place(seen)
    _neighbours(seen)


def _echoes(line: Evidence, title: str) -> bool:
    """Tell whether a line is the title again, perhaps with a word before or behind it."""
    if len(title) < _TITLE_SIZE or line.size > 2 * len(title) + _EXTRA:
        return False
    said = normal(line.text)
    longer = title in said and len(said) <= len(title) + _EXTRA
    return longer or (len(said) > _TITLE_SIZE and said in title and not line.prose)


def _indent(body: list[Evidence]) -> None:
    running = [line for line in body if line.prose]
    wide = sum(_wide(line.indent) for line in running)
    if len(running) >= _FEW and wide >= _MOST * len(running):
        for line in body:
            line.indented = _wide(line.indent)


def _wide(indent: str) -> bool:
    return "\u3000" in indent or "\xa0" in indent or "\t" in indent


def _place(body: list[Evidence]) -> None:
    """Mark the lines before the first and behind the last running text."""
    first, last = len(body), len(body)
    for place, line in enumerate(body):
        if line.kind in {"prose", "sentence"}:
            last = place
        running = line.kind == "prose" and not (_is_picture(line) or line.words.call)
        if first == len(body) and running:
            first = place if line.indented or line.ends else first
    pictured = linked = False
    for place, line in enumerate(body):
        line.linked = linked = line.label is Role.RELATED or (linked and line.kind != "prose")
        line.opening, line.closing = place < first, place > last
        line.edge = place <= first + 1 or place >= last - 1
        line.pictured = pictured and place < first
        pictured = _is_picture(line)


def _is_picture(line: Evidence) -> bool:
    return line.line.caption or line.words.credit


def _neighbours(body: list[Evidence]) -> None:
    """Tell each line what stands before and behind it, past captions and labelled lines."""
    run: list[Evidence] = []
    before: Evidence | None = None
    for line in body:
        if line.kind == "other" or _is_picture(line) or line.words.byline or line.echo:
            continue
        if before is not None:
            line.follows, before.precedes = before.kind, line.kind
        if line.kind != "short":
            run = []
        else:
            run.append(line)
            for each in run[-_FEW - 1 :]:
                each.run = len(run)
        before = line
