"""Containers that ask for too much: bounded in bytes, members, depth, time and memory."""

import gzip
import json
import os
import struct
import sys
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from packed import MOST, PACKED, SOON, found, make_tar, make_zip, page, read, zip_bytes

from archive import Archive
from archive.capture import budget
from archive.capture.containers import unpack
from archive.capture.options import Options
from archive.capture.parsed import Failure
from archive.reports import Outcome, Status

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def bounded(news: Archive, file: Path) -> list[Outcome]:
    """Ingest a hostile file, and a good one behind it, which is stored; soon, in little memory."""
    good = file.with_name("zz.txt")
    good.write_bytes(page("good"))
    started = time.monotonic()
    *outcomes, last = news.ingest([str(file), str(good)])
    seconds = time.monotonic() - started
    assert last.status == Status.STORED
    assert seconds < SOON
    tracemalloc.start()  # on a second run, since it makes everything slow
    list(news.ingest([str(file), str(good)]))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 << 20
    return outcomes


def reasons(outcomes: list[Outcome]) -> list[str]:
    assert {o.status for o in outcomes} == {Status.FAILED}
    return [o.reason or "" for o in outcomes]


def test_a_member_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    members = [("big.txt", b"x" * (MOST + 1)), ("fits.txt", b"y" * MOST)]
    for file in (make_zip(tmp_path / "a.zip", members), make_tar(tmp_path / "a.tar", members)):
        by_name = read(file)
        assert by_name["!big.txt"] == "larger than 1,048,576 bytes; --max-size sets the limit"
        assert by_name["!fits.txt"] == b"y" * MOST


def test_a_zip_bomb(tmp_path: Path, news: Archive) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("bomb.txt", "w", force_zip64=True) as member:
            for _ in range(100):
                member.write(bytes(1 << 20))
        archive.writestr("inner.txt", page(1))
        archive.writestr("small.txt", b"a" * (30 << 20))
    bomb, inner, small = bounded(news, file)
    assert bomb.reason == "larger than 33,554,432 bytes; --max-size sets the limit"
    assert inner.status == Status.STORED
    assert small.reason == "expands to more than 200 times its size; not read"


def test_a_member_that_lies_about_its_size(tmp_path: Path, news: Archive) -> None:
    file = make_zip(tmp_path / "a.zip", [("a.txt", b"a" * (64 << 20))])
    data = bytearray(file.read_bytes())
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, 100)
    file.write_bytes(data)
    (reason,) = reasons(bounded(news, file))
    assert reason.startswith("damaged zip member (Bad CRC-32")


@pytest.mark.parametrize("unit", [b"\0", b"\n", b" ", b"[", b"a"])
@pytest.mark.parametrize(
    "name", ["a.jsonl.zst", "a.json.zst", "a.csv.zst", "a.txt.zst", "a.tar.zst"]
)
def test_compressed_bombs(tmp_path: Path, news: Archive, name: str, unit: bytes) -> None:
    with zstd.open(tmp_path / name, "wb") as file:
        for _ in range(1000):
            file.write(unit * (1 << 20))
    assert len(reasons(bounded(news, tmp_path / name))) == 1


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz"])
def test_bombs_of_every_compression(
    tmp_path: Path, news: Archive, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setattr(budget, "WASTED", 40 << 20)  # 256 MB take long to compress
    file = tmp_path / f"a.jsonl{suffix}"
    file.write_bytes(PACKED[suffix](bytes(50 << 20)))
    (reason,) = reasons(bounded(news, file))
    assert reason.startswith("expands 100 times and more")


def test_a_bomb_of_records(tmp_path: Path, news: Archive) -> None:
    file = tmp_path / "a.jsonl.zst"
    line = b'{"title":"t","text":"' + b"x" * (20 << 20) + b'"}\n'
    with zstd.open(file, "wb") as packed:
        for _ in range(30):
            packed.write(line)
    *each, last = reasons(bounded(news, file))
    assert set(each) == {"expands to more than 200 times its size; not read"}
    assert (
        last == "expands 100 times and more, to nothing that is a capture; "
        f"the rest of {file} is not read"
    )


def test_more_records_than_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl.zst"
    file.write_bytes(zstd.compress(b"{}\n" * 1_000_000))
    values = found(file)
    assert len(values) == 10_001
    assert isinstance(values[-1], Failure)
    assert values[-1].reason.startswith("more records than it has bytes")


def test_archives_in_archives_are_read_two_deep(tmp_path: Path) -> None:
    third = zip_bytes(("deep.txt", page(3)))
    second = zip_bytes(("in.txt", page(2)), ("third.zip", third))
    file = make_zip(tmp_path / "a.zip", [("second.zip", second), ("out.txt", page(1))])
    assert read(file) == {
        "!second.zip!in.txt": page(2),
        "!second.zip!third.zip": "archives nested more than 2 deep are not read; unpack it first",
        "!out.txt": page(1),
    }


def test_a_tar_in_a_zip_and_a_zip_in_a_tar(tmp_path: Path) -> None:
    inner = make_tar(tmp_path / "in.tar.gz", [("a.txt", page(1))], "w:gz").read_bytes()
    file = make_zip(tmp_path / "a.zip", [("in.tar.gz", inner)])
    assert read(file) == {"!in.tar.gz!a.txt": page(1)}
    outer = make_tar(tmp_path / "a.tar", [("a.zip", file.read_bytes())])
    assert "nested more than 2 deep" in str(read(outer)["!a.zip!in.tar.gz"])


def test_an_archive_in_an_archive_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    inner = zip_bytes(("a.txt", os.urandom(MOST)))
    file = make_zip(tmp_path / "a.zip", [("in.zip", inner)])
    assert read(file) == {"!in.zip": "larger than 1,048,576 bytes; --max-size sets the limit"}


def test_what_is_compressed_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz.gz").write_bytes(gzip.compress(gzip.compress(page(1))))
    assert read(tmp_path / "a.txt.gz.gz") == {"": "gzip in itself; unpack it once"}


def test_a_tar_header_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("long")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 32
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    assert read(tmp_path / "a.tar") == {"": "a header of 4,294,967,296 bytes; the rest is not read"}


def test_memory_stays_flat(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl.zst"
    with zstd.open(file, "wb") as packed:
        for n in range(40_000):
            packed.write(
                json.dumps({"title": f"{n}", "text": "村庄的公路昨天修通了。" * 60}).encode()
                + b"\n"
            )
    tracemalloc.start()
    with file.open("rb") as opened:
        count = sum(1 for _ in unpack(opened, str(file), modified=None, options=Options(MOST)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 8 << 20
