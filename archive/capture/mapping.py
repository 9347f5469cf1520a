r"""Which name in a record holds which field of an article: what the user says, else what is usual.

What the user says goes with each record in its media type, so that a stored record can be read
again from its bytes alone: ``application/json; map="title=标题,text=正文"``. In a name there,
``%``, ``,``, ``=``, ``"``, ``;``, ``\`` and control characters are written ``%XX``. Invariant:
:func:`from_parameter` of :func:`to_parameter` gives the same mapping.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from archive.errors import UsageError

Fields = Mapping[str, tuple[str, ...]]
"""For a field, the names that may hold it, the best first. Fields that are left out are guessed."""

USUAL: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "subject", "标题", "题目", "新闻标题", "文章标题"),
    "text": (
        *("text", "content", "body", "article", "articlebody", "maintext", "fulltext"),
        *("contents", "正文", "内容", "全文", "文本", "新闻内容", "文章内容", "sections"),
    ),
    "published": (
        *("published", "date", "publishtime", "publishedat", "publishdate", "publisheddate"),
        *("publishedtime", "datepublished", "pubtime", "pubdate", "releasetime", "releasedate"),
        *("time", "datetime", "timestamp", "dateline", "日期", "时间", "发布时间", "发布日期"),
        *("发表时间", "发表日期"),
    ),
    "source": ("source", "publisher", "media", "sourcename", "sitename", "来源", "媒体", "报纸"),
    "author": ("author", "authors", "byline", "writer", "作者", "记者"),
    "editor": ("editor", "editors", "编辑", "责任编辑", "责编"),
    "channel": ("channel", "column", "category", "breadcrumb", "栏目", "频道", "版面", "分类"),
    "url": ("url", "link", "href", "sourceurl", "permalink", "网址", "链接", "原文链接"),
    "captions": ("captions", "caption", "图注", "图片说明"),
}
"""The names that hold a field in the records of others, the best first; see :func:`_plain`."""

_ALIASES = {"date": "published", "body": "text", "caption": "captions"}

_RESERVED = re.compile('[%,="; \\\\\x00-\x1f\x7f]')


def parse(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read ``FIELD=NAME``, as ``--map`` takes it; a field given twice has two names to try.

    Raises:
        UsageError: it has no ``=`` or no name, or there is no such field.
    """
    fields: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        given, equals, name = pair.partition("=")
        field = _ALIASES.get(given.strip().lower(), given.strip().lower())
        if field not in USUAL:
            raise UsageError(
                f"there is no field {given!r} to map", hint=f"write one of {', '.join(USUAL)}"
            )
        if not equals or not name.strip():
            raise UsageError(
                f"{pair!r} names nothing in the records",
                hint=f"write {field}=NAME, as in text=正文",
            )
        fields[field] = (*fields.get(field, ()), name.strip())
    return fields


def to_parameter(fields: Fields) -> str:
    """A mapping as the ``map`` parameter of a media type holds it, without the quotes."""
    return ",".join(
        f"{field}={_RESERVED.sub(lambda found: f'%{ord(found[0]):02X}', name)}"
        for field, names in fields.items()
        for name in names
    )


def from_parameter(value: str) -> dict[str, tuple[str, ...]]:
    """The mapping that a parameter holds."""
    fields: dict[str, tuple[str, ...]] = {}
    for pair in filter(None, value.split(",")):
        field, _, name = pair.partition("=")
        fields[field] = (*fields.get(field, ()), unquote(name))
    return fields


def names_of(fields: Fields, names: Collection[str]) -> dict[str, str | None]:
    """Which of a record's ``names`` holds each field; None: none does.

    What the user says goes before the usual names. A name with dots that a record does not have
    leads into an object: ``data.content``.
    """
    found = dict(_guessed(tuple(names)))
    for field in fields.keys() & found.keys():
        known = (name for name in fields[field] if name in names or _head(name) in names)
        found[field] = next(known, None)
    return found


@lru_cache(maxsize=1 << 6)
def _guessed(names: tuple[str, ...]) -> Mapping[str, str | None]:
    """Which name usually holds each field; cached, since the records of a file have the same."""
    plain = {_plain(name): name for name in reversed(names)}
    return {
        field: next((plain[name] for name in usual if name in plain), None)
        for field, usual in USUAL.items()
    }


def value_of(record: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """What stands under a name that :func:`names_of` gave."""
    if name in record:
        return record[name]
    value: Any = record
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _head(name: str) -> str:
    return name.partition(".")[0]


@lru_cache(maxsize=1 << 10)
def _plain(name: str) -> str:
    """A name as it is compared: ``Publish_Time`` and ``publishTime`` are ``publishtime``."""
    return re.sub(r"[\s_\-:.]+", "", name).lower()
