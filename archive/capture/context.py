"""What a line of the body has around it: neighbours, indent, repetition, place in the body.

Invariant: two passes over the body's lines, whatever their number.
"""

from collections import Counter

from archive.capture.evidence import Evidence
from archive.capture.titles import normal

_TITLE_SIZE, _EXTRA = 8, 8
"""The shortest title whose echo is looked for, and how many characters more the echo has."""

_MOST = 0.8
"""From this share of running lines on, their indent is the body's."""


def look_around(body: list[Evidence], title: str, *, tagged: bool) -> None:
    """Fill in the evidence that neighbours give.

    Args:
        body: the lines of the body.
        title: the article's title.
        tagged: whether the format marks headings itself.
    """
    seen = [line for line in body if not line.repeat]
    for line in seen:
        line.unmarked = tagged and not (line.line.tag or "").startswith("h")
        line.echo = line.label is None and _says_title(line, title)
    _indent(seen)
    _place(seen)
    _neighbours(seen)
    shorts = Counter(line.text for line in seen if line.kind == "short")
    for line in seen:
        line.twin = shorts[line.text] > 1


def _says_title(line: Evidence, title: str) -> bool:
    """Tell whether a line is the title again, perhaps with a word before or behind it."""
    if not _TITLE_SIZE <= len(title) or line.size > 2 * len(title):
        return False
    bare, said = normal(title), normal(line.text)
    return (
        bare in said
        and len(said) <= len(bare) + _EXTRA
        or (len(said) > _TITLE_SIZE and said in bare and not line.prose)
    )


def _place(body: list[Evidence]) -> None:
    running = [
        place
        for place, line in enumerate(body)
        if line.prose
        and not _is_caption(line)
        and line.label is None
        and (line.indented or line.ends)
    ]
    first = running[0] if running else len(body)
    last = max(
        (place for place, line in enumerate(body) if line.kind in {"prose", "sentence"}),
        default=len(body),
    )
    for place, line in enumerate(body):
        line.opening = place < first
        line.closing = place > last


def _is_caption(line: Evidence) -> bool:
    return line.line.caption or line.words.credit


def _indent(body: list[Evidence]) -> None:
    running = [line for line in body if line.prose]
    wide = [line for line in running if _wide(line.indent)]
    if len(running) >= 2 and len(wide) >= _MOST * len(running):
        for line in body:
            line.indented = _wide(line.indent)


def _wide(indent: str) -> bool:
    return "\u3000" in indent or "\xa0" in indent or "\t" in indent


def _neighbours(body: list[Evidence]) -> None:
    """Tell each line what stands before and behind it, past captions and labelled lines."""
    text = [
        line
        for line in body
        if line.label is None
        and not line.words.editor
        and not _is_caption(line)
        and not line.words.byline
        and not line.echo
    ]
    run: list[Evidence] = []
    for before, line in zip([None, *text], text, strict=False):
        if before is not None:
            line.follows, before.precedes = before.kind, line.kind
        if line.kind == "short":
            run.append(line)
        else:
            _count(run)
            run = []
    _count(run)


def _count(run: list[Evidence]) -> None:
    for line in run:
        line.run = len(run)
