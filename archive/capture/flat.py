"""Pages whose line breaks are lost: the whole page on one line, cut again where the lines were.

White space is all that is left of the breaks, and it also stands inside titles, breadcrumbs and
datelines, and around linked words of a sentence. So the line is cut into words at white space, and
words that belong together are put together again: a breadcrumb by its arrows, a dateline by its
date and labels, the title by being printed twice, a sentence by its punctuation.

Invariant: the parts cover the line's span without a gap and in order; linear in its length.
"""

import re

from archive.capture.cuts import cut_at
from archive.capture.dateline import find_date
from archive.capture.fields import DOMAIN, bare_source, find_author, is_person
from archive.capture.flat_text import Part, is_label, join_sentences
from archive.capture.lines import PageLine
from archive.capture.parsed import Span
from archive.capture.trail import split_trail

_LONG = 200
"""Lines of fewer characters are not looked at."""

_WORDS, _SHORT_WORD = 25, 12
"""So many words of at most so many characters are a page's navigation."""

_HEAD = 400
"""Where a dateline stands in a page without navigation, in characters from its beginning."""

_SAMPLE = 1 << 16

_TITLE_WORDS, _TITLE_SIZE = 6, 6
"""The most words and the fewest characters of a title that is looked for."""

_PRINTINGS, _LONG_TITLE, _FEW_WORDS = 4, 10, 8
"""How often a title is looked for; printed again at such a length it tells a page without a date
from prose, if so many short words stand on it."""

_DATELINE_SIZE = 120

_TITLE_MOST = 60
"""The longest title that is put together of words."""

_SPACES = " \t\xa0\u3000"
_WORD = re.compile(r"\S+")
_INDENT = re.compile("(?:\u3000\\s?){2,}|(?<=[。！？”）…])[\xa0\u3000]+")
_PAUSE = re.compile("[，。！？；]")
_OPEN_BRACKET = re.compile("[（(][^）)]*$")
_HAN = re.compile("[\u4e00-\u9fff]")
_BARS = ("|", "｜")
_ARROW = re.compile(r"(?:>+|＞+|»|›|→|/)$")
_ARROWED = re.compile("[>»›＞]")
_OPEN_LABEL = re.compile(
    r"(?:来\s*源|作\s*者|编辑|责编|时间|日期|更新)\s*[:：]$|(?:^|\s)发[布表]于$"
    r"|[|｜]\s*(?:来源|作者)$"
)
_AUTHORS = re.compile(r"作\s*者[:：]\s*[\u4e00-\u9fff]{2,3}(?:\s[\u4e00-\u9fff]{2,3})*$")
_REPORTER = re.compile(r"[^\s，。：:]{0,8}(?:记者|通讯员)(?:\s[\u4e00-\u9fff]{2,4})*$")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}$")
_COUNTER = re.compile(r"(?:浏览|阅读|点击)(?:次数|量|数)?[:：]?\s*\d+$")
_TIMES = ("次", "人次")
_OF_DATELINE = re.compile(
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
    r"|(?:(?:文章|新闻|本文|稿件)?来\s*源|作\s*者|编辑|责编|责任编辑)[:：].*)$"
)
_DATE = re.compile(
    r"(?:发[布表](?:时间|日期|于)?|时间|日期)?[:：]?[\[(（]?(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
    r"(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?[\])）]?$"
)
_SUFFIX = re.compile(r"[_|｜]|-{2,}|-(?=[^-]*$)")


def cut_flat(line: PageLine) -> list[PageLine]:
    """Cut a page that stands on one line into the lines it had; any other line comes back whole.

    A long line that is no page is still cut where paragraphs begin with their indent.
    """
    said = line.text
    if len(said) < _LONG or not any(space in said for space in _SPACES):
        return [line]
    indented = "\u3000" in said or "\xa0" in said  # a look costs far less than a search
    marks = [found.end() for found in _INDENT.finditer(said)] if indented else []
    if len(marks) == 1:
        marks = []
    if not _is_page(said):
        return cut_at(line, [mark for mark in marks if 0 < mark < len(said)])
    words = [
        Part(found.start(), found.end(), running=bool(_PAUSE.search(found.group())))
        for found in _WORD.finditer(said)
    ]
    titles = _title_spans(said, words)
    heads = _join_title(said, _join_heads(said, words, frozenset(marks), titles), titles)
    parts = join_sentences(said, heads, frozenset(marks))
    return cut_at(line, [part.start for part in parts[1:]])


def _is_page(said: str) -> bool:
    """Tell whether a line holds a whole page: navigation, and a date or title that stands alone.

    The date is asked for because prose with white space around Latin words and numbers looks like
    navigation otherwise.
    """
    words = said[:_SAMPLE].split()
    head = said[:_HEAD]
    sourced = "来源" in head
    if len(words) < _FEW_WORDS and not sourced:  # as most texts without line breaks
        return False
    short = sum(len(word) <= _SHORT_WORD and not _PAUSE.search(word) for word in words)
    dated = any(map(_DATE.match, words)) and (
        short >= _WORDS or (sourced and any(map(_DATE.match, head.split())))
    )
    return dated or (short >= _FEW_WORDS and _is_headed(said))


def _is_headed(said: str) -> bool:
    """Tell whether a line begins with a window's title that it says again."""
    head = [
        Part(found.start(), found.end(), running=False) for found in _WORD.finditer(said[:_HEAD])
    ]
    titles = _title_spans(said, head)
    title = said[slice(*titles[1])] if titles else ""
    return len(title) >= _LONG_TITLE and len(_HAN.findall(title)) >= _TITLE_SIZE


def _title_spans(said: str, words: list[Part]) -> list[Span]:
    """Find the window's title, which comes first, and where it is printed again."""
    first = words[0].start
    for count in range(min(_TITLE_WORDS, len(words)), 0, -1):
        whole = said[first : words[count - 1].end]
        for bare in (whole, _SUFFIX.split(whole)[0]):
            if len(bare) < _TITLE_SIZE or first + len(bare) <= words[count - 1].start:
                continue
            again = _again(said, bare, first + len(bare))
            if again:
                return [(first, words[count - 1].end), *again]
    return []


def _again(said: str, title: str, start: int) -> list[Span]:
    """Find where a title stands again between white space."""
    found: list[Span] = []
    place = said.find(title, start)
    while place > 0 and len(found) < _PRINTINGS:
        end = place + len(title)
        if said[place - 1].isspace() and (found or end == len(said) or said[end].isspace()):
            found.append((place, end))
        place = said.find(title, end)
    return found


def _join_heads(
    said: str, words: list[Part], marks: frozenset[int], titles: list[Span]
) -> list[Part]:
    """Join the words of titles, breadcrumbs and datelines."""
    joined: list[Part] = []
    for word in words:
        if joined and word.start not in marks and _goes_on(said, joined[-1], word, titles):
            joined[-1].end = word.end
        else:
            joined.append(word)
            word.closed = any(word.start == start for start, _ in titles)
    return joined


def _join_title(said: str, words: list[Part], titles: list[Span]) -> list[Part]:
    """Join the words of a title with white space in it: those above the dateline.

    They are known by standing there twice, or by being few behind the breadcrumb; the window's
    title is joined already.
    """
    values = [said[word.start : word.end] for word in words]
    low, high = _above_dateline(words, values)
    for count in range(_TITLE_WORDS, 0, -1):
        if (
            count <= high < len(values)
            and values[high - 2 * count : high - count] == values[high - count : high]
        ):
            return _joined(words, high - count, high)
    if 0 < low < high and values[low] == "正文":
        low += 1
    while low < high and _names_somebody(values[high - 1]):
        high -= 1
    size = words[high - 1].end - words[low].start if low < high else 0
    again = {start for start, _ in titles}
    known = any(
        is_label(value) or word.start in again
        for word, value in zip(words[low:high], values[low:high], strict=True)
    )
    if not low or known or not 1 < high - low <= _TITLE_WORDS or size > _TITLE_MOST:
        return words
    return _joined(words, low, high)


def _above_dateline(words: list[Part], values: list[str]) -> tuple[int, int]:
    """Find the words between the breadcrumb and the dateline; from 0 if there is no breadcrumb."""
    low = 0
    for place, (word, value) in enumerate(zip(words, values, strict=True)):
        if word.size <= _DATELINE_SIZE and find_date(value):
            return low, place
        if split_trail(value):
            low = place + 1
    return low, low


def _joined(words: list[Part], low: int, high: int) -> list[Part]:
    title = Part(words[low].start, words[high - 1].end, running=False)
    return [*words[:low], title, *words[high:]]


def _names_somebody(value: str) -> bool:
    named = is_person(value) or bare_source(value) or find_author(value)
    return bool(named) or DOMAIN.match(value) is not None


def _goes_on(said: str, before: Part, word: Part, titles: list[Span]) -> bool:
    if any(low < word.start < high and before.end > low for low, high in titles):
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
    if _REPORTER.match(last) and is_person(value):
        return True
    if value in _TIMES and _COUNTER.search(last):
        return True
    part = _OF_DATELINE.match(value) is not None or value in _BARS or last.endswith(_BARS)
    return part and find_date(last) is not None
