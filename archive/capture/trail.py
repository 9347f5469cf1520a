"""The breadcrumb (栏目): where the page says it stands in its site.

Steps are short, parted by ``>``, ``>>``, ``»``, ``›``, ``→``, ``/`` or, behind a label such as
当前位置, by white space. A closing 正文 is the page itself and no step.
"""

import re

from archive.capture.evidence import Evidence
from archive.capture.vocabulary import LOCATION

_ARROWS = re.compile(r"\s*(?:>+|＞+|»|›|→|›|&gt;|&raquo;|➤|》(?=[^，。]{1,8}(?:》|$)))\s*")
_SLASH = re.compile(r"\s+/\s+|(?<=[\u4e00-\u9fff])/(?=[\u4e00-\u9fff])")
_SELF = re.compile(
    r"^(?:.{0,2}正文.{0,2}|内容|详细内容|文章内容|详情|浏览文章|阅读文章|正在浏览.*|查看.*|文章|新闻详情|列表)$"
)
_STEP = 14
"""The most characters a step has."""

_REACH = 25
"""How many lines above the dateline the breadcrumb may stand."""


def find_trail(lines: list[Evidence], below: int) -> tuple[list[int], tuple[str, ...]]:
    """Find the breadcrumb above the line ``below``; the lowest one wins.

    Returns: the lines it stands on, and its steps; both empty if there is none.
    """
    for place in range(min(below, len(lines)) - 1, max(-1, below - _REACH - 1), -1):
        steps = split_trail(lines[place].text) if lines[place].size <= 120 else ()
        if not steps:
            continue
        places = [place]
        if len(steps) == 1 and place > 0:
            above = lines[place - 1]
            if above.size <= 8 and above.kind == "short":
                steps, places = (above.text, *steps), [place - 1, place]  # broken over two lines
        return places, steps
    return [], ()


def split_trail(text: str) -> tuple[str, ...]:
    """Split one line into the steps of a breadcrumb; empty if it is none."""
    label = LOCATION.match(text)
    labelled = bool(label and label.end() > 2)
    if label:
        text = text[label.end() :]
    if re.search("[。！？，；]", text):
        return ()
    parts = _ARROWS.split(text)
    if len(parts) < 2:
        parts = _SLASH.split(text)
        if len(parts) < 2 and labelled:
            parts = text.split()
        elif len(parts) >= 2 and not (labelled or re.match("首页|.{0,6}首页|主页", parts[0])):
            return ()
    if len(parts) < 2 and not labelled:
        return ()
    steps = [part.strip(" \t\xa0\u3000:：·|[]【】") for part in parts]
    closed = bool(steps) and (_SELF.match(steps[-1]) is not None or not steps[-1])
    steps = [step for step in steps if step and not _SELF.match(step)]
    if any(len(step) > _STEP for step in steps[:-1]) or not steps or re.search(r"\d{4}", steps[0]):
        return ()
    if len(steps[-1]) > _STEP:
        steps.pop()  # the page's own title
    if not steps or (len(steps) == 1 and not (closed or labelled)):
        return ()
    kept = [step for place, step in enumerate(steps) if place == 0 or step != steps[place - 1]]
    return tuple(kept)
