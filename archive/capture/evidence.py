"""What can be seen of a line before anything is decided: its shape, and the labels it carries.

Invariant: evidence is measured from one line alone, in time linear in its length; what depends on
other lines (neighbours, repetition, place in the body) is filled in by the later passes.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.capture.fields import is_byline
from archive.capture.lines import PageLine
from archive.capture.parsed import Role
from archive.capture.vocabulary import (
    CALL,
    CAPTION_BEGINS,
    CAPTION_CREDIT,
    CAPTION_KIND,
    CAPTION_SUBJECT,
    COMMENT,
    EDITOR_LABEL,
    FOOTER,
    NEIGHBOURS,
    NOTE,
    ORIGINAL_TITLE,
    PAGER,
    RELATED,
    SHARE,
    SOURCE_LINE,
    simplified,
)

HEADING_SIZE = 40
"""The longest sub-heading, in characters; of 71 on labelled pages the longest line has 36."""

_LABEL_SIZE, _CALL_SIZE = 120, 160
"""Labels, and calls to follow, are looked for in lines of at most so many characters."""

_BYLINE_SIZE, _NOTE_SIZE = 60, 20
"""The longest byline, and the longest remark in brackets behind a sentence: ``……。（新华社）``."""

_CLAUSE, _SENTENCE, _PARAGRAPH = 16, 25, 60
"""From how many characters a line is running text: with two pauses and an end mark, with one, and
without an end mark but with two pauses."""

_MOST = 300.0
"""No line weighs more than so many characters, lest one long notice outweigh a body."""

_LINK, _ROW, _LABELLED = -6.0, -12.0, -15.0
"""What a short line, a row of links and a labelled line weigh against being in the body."""

_LINKED = 0.5
"""From this share of link text on a short line is a link."""

_END_MARKS = "。！？!?；;…"
_CLOSERS = "”’』」）)》】\"'"
_PAUSES = "，。；！？,"
_SEPARATORS = re.compile(r"[|｜]|\s-\s|\s{2,}|】\s*【")

NEIGHBOURING = "links to the pages before and behind"
"""The rule of a label that stands right behind a body, and never within one."""

_LABELS = (
    (SHARE, Role.SHARE, "share and tool buttons"),
    (PAGER, Role.PAGER, "pager"),
    (ORIGINAL_TITLE, Role.KICKER, "original title"),
    (RELATED, Role.RELATED, "heading of related links"),
    (NEIGHBOURS, Role.RELATED, NEIGHBOURING),
    (COMMENT, Role.COMMENT, "comment form or list"),
    (FOOTER, Role.FOOTER, "rights and addresses"),
    (NOTE, Role.FURNITURE, "remark on the page"),
)

_ROLES = {f"label{place}": (role, rule) for place, (_, role, rule) in enumerate(_LABELS)}
_LABEL = re.compile(
    "|".join(f"(?P<label{place}>{words.pattern})" for place, (words, *_) in enumerate(_LABELS)),
    re.IGNORECASE,
)
"""All labels at once: seven patterns asked one by one took most of the time of measuring."""

_EDITOR_LINE = re.compile(
    rf"[\s(（【\[《]*[^\s，。：:]{{0,8}}{EDITOR_LABEL.pattern}[^，。！？]{{0,40}}$"
)


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a line tell, wherever it stands."""

    label: Role | None = None
    """The role that a known label gives the line."""
    rule: str = ""
    """The name of that label."""
    editor: bool = False
    """Whether the line only names the editor."""
    byline: bool = False
    """Whether it only names the writer."""
    source: bool = False
    """Whether it only names the source."""
    credit: bool = False
    """Whether it begins or ends as a picture's text does."""
    picture: bool = False
    """Whether it is short and says what a picture shows."""

    call: bool = False
    """Whether it asks readers to follow, scan or download."""


_NO_WORDS = Words()
_CALL = Words(call=True)


@dataclass(slots=True)
class Evidence:
    """One line that is not blank, and what is known about it."""

    line: PageLine
    text: str
    size: int
    """Its characters."""
    ends: bool
    """Ends as a sentence does: an end mark, perhaps behind a closing quote or bracket."""
    prose: bool
    """Long enough, and punctuated, to be running text."""
    indent: str
    """The white space before the text."""
    words: Words
    kind: str
    """What its neighbours take it for: ``prose``, ``sentence``, ``short`` or ``other``."""
    short: bool
    """Has the length of a sub-heading and no end mark."""
    # What the later passes fill in.
    repeat: bool = False
    """Says again what another line says."""
    echo: bool = False
    """Only says the title again."""
    opening: bool = False
    """Stands before the first paragraph of running text."""
    pictured: bool = False
    """Stands there behind a line that is a picture's text by its words."""
    edge: bool = False
    """Is the first or the last paragraph of running text, or next to it."""
    closing: bool = False
    """Stands behind the last one."""
    indented: bool = True
    """Has the indent that the body's lines have."""
    follows: str = ""
    """The kind of the line before it, past captions and labelled lines."""
    precedes: str = ""
    """The kind of the line behind it, likewise."""
    run: int = 1
    """How many short lines stand together with it."""
    linked: bool = False
    """Stands in the list below a heading of related links."""
    twin: bool = False
    """The same short line stands in the body again."""
    outside: bool = False
    """Stands outside the element that holds the body."""
    unmarked: bool = False
    """The format marks headings, and not this line."""

    @property
    def label(self) -> Role | None:
        """The role that a known label gives the line."""
        return self.words.label

    @property
    def open(self) -> bool:
        """Whether it ends in a mark that a sentence goes on behind."""
        return self.text[-1] in "：:，、；,"

    @property
    def worded(self) -> bool:
        """Whether its words may tell anything."""
        return self.words is not _NO_WORDS

    @property
    def marked(self) -> bool:
        """Whether its format tells anything of it."""
        line = self.line
        told = line.tag is not None or line.bold or line.caption or line.link_share > 0.0
        return told or line.pictured is not None

    @property
    def bracketed(self) -> bool:
        """Whether all of it stands in brackets."""
        return self.text[0] in "（(【[" and self.text[-1] in "）)】]"

    @property
    def weight(self) -> float:
        """How much it speaks for the body lying here, in characters of running text."""
        if self.repeat:
            return 0.0
        if self.words.label is not None or self.words.editor:
            return _LABELLED
        linked = self.line.link_share
        if self.prose:
            return min(self.size, _MOST) * (1.0 - linked)
        if self.ends and self.size > -_LINK:
            return self.size * 0.5
        return _ROW if linked > _LINKED or _SEPARATORS.search(self.text) else _LINK


def measure(line: PageLine, page_text: str) -> Evidence:
    """Measure one line that is not blank."""
    text, size = line.text, len(line.text)
    last = text[-1]
    ends = last in _END_MARKS or (last in _CLOSERS and _closes(text)) or text.endswith("...")
    if last == "." and size >= _SENTENCE and text[-2].isascii() and text[-2].isalpha():
        ends = True  # a Latin sentence
    prose = size >= _CLAUSE and _is_prose(text, size, ends=ends)
    indent = page_text[line.span[0] : line.pieces[0][0]]
    words = _look_up(text, ends=ends) if size <= _CALL_SIZE else _NO_WORDS
    kind = "prose" if prose else "sentence" if ends else "short"
    if words.label is not None or words.editor:
        kind = "other"
    short = size <= HEADING_SIZE and kind == "short"
    return Evidence(line, text, size, ends, prose, indent, words, kind, short)


def _is_prose(text: str, size: int, *, ends: bool) -> bool:
    pauses = text.count("，")
    if pauses <= 1:  # whether there are two at least is all that is asked
        pauses = sum(map(text.count, _PAUSES))
    if size >= _SENTENCE and (ends or text[-1] in "：:") and pauses:
        return True
    return pauses > 1 and (ends or size >= _PARAGRAPH)


def _closes(text: str) -> bool:
    """Tell whether a text that ends in a quote or bracket ends a sentence in or before it."""
    bare = text.rstrip(_CLOSERS)
    if not bare or bare[-1] in _END_MARKS:
        return bool(bare)
    opened = max(bare.rfind("（"), bare.rfind("("))
    return opened > 0 and len(bare) - opened <= _NOTE_SIZE and bare[opened - 1] in "。！？!?”"


@lru_cache(maxsize=1 << 14)
def _look_up(text: str, *, ends: bool) -> Words:
    """Look a line's words up; cached, since navigation says the same on page after page."""
    if len(text) > _LABEL_SIZE:
        return _CALL if CALL.search(text) else _NO_WORDS
    plain = simplified(text)
    found = _LABEL.match(plain)
    size = len(text)
    words = _NO_WORDS
    if _EDITOR_LINE.match(text):
        words = Words(editor=True)
    elif found and found.lastgroup:
        words = Words(*_ROLES[found.lastgroup])
    elif size <= _BYLINE_SIZE and is_byline(text):
        words = Words(byline=True)
    elif size <= HEADING_SIZE and SOURCE_LINE.match(text):
        words = Words(source=True)
    if words is not _NO_WORDS:
        return words
    return _CALL if CALL.search(plain) else _of_picture(plain, ends=ends)


def _of_picture(text: str, *, ends: bool) -> Words:
    """Tell what a line's words say of a picture."""
    if "文/图" in text or "图/文" in text or "图文" in text[-6:]:
        return _NO_WORDS  # who wrote it took the pictures too: no picture's text
    credit = bool(CAPTION_BEGINS.match(text) or CAPTION_CREDIT.search(text[-HEADING_SIZE:]))
    short = len(text) <= HEADING_SIZE and not ends
    picture = short and bool(CAPTION_KIND.search(text) or CAPTION_SUBJECT.search(text))
    return Words(credit=credit, picture=picture) if credit or picture else _NO_WORDS
