"""Lines cut into parts, and sign-offs cut off the last sentence that they are glued to.

Invariant: the parts of a line cover its span without a gap and in order.
"""

import re
from itertools import pairwise

from archive.capture.lines import PageLine, strip
from archive.capture.vocabulary import EDITOR_LABEL

_TAIL = 80
"""How many characters a glued sign-off has at most."""

_SHORTEST = 30
"""Shorter lines are no sentence with a sign-off."""

_CLUES = ("编", "編", "爆料", "报料", "返回", "分享")
_AFTER_END = r"(?<=[。！？”’）)】])\s*"
_BRACKETED = (
    rf"[（(【\[]\s*[^（()）【】\[\]，。]{{0,8}}{EDITOR_LABEL.pattern}"
    r"(?:[^（()）【】\[\]，。]|[（(【\[][^（()）【】\[\]]*[)）】\]]){0,40}[)）】\]]{1,2}\s*(?:\d{7})?$"
)
_GLUED = re.compile(
    rf"(?P<bracketed>{_BRACKETED})"
    rf"|{_AFTER_END}(?P<bare>(?:返回\S{{2,6}}[，,]?\s*查看更多\s*)?"
    r"(?:责任编辑|责编|值班编辑|编辑)\s*[:：|｜丨/][^。！？；]{0,40}$)"
    rf"|{_AFTER_END}(?P<call>(?:新闻)?(?:线索)?[报爆]料(?:通道|渠道|平台|方式)[:：].{{0,76}}$)"
    rf"|{_AFTER_END}(?P<more>(?:返回\S{{2,6}}[，,]?\s*查看更多|返回\S{{0,6}}首页\s*[>＞»]*+|分享让更多人看到)\s*$)"
)


def cut_at(line: PageLine, offsets: list[int]) -> list[PageLine]:
    """Cut a line at offsets of its text; white space between parts goes with the part before it."""
    if not offsets:
        return [line]
    places = [line.span[0], *map(line.place, offsets), line.span[1]]
    bounds = [0, *offsets, len(line.text)]
    return [
        line.part(*strip(line.text, start, end), span)
        for (start, end), span in zip(pairwise(bounds), pairwise(places), strict=True)
    ]


def cut_sign_off(line: PageLine) -> list[PageLine]:
    """Cut the editor's name and the like off the end of a paragraph."""
    tail = line.text[-_TAIL:]
    if len(line.text) < _SHORTEST or not any(clue in tail for clue in _CLUES):
        return [line]
    found = _GLUED.search(line.text, len(line.text) - len(tail))
    return cut_at(line, [found.start(found.lastgroup or 0)]) if found else [line]
