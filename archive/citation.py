"""A place in the archive as a citation: plain text, BibTeX, or GB/T 7714.

Invariant: every style carries title, source, date, the quoted words and the anchor, and the version
of the reader that recovered the text; the same place always gives the same citation (the date of
access is the day on which the capture was taken in).
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.results import Citation

_BIBTEX_SPECIAL = re.compile(r"[\\{}%&$#_^~]")
_BIBTEX_NAMED = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def plain(citation: "Citation") -> str:
    """One paragraph for a footnote: 《title》, source, date, heading, quote, anchor."""
    where = "，".join(
        part
        for part in (
            f"《{citation.title}》",
            citation.author,
            citation.source,
            (citation.published or "").replace("T", " "),
            f"“{citation.heading}”一节" if citation.heading else None,
        )
        if part
    )
    quote = f"：“{citation.quote}”" if citation.quote else ""
    return f"{where}{quote}。{_place(citation)}"


def bibtex(citation: "Citation") -> str:
    """A BibLaTeX ``@online`` entry; its name is the anchor with ``:`` for ``#``."""
    fields = {
        "title": citation.title,
        "author": " and ".join(f"{{{_escaped(name)}}}" for name in _names(citation.author)),
        "organization": citation.source,
        "date": (citation.published or "")[:10],
        "url": citation.url,
        "urldate": citation.accessed,
        "note": "; ".join(filter(None, (citation.heading, citation.quote, _place(citation)))),
    }
    body = "".join(
        f"  {name} = {{{value if name in _VERBATIM else _escaped(value)}}},\n"
        for name, value in fields.items()
        if value
    )
    return f"@online{{{citation.anchor.replace('#', ':')},\n{body}}}"


_VERBATIM = frozenset({"author", "url"})


def gbt7714(citation: "Citation") -> str:
    """GB/T 7714-2015, electronic news [N/OL]: author. title. source, date[access]. place."""
    who = f"{', '.join(_names(citation.author))}. " if citation.author else ""
    issued = ", ".join(filter(None, (citation.source, (citation.published or "")[:10])))
    quote = f" “{citation.quote}”." if citation.quote else ""
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


def _names(author: str | None) -> list[str]:
    return [name for name in re.split(r"[、,，;；/\s]+", author or "") if name]


def _escaped(text: str) -> str:
    return _BIBTEX_SPECIAL.sub(lambda met: _BIBTEX_NAMED.get(met[0], "\\" + met[0]), text)
