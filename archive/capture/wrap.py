"""Hard-wrapped pages: paragraphs broken at a fixed width are joined again.

A page is wrapped if most of its lines that do not end a sentence are about as long as its longest
ones and are followed at once by another line. Then such a line goes on in the next one, unless
that begins with an indent.

Invariant: joining changes no character; the joined line keeps its physical lines as parts.
"""

from archive.capture.lines import PageLine, join

_NARROWEST, _WIDEST = 16, 130
"""The widths, in columns of one character each, at which text is wrapped by hand or by machine."""

_FULL = 0.75
"""A line of at least this share of the width is full."""


def join_wrapped(lines: list[PageLine], text: str) -> list[PageLine]:
    """Join the wrapped lines of a page; a page that is not wrapped comes back as it is."""
    width = _width(lines)
    if width is None:
        return lines
    joined: list[PageLine] = []
    full = False
    for line in lines:
        if full and line.text and not _indented(line, text):
            joined[-1] = join(joined[-1], line, text)
        else:
            joined.append(line)
        full = len(line.text) >= _FULL * width
    return joined


def _indented(line: PageLine, text: str) -> bool:
    return line.pieces[0][0] - line.span[0] >= 1 and text[line.span[0]].isspace()


def _width(lines: list[PageLine]) -> int | None:
    """Measure the width that lines are wrapped at; None if they are not."""
    sizes = sorted((len(line.text) for line in lines if line.text), reverse=True)
    if len(sizes) < 4:
        return None
    width = sizes[len(sizes) // 20]
    if not _NARROWEST <= width <= _WIDEST or sizes[0] > 1.3 * width:
        return None
    broken = whole = 0
    for line, following in zip(lines, lines[1:], strict=False):
        if not line.text or line.text[-1] in "。！？!?；…”）)：:":
            continue
        wide = len(line.text) >= _FULL * width
        broken += wide and bool(following.text)
        whole += wide and not following.text
    return width if broken >= 2 and broken > 3 * whole else None
