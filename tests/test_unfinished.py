"""Files are there whole, or not at all."""

import multiprocessing
import os
import signal
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from cli_helpers import unprivileged

from archive import Archive, locking, unfinished
from archive.errors import StorageError, UsageError
from archive.unfinished import whole


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with whole(file) as made:
        made.write(b"all of it")
        assert not file.exists()
    assert file.read_bytes() == b"all of it"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), whole(tmp_path / "a.txt") as made:
        made.write(b"half")
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_a_file_that_comes_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with pytest.raises(UsageError, match="there already"), whole(file):
        file.write_text("other")
    assert file.read_text() == "other"


def test_a_link_is_kept_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to("real.txt")
    with whole(link, force=True) as made:
        made.write(b"new")
    assert link.is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(UsageError, match="no file"), whole(path, force=True):
            pass


def test_an_archive_is_never_replaced(path: Path) -> None:
    with Archive.open(path) as archive, pytest.raises(UsageError, match="is an archive"):
        archive.dump(path, force=True)
    with pytest.raises(UsageError, match="is an archive"), whole(path, force=True):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"), whole(tmp_path / "no" / "a.txt"):
        pass
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    refusal = pytest.raises(StorageError, match="Permission")
    with unprivileged(tmp_path), refusal, whole(closed / "a.txt"):
        pass


def _killed(file: Path) -> None:
    with whole(file, force=True) as made:
        made.write(b"half")
        made.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_kill_leaves_is_gone_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(file,))
    process.start()
    process.join()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt.unfinished"]
    with whole(file) as made:
        made.write(b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert file.read_bytes() == b"whole"


def test_two_do_not_write_the_same_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with whole(file) as made:
        made.write(b"first")
        with pytest.raises(StorageError, match="another process"), whole(file):
            pass
    assert file.read_bytes() == b"first"


def test_where_the_system_has_no_flock_files_are_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "fcntl", None)
    (tmp_path / "a.txt.unfinished").write_text("left by a kill")
    with whole(tmp_path / "a.txt") as made:
        made.write(b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_that_another_process_took_meanwhile_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    other = tmp_path / "a.txt.unfinished"

    def take(descriptor: int) -> bool:
        other.unlink()
        other.write_bytes(b"another's")
        return locking.locked(descriptor)

    monkeypatch.setattr(unfinished, "locked", take)
    with pytest.raises(StorageError, match="another process"), whole(file):
        pass
    assert other.read_bytes() == b"another's"
    assert not file.exists()


def test_an_archive_that_was_cut_off_is_never_replaced_either(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20000])
    with pytest.raises(UsageError, match="is an archive"), whole(path, force=True):
        pass
