"""Hostile pages: bounded, named, and the next page is read."""

import time

import pytest

from archive.capture import Capture, read
from archive.capture.parsed import Decoded, ParsedArticle
from archive.errors import CaptureError

SENTENCE = "渡口的船老大把缆绳在手里绕了三圈，等最后一位客人上船。"


def read_page(source: str) -> tuple[Decoded, ParsedArticle]:
    return read(Capture(source.encode(), "page.html", "text/html"))


HOSTILE = {
    "60 KB of open tags": "<a " * 20_000,
    "100,000 nested blocks": "<div>" * 100_000,
    "a tag of 200,000 attributes": f"<p {' '.join(f'a{n}=1' for n in range(200_000))}>",
    "1,000,000 of <": "<" * 1_000_000,
    "an unclosed comment": f"<p>{SENTENCE}</p><!--{'x' * 2_000_000}",
    "a gigantic attribute": f"<p title='{'x' * 5_000_000}'>{SENTENCE}</p>",
    "an attribute without end": f"<p>{SENTENCE}</p><p title='{'x' * 5_000_000}",
    "10 MB in one text node": "<p>" + "字" * 3_300_000,
    "deep tables": "<table><tr><td>字" * 5_000,
    "nested formatting": "<b><i><a href=x>" * 10_000 + SENTENCE,
    "a flood of references": "<p>" + "&amp;&#20013;" * 200_000,
    "a flood of blocks": f"<p>{SENTENCE}" * 20_000,
    "a flood of rows": "<tr><td>字<td>字" * 50_000,
    "deep JSON": f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{SENTENCE}</p>",
    "broken JSON": "<script type='application/ld+json'>{" + '"author":{"@type":"' * 100_000,
    "1,000,000 line breaks": "\n" * 1_000_000 + f"<p>{SENTENCE}</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_bounded_and_the_next_page_is_read(name: str) -> None:
    started = time.monotonic()
    try:
        decoded, found = read_page(HOSTILE[name])
    except CaptureError as refused:
        assert refused.message in {"a page without text", "reading it took longer than 4 s"}  # noqa: PT017
    else:
        assert found.lines[-1].span[1] == len(decoded.text)
    assert time.monotonic() - started < 5
    _, found = read_page(f"<p>{SENTENCE}</p>")
    assert found.sections[0].paragraphs[0].text == SENTENCE
