"""Names out of labelled text: source, author and editor, as datelines and sign-offs give them.

Invariant: a name is given exactly as it stands, only without labels, brackets and white space
around it; several names are parted by one space (authors) or as the page parts them (editors).
"""

import re

from archive.capture.clues import Clued
from archive.capture.vocabulary import (
    AUTHOR_LABEL,
    BYLINE,
    EDITOR_LABEL,
    OTHER_TRADES,
    PUBLISHER,
    SHARE,
    SOURCE_LABEL,
    SURNAMES,
    TOOLS,
    simplified,
)

DOMAIN = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)+(?:com|cn|net|org|gov|edu|tv|hk|tw)\S*", re.IGNORECASE
)
"""A web address or the name of a site by its domain."""

_NAME_SIZE, _SOURCE_SIZE, _EDITOR_SIZE, _BARE_SIZE = 24, 30, 24, 20
"""The longest names that are believed, in characters."""

_FULL_NAME = 4
"""From so many characters on a name that begins with a surname is hardly a person's."""

_AUTHORS = 8
"""As many authors are taken from one byline."""

_BLANK = "\\s\xa0\u3000"
_CUT = re.compile(rf"[{_BLANK}]{{2,}}|[|｜丨)）\]】>〉；;]|\t")
_FIELD_END = re.compile(rf"[)）\]】|｜]|[{_BLANK}]{{2,}}|\t")
_BRACKET = re.compile(rf"[{_BLANK}]*[(（]")
_MARKS = " \t\xa0\u3000:：,，、|｜丨/－-—()（）[]【】〔〕<>·*□■●◆"
_NOT_NAMES = re.compile(r"[。！？；]|\d{3}")

_NO_SOURCE = re.compile(
    rf"^.$|.{{{_BARE_SIZE + 1}}}|\d\d|[:：，。！？、“”/+]|(?<!^)《|》(?!$)|\d\s?[次条人]"
    "|^(?:来自|发[布表]|星期|周|时间|日期|作者|编辑|[记記]者$)"
)
"""What makes a word beside a date no name: a counter, a label, a clause."""

_NEXT = re.compile(rf"[{_BLANK}][\u4e00-\u9fff]{{2,6}}\s?[:：].*$")
"""The next labelled field of a dateline."""

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    "|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|海外"
)
_REGION = re.compile(rf"(?:{_PROVINCES})?(?:\S{{0,6}}(?:省|市|自治区|特别行政区))?$")
"""A place alone, as pages have it that tell where the writer sits."""

_PUBLISHED_IN = re.compile(rf"发[布表]于\s*(?:{_PROVINCES})[省市]?")
"""Where an account wrote, as platforms print it before its name: ``发布于北京``."""

_ACCOUNT = re.compile(r"(?<=\S\S)官方(?:账号|帐号|号)$")
"""What platforms put behind the name of a publisher."""

_REPORTERS = Clued(
    r"[（(【〔\[](?:文/图[\s:：]*|图文?/|文/)?[^（()）【】〔〕\[\]，。]{0,14}?"
    rf"(?:[记記]者|通[讯訊][员員]|实习生|评论员)[{_BLANK}:：]*(?P<names>[^（()）【】〔〕\[\]，。；;]{{2,40}})"
    r"[)）】〕\]]",
    *("记者", "記者", "通讯员", "通訊員", "通訊员", "通讯員", "实习生", "评论员"),
)
_ONE = rf"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_SIGNED = re.compile(rf"[（(](?P<name>{_ONE}(?:[{_BLANK}、]{{1,2}}{_ONE}){{0,3}})[)）]$")
_SIGNED_SIZE = 24
"""More characters than it finds, so that only the end of a text has to be searched."""

_WRITERS = Clued(
    r"[（(](?:文[/／]图|图[/／]文|图文|文字?|本?文?作者|撰[文稿]|供稿)[:：/／]?"
    rf"[{_BLANK}]*(?P<names>{_ONE}(?:[{_BLANK}、]{{1,2}}{_ONE}){{0,5}})[)）]",
    *"（(",
)
_WIRED = Clued(
    rf"^\S{{2,24}}日[电電][{_BLANK}]*[（(][{_BLANK}]*"
    rf"(?P<names>{_ONE}(?:[{_BLANK}、]{{1,2}}{_ONE}){{0,3}})[{_BLANK}]*[)）]",
    *("日电", "日電"),
)
"""How an agency's paragraph begins that names its writers: ``…8月7日电 (张三 李四)``."""

_PLACED = re.compile(
    rf"^(?P<name>{_ONE})(?:[／/][\u4e00-\u9fff]{{2,8}}[报報][导導道]|[\u4e00-\u9fff]{{2,6}}\d{{1,2}}日[电電])$"
)
"""A name with the place it reports from behind it: ``王揚宇台北8日電``, ``洪定宏／高雄報導``."""

_PERSON = re.compile(rf"[{SURNAMES}][\u4e00-\u9fff]{{1,3}}$")
_BY_SLASH = re.compile(rf"(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{1,2}})[/／](?P<source>\S{{2,16}})$")
_OTHERS = re.compile("[责编編][编辑輯]|校对")
_TRADE = re.compile(
    r"(?:摄影|摄|整合|整理|报道|综合|通讯员|实习生|见习|实习|编译|文图|图文|文/图|文并图|图|特约|记者|首席|发自.*|[一二三]?[审校].*)$"
)
_PREFIX = re.compile(
    r"(?:文/图|图/文|图文|文|图)?\s*[^\s，。]{0,12}?(?:首席|特约|见习|实习|特派|资深|专栏)*"
    rf"(?:[记記]者|通[讯訊][员員]|评论员|作者|作家|撰稿人|主笔|特派员|实习生)[{_BLANK}:：/丨|｜]*"
)


def clean(value: str) -> str | None:
    """Take brackets, stray marks and white space off a name; None if nothing is left."""
    return value.strip(_MARKS) or None


def find_source(text: str) -> str | None:
    """Find a labelled source: ``来源：新华社``."""
    for label in SOURCE_LABEL.finditer(text):
        rest = text[label.end() :].lstrip(" \t\xa0\u3000[【")
        rest = TOOLS.sub("", _NEXT.sub("", _CUT.split(rest, maxsplit=1)[0]))
        if not rest.startswith("《"):
            rest = _BRACKET.split(rest, maxsplit=1)[0]
        found = clean(rest)
        if found and not {":", "："} & set(label.group()) and _REGION.match(found):
            continue  # where the writer sits: 来自北京市
        if found and len(found) <= _SOURCE_SIZE:
            signed = _BY_SLASH.match(found)
            return signed["source"] if signed else found
    return None


def bare_source(text: str) -> str | None:
    """Read what a dateline has beside its date as a publisher's name, if it looks like one."""
    text = _PUBLISHED_IN.sub(" ", DOMAIN.sub(" ", text))
    for chunk in re.split(rf"[{_BLANK}|｜丨\[【]+|[／/](?=[记記]者)", text):
        name = clean(chunk)
        if not name or SHARE.match(name):
            continue
        signed = _BY_SLASH.match(name)
        if signed:
            return signed["source"]
        if 1 < len(name) <= _BARE_SIZE and PUBLISHER.search(simplified(name)):
            return _ACCOUNT.sub("", name)
    return None


def source_beside(before: str, behind: str) -> str | None:
    """Read the name that stands alone beside a date, as pages have it where anyone may publish.

    Args:
        before: what the line says before its date.
        behind: what it says behind it.
    """
    before, behind = DOMAIN.sub(" ", before), DOMAIN.sub(" ", behind)
    words = [*reversed(before.split()), *behind.split()]
    named = [
        name for name in map(clean, words) if name and name != "原创" and not SHARE.match(name)
    ]
    if not named or len(named) > 2 or any(map(_NO_SOURCE.search, named)):  # noqa: PLR2004 a channel
        return None
    return None if is_writer(named[0]) else named[0]


def find_editor(text: str) -> str | None:
    """Find the editor in a sign-off; 责任编辑 goes before 编辑, 校对 and others do not count."""
    best: str | None = None
    for label in EDITOR_LABEL.finditer(text):
        rest = _FIELD_END.split(text[label.end() :], maxsplit=1)[0]
        other = OTHER_TRADES.search(rest)
        name = clean(_NEXT.sub("", rest[: other.start()] if other else rest))
        bare = label.group()[-1] in "辑輯编任审"  # 编辑推荐 names nobody
        if name and bare and not is_person(name):
            continue
        if name and len(name) <= _EDITOR_SIZE and not re.search(r"[。！？]", name):
            if "责" in label.group():
                return name
            best = best or name
    return best


def find_author(text: str) -> str | None:
    """Find the writer in a short line or a dateline: ``作者：…``, ``文/…``, ``本报记者 …``."""
    bare = text.strip(_MARKS)
    label = AUTHOR_LABEL.search(bare)
    if label:
        rest = _FIELD_END.split(bare[label.end() :], maxsplit=1)[0]
        prefix = _PREFIX.match(rest)
        rest = rest[prefix.end() :] if prefix else rest
        other = OTHER_TRADES.search(rest)
        if names := _names(rest[: other.start()] if other else rest):
            return names
    prefix = _PREFIX.match(bare)
    if prefix:
        rest = _FIELD_END.split(bare[prefix.end() :], maxsplit=1)[0]
        placed = _PLACED.match(rest)
        names = placed["name"] if placed else _names(rest)
        first = (names or "").split(" ")[0]
        return names if is_person(first) or "·" in first else None  # 记者手记 names nobody
    signed = _BY_SLASH.match(bare)
    return signed["name"] if signed else None


def is_byline(text: str) -> bool:
    """Tell whether a line only names the writer."""
    return BYLINE.match(text) is not None and find_author(text) is not None


def find_reporters(text: str) -> str | None:
    """Find reporters named in brackets within a paragraph: ``（记者 张三 李四）``."""
    found = _REPORTERS.search(text) or _WRITERS.search(text) or _WIRED.search(text)
    if not found:
        return None
    placed = _PLACED.match(found["names"])
    return placed["name"] if placed else _names(found["names"])


def find_signature(text: str) -> str | None:
    """Find a person's name in brackets at a paragraph's end: ``……。（张三）``."""
    found = _SIGNED.search(text, max(0, len(text) - _SIGNED_SIZE))
    return " ".join(re.split(rf"[{_BLANK}、]+", found["name"])) if found else None


def is_person(text: str) -> bool:
    """Tell whether a text is a person's name alone: a common surname and up to three more."""
    return _PERSON.match(text) is not None


def is_writer(text: str) -> bool:
    """Tell whether a name is a person's, and no publisher's that begins with a surname."""
    return len(text) < _FULL_NAME and is_person(text) and PUBLISHER.search(text) is None


def _names(text: str) -> str | None:
    prefix = _PREFIX.match(text)
    text = text[prefix.end() :] if prefix else text
    text = _OTHERS.split(text, maxsplit=1)[0]
    names: list[str] = []
    for word in re.split(rf"[{_BLANK}、,，/]+", text):
        if SHARE.match(word):
            break
        name = _TRADE.sub("", word).strip("：:（）()[]【】")
        if word and (not name or name == "文"):
            continue
        if name and len(name) <= _NAME_SIZE and not _NOT_NAMES.search(name):
            names.append(name)
        elif names:
            break
    return " ".join(names[:_AUTHORS]) or None
