"""No text of an archive steers a terminal, ends a cell, or is markup, in whatever form it comes.

Also what this program writes, such as a key or an encoding, may be another's: in a file made so.
"""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pieces
from hypothesis import example, given
from torture import many

from archive import chart, citation, document, layout, render
from archive.results import Article, CapturedFrom, CaptureFacts, Citation, Count, Hit, Section

TERMINAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Controls of C0 and C1, and what reorders or breaks lines."""

STEERING = [
    *("\x1b[31m", "\x1b]0;", "\x9b", "\x07", "\x00", "\r", "\x7f", "\t", "\n", "\x85", "\ud800"),
    *("\u202e", "\u2066", "\u200f", "\u2028", "\u061c", "\ufeff", "\ufffe", "\u200b"),
    *("<script>", "</title>", "&lt;", "&", '"', "'", ",", ";", "|", "\\", "`", "*", "_", "#", "- "),
    *("1. ", "[x](y)", "{", "}", "%", "$", "~", "^", "=", "+", "@", "](", "--- ", "![", "“", "》"),
    *("改", "革", "新华社", "a", "é", "👩\u200d🔬", " ", "🃏"),
]


def said(text: str) -> Article:
    """An article that says this everywhere."""
    sections = (Section(0, None, (text,)), Section(1, text, (text, text)))
    return Article(
        *(1, text, text, text, text, text, text, (text,), text, (text,), sections),
        capture=CaptureFacts(text, text, text, 1, text, encoding_evidence=f"{text}!"),
        original_title=text,
        anchor=text,
        origins=(CapturedFrom(text, text, 1, text),) * 2,
    )


def found(text: str) -> Hit:
    return Hit(
        article=1,
        key=text,
        section=1,
        sections=(1,),
        title=text,
        heading=text,
        published=text,
        source=text,
        snippet=text,
        score=1.0,
        anchor=text,
        marks=((0, 1),),
    )


def cited(text: str) -> Citation:
    return Citation(text, text, text, text, text, text, text, text, text, 1)


def shown(text: str) -> list[str]:
    """All forms in which an article or a count is put out, but JSON."""
    article, count = said(text), Count(text, 1, 1, 1)
    columns = [render.Column("title", "title"), render.Column("path", "path")]
    rows = [{"title": text, "path": [text, text]}]
    return [
        *document.csv([article]),
        *document.markdown([article]),
        *document.bibtex([article]),
        *map(render.clean, (citation.plain(cited(text)), citation.gbt7714(cited(text)))),
        *render._markdown(iter(rows), columns),
        *render._csv(iter(rows), columns),
        chart.svg([count], "source", text),
        *("".join(part for part, _ in line.pieces) for line in layout.article(article)),
        *("".join(part for part, _ in line.pieces) for line in layout.hits([found(text)])),
    ]


@many("hypothesis: escaping", file=__file__)
@given(pieces.texts(STEERING, 12))
@example("\x1b[31m|\\|\n# 改\u202e</title>")
def test_no_text_gets_out_of_its_place(text: str) -> None:
    for form in shown(text):
        assert not TERMINAL.search(form), form
        form.encode()
    as_json = render.dumps({"title": text})
    assert json.loads(as_json) == {"title": text}
    assert not TERMINAL.search(as_json)
    assert "\n" not in as_json
    as_json.encode()
    title, *_ = document.markdown([said(text)])
    assert len(title.splitlines()) <= 2
    assert not re.search(r"(?<!\\)(?:\\\\)*[<*`\[]", title)
    *_, cells = render._markdown(iter([{"a": text}]), [render.Column("a", "a")])
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", cells)) == 2
    kept = render.clean(text)
    assert [*csv.reader(io.StringIO(render.csv_line([kept, "x"]), newline=""))] == [[kept, "x"]]
    drawn = ET.fromstring(chart.svg([Count(text, 1, 1, 1)], "source", text))  # noqa: S314 - our own
    assert not {each.tag for each in drawn.iter()} & {"script", "a", "image", "foreignObject"}
