"""Articles made by hand, so that tests of the store do not depend on the readers."""

import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from archive.capture.parsed import Capture, Decoded, Paragraph, ParsedArticle, ParsedSection
from archive.ingest import Hashed, Read
from archive.prepare import values

PAGE = """放管服改革一年间

　　导语在这里，先说几句话。
　　导语的第二段说到新泰。

蝶变之路

　　放管服让企业少跑路，群众说好。
　　这一段说的是煤城的蝶变。
"""
"""A page that any reader of plain text understands."""


def section(heading: str | None, *paragraphs: str) -> ParsedSection:
    """A section; the spans of its paragraphs stand for nothing."""
    made = tuple(Paragraph(text, ((0, len(text)),)) for text in paragraphs)
    return ParsedSection(heading, made)


def article(title: str, *sections: ParsedSection) -> ParsedArticle:
    """An article; one that names no section has an empty lead."""
    return ParsedArticle(title, sections or (section(None),))


def item(parsed: ParsedArticle, data: bytes | None = None, path: str = "page.txt") -> Read:
    """An article as ingest hands it to the store; its bytes are made of it unless given."""
    data = repr(parsed).encode() if data is None else data
    hashed = Hashed(Capture(data, path), sha256(data).hexdigest())
    decoded = Decoded(data.decode("utf-8", "replace"), "utf-8", "utf-8")
    return Read(hashed, *values([(hashed.capture, decoded, parsed)]))


def articles(count: int, *, first: int = 1) -> list[ParsedArticle]:
    """Some articles with a lead and one headed section each."""
    return [
        article(
            f"第{n}篇", section(None, f"导语{n}。"), section(f"小节{n}", f"正文{n}。", "末段。")
        )
        for n in range(first, first + count)
    ]


_HAN = [chr(point) for point in range(0x4E00, 0x5E00)]


def words(seed: int, count: int = 400) -> str:
    """A text of random Han characters, in sentences; two of them share nothing."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return "".join(
        chance.choice(_HAN) + ("。" if place % 20 == 19 else "") for place in range(count)
    )


def news_of(
    text: str,
    *,
    published: str | None = None,
    source: str | None = None,
    heading: str | None = None,
) -> Read:
    """An article with this text, in two sections, as a capture of its own."""
    middle = len(text) // 2
    parsed = article("题目", section(None, text[:middle]), section(heading, text[middle:]))
    parsed = parsed._replace(published=published, source=source)
    return item(parsed, repr((text, published, source, heading)).encode())


def numbered(count: int, *, first: int = 1) -> list[Read]:
    """Those articles, as ingest hands them to the store."""
    return [item(one) for one in articles(count, first=first)]


def traces(file: Path, words: Sequence[bytes]) -> dict[str, int]:
    """How often the words stand in the bytes of an archive and of the files beside it."""
    found = {}
    for one in sorted(file.parent.glob(file.name + "*")):
        data = one.read_bytes()
        found[one.name] = sum(data.count(word) for word in words)
    return {name: count for name, count in found.items() if count}
