"""What an element's tag and attributes say about the text in it: shown or not, block, bold, link.

A small part of a browser's style sheet: the defaults of HTML (15.3) and the few inline styles that
change what is seen. Style sheets are not read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from archive.capture.markup import unmark

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing",
    "main", "marquee", "menu", "nav", "ol", "p", "pre", "search", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
})
_DROPPED = frozenset({
    "applet", "audio", "base", "canvas", "colgroup", "datalist", "embed", "iframe", "link", "math",
    "meta", "noembed", "noframes", "noscript", "object", "option", "plaintext", "rp", "rt",
    "script", "select", "style", "svg", "template", "textarea", "video", "xmp",
})
"""Elements whose text is no part of what a page says."""

TELLING = frozenset({
    "blockquote", "caption", "dd", "dt", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "li",
    "p", "td", "th", "title",
})
"""Elements that tell something about a line in them; div, section and the like do not."""
# fmt: on

_BOLD = frozenset({"b", "strong", "th"})
_HIDDEN = re.compile(r"(?:^|[;\s])display\s*:\s*none", re.IGNORECASE)
_HEAVY = re.compile(
    r"font-weight\s*:\s*(?:bold|[6-9]00)|(?:^|[;\s])font\s*:[^;]*\bbold", re.IGNORECASE
)
_LIGHT = re.compile(r"font-weight\s*:\s*(?:normal|[1-4]00)", re.IGNORECASE)
_CENTRED = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)
_SHOWN_AS_BLOCK = re.compile(
    r"(?:^|[;\s])display\s*:\s*(?:block|flex|grid|table|list-item)\b", re.IGNORECASE
)
_KEEPS_BREAKS = re.compile(
    r"white-space\s*:\s*pre\b(?!-)|white-space\s*:\s*pre-(?:wrap|line)", re.IGNORECASE
)
_CAPTION_NAME = re.compile(
    r"caption|(?:^|[\s_-])(?:pic|img|image|photo|picture)[-_]?"
    r"(?:text|txt|desc|describe|description|info|note|title|word|words|intro|explain)\b|tushuo",
    re.IGNORECASE,
)
"""Class names by which pages mark a picture's text."""


_TRAIL_NAME = re.compile("bread|crumb|mianbao|weizhi", re.IGNORECASE)
"""Class names and ids by which pages mark their breadcrumb."""


@dataclass(frozen=True, slots=True)
class Style:
    """What holds for a text by the elements around it."""

    tag: str | None = None
    """The nearest element that tells something about a line in it."""
    bold: bool = False
    linked: bool = False
    caption: bool = False
    centred: bool = False
    hidden: bool = False
    """Not shown until a script shows it."""
    dropped: bool = False
    """Never shown as text."""
    preformatted: bool = False


PLAIN = Style()


def is_trail(attributes: Mapping[str, str | None]) -> bool:
    """Tell whether an element is named as the page's breadcrumb."""
    if "class" not in attributes and "id" not in attributes:
        return False
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return _TRAIL_NAME.search(names[:_LONGEST]) is not None


def style_of(tag: str, attributes: Mapping[str, str | None], outer: Style) -> tuple[Style, bool]:
    """Give the style inside an element, and whether it is a block."""
    style, block = _default(tag, outer)
    if style.dropped or not attributes:
        return style, block
    changes: dict[str, bool] = {}
    if tag == "a" and "href" in attributes:
        changes["linked"] = True
    block = _inline(attributes, changes) or block
    return (replace(style, **changes) if changes else style), block  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _default(tag: str, outer: Style) -> tuple[Style, bool]:
    """Give what holds for an element by its tag alone."""
    block = tag in _BLOCKS
    if outer.dropped or tag in _DROPPED:
        return replace(outer, dropped=True), False
    return Style(
        tag=tag if tag in TELLING else outer.tag,
        bold=outer.bold or tag in _BOLD,
        linked=outer.linked or tag == "button",
        caption=outer.caption or tag == "figcaption",
        centred=outer.centred or tag == "center",
        hidden=outer.hidden,
        preformatted=outer.preformatted or tag in {"pre", "listing"},
    ), block


def _inline(attributes: Mapping[str, str | None], changes: dict[str, bool]) -> bool:
    """Note what attributes change; tell whether they make the element a block."""
    if "hidden" in attributes:
        changes["hidden"] = True
    name = attributes.get("class")
    if name and _CAPTION_NAME.search(name[:_LONGEST]):
        changes["caption"] = True
    align = attributes.get("align")
    if align:
        changes["centred"] = align.lower() in {"center", "middle"}
    given = attributes.get("style")
    if not given:
        return False
    style = unmark(given[:_LONGEST])
    if _HIDDEN.search(style):
        changes["hidden"] = True
    if _HEAVY.search(style):
        changes["bold"] = True
    elif _LIGHT.search(style):
        changes["bold"] = False
    if _CENTRED.search(style):
        changes["centred"] = True
    if _KEEPS_BREAKS.search(style):
        changes["preformatted"] = True
    return _SHOWN_AS_BLOCK.search(style) is not None


_LONGEST = 1000
"""Longer class names and inline styles are cut: no page needs them, and it bounds the time."""
