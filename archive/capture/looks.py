"""What the rules ask of a single line, where it takes more than one word to say.

Invariant: each tells of a line and of what stands around it by its measures alone, so that
:mod:`archive.capture.rules` stays a table of what is seen and what it weighs.
"""

import re

from archive.capture.evidence import Evidence
from archive.capture.vocabulary import SCRIPT

VERSE = 3
"""So many short lines together are a list or verse."""

_MARK_SIZE = 16
"""The longest mark of a series: 【走基层】."""

_QUESTION_SIZE = 22
"""The longest question that is a heading; longer ones are asked by the writer."""

_BENEATH = 24
"""The longest sentence that is a picture's text by standing right below it."""

_MOSTLY, _WHOLLY = 0.6, 0.95
"""From this share of link text on a line is a link, and running text is."""

_ARROWED = re.compile(
    "[>＞»|｜#]|[:：]$|^(?:更新|发布|发[布表]于|(?:主播|主持人?|编导|监制|策划|统筹|剪辑|配音)[:：])"
)
"""What shows that a short line is a link, a label, or a trade with its name."""

_LETTER = re.compile(r"[^\W\d_]")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff，。“”]{7}")


def letterless(line: Evidence) -> bool:
    """Tell whether a line has neither a letter nor a Han character."""
    return not _LETTER.search(line.text)


def is_script(line: Evidence) -> bool:
    """Tell whether a line is left over of a script, a style or markup."""
    return SCRIPT.match(line.text) is not None and not _HAN_RUN.search(line.text)


def is_link(line: Evidence) -> bool:
    """Tell whether a line is a link, or all but: more is asked of running text."""
    return line.line.link_share > (_WHOLLY if line.prose else _MOSTLY)


def is_mark(line: Evidence) -> bool:
    """Tell whether a line is the mark of a series in brackets, and names no writer."""
    marked = line.bracketed and line.size <= _MARK_SIZE
    return marked and line.label is None and not line.words.byline


def is_chrome(line: Evidence) -> bool:
    """Tell whether a short line above the body is one of many, or no words, and no caption."""
    return line.run >= VERSE or letterless(line) or bool(_ARROWED.search(line.text))


def is_beneath(line: Evidence) -> bool:
    """Tell whether a line is one short clause, as the words below a picture are."""
    said = line.text[:-1]
    alone = not any(mark in said for mark in "，。！？；：“”")
    return line.ends and alone and line.text[-1] == "。" and line.size <= _BENEATH


def asks(line: Evidence) -> bool:
    """Tell whether a line is a question between paragraphs that may head what follows."""
    text = line.text
    alone = "，" not in text and text[0] not in '“"「'
    between = line.follows in {"prose", "short"} and line.precedes == "prose"
    return text[-1] in "？?" and line.size <= _QUESTION_SIZE and alone and between
