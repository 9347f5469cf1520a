"""What a page says of itself to machines: JSON-LD, Open Graph, meta elements, the canonical link.

Pages name the same thing in a hundred ways; one table says which names mean which field, the most
trustworthy first. What is taken from here is settled in :mod:`archive.capture.agreement`.

Invariant: whatever is in the metadata, of any type and however broken, nothing here raises.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from archive.capture.markup import unmark

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_LONGEST = 400
"""Longer values are no title, name, date or address."""

_SCRIPTS, _OBJECTS = 20, 2000
"""So many JSON-LD scripts of a page, and objects in them, are looked at."""

# Names of meta elements in lower case, of JSON-LD properties and of microdata, best first.
_JSON = "json-ld "
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": (
        *(_JSON + name for name in ("headline", "title", "name")),
        *("articletitle", "og:title", "twitter:title", "headline", "dc.title", "dcterms.title"),
    ),
    "published": (
        *(_JSON + name for name in ("datepublished", "pubdate", "datecreated", "uploaddate")),
        *("article:published_time", "og:published_time", "og:release_date", "datepublished"),
        *("pubdate", "publishdate", "publish_date", "publish-date", "pubtime", "publish_time"),
        *(
            "weibo: article:create_at",
            "weibo:article:create_at",
            "apub:time",
            "bytedance:published_time",
        ),
        *(
            "sailthru.date",
            "parsely-pub-date",
            "dc.date.issued",
            "dcterms.created",
            "dc.date",
            "date",
        ),
    ),
    "source": (
        *("contentsource", "source", "articlesource", "mediaid", "og:article:source", "dc.source"),
        *(
            _JSON + name
            for name in ("source", "copyrightholder", "sourceorganization", "publisher")
        ),
        *("publisher", "dc.publisher", "og:site_name", "sitename", "application-name"),
    ),
    "author": (
        _JSON + "author",
        *("author", "article:author", "og:article:author", "dc.creator", "byl", "sailthru.author"),
        *("parsely-author", "weibo:article:author"),
    ),
    "editor": (_JSON + "editor", "editor", "责任编辑", "articleeditor", "dc.contributor"),
    "url": ("canonical", "og:url", _JSON + "url", _JSON + "mainentityofpage"),
}
_FIELDS = {name: field for field, names in _NAMES.items() for name in names}
_ARTICLE = re.compile(r"article|posting|report\b|webpage|creativework|newsmedia", re.IGNORECASE)
_PLACE = re.compile(r"breadcrumb", re.IGNORECASE)

_LOOSE = re.compile(
    r'"(?P<name>headline|datePublished|pubDate|url|author|publisher)"\s*:\s*'
    r'(?:\{[^{}"]*"@?type"[^{}"]*"[^"{}]*"[^{}"]*"name"\s*:\s*)?"(?P<value>(?:[^"\\]|\\.){0,400}+)"'
)
"""Properties in JSON-LD that is no JSON: a quote too many, a comma at the end, a line break."""


@dataclass(frozen=True, slots=True)
class Told:
    """One value that the metadata gives."""

    value: str
    origin: str
    """Where it stands: ``json-ld datepublished``, ``meta article:published_time``."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the metadata gives, each field's values best first."""

    title: tuple[Told, ...] = ()
    published: tuple[Told, ...] = ()
    source: tuple[Told, ...] = ()
    author: tuple[Told, ...] = ()
    editor: tuple[Told, ...] = ()
    url: tuple[Told, ...] = ()
    channel: tuple[str, ...] = ()
    """The breadcrumb, without the page itself."""
    language: str = ""


def find_metadata(tree: "LexborHTMLParser") -> Metadata:
    """Find the metadata in a parsed page."""
    told: dict[str, list[str]] = {}
    objects = list(_objects(tree, told))
    for each in objects:
        if _ARTICLE.search(_kind(each)) or "headline" in each or "datePublished" in each:
            for name, value in each.items():
                _note(told, _JSON + name.lower(), value)
    for name, value in _elements(tree):
        _note(told, name, value)
    found: dict[str, list[Told]] = {field: [] for field in _NAMES}
    for name, field in _FIELDS.items():
        origin = name if name.startswith(_JSON) or name == "canonical" else f"meta {name}"
        found[field] += [Told(value, origin) for value in told.get(name, ())]
    found["url"] = [each for each in found["url"] if _is_address(each.value)]
    root = tree.root
    return Metadata(
        **{field: tuple(values) for field, values in found.items()},
        channel=next(filter(None, map(_trail, objects)), ()),
        language=unmark(root.attributes.get("lang")).lower() if root is not None else "",
    )


def _note(told: dict[str, list[str]], name: str, value: object) -> None:
    """Add the names, or the text, that a value holds."""
    if name not in _FIELDS:
        return
    for text in _texts(value, 3):
        bare = " ".join(unescape(text).split())
        if 1 < len(bare) <= _LONGEST:
            told.setdefault(name, []).append(bare)


def _texts(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        for each in value[:8]:
            yield from _texts(each, depth - 1)
    elif isinstance(value, dict) and depth:
        yield from _texts(value.get("name") or value.get("@id") or value.get("url"), depth - 1)


def _elements(tree: "LexborHTMLParser") -> Iterator[tuple[str, str]]:
    """List what meta elements, microdata and the canonical link say."""
    for node in tree.css("meta[content]"):
        given = node.attributes
        names = given.get("property") or given.get("name") or given.get("itemprop") or ""
        yield unmark(names).strip().lower(), unmark(given.get("content"))
    for node in tree.css("[itemprop=datePublished]"):
        given = node.attributes
        yield "datepublished", unmark(given.get("datetime") or node.text(deep=True))
    for node in tree.css("link[rel=canonical][href]"):
        yield "canonical", unmark(node.attributes.get("href"))


def _objects(
    tree: "LexborHTMLParser", told: dict[str, list[str]]
) -> Iterator[Mapping[str, object]]:
    """List all objects of the JSON-LD scripts; what is no JSON is searched for its properties."""
    for node in tree.css("script[type='application/ld+json' i]")[:_SCRIPTS]:
        text = unmark(node.text(deep=True)).strip().removeprefix("<!--").removesuffix("-->")
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            for found in _LOOSE.finditer(text):
                _note(told, _JSON + found["name"].lower(), _unquote(found["value"]))
            continue
        yield from _within(value)


def _unquote(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _within(value: object) -> Iterator[Mapping[str, object]]:
    waiting, passed = [value], 0
    while waiting and passed < _OBJECTS:
        each, passed = waiting.pop(0), passed + 1
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            yield each
            waiting += [
                each[key] for key in ("@graph", "mainEntity", "itemListElement") if key in each
            ]


def _kind(each: Mapping[str, object]) -> str:
    return str(each.get("@type", ""))[:100]


def _trail(each: Mapping[str, object]) -> tuple[str, ...]:
    """Read a breadcrumb list's steps; the last one is the page itself if it has no address."""
    steps = each.get("itemListElement")
    if not _PLACE.search(_kind(each)) or not isinstance(steps, list):
        return ()
    named = []
    for step in steps[:20]:
        item = step.get("item") if isinstance(step, dict) else None
        whole = {
            **(item if isinstance(item, dict) else {}),
            **(step if isinstance(step, dict) else {}),
        }
        name = next(_texts(whole.get("name"), 1), "").strip()
        if name:
            named.append((name, item is not None or "url" in whole))
    if named and not named[-1][1]:
        named.pop()
    return tuple(name for name, _ in named)


def _is_address(value: str) -> bool:
    """Tell whether a value is the address of a page, and not of a whole site."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.netloc)
        and len(parts.path + parts.query) > 1
    )
