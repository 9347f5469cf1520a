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
from archive.capture.fields import DOMAIN, bare_source, find_author, is_person
from archive.capture.lines import PageLine
from archive.capture.trail import split_trail
from archive.capture.vocabulary import EDITOR_LABEL, FOOTER, RELATED, SHARE

_LONG = 200
"""Lines of fewer characters are not looked at."""

_WORDS, _SHORT_WORD = 25, 12
"""So many words of at most so many characters are a page's navigation."""

_HEAD = 400
"""Where a dateline stands in a page without navigation, in characters from its beginning."""

_SAMPLE = 1 << 16

_FEW = 6
"""At most so many short words stand within running text: a heading, linked words."""

_TITLE_WORDS, _TITLE_SIZE = 6, 6
"""The most words and the fewest characters of a title that is looked for."""

_HEADING_WORD, _HEADING_SIZE = 5, 40
"""The shortest word of a heading, and the longest heading; shorter words are linked ones."""

_LABEL_SIZE, _DATELINE_SIZE = 40, 120

_TITLE_MOST = 60
"""The longest title that is put together of words."""

_OPEN = 12
"""At most so many short words go on with a sentence that has not ended."""

_LINKED = 4
"""The longest word that the first sentence takes from the words before it."""

_SPACE = re.compile("[ \t\xa0\u3000]")
_WORD = re.compile(r"\S+")
_INDENT = re.compile("(?:\u3000\\s?){2,}|(?<=[。！？”）…])[\xa0\u3000]+")
_PAUSE = re.compile("[，。！？；]")
_ENDS = re.compile("[。！？!?；;…][”’』」）)】]*$")
_OPEN_BRACKET = re.compile("[（(][^）)]*$")
_LEADS = re.compile("[电讯](?:[（(][^（）()]*[）)])?$")
_BARS = ("|", "｜")
_ARROW = re.compile(r"(?:>+|＞+|»|›|→|/)$")
_ARROWED = re.compile("[>»›＞]")
_OPEN_LABEL = re.compile(r"(?:来\s*源|作\s*者|编辑|责编|时间|日期|更新)\s*[:：]$")
_AUTHORS = re.compile(r"作\s*者[:：]\s*[\u4e00-\u9fff]{2,3}(?:\s[\u4e00-\u9fff]{2,3})*$")
_HAN_WORD = re.compile(rf"[\u4e00-\u9fff]{{1,{_LINKED}}}$")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}$")
_OF_DATELINE = re.compile(
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
    r"|(?:(?:文章|新闻|本文|稿件)?来\s*源|作\s*者|编辑|责编|责任编辑)[:：].*)$"
)
_DATE = re.compile(
    r"[\[(（]?(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\])）]?$"
)
_SUFFIX = re.compile(r"[_|｜]|-{2,}|-(?=[^-]*$)")
_NOT_TEXT = ("本文来源", "http", "原标题")


@dataclass(slots=True)
class _Part:
    start: int
    end: int
    running: bool
    """Whether it holds a pause, as sentences do."""

    @property
    def size(self) -> int:
        return self.end - self.start


def cut_flat(line: PageLine) -> list[PageLine]:
    """Cut a page that stands on one line into the lines it had; any other line comes back whole.

    A long line that is no page is still cut where paragraphs begin with their indent.
    """
    said = line.text
    if len(said) < _LONG or not _SPACE.search(said):
        return [line]
    marks = [found.end() for found in _INDENT.finditer(said)]
    if len(marks) == 1:
        marks = []
    if not _is_page(said):
        return cut_at(line, [mark for mark in marks if 0 < mark < len(said)])
    words = [
        _Part(found.start(), found.end(), running=bool(_PAUSE.search(found.group())))
        for found in _WORD.finditer(said)
    ]
    heads = _join_title(said, _join_heads(said, words, frozenset(marks)))
    parts = _join_sentences(said, heads, frozenset(marks))
    return cut_at(line, [part.start for part in parts[1:]])


def _is_page(said: str) -> bool:
    """Tell whether a line holds a whole page: navigation and a date that stands alone.

    The date is asked for because prose with white space around Latin words and numbers looks like
    navigation otherwise.
    """
    words = said[:_SAMPLE].split()
    if not any(_DATE.match(word) for word in words):
        return False
    short = sum(len(word) <= _SHORT_WORD and not _PAUSE.search(word) for word in words)
    head = said[:_HEAD]
    return short >= _WORDS or ("来源" in head and any(map(_DATE.match, head.split())))


def _title_spans(said: str, words: list[_Part]) -> list[tuple[int, int]]:
    """Find the window's title, which comes first, and where it is printed again."""
    first = words[0].start
    for count in range(min(_TITLE_WORDS, len(words)), 0, -1):
        whole = said[first : words[count - 1].end]
        for bare in (whole, _SUFFIX.split(whole)[0]):
            if len(bare) < _TITLE_SIZE or first + len(bare) <= words[count - 1].start:
                continue
            again = said.find(bare, first + len(bare))
            if again > 0 and said[again - 1].isspace():
                return [(first, words[count - 1].end), (again, again + len(bare))]
    return []


def _join_heads(said: str, words: list[_Part], marks: frozenset[int]) -> list[_Part]:
    """Join the words of titles, breadcrumbs and datelines."""
    titles = _title_spans(said, words)
    joined: list[_Part] = []
    for word in words:
        if joined and word.start not in marks and _goes_on(said, joined[-1], word, titles):
            joined[-1].end = word.end
        else:
            joined.append(word)
    return joined


def _join_title(said: str, words: list[_Part]) -> list[_Part]:
    """Join the words of a title with white space in it: those above the dateline.

    They are known by standing there twice, or by being few behind the breadcrumb.
    """
    values = [said[word.start : word.end] for word in words]
    low, high = _above_dateline(words, values)
    for count in range(_TITLE_WORDS, 0, -1):
        if (
            count <= high < len(values)
            and values[high - 2 * count : high - count] == values[high - count : high]
        ):
            return _joined(words, high - count, high)
    if low and values[low] == "正文":
        low += 1
    while low < high and _names_somebody(values[high - 1]):
        high -= 1
    size = words[high - 1].end - words[low].start if low < high else 0
    known = any(_is_label(value) for value in values[low:high])
    if not low or known or not 1 < high - low <= _TITLE_WORDS or size > _TITLE_MOST:
        return words
    return _joined(words, low, high)


def _above_dateline(words: list[_Part], values: list[str]) -> tuple[int, int]:
    """Find the words between the breadcrumb and the dateline; from 0 if there is no breadcrumb."""
    low = 0
    for place, (word, value) in enumerate(zip(words, values, strict=True)):
        if word.size <= _DATELINE_SIZE and find_date(value):
            return low, place
        if split_trail(value):
            low = place + 1
    return low, low


def _joined(words: list[_Part], low: int, high: int) -> list[_Part]:
    title = _Part(words[low].start, words[high - 1].end, running=False)
    return [*words[:low], title, *words[high:]]


def _names_somebody(value: str) -> bool:
    named = is_person(value) or bare_source(value) or find_author(value)
    return bool(named) or DOMAIN.match(value) is not None


def _goes_on(said: str, before: _Part, word: _Part, titles: list[tuple[int, int]]) -> bool:
    if any(low < word.start < high and before.start >= low for low, high in titles):
        return True
    if before.size > _DATELINE_SIZE:
        return False
    last, value = said[before.start : before.end], said[word.start : word.end]
    if _OPEN_BRACKET.search(last):
        return True
    return not before.running and (_is_step(last, value) or _is_named(last, value))


def _is_step(last: str, value: str) -> bool:
    """Tell whether a word goes on with a breadcrumb."""
    arrows = _ARROW.match(value) or _ARROWED.match(value) or _ARROW.match(last.rpartition(" ")[2])
    return arrows is not None


def _is_named(last: str, value: str) -> bool:
    """Tell whether a word goes on with a dateline: a time, or who is named behind a label."""
    if _OPEN_LABEL.search(last) or (_AUTHORS.search(last) and _NAME.match(value)):
        return True
    part = _OF_DATELINE.match(value) is not None or value in _BARS
    return part and find_date(last) is not None


def _join_sentences(said: str, words: list[_Part], marks: frozenset[int]) -> list[_Part]:
    """Join the words of sentences, and those of headings between them."""
    joined: list[_Part] = []
    place, started = 0, False
    while place < len(words):
        word = words[place]
        started = started or find_date(said[word.start : word.end][:_LABEL_SIZE]) is not None
        opened = bool(joined) and joined[-1].running and not _ends(said, joined[-1])
        most = _OPEN if opened else _FEW
        stop = place
        while stop < len(words) and not words[stop].running and stop - place <= most:
            stop += 1
        between = words[place:stop]
        first = not any(part.running for part in joined[-_OPEN:])
        apart = first and between and not _is_linked(said, between)
        known = _is_label(said[word.start : word.end])
        if not started or apart or known or not _within_text(said, words, between, stop, most):
            joined.append(word)
            place += 1
            continue
        following = words[stop]
        if marks and (between or following.start in marks or joined[-1].start not in marks):
            _join_marked(said, joined, [*between, following], marks)
        else:
            _join_plain(said, joined, between, following)
        place = stop + 1
    return joined


def _is_linked(said: str, between: list[_Part]) -> bool:
    """Tell whether one short word alone leads into the first sentence."""
    value = said[between[0].start : between[0].end]
    short = _HAN_WORD.match(value) is not None and not is_person(value)
    return len(between) == 1 and (short or _LEADS.search(value) is not None)


def _within_text(said: str, words: list[_Part], between: list[_Part], stop: int, most: int) -> bool:
    """Tell whether few short words, none of them a label, stand before running text."""
    if stop >= len(words) or len(between) > most:
        return False
    return not any(_is_label(said[word.start : word.end]) for word in between)


def _join_marked(said: str, joined: list[_Part], words: list[_Part], marks: frozenset[int]) -> None:
    """Join words where paragraphs have their indent: up to the next indent."""
    for word in words:
        begun = joined and joined[-1].start in marks
        if begun and word.start not in marks and not _ends(said, joined[-1]):
            joined[-1].end = word.end
            joined[-1].running |= word.running
        else:
            joined.append(word)


def _join_plain(said: str, joined: list[_Part], between: list[_Part], following: _Part) -> None:
    """Join words to the open sentence before them, to a heading, or to the sentence behind them."""
    before = joined[-1] if joined else None
    if before and before.running and not _ends(said, before):
        before.end = following.end
        return
    sizes = [word.size for word in between]
    leads = between and _LEADS.search(said[between[-1].start : between[-1].end]) is not None
    if sizes and not leads and min(sizes) >= _HEADING_WORD and sum(sizes) <= _HEADING_SIZE:
        joined.append(_Part(between[0].start, between[-1].end, running=False))
        joined.append(following)
        return
    joined.append(_Part((between or [following])[0].start, following.end, running=True))


def _ends(said: str, part: _Part) -> bool:
    return _ENDS.search(said, max(part.start, part.end - 4), part.end) is not None


def _is_label(value: str) -> bool:
    if len(value) > _LABEL_SIZE:
        return False
    labels = (SHARE.match, RELATED.match, FOOTER.match, EDITOR_LABEL.search, find_date)
    return value.startswith(_NOT_TEXT) or any(label(value) for label in labels)
