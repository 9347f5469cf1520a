"""Finding captures: what a path, folder, glob or standard input gives, and what is refused."""

import io
import os
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from archive.capture.files import find, names, shown
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure


def found(*paths: str | Path, max_bytes: int = 1000) -> list[Capture | Failure]:
    return list(find(map(str, paths), Options(max_bytes)))


def captures(*paths: str | Path) -> list[str]:
    """The names of the captures found, none of which may be a failure."""
    values = found(*paths)
    assert not [value for value in values if isinstance(value, Failure)]
    return [Path(value.path).name for value in values]


def failure(*paths: str | Path, max_bytes: int = 1000) -> str:
    """The reason of the one failure found."""
    (value,) = found(*paths, max_bytes=max_bytes)
    assert isinstance(value, Failure)
    assert str(paths[0]) == value.path
    return value.reason


def make(folder: Path, *paths: str) -> None:
    for name in paths:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def test_a_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    make(tmp_path, "page.dat", "page.md")
    plain, markdown = found(tmp_path / "page.dat", tmp_path / "page.md")
    assert isinstance(plain, Capture)
    assert isinstance(markdown, Capture)
    assert (plain.data, plain.path, plain.media_type) == (
        b"page.dat",
        str(tmp_path / "page.dat"),
        "text/plain",
    )
    assert plain.captured is not None
    assert plain.captured.timestamp() == pytest.approx((tmp_path / "page.dat").stat().st_mtime)
    assert markdown.media_type == "text/markdown"


def test_a_folder_gives_all_captures_below_it_in_the_order_of_names(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt", "c/2.md", "c/1.txt", "c/d/9.txt", "e/3.TXT")
    assert captures(tmp_path) == ["a.txt", "b.txt", "1.txt", "2.md", "9.txt", "3.TXT"]


def test_hidden_names_and_other_types_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", ".hidden.txt", ".git/b.txt", "picture.jpg", "noname", "a.txt~")
    assert captures(tmp_path) == ["a.txt"]


def test_a_hidden_file_that_is_named_is_read(tmp_path: Path) -> None:
    make(tmp_path, ".hidden.txt")
    assert captures(tmp_path / ".hidden.txt") == [".hidden.txt"]


def test_a_folder_without_captures_says_so(tmp_path: Path) -> None:
    make(tmp_path, "picture.jpg")
    assert failure(tmp_path).startswith("no captures in this folder")


def test_paths_come_in_the_order_given_and_may_come_twice(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.txt")
    given = [tmp_path / "b.txt", tmp_path / "a.txt", tmp_path / "b.txt"]
    assert captures(*given) == ["b.txt", "a.txt", "b.txt"]


def test_a_glob_is_expanded_sorted_and_recursive(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a.txt", "c/d.txt", "c/e.md")
    assert captures(tmp_path / "*.txt") == ["a.txt", "b.txt"]
    assert captures(tmp_path / "**" / "*.txt") == ["a.txt", "b.txt", "d.txt"]


def test_a_name_that_looks_like_a_glob_stands_for_itself(tmp_path: Path) -> None:
    make(tmp_path, "a[1].txt", "a1.txt")
    assert captures(tmp_path / "a[1].txt") == ["a[1].txt"]


def test_what_is_not_there_is_named_with_the_next_step(tmp_path: Path) -> None:
    assert failure(tmp_path / "no.txt") == "no such file or folder; check the path"
    assert failure(tmp_path / "no*.txt") == "no file matches this pattern; check the path"
    (tmp_path / "link.txt").symlink_to("nowhere")
    assert failure(tmp_path / "link.txt").startswith("a link to a file that is not there")
    make(tmp_path, "a.txt")
    assert failure(tmp_path / "a.txt" / "b.txt") == "Not a directory; check the path"
    assert failure(tmp_path / ("x" * 300)) == "File name too long; check the path"


def test_links_are_followed_but_no_folder_is_entered_twice(tmp_path: Path) -> None:
    make(tmp_path, "a/1.txt", "b/2.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "here").symlink_to(".")
    (tmp_path / "c.txt").symlink_to(tmp_path / "b" / "2.txt")
    assert captures(tmp_path) == ["c.txt", "1.txt", "2.txt"]


def test_a_link_to_itself_does_not_end_the_run(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "z.txt")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    first, loop, last = found(tmp_path)
    assert isinstance(first, Capture)
    assert isinstance(loop, Failure)
    assert isinstance(last, Capture)
    assert loop.reason == "Too many levels of symbolic links; check the path"


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_up_to_the_limit_a_capture_is_read_whole(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * size)
    (value,) = found(tmp_path)
    assert isinstance(value, Capture)
    assert value.data == b"x" * size


def test_beyond_the_limit_a_capture_is_named_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(1 << 40)  # sparse: reading it would never end
    assert failure(tmp_path / "a.txt") == "larger than 1,000 bytes; --max-size sets the limit"


def test_a_file_that_tells_no_size_is_read_within_the_limit() -> None:
    proc = Path("/proc/self/status")
    assert proc.stat().st_size == 0
    (value,) = found(proc, max_bytes=1 << 20)
    assert isinstance(value, Capture)
    assert b"\nPid:" in value.data
    assert failure(proc, max_bytes=100).startswith("larger than 100 bytes")


def test_a_fifo_or_device_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", Path("/dev/zero")):
        assert failure(path).startswith("not a regular file")
    assert failure(tmp_path / "pipe.txt").startswith("not a regular file")
    (value,) = found(tmp_path)
    assert isinstance(value, Failure)


def test_what_takes_the_place_of_a_regular_file_is_not_read(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.txt", "c.txt", "d.txt")
    finding = find([str(tmp_path)], Options(1000))
    assert isinstance(next(finding), Capture)  # and with it the folder's list
    for name in ("b.txt", "c.txt", "d.txt"):
        (tmp_path / name).unlink()
    os.mkfifo(tmp_path / "b.txt")
    (tmp_path / "c.txt").symlink_to("/dev/zero")
    (tmp_path / "d.txt").mkdir()
    for value in finding:
        assert isinstance(value, Failure)
        assert value.reason.startswith("not a regular file")


def test_a_file_that_grows_or_shrinks_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"x" * 100)
    fstat = os.fstat
    for size in (40, 100, 160, 0):

        def before(descriptor: int, size: int = size) -> os.stat_result:
            status = fstat(descriptor)
            file.write_bytes(b"y" * size)
            return status

        with patch.object(os, "fstat", before):
            (value,) = found(tmp_path, max_bytes=150)
        file.write_bytes(b"x" * 100)
        if size > 150:
            assert isinstance(value, Failure)
            assert value.reason.startswith("larger than 150 bytes")
        else:
            assert isinstance(value, Capture)
            assert value.data == b"y" * size


def test_a_name_that_is_not_utf8_is_read_and_can_be_printed(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/\xd5\xc2.txt"
    Path(os.fsdecode(path)).write_bytes(b"x")
    (value,) = found(tmp_path)
    assert isinstance(value, Capture)
    assert value.path == f"{tmp_path}/\\xd5\\xc2.txt"
    assert shown(os.fsdecode(path)) == value.path
    value.path.encode()


def test_names_reads_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "b.txt")
    assert list(names([str(tmp_path), "-"])) == [
        str(tmp_path / "a.txt"),
        str(tmp_path / "b.txt"),
        "-",
    ]


def standard_input(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")


def test_standard_input_is_one_capture() -> None:
    with patch.object(sys, "stdin", standard_input(b"\xff\x00 text")):
        (value,) = found("-")
    assert isinstance(value, Capture)
    assert (value.data, value.path, value.captured) == (b"\xff\x00 text", "-", None)


def test_standard_input_beyond_the_limit_or_closed_is_a_failure() -> None:
    with patch.object(sys, "stdin", standard_input(b"x" * 1001)):
        assert failure("-").startswith("larger than 1,000 bytes")
    with patch.object(sys, "stdin", None):
        assert failure("-").startswith("standard input is closed")


def test_a_container_whose_time_no_calendar_has_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jsonl").write_text('{"title": "渡口", "text": "老码头"}')
    real = os.fstat

    def odd(descriptor: int) -> os.stat_result:
        known = real(descriptor)
        return os.stat_result((*known[:7], 3 * 10**11, 3 * 10**11, 3 * 10**11))

    monkeypatch.setattr(os, "fstat", odd)
    (value,) = found(tmp_path / "a.jsonl")
    assert isinstance(value, Capture)
    assert value.captured is None
