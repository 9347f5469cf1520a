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

from archive.capture.evidence import HEADING_SIZE, Evidence
from archive.capture.parsed import Role
from archive.capture.vocabulary import ADDRESS, ATTRIBUTION, LINK_ROW, NUMBERED, PART, SCRIPT

_CAPTION_SIZE = 90
"""The longest caption that is known by its words alone, in characters."""

_QUESTION_SIZE = 22
"""The longest question that is a heading; longer ones are asked by the writer."""

_MARK_SIZE, _REMARK_SIZE, _NUMBER_SIZE = 16, 60, 5
"""The longest mark of a series (【走基层】), remark in brackets, and part number (方案1)."""

_CLAUSE_SIZE = 14
"""From so many characters a line that ends in a colon is a sentence."""

_BENEATH = 24
"""The longest sentence that is a picture's text by standing right below it."""

_VERSE = 3
"""So many short lines together are a list or verse."""

_MOSTLY, _WHOLLY = 0.6, 0.95
"""From this share of link text on a line is a link, and running text is."""


_TEXT = frozenset({"prose", "sentence"})
"""Kinds of lines that are paragraphs."""

_HAN_RUN = re.compile(r"[\u4e00-\u9fff][\u4e00-\u9fff，。“”]{7}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One piece of evidence for one role."""

    name: str
    role: Role
    weight: float
    holds: Callable[[Evidence], bool]


def _letterless(line: Evidence) -> bool:
    return not re.search(r"[^\W\d_]", line.text)


def _is_script(line: Evidence) -> bool:
    return SCRIPT.match(line.text) is not None and not _HAN_RUN.search(line.text)


def _is_link(line: Evidence) -> bool:
    return line.line.link_share > (_WHOLLY if line.prose else _MOSTLY)


def _is_mark(line: Evidence) -> bool:
    marked = line.opening and line.bracketed and line.size <= _MARK_SIZE
    return marked and line.label is None and not line.words.byline


def _is_beneath(line: Evidence) -> bool:
    """Tell whether a line is one short clause, as the words below a picture are."""
    said = line.text[:-1]
    alone = not any(mark in said for mark in "，。！？；：“”")
    return line.ends and alone and line.text[-1] == "。" and line.size <= _BENEATH


def _asks(line: Evidence) -> bool:
    text = line.text
    alone = "，" not in text and text[0] not in '“"「'
    between = line.follows in {"prose", "short"} and line.precedes == "prose"
    return text[-1] in "？?" and line.size <= _QUESTION_SIZE and alone and between


RULES: tuple[Rule, ...] = (
    # What the format knows.
    Rule("figure caption", Role.CAPTION, 20, lambda e: e.line.caption),
    Rule("heading element", Role.HEADING, 14, lambda e: (e.line.tag or "p")[0] == "h"),
    Rule("all bold", Role.HEADING, 4, lambda e: e.line.bold and e.size <= HEADING_SIZE),
    Rule("other lines are marked", Role.PARAGRAPH, 16, lambda e: e.unmarked and e.short),
    Rule("mostly links", Role.NAVIGATION, 12, _is_link),
    Rule("outside the body's element", Role.FURNITURE, 30, lambda e: e.outside),
    # Running text.
    Rule("running text", Role.PARAGRAPH, 6, lambda e: e.prose),
    Rule("ends like a sentence", Role.PARAGRAPH, 4, lambda e: e.ends),
    Rule(
        "clause and colon",
        Role.PARAGRAPH,
        3,
        lambda e: e.text[-1] in "：:" and e.size > _CLAUSE_SIZE,
    ),
    Rule("too long for a heading", Role.PARAGRAPH, 4, lambda e: e.size > HEADING_SIZE),
    Rule("breaks off at a comma", Role.PARAGRAPH, 10, lambda e: e.text[-1] in "，、；,"),
    Rule(
        "clauses and colon",
        Role.PARAGRAPH,
        8,
        lambda e: e.text[-1] in "：:" and "，" in e.text and not e.line.bold,
    ),
    Rule(
        "names whose words they are", Role.PARAGRAPH, 8, lambda e: bool(ATTRIBUTION.match(e.text))
    ),
    Rule(
        "leads up to what follows", Role.PARAGRAPH, 10, lambda e: e.opening and e.text[-1] in "：:"
    ),
    Rule(
        "list or verse",
        Role.PARAGRAPH,
        6,
        lambda e: e.short and e.run >= _VERSE and not e.line.bold,
    ),
    Rule("line of the body", Role.PARAGRAPH, 1, lambda e: e.indented),
    # Sub-headings.
    Rule("short line without end mark", Role.HEADING, 4, lambda e: e.short and e.size > 1),
    Rule("before a paragraph", Role.HEADING, 2, lambda e: e.short and e.precedes in _TEXT),
    Rule("between paragraphs", Role.HEADING, 1, lambda e: e.short and e.follows in _TEXT),
    Rule("numbered or marked", Role.HEADING, 3, lambda e: e.short and bool(NUMBERED.match(e.text))),
    Rule("short line behind a caption", Role.HEADING, 3, lambda e: e.short and e.pictured),
    Rule("question before a paragraph", Role.HEADING, 5.5, lambda e: not e.opening and _asks(e)),
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
    ),
    Rule(
        "says what a picture shows", Role.CAPTION, 8, lambda e: e.words.picture and not e.line.bold
    ),
    Rule(
        "short line before the first paragraph",
        Role.CAPTION,
        8.5,
        lambda e: e.short and e.opening and e.line.pictured is not False,
    ),
    Rule(
        "short line before the first paragraph, no picture by it",
        Role.FURNITURE,
        8.5,
        lambda e: e.short and e.opening and e.line.pictured is False,
    ),
    Rule(
        "short sentence right below a picture",
        Role.CAPTION,
        8,
        lambda e: e.line.pictured is True and _is_beneath(e),
    ),
    Rule(
        "same line under two headings",
        Role.CAPTION,
        5,
        lambda e: e.short and e.twin and e.follows == "short",
    ),
    # Bylines and sign-offs.
    Rule("source's line", Role.DATELINE, 18, lambda e: e.words.source),
    Rule("editor's line", Role.EDITOR, 20, lambda e: e.words.editor),
    Rule("byline", Role.AUTHOR, 12, lambda e: e.words.byline),
    Rule(
        "mark of a series",
        Role.FURNITURE,
        20,
        _is_mark,
    ),
    Rule(
        "remark behind the body",
        Role.FURNITURE,
        9,
        lambda e: e.closing and e.bracketed and not e.ends and e.size <= _REMARK_SIZE,
    ),
    Rule("short line behind the body", Role.FURNITURE, 9, lambda e: e.closing and e.short),
    Rule(
        "clause at the body's end",
        Role.PARAGRAPH,
        10,
        lambda e: e.closing and e.short and "，" in e.text,
    ),
    Rule("call to follow at either end", Role.FURNITURE, 20, lambda e: e.edge and e.words.call),
    # Furniture.
    Rule("below a heading of links", Role.RELATED, 14, lambda e: e.short and e.linked),
    Rule("known label", Role.FURNITURE, 17, lambda e: e.label is not None),
    Rule(
        "before the body, not indented like it",
        Role.FURNITURE,
        13,
        lambda e: e.opening and not e.indented and not e.ends,
    ),
    Rule(
        "row of links", Role.NAVIGATION, 9, lambda e: not e.ends and bool(LINK_ROW.search(e.text))
    ),
    Rule("address", Role.FURNITURE, 9, lambda e: bool(ADDRESS.match(e.text))),
    Rule("no letter in it", Role.FURNITURE, 12, _letterless),
    Rule("script or markup", Role.FURNITURE, 20, _is_script),
    # Repetition.
    Rule("title again", Role.REPEAT, 20, lambda e: e.echo),
    Rule("said before", Role.REPEAT, 30, lambda e: e.repeat),
)


_ROLES = tuple(dict.fromkeys(rule.role for rule in RULES))
_TABLE = tuple((rule.holds, rule.weight, _ROLES.index(rule.role), rule.name) for rule in RULES)
"""The same rules with roles as numbers: an enumeration's own hash took half of the time."""


def decide(line: Evidence) -> tuple[Role, str]:
    """Give the role of a line of the body, and the name of the rule that decided."""
    sums = [0.0] * len(_ROLES)
    heaviest = [(0.0, "line of the body")] * len(_ROLES)
    for holds, weight, role, name in _TABLE:
        if holds(line):
            sums[role] += weight
            if weight > heaviest[role][0]:
                heaviest[role] = (weight, name)
    most = max(sums)
    if not most:
        return Role.PARAGRAPH, "line of the body"
    best = sums.index(most)
    name = heaviest[best][1]
    if name == "known label" and line.label is not None:
        return line.label, line.words.rule
    return _ROLES[best], name
