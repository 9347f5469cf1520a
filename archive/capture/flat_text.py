"""The text of a page that stands on one line: words put together to sentences and headings.

Linked words of a sentence have white space around them, and so have headings; what goes on with a
sentence that has not ended belongs to it.

Invariant: the parts keep their order, and none is lost.
"""

import re
from dataclasses import dataclass

from archive.capture.dateline import find_date
from archive.capture.fields import is_person
from archive.capture.vocabulary import (
    COMMENT,
    EDITOR_LABEL,
    FOOTER,
    NEIGHBOURS,
    NOTE,
    ORIGINAL_TITLE,
    RELATED,
    SHARE,
)

_FEW = 6
"""At most so many short words stand within running text: a heading, linked words."""

_HEADING_WORD, _HEADING_SIZE = 5, 40
"""The shortest word of a heading, and the longest heading; shorter words are linked ones."""

_LABEL_SIZE = 40

_OPEN = 12
"""At most so many short words go on with a sentence that has not ended."""

_LINKED = 4
"""The longest word that the first sentence takes from the words before it."""

_ENDS = re.compile("[。！？!?；;…][”’』」）)】]*$")
_LEADS = re.compile("[电讯](?:[（(][^（）()]*[）)])?$")
_HAN_WORD = re.compile(rf"[\u4e00-\u9fff]{{1,{_LINKED}}}$")
_NOTE, _NOTICE = 12, 120
"""The longest remark in brackets that ends a sentence, as far as it is open; the longest notice."""

_OPEN_NOTE = re.compile("[（(][^（()）]*$")
_NOTICES = (RELATED, COMMENT, FOOTER, NOTE, ORIGINAL_TITLE)
_LABELS = (SHARE, RELATED, COMMENT, NEIGHBOURS, FOOTER, ORIGINAL_TITLE)
_NOT_TEXT = ("本文来源", "http")


@dataclass(slots=True)
class Part:
    """A word of the line, or words put together."""

    start: int
    end: int
    running: bool
    """Whether it holds a pause, as sentences do."""
    closed: bool = False
    """Whether it is a label, which nothing goes on with."""

    @property
    def size(self) -> int:
        """Its characters."""
        return self.end - self.start


def join_sentences(said: str, words: list[Part], marks: frozenset[int]) -> list[Part]:
    """Join the words of sentences, and those of headings between them."""
    joined: list[Part] = []
    place = head = 0
    started = not any(_is_dated(said, word) for word in words)
    while place < len(words):
        word = words[place]
        if not started and _is_dated(said, word):
            started, head = True, len(joined)
        opened = bool(joined) and joined[-1].running and not _ends(said, joined[-1])
        most = _OPEN if opened else _FEW
        stop = place
        while stop < len(words) and not words[stop].running and stop - place <= most:
            stop += 1
        between = words[place:stop]
        first = not any(part.running for part in joined[max(head, len(joined) - _OPEN) :])
        apart = first and between and not _is_linked(said, between)
        known = word.closed or is_label(said[word.start : word.end])
        head = len(joined) + 1 if word.closed else head
        if not started or apart or known or not _within_text(said, words, between, stop, most):
            if (
                joined
                and opened
                and _OPEN_NOTE.search(said, joined[-1].end - _NOTE, joined[-1].end)
            ):
                joined[-1].end = word.end
            else:
                joined.append(word)
                word.closed = known
            place += 1
            continue
        following = words[stop]
        if marks and (between or following.start in marks or joined[-1].start not in marks):
            _join_marked(said, joined, [*between, following], marks)
        else:
            _join_plain(said, joined, between, following)
        place = stop + 1
    return joined


def _is_dated(said: str, word: Part) -> bool:
    return find_date(said[word.start : min(word.end, word.start + _LABEL_SIZE)]) is not None


def _is_linked(said: str, between: list[Part]) -> bool:
    """Tell whether one short word alone leads into the first sentence."""
    value = said[between[0].start : between[0].end]
    short = _HAN_WORD.match(value) is not None and not is_person(value)
    return len(between) == 1 and (short or _LEADS.search(value) is not None)


def _within_text(said: str, words: list[Part], between: list[Part], stop: int, most: int) -> bool:
    """Tell whether few short words, none of them a label, stand before running text."""
    if stop >= len(words) or len(between) > most:
        return False
    behind = said[words[stop].start : words[stop].end]
    begun = len(behind) <= _NOTICE and any(label.match(behind) for label in _NOTICES)
    return not begun and not any(is_label(said[word.start : word.end]) for word in between)


def _join_marked(said: str, joined: list[Part], words: list[Part], marks: frozenset[int]) -> None:
    """Join words where paragraphs have their indent: up to the next indent."""
    for word in words:
        begun = joined and joined[-1].start in marks
        if begun and word.start not in marks and not _ends(said, joined[-1]):
            joined[-1].end = word.end
            joined[-1].running |= word.running
        else:
            joined.append(word)


def _join_plain(said: str, joined: list[Part], between: list[Part], following: Part) -> None:
    """Join words to the open sentence before them, to a heading, or to the sentence behind them."""
    before = joined[-1] if joined else None
    if before and before.running and not _ends(said, before):
        before.end = following.end
        return
    sizes = [word.size for word in between]
    leads = between and _LEADS.search(said[between[-1].start : between[-1].end]) is not None
    if sizes and not leads and min(sizes) >= _HEADING_WORD and sum(sizes) <= _HEADING_SIZE:
        joined.append(Part(between[0].start, between[-1].end, running=False))
        joined.append(following)
        return
    joined.append(Part((between or [following])[0].start, following.end, running=True))


def _ends(said: str, part: Part) -> bool:
    return part.closed or _ENDS.search(said, max(part.start, part.end - 4), part.end) is not None


def is_label(value: str) -> bool:
    """Tell whether a word is a label of the page, and no part of a sentence."""
    if len(value) > _LABEL_SIZE:
        return False
    known = any(label.match(value) for label in _LABELS)
    named = EDITOR_LABEL.search(value) is not None or find_date(value) is not None
    return known or named or value.startswith(_NOT_TEXT)
