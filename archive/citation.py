"""A place in the archive as a citation: plain text, BibTeX, or GB/T 7714.

Invariant: every style carries title, source, date, the quoted words and the anchor, and the version
of the reader that recovered the text; the same place always gives the same citation (the date of
access is the day on which the capture was taken in).

Where quoted words stand between quotation marks, marks within them change as GB/T 15834 asks: “ ”
become ‘ ’ and, one level further in, the other way round. Nothing else of them is changed but line
breaks; BibTeX and the anchor's ``show`` have them as they stand in the capture.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.results import Citation

_BIBTEX_SPECIAL = re.compile(r"[\\{}%&$#_^~]")
_BIBTEX_NAMED = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",  # BibTeX counts braces, also those behind a backslash
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}
_BIBTEX_URL = {"\\": "%5C", "{": "%7B", "}": "%7D"}

_QUOTATION = ("“”", "‘’")
_TITLE = ("《》", "〈〉")
"""The marks of each kind: those of the outer level, and those that stand inside of them."""

_MOST_NAMES = 3
"""GB/T 7714 names so many authors, then 等."""


def plain(citation: "Citation") -> str:
    """One paragraph for a footnote: 《title》, source, date, heading, quote, anchor."""
    heading = citation.heading
    where = "，".join(
        part
        for part in (
            _enclosed(citation.title, _TITLE),
            citation.author,
            citation.source,
            (citation.published or "").replace("T", " "),
            f"{_enclosed(heading, _QUOTATION)}一节" if heading else None,
        )
        if part
    )
    quote = f"：{_enclosed(citation.quote, _QUOTATION)}" if citation.quote else ""
    return f"{where}{quote}。{_place(citation)}"


def bibtex(citation: "Citation") -> str:
    """A BibLaTeX ``@online`` entry; its name is the anchor with ``:`` for ``#``."""
    fields = {
        "title": _escaped(citation.title),
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in _names(citation.author)),
        "organization": _escaped(citation.source or ""),
        "date": (citation.published or "")[:10],
        "url": "".join(_BIBTEX_URL.get(char, char) for char in citation.url or ""),
        "urldate": citation.accessed,
        "note": _escaped(
            "; ".join(filter(None, (citation.heading, citation.quote, _place(citation))))
        ),
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@online{{{citation.anchor.replace('#', ':')},\n{body}}}"


def gbt7714(citation: "Citation") -> str:
    """GB/T 7714-2015, electronic news [N/OL]: author. title. source, date[access]. place."""
    names = _names(citation.author)
    more = [] if len(names) <= _MOST_NAMES else ["等" if _is_han(names[0]) else "et al"]
    who = f"{', '.join([*names[:_MOST_NAMES], *more])}. " if names else ""
    issued = ", ".join(filter(None, (citation.source, (citation.published or "")[:10])))
    quote = f" {_enclosed(citation.quote, _QUOTATION)}." if citation.quote else ""
    url = f" {citation.url}." if citation.url else ""
    head = f"{who}{citation.title}[N/OL]. {issued}[{citation.accessed}]."
    return f"{head}{url}{quote} {_place(citation)}"


STYLES: "dict[str, Callable[[Citation], str]]" = {
    "plain": plain,
    "bibtex": bibtex,
    "gbt7714": gbt7714,
}
"""What ``archive cite --style`` takes."""


def _place(citation: "Citation") -> str:
    return f"{citation.anchor} (reader {citation.reader})"


def _enclosed(text: str, levels: tuple[str, str]) -> str:
    """The text on one line between the outer marks; those within it alternate, level by level."""
    openers = {pair[0]: pair[1] for pair in levels}
    opened: list[str] = []
    inside = []
    for char in text.replace("\n", " "):
        if char in openers:
            opened.append(openers[char])
            inside.append(levels[len(opened) % 2][0])
        elif opened and char == opened[-1]:
            inside.append(levels[len(opened) % 2][1])
            opened.pop()
        elif char == levels[0][1] and not opened:  # closes what opened before the quoted words
            inside.append(levels[1][1])
        else:  # ’ may be an apostrophe
            inside.append(char)
    return f"{levels[0][0]}{''.join(inside)}{levels[0][1]}"


def _names(author: str | None) -> list[str]:
    """The names of several authors; a space parts Chinese names, but belongs to a Latin one."""
    parts = [part.strip() for part in re.split(r"[、,，;；/]", author or "")]
    return [
        name
        for part in parts
        for name in (part.split() if all(map(_is_han, part.split())) else [part])
        if name
    ]


def _is_han(name: str) -> bool:
    return "\u3400" <= name[0] <= "\u9fff"


def _escaped(text: str) -> str:
    return _BIBTEX_SPECIAL.sub(lambda met: _BIBTEX_NAMED.get(met[0], "\\" + met[0]), text)
