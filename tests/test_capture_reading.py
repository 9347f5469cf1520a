from datetime import UTC, datetime

import pytest

from archive.capture import Capture, media_type, read
from archive.errors import CaptureError

BODY = "清晨六点，老码头的石阶上已经站满了等船的人，挑菜的竹筐挤在一起。"
TEXT = f"渡口\n\n{BODY}\n"


def test_media_types_by_name() -> None:
    assert media_type("a/b.TXT") == "text/plain"
    assert media_type("outer.zip!inner\\news.md") == "text/markdown"
    assert media_type("photo.jpg") is None
    assert media_type("noname") is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty file"),
        (b"\0" * 1000, "nothing but NUL bytes"),
        (b" \n\t\r\n", "nothing but white space"),
        (b"%PDF-1.7\n...", "not text: a PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not text: a PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(300), "not text: a JPEG image"),
        (b"PK\x03\x04" + bytes(range(256)), "not text: a zip archive"),
        (bytes(range(256)) * 40, "not text: no encoding reads it"),
        (b"x\n" * 100_001, "more than 100,000 lines"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, message: str) -> None:
    with pytest.raises(CaptureError, match=message) as caught:
        read(Capture(data, "x.txt"))
    assert caught.value.hint
    assert "\n" not in caught.value.message


def test_other_media_types_are_refused() -> None:
    with pytest.raises(CaptureError, match="no reader for image/png"):
        read(Capture(b"x", "x.png", "image/png"))


def test_the_media_type_may_name_the_charset() -> None:
    data = TEXT.encode("gb18030")
    decoded, article = read(Capture(data, "x", "text/plain; charset=GBK"))
    assert (decoded.encoding, decoded.evidence) == ("gb18030", "declared")
    assert article.title == "渡口"


def test_an_encoding_may_be_insisted_on() -> None:
    decoded, _ = read(Capture(TEXT.encode("gb18030"), "x.txt"), encoding="gb18030")
    assert decoded.evidence == "override"


def test_a_year_left_out_comes_from_the_capture_and_is_marked() -> None:
    text = f"渡口的早晨是怎样开始的\n\n07-20 22:43\n\n{TEXT * 2}"
    moment = datetime(2020, 8, 2, tzinfo=UTC)
    _, article = read(Capture(text.encode(), "x.txt", moment=moment))
    assert article.published == "2020-07-20T22:43"
    assert any(line.rule.endswith("year from the capture") for line in article.lines)
    _, article = read(Capture(text.encode(), "x.txt"))
    assert article.published is None


def test_a_page_that_names_no_address_has_that_of_its_record() -> None:
    _, found = read(Capture(TEXT.encode(), "x.warc!1", "text/plain", url="http://news.example/1"))
    assert found.url == "http://news.example/1"


@pytest.mark.parametrize(
    "head", ["<!--\nsaved\n-->\n", "<?xml version='1.0'?> <!-- a --> <!-- b -->"]
)
def test_a_page_without_a_name_is_known_by_how_it_begins(head: str) -> None:
    page = f"{head}<html><title>渡口</title><p>{BODY}</p></html>"
    _, article = read(Capture(page.encode(), "page"))
    assert article.title == "渡口"
    assert [each.text for one in article.sections for each in one.paragraphs] == [BODY]


def test_a_page_that_never_begins_is_text() -> None:
    """By the square of the comments this takes minutes, by a power of them for ever."""
    decoded, _ = read(Capture(b"<!---->" * 100_000 + b"x", "page"))
    assert decoded.encoding == "utf-8"


def test_a_moment_that_no_calendar_has_is_none() -> None:
    for moment in (3e11, -7e10, float("inf")):
        assert Capture(b"", "a.txt", moment=moment).captured is None
