"""Lines cut into parts: pages on one line, and sign-offs glued to the last sentence.

Invariant: the parts of a line cover its span without a gap and in order.
"""

import re

from archive.capture.lines import PageLine
from archive.capture.parsed import Span
from archive.capture.vocabulary import EDITOR_LABEL

_TAIL = 80
"""How many characters a glued sign-off has at most."""

_GLUED = re.compile(
    rf"(?P<cut>[（(【\[]\s*[^（()）【】\[\]，。]{{0,8}}{EDITOR_LABEL.pattern}(?:[^（()）【】\[\]，。]|[（(【\[][^（()）【】\[\]]*[)）】\]]){{0,40}}[)）】\]]{{1,2}}\s*$"
    rf"|(?<=[。！？”’）)】])\s*(?P<bare>(?:返回\S{{2,6}}[，,]?\s*查看更多\s*)?(?:责任编辑|责编|值班编辑|编辑)\s*[:：|｜丨/][^。！？；]{{0,40}}$)"
    r"|(?<=[。！？”’）)】])\s*(?P<more>返回\S{2,6}[，,]?\s*查看更多\s*$|分享让更多人看到\s*$))"
)


def cut_at(line: PageLine, offsets: list[int], text: str) -> list[PageLine]:
    """Cut a line at offsets of its text; white space between parts goes with the part before it."""
    bounds = [0, *offsets, len(line.text)]
    starts = [line.span[0], *(line.place(offset) for offset in offsets), line.span[1]]
    parts = []
    for start, end, low, high in zip(bounds, bounds[1:], starts, starts[1:], strict=False):
        left, right = _trim(line.text, start, end)
        parts.append(line.part(left, right, (low, high)))
    return parts


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def cut_sign_off(line: PageLine, text: str) -> list[PageLine]:
    """Cut the editor's name and the like off the end of a paragraph."""
    if len(line.text) < 30 or not re.search("编|返回|分享", line.text[-_TAIL:]):
        return [line]
    offset = max(0, len(line.text) - _TAIL)
    found = _GLUED.search(line.text, offset)
    if not found:
        return [line]
    return cut_at(
        line, [found.start("cut") if found["cut"] else found.start(found.lastgroup or 0)], text
    )
