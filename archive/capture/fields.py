"""Names out of labelled text: source, author and editor, as datelines, bylines and sign-offs give them."""

import re

from archive.capture.vocabulary import (
    AUTHOR_LABEL,
    EDITOR_LABEL,
    OTHER_TRADES,
    PUBLISHER,
    SHARE,
    SOURCE_LABEL,
)

_CUT = re.compile(r"[\s\xa0\u3000]{2,}|[|｜丨)）\]】>〉；;]|\t")
_TOOLS = re.compile(
    r"[\s\xa0\u3000]*(?:举报|字号|分享|评论|打印|收藏|我要|手机看|推荐|点击|阅读|浏览|投稿|关注|微博|微信|扫|保存|大\s*中\s*小|【|\[|编辑|责编|责任编辑|作者|记者|\d{2,}|[A-Z]-).*$"
)
DOMAIN = re.compile(
    r"(?:https?://)?(?:[\w-]+\.)+(?:com|cn|net|org|gov|edu|tv|hk|tw)\S*", re.IGNORECASE
)
_NAME = r"[\u4e00-\u9fff·．]{2,8}"
_REPORTERS = re.compile(
    r"[（(【\[](?:文/图[\s:：]*|图文?/|文/)?[^（()）【】\[\]，。]{0,14}?(?:记者|通讯员|实习生|评论员)[\s\xa0\u3000:：]*(?P<names>[^（()）【】\[\]，。；;]{2,40})[)）】\]]"
)
_WORDS = re.compile(
    r"(?:摄影|摄|整合|整理|报道|综合|通讯员|实习生|见习|实习|编译|文图|图文|文/图|文并图|图|特约|记者|首席|发自.*|[一二三]?[审校].*)$"
)
_PREFIX = re.compile(
    r"^(?:[^\s，。]{0,12}?)(?:首席|特约|见习|实习|特派|资深)*(?:记者|通讯员|评论员|专栏作者|专栏作家|撰稿人|作者|主笔|特派员|实习生)[\s\xa0\u3000:：/]*"
)


def clean(value: str) -> str | None:
    """Take brackets, stray marks and white space off a name; None if nothing is left."""
    value = value.strip(" \t\xa0\u3000:：,，、|｜丨/－-—()（）[]【】<>·*")
    return value or None


def find_source(text: str) -> str | None:
    """Find a labelled source: ``来源：新华社``."""
    for label in SOURCE_LABEL.finditer(text):
        rest = text[label.end() :].lstrip(" \t\xa0\u3000")
        rest = _CUT.split(rest, maxsplit=1)[0]
        rest = _TOOLS.sub("", rest)
        rest = (
            re.split(r"[\s\xa0\u3000]*[(（]", rest, maxsplit=1)[0]
            if not rest.startswith("《")
            else rest
        )
        found = clean(rest)
        if found and len(found) <= 30:
            return found
    return None


def bare_source(text: str) -> str | None:
    """Read what a dateline leaves beside its date as a publisher's name, if it looks like one."""
    text = DOMAIN.sub(" ", text)
    for chunk in re.split(r"[\s\xa0\u3000|｜丨]{1,}", text):
        name = clean(chunk)
        if name and 2 <= len(name) <= 20 and PUBLISHER.search(name) and not SHARE.match(name):
            return name
    return None


def find_editor(text: str) -> str | None:
    """Find the editor in a sign-off; 责任编辑 goes before 编辑, 校对 and others do not count."""
    best: str | None = None
    for label in EDITOR_LABEL.finditer(text):
        rest = text[label.end() :]
        rest = re.split(r"[)）\]】|｜]|[\s\xa0\u3000]{2,}", rest, maxsplit=1)[0]
        other = OTHER_TRADES.search(rest)
        name = clean(rest[: other.start()] if other else rest)
        if name and len(name) <= 24 and not re.search(r"[。！？]", name):
            if "责" in label.group():
                return name
            best = best or name
    return best


def find_author(text: str) -> str | None:
    """Find the writer in a short line or a dateline: ``作者：…``, ``文/…``, ``本报记者 …``."""
    label = AUTHOR_LABEL.search(text)
    if label:
        rest = re.split(r"[)）\]】|｜]|[\s\xa0\u3000]{2,}|\t", text[label.end() :], maxsplit=1)[0]
        other = OTHER_TRADES.search(rest)
        return _names(rest[: other.start()] if other else rest)
    prefix = _PREFIX.match(text.strip("()（）【】[] \xa0\u3000"))
    if prefix:
        return _names(text.strip("()（）【】[] \xa0\u3000")[prefix.end() :])
    return None


def find_reporters(text: str) -> str | None:
    """Find reporters named in brackets within a paragraph: ``（记者 张三 李四）``."""
    found = _REPORTERS.search(text)
    return _names(found["names"]) if found else None


def _names(text: str) -> str | None:
    text = _PREFIX.sub("", text)
    names = []
    for word in re.split(r"[\s\xa0\u3000、,，/]+", text):
        name = _WORDS.sub("", word)
        name = name.strip("：:（）()[]【】")
        if name and len(name) <= 24 and not re.search(r"[。！？；]|\d{3}", name):
            names.append(name)
        elif names:
            break
    return " ".join(names[:8]) or None
