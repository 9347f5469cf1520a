"""Small corpora for property tests: articles both for the archive and for the oracle."""

from hashlib import sha256

import oracle
from hypothesis import strategies as st
from sqlalchemy import update

from archive import Archive
from archive.capture.parsed import Capture, Decoded, Paragraph, ParsedArticle, ParsedSection
from archive.ingest import Hashed, Read
from archive.models import Article
from archive.prepare import values
from archive.reports import Outcome

LETTERS = "改革放管服書书记繁體体ABab12é4カーか아々〇𠀀，。、“”! \u3000\u200b·"
"""Few characters, so that runs meet again; one at least of each kind of the token rules."""

SOURCES = ("新华社", "新華社", "人民日报", "Reuters")
DATES = ("2018", "2018-10", "2018-10-12", "2018-10-12T07:47", "2019-01-01T00:00")

lines = st.text(LETTERS, min_size=1, max_size=14).map(str.strip).filter(bool)
paragraphs = st.lists(lines, max_size=3)


@st.composite
def articles(draw: st.DrawFn) -> oracle.OracleArticle:
    sections = [oracle.OracleSection(None, "\n".join(draw(paragraphs)))]
    sections += [
        oracle.OracleSection(draw(lines), "\n".join(draw(paragraphs)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    source = draw(st.none() | st.sampled_from(SOURCES))
    channel = tuple(draw(st.lists(lines, max_size=2)))
    return oracle.OracleArticle(
        title=draw(lines),
        sections=tuple(sections),
        captions=tuple(draw(st.lists(lines, max_size=2))),
        published=draw(st.none() | st.sampled_from(DATES)),
        meta={"source": (source,) if source else (), "channel": channel},
    )


def store(archive: Archive, known: list[oracle.OracleArticle], *, first: int = 0) -> list[Outcome]:
    """Store the oracle's articles; the outcomes in their order.

    Each is an article of its own, since it has its own URL, and a current one: versions are not
    what these corpora are about.
    """
    outcomes = archive.add([_read(number, article) for number, article in enumerate(known, first)])
    with archive._writing() as session:
        session.execute(update(Article).values(superseded_by=None))
    return outcomes


def _read(number: int, article: oracle.OracleArticle) -> Read:
    data = f"capture {number}".encode()
    parsed = ParsedArticle(
        title=article.title,
        sections=tuple(
            ParsedSection(
                section.heading,
                tuple(Paragraph(text, ((0, 1),)) for text in section.text.split("\n"))
                if section.text
                else (),
            )
            for section in article.sections
        ),
        published=article.published,
        source=next(iter(article.meta.get("source", ())), None),
        channel=article.meta.get("channel", ()),
        captions=article.captions,
        url=f"https://example.org/{number}",
    )
    hashed = Hashed(Capture(data, f"{number}.txt"), sha256(data).hexdigest())
    decoded = Decoded(data.decode(), "utf-8", "utf-8")
    return Read(hashed, *values([(hashed.capture, decoded, parsed)]))
