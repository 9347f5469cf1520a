"""WARC files: pages by their URL, with the date of the crawl; all else is passed over or named."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fastwarc.stream_io import BrotliWriter, GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st

from archive import Archive
from archive.capture.containers import unpack
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure
from archive.reports import Status

MOST = 1 << 20
DATE = datetime(2019, 5, 6, 1, 30, tzinfo=UTC)
HTML = "text/html; charset=gbk"
TEXT = (
    "村庄修通了公路\n\n2019年05月06日 09:30  来源：春江日报\n\n"
    "　　村里的公路昨天修通了，村民们站在路边，看第一辆班车开进来。\n"
)


def response(url: str, body: bytes, kind: str = HTML, **headers: str) -> WarcRecord:
    status = headers.pop("status", "200 OK")
    told = {"Content-Type": kind} | {name.replace("_", "-"): v for name, v in headers.items()}
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {v}\r\n" for name, v in told.items())
    return record(
        WarcRecordType.response,
        url,
        head.encode() + b"\r\n" + body,
        "application/http; msgtype=response",
    )


def record(kind: WarcRecordType, url: str, content: bytes, media_type: str) -> WarcRecord:
    made = WarcRecord()
    made.init_headers(kind)
    made.record_date = DATE
    made.headers["WARC-Target-URI"] = url
    made.headers["Content-Type"] = media_type
    made.set_bytes_content(content)
    return made


def warc(records: Iterable[WarcRecord], *, packed: bool = False) -> bytes:
    """A WARC file; compressed as crawlers do it, each record by itself."""
    out = io.BytesIO()
    for each in records:
        writer: Any = GzipWriter(out) if packed else out
        each.write(writer)
        if packed:
            writer.finish()
    return out.getvalue()


def unpacked(data: bytes, name: str = "a.warc", most: int = MOST) -> list[Capture | Failure]:
    return list(unpack(io.BytesIO(data), name, modified=None, options=Options(most)))


def bodies(values: list[Capture | Failure]) -> dict[str, bytes | str]:
    return {
        value.path.removeprefix("a.warc"): (
            value.data if isinstance(value, Capture) else value.reason
        )
        for value in values
    }


def test_pages_of_a_crawl_are_ingested_by_their_url(tmp_path: Path, news: Archive) -> None:
    pages = {
        f"http://news.example/2019/{n}.html": TEXT.replace("村庄", f"第{n}村") for n in range(30)
    }
    file = tmp_path / "crawl.warc.gz"
    file.write_bytes(
        warc(
            (
                response(url, text.encode("gbk"), "text/plain; charset=gbk")
                for url, text in pages.items()
            ),
            packed=True,
        )
    )
    outcomes = list(news.ingest([str(file)]))
    assert [o.path for o in outcomes] == [f"{file}!{url}" for url in pages]
    assert {o.status for o in outcomes} == {Status.STORED}
    assert news.raw("30") == list(pages.values())[29].encode("gbk")
    assert news.article("30").title == "第29村修通了公路"


def test_a_page_has_the_url_the_date_and_the_type_of_its_record() -> None:
    (page,) = unpacked(
        warc([response("http://a.example/1", b"<p>x</p>", "Text/HTML;charset='GBK'")])
    )
    assert page == Capture(
        b"<p>x</p>",
        "a.warc!http://a.example/1",
        "text/html; charset=GBK",
        DATE,
        "http://a.example/1",
    )


def test_what_is_no_page_is_passed_over() -> None:
    found = unpacked(
        warc(
            [
                response("http://a.example/404", b"x", status="404 Not Found"),
                response("http://a.example/301", b"x", status="301 Moved"),
                response("http://a.example/p.png", b"x", "image/png"),
                record(
                    WarcRecordType.request,
                    "http://a.example/",
                    b"GET / HTTP/1.1\r\n\r\n",
                    "application/http",
                ),
                record(WarcRecordType.metadata, "http://a.example/", b"x", "text/plain"),
                record(WarcRecordType.resource, "file:///r.html", b"<p>r</p>", "text/html"),
                record(WarcRecordType.conversion, "http://a.example/c", b"c", "text/plain"),
            ]
        )
    )
    assert bodies(found) == {"!file:///r.html": b"<p>r</p>", "!http://a.example/c": b"c"}


def test_a_url_that_was_fetched_twice_is_kept_twice() -> None:
    found = unpacked(
        warc([response("http://a.example/", b"1"), response("http://a.example/", b"2")])
    )
    assert bodies(found) == {"!http://a.example/": b"1", "!http://a.example/#2": b"2"}


def brotli(data: bytes) -> bytes:
    out = io.BytesIO()
    with BrotliWriter(out) as writer:
        writer.write(data)
    return out.getvalue()


def test_the_transfer_is_taken_off() -> None:
    body = b"<p>page</p>" * 100
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    found = unpacked(
        warc(
            [
                response("gzip", gzip.compress(body), Content_Encoding="gzip"),
                response("deflate", zlib.compress(body), Content_Encoding="deflate"),
                response("br", brotli(body), Content_Encoding="br"),
                response("chunked", chunked, Transfer_Encoding="chunked"),
                response("off", body, Transfer_Encoding="chunked"),  # as many crawlers leave it
            ]
        )
    )
    assert bodies(found) == dict.fromkeys(["!gzip", "!deflate", "!br", "!chunked", "!off"], body)


def test_pages_that_are_damaged_or_too_large_fail_by_name() -> None:
    large = "larger than 1,048,576 bytes; --max-size sets the limit"
    found = bodies(
        unpacked(
            warc(
                [
                    response("big", b"x" * (MOST + 1)),
                    response("bomb", gzip.compress(bytes(64 << 20)), Content_Encoding="gzip"),
                    response("bad", b"no gzip", Content_Encoding="gzip"),
                    response("badbr", b"no brotli", Content_Encoding="br"),
                    response("odd", b"x", Content_Encoding="sdch"),
                    response("good", b"<p>x</p>"),
                ]
            )
        )
    )
    assert found.pop("!good") == b"<p>x</p>"
    assert (found.pop("!big"), found.pop("!bomb")) == (large, large)
    assert found.pop("!odd") == "cannot be unpacked: its transfer is compressed by sdch"
    assert all(str(reason).startswith("cannot be unpacked") for reason in found.values())


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_is_cut_off_keeps_what_came_before(packed: bool) -> None:
    records = [response(f"http://a.example/{n}", b"<p>%d</p>" % n * 500) for n in range(20)]
    data = warc(records, packed=packed)
    name = "a.warc.gz" if packed else "a.warc"
    *before, last = unpacked(data[: len(data) // 2], name)
    assert isinstance(last, Failure)
    assert last.path == name
    assert "breaks off; what came before is kept" in last.reason
    assert len(before) >= 8
    assert all(isinstance(value, Capture) for value in before[:8])


@pytest.mark.parametrize(
    "data", [b"", b"garbage" * 100, b"WARC/1.0\r\n", b"WARC/1.0\r\n\r\n\r\n\r\n"]
)
def test_what_is_no_warc_says_so(data: bytes) -> None:
    (value,) = unpacked(data)
    assert isinstance(value, Failure)
    assert value.error is None
    assert "WARC" in value.reason


WHOLE = warc([response(f"http://a.example/{n}", b"<p>x</p>" * 9) for n in range(3)])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.booleans())
def test_a_flipped_byte_or_a_cut_never_ends_the_run(place: int, flip: int, cut: bool) -> None:
    broken = (
        WHOLE[:place] if cut else WHOLE[:place] + bytes([WHOLE[place] ^ flip]) + WHOLE[place + 1 :]
    )
    for value in unpacked(broken):
        assert isinstance(value, Capture) or value.error is None


def test_without_the_extra_the_message_names_it(tmp_path: Path, news: Archive) -> None:
    (tmp_path / "a.warc").write_bytes(WHOLE)
    (tmp_path / "b.txt").write_text(TEXT, encoding="utf-8")
    with patch.dict(sys.modules, {"fastwarc.warc": None}):
        first, second = news.ingest([str(tmp_path / "a.warc"), str(tmp_path / "b.txt")])
    assert first.reason == "WARC needs a reader that is not installed; pip install 'archive[warc]'"
    assert second.status == Status.STORED


def test_a_record_that_claims_what_is_behind_it_is_told() -> None:
    picture = record(WarcRecordType.response, "http://a.example/x", b"PNG" * 99, "image/png")
    pages = [response(f"http://a.example/{n}", b"<p>%d</p>" % n) for n in range(3)]
    first, *others = (warc([one]) for one in (pages[0], picture, *pages[1:]))
    others[0] = others[0].replace(b"Content-Length: 297", b"Content-Length: 99297")
    *before, last = unpacked(b"".join([first, *others]))
    assert [isinstance(one, Capture) for one in before] == [True]
    assert isinstance(last, Failure)
    assert "breaks off" in last.reason
