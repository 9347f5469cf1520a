"""Pages whose line breaks are lost: the whole page on one line, cut again where the lines were.

White space is all that is left of the breaks, and it also stands inside titles, breadcrumbs and
datelines, and around linked words of a sentence. So the line is cut into words at white space, and
words that belong together are put together again: a breadcrumb by its arrows, a dateline by its
date and labels, the title by being printed twice, a sentence by its punctuation.

Invariant: the parts cover the line's span without a gap and in order; linear in its length.
"""

import re
from dataclasses import dataclass

from archive.capture.cuts import cut_at
from archive.capture.dateline import find_date
from archive.capture.lines import PageLine
from archive.capture.vocabulary import EDITOR_LABEL, FOOTER, RELATED, SHARE

_LONG = 200
"""Lines of fewer characters are not looked at."""

_WORDS = 25
"""As many words, most of them short, as a page's navigation has at least."""

_FEW = 6
"""At most so many short words stand within running text: a heading, linked words."""

_WORD = re.compile(r"\S+")
_INDENT = re.compile(r"\s*(?:[\u3000]{2,}|(?<=[。！？”）…])(?:\xa0|\u3000){1,}\s*)\s*")
_SENTENCE = re.compile("[，。！？；]")
_ENDS = re.compile("[。！？!?；…][”’』」）)】]*$")
_ARROW = re.compile(r"^(?:>+|＞+|»|›|→|/)$")
_DATELINE_WORD = re.compile(
    r"^(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|(?:文章|新闻|本文|稿件)?来\s*源[:：].*|作\s*者[:：].*|编辑[:：].*|责任?编辑?[:：].*)$"
)
_OPEN_LABEL = re.compile(r"(?:来\s*源|作\s*者|编辑|责编|时间|日期)\s*[:：]$")
_NAME = re.compile(r"^[\u4e00-\u9fff]{2,3}$")


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    running: bool


def cut_flat(line: PageLine, text: str) -> list[PageLine]:
    """Cut a page that stands on one line into the lines it had; any other line comes back whole."""
    said = line.text
    if len(said) < _LONG:
        return [line]
    marked = _marks(said)
    if not _is_page(said):
        return cut_at(line, [mark for mark in marked if 0 < mark < len(said)], text)
    parts = _parts(said, set(marked))
    return cut_at(line, [part.start for part in parts[1:]], text)


def _marks(said: str) -> list[int]:
    """List where paragraphs begin behind the indent that Chinese paragraphs have."""
    marks = [found.end() for found in _INDENT.finditer(said)]
    return marks if len(marks) > 1 else []


def _is_page(said: str) -> bool:
    words = said[: 1 << 16].split()
    if len(words) < 6:
        return False
    short = sum(len(word) <= 12 and not _SENTENCE.search(word) for word in words)
    if short >= _WORDS and short > 0.4 * len(words):
        return True
    head = said[:300]
    date = find_date(head)
    return date is not None and "来源" in head[max(0, date.start - 40) : date.end + 20]


def _parts(said: str, marks: set[int]) -> list[_Part]:
    words = [
        _Part(found.start(), found.end(), running=bool(_SENTENCE.search(found.group())))
        for found in _WORD.finditer(said)
    ]
    title = _title_spans(said, words)
    heads = _join_heads(said, words, title, marks)
    return _join_sentences(said, heads, marks)


def _title_spans(said: str, words: list[_Part]) -> list[tuple[int, int]]:
    """Find where the window's title, which comes first, is printed again."""
    for count in range(min(6, len(words)), 0, -1):
        whole = said[words[0].start : words[count - 1].end]
        for bare in (whole, re.split(r"[_|｜]|--?(?=[^-]*$)|-{2,}", whole)[0]):
            if len(bare) < 6 or len(bare) <= words[count - 1].start - words[0].start:
                continue
            again = said.find(bare, words[0].start + len(bare))
            if again >= 0 and (again == 0 or said[again - 1].isspace()):
                return [(words[0].start, words[count - 1].end), (again, again + len(bare))]
    return []


def _join_heads(
    said: str, words: list[_Part], title: list[tuple[int, int]], marks: set[int]
) -> list[_Part]:
    """Join the words of titles, breadcrumbs and datelines."""
    joined: list[_Part] = []
    for word in words:
        value = said[word.start : word.end]
        if joined and word.start not in marks and _goes_on(said, joined[-1], word, value, title):
            joined[-1].end = word.end
        else:
            joined.append(word)
    return joined


def _goes_on(
    said: str, before: _Part, word: _Part, value: str, title: list[tuple[int, int]]
) -> bool:
    if any(low < word.start < high and before.start >= low for low, high in title):
        return True
    last = said[before.start : before.end]
    if before.running or len(last) > 120:
        return False
    if _ARROW.match(value) or _ARROW.match(last.split()[-1]) or re.match("^(?:>|»|›)", value):
        return True
    dated = find_date(last) is not None
    if _OPEN_LABEL.search(last):
        return True
    if dated and _DATELINE_WORD.match(value):
        return True
    return bool(
        re.search(r"作\s*者[:：]\s*[\u4e00-\u9fff]{2,3}(?:\s[\u4e00-\u9fff]{2,3})*$", last)
        and _NAME.match(value)
    )


def _join_sentences(said: str, words: list[_Part], marks: set[int]) -> list[_Part]:
    """Join the words of sentences, and those of headings between them."""
    joined: list[_Part] = []
    place = 0
    started = False
    while place < len(words):
        word = words[place]
        started = started or find_date(said[word.start : word.end][:80]) is not None
        stop = place
        while stop < len(words) and not words[stop].running and stop - place <= _FEW:
            stop += 1
        between = words[place:stop]
        following = words[stop] if stop < len(words) and stop - place <= _FEW else None
        if not started or following is None or any(_labelled(said, each) for each in between):
            joined.append(word)
            place += 1
            continue
        if marks and (between or following.start in marks or joined[-1].start not in marks):
            _by_marks(said, joined, [*between, following], marks)
        else:
            _by_sentences(said, joined, between, following)
        place = stop + 1
    return joined


def _by_marks(said: str, joined: list[_Part], words: list[_Part], marks: set[int]) -> None:
    for word in words:
        begun = joined and joined[-1].start in marks
        if begun and word.start not in marks and not _ENDS.search(said[: joined[-1].end][-4:]):
            joined[-1].end, joined[-1].running = word.end, joined[-1].running or word.running
        else:
            joined.append(word)


def _by_sentences(said: str, joined: list[_Part], between: list[_Part], following: _Part) -> None:
    before = joined[-1] if joined else None
    open_sentence = bool(before and before.running and not _ENDS.search(said[: before.end][-4:]))
    if open_sentence and before:
        before.end = following.end
        return
    sizes = [word.end - word.start for word in between]
    if between and min(sizes) >= 5 and sum(sizes) <= 40:
        joined.append(_Part(between[0].start, between[-1].end, running=False))
        joined.append(following)
        return
    start = between[0].start if between else following.start
    joined.append(_Part(start, following.end, running=True))


def _labelled(said: str, word: _Part) -> bool:
    value = said[word.start : word.end]
    return bool(
        len(value) <= 40
        and (
            SHARE.match(value)
            or RELATED.match(value)
            or FOOTER.match(value)
            or EDITOR_LABEL.search(value)
            or value.startswith(("本文来源", "http", "原标题"))
            or find_date(value)
        )
    )
