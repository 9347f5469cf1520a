"""The rules that give each line of the body its role: one table, read from top to bottom.

Every rule that holds adds its weight to its role; the role with the greatest sum wins, and the
heaviest rule that spoke for it is the one that ``show --explain`` prints. To teach the reader a new
habit of pages, add a rule here with a name that says what is seen, and a small capture to
``tests/assets/captures`` that shows it. Rules speak about pages in general, never about one site.

Weights were set by hand and checked on labelled pages; what holds of words alone (a known label, a
photographer) outweighs any sum of shapes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, itemgetter

from archive.capture.evidence import HEADING_SIZE, Evidence
from archive.capture.looks import (
    VERSE,
    asks,
    is_beneath,
    is_chrome,
    is_link,
    is_mark,
    is_script,
    letterless,
)
from archive.capture.parsed import Role
from archive.capture.vocabulary import ADDRESS, ATTRIBUTION, LINK_ROW, NUMBERED, PART

_CAPTION_SIZE = 90
"""The longest caption that is known by its words alone, in characters."""

_REMARK_SIZE, _NUMBER_SIZE = 60, 5
"""The longest remark in brackets, and part number (方案1)."""

_CLAUSE_SIZE = 14
"""From so many characters a line that ends in a colon is a sentence."""

_TEXT = frozenset({"prose", "sentence"})
"""Kinds of lines that are paragraphs."""

_ANNOUNCES = re.compile("(?:如下|以下.{0,6}|包括|分别[为是])[:：]$")
"""How a paragraph ends that a list follows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One piece of evidence for one role."""

    name: str
    role: Role
    weight: float
    holds: Callable[[Evidence], bool] | None = None
    """What is to be seen; None: nothing more than what it is a rule of."""
    of: str | None = None
    """The evidence that is true of all lines it speaks about, so that no other line is asked."""


Asked = tuple[Callable[[Evidence], bool] | None, float, int, str]
"""What a rule asks, its weight, the number of its role, and its name."""


RULES: tuple[Rule, ...] = (
    # What the format knows.
    Rule("figure caption", Role.CAPTION, 20, lambda e: e.line.caption, of="marked"),
    Rule("heading element", Role.HEADING, 14, lambda e: (e.line.tag or "p")[0] == "h", of="marked"),
    Rule(
        "all bold", Role.HEADING, 4, lambda e: e.line.bold and e.size <= HEADING_SIZE, of="marked"
    ),
    Rule("other lines are marked", Role.PARAGRAPH, 16, lambda e: e.unmarked, of="short"),
    Rule("mostly links", Role.NAVIGATION, 12, is_link, of="marked"),
    Rule("outside the body's element", Role.FURNITURE, 30, of="outside"),
    # Running text.
    Rule("running text", Role.PARAGRAPH, 6, of="prose"),
    Rule("ends like a sentence", Role.PARAGRAPH, 4, of="ends"),
    Rule(
        "clause and colon",
        Role.PARAGRAPH,
        3,
        lambda e: e.text[-1] in "：:" and e.size > _CLAUSE_SIZE,
        of="open",
    ),
    Rule("too long for a heading", Role.PARAGRAPH, 4, lambda e: e.size > HEADING_SIZE),
    Rule("breaks off at a comma", Role.PARAGRAPH, 10, lambda e: e.text[-1] in "，、；,", of="open"),
    Rule(
        "clauses and colon",
        Role.PARAGRAPH,
        8,
        lambda e: e.text[-1] in "：:" and "，" in e.text and not e.line.bold,
        of="open",
    ),
    Rule(
        "names whose words they are", Role.PARAGRAPH, 8, lambda e: bool(ATTRIBUTION.match(e.text))
    ),
    Rule(
        "leads up to what follows",
        Role.PARAGRAPH,
        10,
        lambda e: e.text[-1] in "：:",
        of="opening",
    ),
    Rule(
        "list or verse",
        Role.PARAGRAPH,
        6,
        lambda e: e.run >= VERSE and not e.line.bold,
        of="short",
    ),
    Rule(
        "announces a list",
        Role.PARAGRAPH,
        10,
        lambda e: bool(_ANNOUNCES.search(e.text)) and not e.line.bold,
        of="open",
    ),
    Rule("cells of a table", Role.PARAGRAPH, 8, lambda e: "\t" in e.text, of="short"),
    Rule("line of the body", Role.PARAGRAPH, 1, of="indented"),
    # Sub-headings.
    Rule("short line without end mark", Role.HEADING, 4, lambda e: e.size > 1, of="short"),
    Rule("before a paragraph", Role.HEADING, 2, lambda e: e.precedes in _TEXT, of="short"),
    Rule("between paragraphs", Role.HEADING, 1, lambda e: e.follows in _TEXT, of="short"),
    Rule("numbered or marked", Role.HEADING, 3, lambda e: bool(NUMBERED.match(e.text)), of="short"),
    Rule("short line behind a caption", Role.HEADING, 3, lambda e: e.pictured, of="short"),
    Rule("question before a paragraph", Role.HEADING, 5.5, lambda e: not e.opening and asks(e)),
    Rule(
        "part number above a heading",
        Role.KICKER,
        12,
        lambda e: e.size <= _NUMBER_SIZE and e.precedes == "short" and bool(PART.match(e.text)),
    ),
    # Captions.
    Rule(
        "picture or photographer named",
        Role.CAPTION,
        16,
        lambda e: e.words.credit and e.size <= _CAPTION_SIZE,
        of="worded",
    ),
    Rule(
        "says what a picture shows",
        Role.CAPTION,
        8,
        lambda e: e.words.picture and not e.line.bold,
        of="worded",
    ),
    Rule(
        "short line before the first paragraph",
        Role.CAPTION,
        8.5,
        lambda e: e.opening and e.line.pictured is not False and not is_chrome(e),
        of="short",
    ),
    Rule(
        "one of many short lines before the first paragraph",
        Role.FURNITURE,
        8.5,
        lambda e: e.opening and e.line.pictured is not False and is_chrome(e),
        of="short",
    ),
    Rule(
        "short line before the first paragraph, no picture by it",
        Role.FURNITURE,
        8.5,
        lambda e: e.opening and e.line.pictured is False,
        of="short",
    ),
    Rule(
        "short sentence right below a picture",
        Role.CAPTION,
        8,
        lambda e: e.line.pictured is True and is_beneath(e),
        of="marked",
    ),
    Rule(
        "same line under two headings",
        Role.CAPTION,
        5,
        lambda e: e.twin and e.follows == "short",
        of="short",
    ),
    # Bylines and sign-offs.
    Rule("source's line", Role.DATELINE, 18, lambda e: e.words.source, of="worded"),
    Rule("editor's line", Role.EDITOR, 20, lambda e: e.words.editor, of="worded"),
    Rule("byline", Role.AUTHOR, 12, lambda e: e.words.byline, of="worded"),
    Rule("mark of a series", Role.FURNITURE, 20, is_mark, of="opening"),
    Rule(
        "remark behind the body",
        Role.FURNITURE,
        9,
        lambda e: e.bracketed and not (e.ends or e.words.byline) and e.size <= _REMARK_SIZE,
        of="closing",
    ),
    Rule("short line behind the body", Role.FURNITURE, 9, lambda e: e.closing, of="short"),
    Rule(
        "clause at the body's end",
        Role.PARAGRAPH,
        10,
        lambda e: e.closing and "，" in e.text,
        of="short",
    ),
    Rule(
        "call to follow at either end",
        Role.FURNITURE,
        20,
        lambda e: e.edge and e.words.call,
        of="worded",
    ),
    # Furniture.
    Rule("below a heading of links", Role.RELATED, 14, lambda e: e.linked, of="short"),
    Rule("known label", Role.FURNITURE, 17, lambda e: e.label is not None, of="worded"),
    Rule(
        "before the body, not indented like it",
        Role.FURNITURE,
        13,
        lambda e: not e.indented and not e.ends,
        of="opening",
    ),
    Rule(
        "row of links", Role.NAVIGATION, 9, lambda e: not e.ends and bool(LINK_ROW.search(e.text))
    ),
    Rule("address", Role.FURNITURE, 9, lambda e: bool(ADDRESS.match(e.text))),
    Rule("no letter in it", Role.FURNITURE, 12, letterless),
    Rule("script or markup", Role.FURNITURE, 20, is_script),
    # Repetition.
    Rule("title again", Role.REPEAT, 20, of="echo"),
    Rule("said before", Role.REPEAT, 30, of="repeat"),
)


_ROLES = tuple(dict.fromkeys(rule.role for rule in RULES))
"""Roles by their numbers: an enumeration's own hash took half of the time."""

_FLAGS = tuple(dict.fromkeys(rule.of for rule in RULES if rule.of is not None))
_flags = attrgetter(*_FLAGS)


@cache
def _asked(*flags: bool) -> tuple[Asked, ...]:
    """The rules that may hold of lines with such flags, in order; each takes some 0.1 µs."""
    set_ = dict(zip(_FLAGS, flags, strict=True))
    return tuple(
        (rule.holds, rule.weight, _ROLES.index(rule.role), rule.name)
        for rule in RULES
        if rule.of is None or set_[rule.of]
    )


def decide(line: Evidence) -> tuple[Role, str]:
    """Give the role of a line of the body, and the name of the rule that decided."""
    asked = _asked(*_flags(line))
    held = [rule for rule in asked if (holds := rule[0]) is None or holds(line)]
    if not held:
        return Role.PARAGRAPH, "line of the body"
    sums = [0.0] * len(_ROLES)
    for _, weight, role, _ in held:
        sums[role] += weight
    best = sums.index(max(sums))
    _, name = max([(rule[1], rule[3]) for rule in held if rule[2] == best], key=itemgetter(0))
    if name == "known label" and line.label is not None:
        return line.label, line.words.rule
    return _ROLES[best], name
