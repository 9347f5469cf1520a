"""Containers: every member a capture by its own name; what is damaged fails by name."""

import gzip
import io
import json
import os
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packed import MOST, PACKED, found, make_tar, make_zip, page, read, zip_bytes

from archive import Archive
from archive.capture.containers import unpack
from archive.capture.files import total
from archive.capture.kinds import Kind, is_read, kind_of
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure
from archive.reports import Status

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# What names say


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.txt", Kind(None, "capture")),
        ("a.html.gz", Kind("gzip", "capture")),
        ("A.ZIP", Kind(None, "zip")),
        ("a.tar", Kind(None, "tar")),
        ("a.tar.gz", Kind("gzip", "tar")),
        ("a.tgz", Kind("gzip", "tar")),
        ("a.tar.zst", Kind("zstd", "tar")),
        ("a.txz", Kind("xz", "tar")),
        ("a.tar.bz2", Kind("bzip2", "tar")),
        ("crawl.warc.gz", Kind("gzip", "warc")),
        ("d.jsonl.zst", Kind("zstd", "lines")),
        ("d.ndjson", Kind(None, "lines")),
        ("d.json.xz", Kind("xz", "json")),
        ("d.csv.bz2", Kind("bzip2", "table")),
        ("d.tsv", Kind(None, "tabs")),
        ("a.txt.gz.gz", Kind("gzip", "compressed")),
        ("x.zip/page.txt", Kind(None, "capture")),
        ("noname", Kind(None, "capture")),
    ],
)
def test_a_name_tells_the_kind(name: str, kind: Kind) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("a.txt", True), ("a.txt.gz", True), ("a.zip", True), ("a.png", False), ("a.png.gz", False)],
)
def test_folders_are_searched_for_what_is_read(name: str, wanted: bool) -> None:
    assert is_read(name) is wanted


def test_the_total_is_unknown_with_what_is_packed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(page(1))
    (tmp_path / "b.jsonl").write_bytes(b"{}\n")
    assert total([str(tmp_path), str(tmp_path / "gone")]) == len(page(1)) + 3
    assert total([str(tmp_path), "-"]) is None
    make_zip(tmp_path / "a.zip", [("b.txt", page(2))])
    assert total([str(tmp_path)]) is None


# Archives of captures


def test_a_zip_of_a_thousand_captures(tmp_path: Path, news: Archive) -> None:
    pages = {f"pages/{n:04}.txt": page(n) for n in range(1000)}
    file = make_zip(tmp_path / "all.zip", pages.items())
    outcomes = list(news.ingest([str(file)]))
    assert [o.path for o in outcomes] == [f"{file}!{name}" for name in pages]
    assert {o.status for o in outcomes} == {Status.STORED}
    assert [o.key for o in outcomes] == [sha256(data).hexdigest()[:16] for data in pages.values()]
    assert news.raw("1000") == page(999)
    assert {o.status for o in news.ingest([str(file)])} == {Status.UNCHANGED}


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [(".tar", "w"), (".tar.gz", "w:gz"), (".tgz", "w:gz"), (".txz", "w:xz"), (".tar.bz2", "w:bz2")],
)
def test_tar_archives(tmp_path: Path, suffix: str, mode: str) -> None:
    pages = {f"!p/{n}.txt": page(n) for n in range(3)}
    members = [*((name[1:], data) for name, data in pages.items()), ("p/picture.png", b"\x89PNG")]
    file = make_tar(tmp_path / f"all{suffix}", members, mode)
    assert read(file) == pages
    first = found(file)[0]
    assert isinstance(first, Capture)
    assert first.captured is not None
    assert first.captured.timestamp() == 1_539_330_420


def test_a_tar_compressed_by_zstandard(tmp_path: Path) -> None:
    plain = make_tar(tmp_path / "all.tar", [("a.txt", page(1))])
    file = tmp_path / "all.tar.zst"
    file.write_bytes(zstd.compress(plain.read_bytes()))
    assert read(file) == {"!a.txt": page(1)}


def test_links_and_devices_in_a_tar_are_passed_over(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (("link.txt", tarfile.SYMTYPE), ("pipe.txt", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert read(tmp_path / "a.tar") == {"": "no captures in this archive"}


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".bz2", ".zst"])
def test_a_compressed_capture_keeps_its_name_and_key(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"page.txt{suffix}"
    packed = PACKED[suffix]
    file.write_bytes(packed(page(1)[:50]) + packed(page(1)[50:]))  # two members are one stream
    assert read(file) == {"": page(1)}
    (value,) = found(file)
    assert isinstance(value, Capture)
    assert value.media_type == "text/plain"


def test_hidden_members_and_other_types_are_passed_over(tmp_path: Path) -> None:
    names = ["a.txt", ".b.txt", "__MACOSX/._a.txt", ".git/c.txt", "d.png", "e/", "./f.txt"]
    file = make_zip(tmp_path / "a.zip", [(name, page(name)) for name in names])
    assert list(read(file)) == ["!a.txt", "!./f.txt"]


def test_members_with_the_suffix_of_records_or_compression(tmp_path: Path) -> None:
    line = json.dumps({"title": "公路", "text": "修通了。"}).encode()
    members = [("a.txt.gz", gzip.compress(page(1))), ("d/d.jsonl.zst", zstd.compress(line))]
    assert read(make_zip(tmp_path / "a.zip", members)) == {
        "!a.txt.gz": page(1),
        "!d/d.jsonl.zst!1": line,
    }


# Names


def test_gbk_names_are_read(tmp_path: Path) -> None:
    names = ["新闻/村庄修通公路.txt", "新闻/放管服改革的经验.txt", "通知.txt"]
    raw = [name.encode("gbk") for name in names]
    stand_ins = [bytes([letter]) * len(name) for letter, name in zip(b"XYZ", raw, strict=True)]
    members = [(name.decode(), page(name.decode())) for name in stand_ins]
    data = make_zip(tmp_path / "a.zip", members).read_bytes()
    for stand_in, name in zip(stand_ins, raw, strict=True):
        data = data.replace(stand_in, name)
    (tmp_path / "a.zip").write_bytes(data)
    assert list(read(tmp_path / "a.zip")) == [f"!{name}" for name in names]


def test_a_name_in_code_page_437_stays(tmp_path: Path) -> None:
    file = make_zip(tmp_path / "a.zip", [("caf?.txt", page(1))])
    file.write_bytes(file.read_bytes().replace(b"caf?", b"caf\x82"))
    assert list(read(file)) == ["!café.txt"]


def test_names_in_utf8_without_the_mark_are_read(tmp_path: Path) -> None:
    raw = "新闻.txt".encode()
    file = make_zip(tmp_path / "a.zip", [("x" * len(raw), page(1))])
    file.write_bytes(file.read_bytes().replace(b"x" * len(raw), raw))
    assert list(read(file)) == ["!新闻.txt"]


def test_gbk_names_in_a_tar_are_read(tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    with tarfile.open(file, "w", encoding="gbk", format=tarfile.GNU_FORMAT) as archive:
        info = tarfile.TarInfo("新闻中心/放管服改革.txt")
        info.size = len(page(1))
        archive.addfile(info, io.BytesIO(page(1)))
    assert list(read(file)) == ["!新闻中心/放管服改革.txt"]


def test_names_that_lead_out_are_only_names(tmp_path: Path) -> None:
    names = ["../../up.txt", "/etc/passwd.txt", "C:\\x.txt", "a\x1b[31m\n.txt"]
    shown = ["!../../up.txt", "!/etc/passwd.txt", "!C:\\x.txt", "!a\\x1b[31m\\x0a.txt"]
    members = [(name, page(n)) for n, name in enumerate(names)]
    before = sorted(tmp_path.rglob("*"))
    assert list(read(make_zip(tmp_path / "a.zip", members))) == shown
    assert list(read(make_tar(tmp_path / "a.tar", members))) == shown
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "a.zip", tmp_path / "a.tar"])


def test_two_members_of_one_name_are_both_kept(tmp_path: Path) -> None:
    members = [("a.txt", page(1)), ("a.txt", page(2)), ("a.txt", page(3))]
    both = {"!a.txt": page(1), "!a.txt#2": page(2), "!a.txt#3": page(3)}
    assert read(make_zip(tmp_path / "a.zip", members)) == both
    assert read(make_tar(tmp_path / "a.tar", members)) == both


def test_names_that_look_numbered_do_not_nest(tmp_path: Path) -> None:
    names = ["a.txt" + "#2" * n for n in range(1100)]
    members = [*((name, page(n)) for n, name in enumerate(names)), ("a.txt", b"twice")]
    assert read(make_zip(tmp_path / "a.zip", members))[f"!{'a.txt' + '#2' * 1100}"] == b"twice"


# Damage


def test_an_encrypted_member_fails_by_name(tmp_path: Path) -> None:
    file = make_zip(tmp_path / "a.zip", [("secret.txt", page(1)), ("open.txt", page(2))], 0)
    data = bytearray(file.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    file.write_bytes(data)
    assert read(file) == {
        "!secret.txt": "encrypted; unpack it with its password",
        "!open.txt": page(2),
    }


def test_a_damaged_member_fails_by_name(tmp_path: Path) -> None:
    file = make_zip(tmp_path / "a.zip", [("bad.txt", page(1)), ("good.txt", page(2))], 0)
    file.write_bytes(file.read_bytes().replace("第1号".encode(), "第一号".encode()[:7], 1))
    by_name = read(file)
    assert str(by_name["!bad.txt"]).startswith("damaged zip member (Bad CRC-32")
    assert by_name["!good.txt"] == page(2)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_bounded_are_refused_by_name(tmp_path: Path, method: int) -> None:
    file = make_zip(tmp_path / "a.zip", [("a.txt", page(1))], method)
    assert "in a zip; unpack it first" in str(read(file)["!a.txt"])


def test_a_zip_that_is_cut_off_or_none_says_so(tmp_path: Path) -> None:
    file = make_zip(tmp_path / "a.zip", [("a.txt", page(1))])
    file.write_bytes(file.read_bytes()[:-30])
    assert str(read(file)[""]).startswith("not a whole zip archive")
    file.write_bytes(b"")
    assert str(read(file)[""]).startswith("not a whole zip archive")


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tar.zst"])
def test_of_a_tar_that_is_cut_off_what_came_before_is_kept(tmp_path: Path, suffix: str) -> None:
    members = [(f"{n}.txt", os.urandom(20_000).hex().encode()) for n in range(20)]
    plain = make_tar(tmp_path / "whole.tar", members).read_bytes()
    packed = PACKED[suffix.removeprefix(".tar")](plain)
    file = tmp_path / f"cut{suffix}"
    file.write_bytes(packed[: len(packed) * 3 // 5])
    by_name = read(file)
    assert [name for name, data in by_name.items() if isinstance(data, bytes)][:2] == [
        "!0.txt",
        "!1.txt",
    ]
    assert isinstance(by_name[""], str)
    assert "what came before is kept" in by_name[""]


def test_a_tar_without_its_end_mark_says_so(tmp_path: Path) -> None:
    file = make_tar(tmp_path / "a.tar", [("a.txt", page(1))])
    file.write_bytes(file.read_bytes()[:1024])
    assert read(file) == {
        "!a.txt": page(1),
        "": "the tar archive has no end mark; what came before is kept",
    }


@given(st.binary(max_size=300), st.sampled_from(["zip", "tar", "tar.gz", "txt.xz", "jsonl.zst"]))
def test_garbage_is_a_failure(data: bytes, suffix: str) -> None:
    values = list(unpack(io.BytesIO(data), f"a.{suffix}", modified=None, options=Options(MOST)))
    assert values
    assert all(isinstance(value, Failure) for value in values)
    assert not any(isinstance(value, Failure) and value.error for value in values)


@given(st.data())
def test_a_flipped_byte_or_a_cut_never_ends_the_run(data: st.DataObject) -> None:
    whole = zip_bytes(*((f"{n}.txt", page(n)) for n in range(3)))
    suffix = data.draw(st.sampled_from(["zip", "tar.gz"]))
    if suffix != "zip":
        held = io.BytesIO()
        with tarfile.open(fileobj=held, mode="w:gz") as archive:
            info = tarfile.TarInfo("a.txt")
            info.size = len(page(1))
            archive.addfile(info, io.BytesIO(page(1)))
        whole = held.getvalue()
    place = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        broken = whole[:place]
    else:
        broken = (
            whole[:place]
            + bytes([whole[place] ^ data.draw(st.integers(1, 255))])
            + whole[place + 1 :]
        )
    values = list(unpack(io.BytesIO(broken), f"a.{suffix}", modified=None, options=Options(MOST)))
    assert values
    assert not any(isinstance(value, Failure) and value.error for value in values), values
