"""Markdown: its headings, pictures and emphasis become the evidence of a page's lines.

Markup is left out of what a line says and stays in the capture: a paragraph has several spans where
markup stood between them. HTML that is mixed in is treated the same way; ``<p>``, ``<br>`` and the
like end a line. YAML front matter gives the page's facts.

Invariant: the lines cover the text without a gap; linear in its length.
"""

import re
from dataclasses import replace
from datetime import datetime

from archive.capture.cuts import cut_sign_off
from archive.capture.lines import Facts, Page, PageLine, cut_lines, join, say, strip
from archive.capture.parsed import ParsedArticle, Span
from archive.capture.reader import read_page

_FRONT = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n(?P<body>.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
_FIELD = re.compile(
    r"^(?P<name>[\w\u4e00-\u9fff]+)[^\S\n]*+:[^\S\n]*+(?P<value>\S(?:.*\S)?)", re.MULTILINE
)
_FACTS = {
    "title": ("title", "标题"),
    "published": ("date", "published", "日期", "发布时间"),
    "source": ("source", "来源"),
    "author": ("author", "作者"),
    "url": ("url", "link", "链接"),
}
_HEADING = re.compile(r"(?P<marks>#{1,6})\s++")
_UNDERLINE = re.compile("=+$|-{2,}$")
_BLOCK = re.compile(r"(?:>\s?|[-*+]\s++)++")
_ITEM = re.compile(r"\d{1,2}[.)]\s++\S")
_RULE = re.compile(r"(?:[-*_|:]\s*+){3,}+$|(?:```|~~~)\S*$")
_PICTURE = re.compile(r"!\[(?P<text>[^\[\]]*)\]\([^()]*\)$")
_BREAK = re.compile(
    r"</?(?:p|br|div|li|ul|ol|h[1-6]|blockquote|tr|table|section)\b[^<>]{0,300}>", re.IGNORECASE
)
_TARGET = r"\((?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:\s\"[^\"]{0,200}\")?\)"
_INLINE = re.compile(
    rf"!\[[^\[\]]{{0,300}}\]{_TARGET}|\[(?=[^\[\]]{{0,400}}\]\()|\]{_TARGET}"
    r"|</?[a-zA-Z][^<>]{0,300}>|<https?://[^<>\s]{1,2000}>|\*\*|~~|`"
    r"|(?<!\w)__(?=\S)|(?<=\S)__(?!\w)|(?<![\d*\s])\*(?!\*)|(?<!\*)\*(?![\d*\s])"
)
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,400})\]\(")
_BOLD = re.compile(
    r"(?:<[^<>]*>)*+(?:\*\*.+\*\*|__.+__|<(?:b|strong)>.+</(?:b|strong)>)(?:<[^<>]*>)*+$"
)
_BOLD_SIZE = 300
"""Longer lines are not looked at as headings in bold."""


def read_markdown(text: str, *, path: str = "", captured: datetime | None = None) -> ParsedArticle:
    """Recover the article from a Markdown capture; its headings are kept as headings.

    Args:
        text: the decoded capture.
        path: where it came from; a year that the page leaves out may stand there.
        captured: when it was captured; used for the same.
    """
    front = _FRONT.match(text)
    told = _facts(front["body"]) if front else Facts()
    facts = told._replace(path=path, captured=captured)
    lines = _lines(text, front.end() if front else 0)
    tagged = any(line.tag for line in lines)
    return read_page(Page(text, lines, facts, article=tagged))


def _facts(front: str) -> Facts:
    given = {found["name"].lower(): found["value"].strip("\"'") for found in _FIELD.finditer(front)}
    values: dict[str, str | None] = {}
    for field, names in _FACTS.items():
        value = next((given[name] for name in names if given.get(name)), None)
        if value:
            values[field] = value
    published = values.get("published")
    if published:
        found = re.match(r"\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)?)?", published)
        values["published"] = found[0].replace(" ", "T") if found else ""
    return Facts(
        title=values.get("title"),
        published=values.get("published") or None,
        source=values.get("source"),
        author=values.get("author"),
        url=values.get("url"),
    )


def _lines(text: str, front: int) -> list[PageLine]:
    """Render the physical lines; ``front`` is where the front matter ends."""
    blocks: list[list[PageLine]] = []
    open_paragraph = False
    for line in cut_lines(text):
        if line.span[1] <= front:
            blocks.append([_blank(line)])
            continue
        if open_paragraph and _UNDERLINE.match(line.text):
            level = "h1" if line.text.startswith("=") else "h2"
            blocks[-1] = [replace(join(blocks[-1], text), tag=level)]
            blocks.append([_blank(line)])
            open_paragraph = False
            continue
        parts = [part for whole in _parts(line, text) for part in cut_sign_off(whole)]
        goes_on = open_paragraph and _goes_on(line, parts[0], text)
        if goes_on:
            blocks[-1].append(parts[0])
        blocks.extend([part] for part in parts[goes_on:])
        last = parts[-1]
        open_paragraph = bool(last.text) and last.tag is None and not last.caption
    return [join(block, text) for block in blocks]


def _blank(line: PageLine) -> PageLine:
    return replace(line, text="", pieces=())


def _goes_on(line: PageLine, part: PageLine, text: str) -> bool:
    """Tell whether a line goes on with the paragraph of the line before it, as Markdown has it."""
    before = text[max(0, line.span[0] - 3) : line.span[0]]
    hard = before.endswith(("  \n", " \r\n", "\\\n", "\u3000\n"))
    marked = part.tag is not None or part.caption or not part.text
    begins = _BLOCK.match(line.text) or _ITEM.match(line.text) or _BREAK.match(line.text)
    return not (hard or marked or begins or text[line.span[0]].isspace())


def _parts(line: PageLine, text: str) -> list[PageLine]:
    """Cut one physical line at block elements, and leave markup out of what its parts say."""
    said, (start, end) = line.text, line.span
    if not said or _RULE.match(said):
        return [_blank(line)]
    first = line.pieces[0][0]
    picture = _PICTURE.match(said)
    if picture:
        span = strip(text, first + picture.start("text"), first + picture.end("text"))
        return [_line(line, line.span, (span,) if span[0] < span[1] else (), text, caption=True)]
    heading = _HEADING.match(said)
    tag = f"h{len(heading['marks'])}" if heading else None
    block = heading or _BLOCK.match(said)
    low = first + block.end() if block else first
    raw = text[start:end]
    parts: list[PageLine] = []
    opened = start
    bounds = [
        *(found.end() for found in _BREAK.finditer(raw) if start + found.end() < end),
        end - start,
    ]
    for bound in bounds:
        stop = start + bound
        pieces = _pieces(text, max(low, opened), stop)
        if not pieces and parts and stop == end:
            parts[-1] = replace(parts[-1], span=(parts[-1].span[0], end))
        elif pieces or stop == end:
            parts.append(_line(line, (opened, stop), pieces, text, tag=tag))
            opened = stop
        low = stop
    return parts


def _line(
    line: PageLine,
    span: Span,
    pieces: tuple[Span, ...],
    text: str,
    *,
    tag: str | None = None,
    caption: bool = False,
) -> PageLine:
    raw = text[span[0] : span[1]].strip()
    said = say(text, pieces)
    links = sum(len(found[1]) for found in _LINK.finditer(raw))
    return replace(
        line,
        span=span,
        text=said,
        pieces=pieces,
        tag=tag,
        caption=caption,
        bold=len(raw) <= _BOLD_SIZE and _BOLD.match(raw) is not None,
        link_share=min(1.0, links / len(said)) if said else 0.0,
    )


def _pieces(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Give the stretches between markup; the first and last are stripped of white space."""
    pieces: list[Span] = []
    for found in _INLINE.finditer(text, start, end):
        if start < found.start():
            pieces.append((start, found.start()))
        start = found.end()
    if start < end:
        pieces.append((start, end))
    return _trim(text, pieces)


def _trim(text: str, pieces: list[Span]) -> tuple[Span, ...]:
    while pieces:
        low, high = strip(text, *pieces[0])
        if low < high:
            pieces[0] = (low, pieces[0][1])
            break
        pieces.pop(0)
    while pieces:
        low, high = strip(text, *pieces[-1])
        if low < high:
            pieces[-1] = (pieces[-1][0], high)
            break
        pieces.pop()
    return tuple(pieces)
