"""What may be left on a disk when the power fails, made of what SQLite asked of it.

Assumed is what SQLite assumes of a disk and POSIX says of files, no more: after ``fsync`` of a file
its bytes and its size stay; after ``fsync`` of its folder, names that came and went. Of anything
else each sector of 512 bytes has any of the states it ever had since, each file any of its sizes,
and each name leads to any of the files that it led to. A sector is written whole or not at all.
SQLite syncs the folder with the first sync of a new journal and with deletions that ask for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from disk import JOURNALS, Asked

SECTOR = 512

_SURVIVING = (0.0, 0.1, 0.5, 0.9, 1.0)
"""The share of the sectors that were written, of which one is drawn for each cut."""


@dataclass
class _File:
    """A file's bytes on the disk, and what was asked since."""

    kept: bytearray = field(default_factory=bytearray)
    asked: list[Asked] = field(default_factory=list)
    new_journal: bool = False

    def sync(self) -> None:
        for one in self.asked:
            _change(self.kept, one)
        self.asked.clear()

    def left(self, random: Random, share: float) -> bytes:
        """Bytes that may stand on the disk."""
        now, sizes = bytearray(self.kept), [len(self.kept)]
        states: dict[int, list[bytes]] = {}
        for one in self.asked:
            for place in _sectors(one, len(now)):
                states.setdefault(place, [])
            _change(now, one)
            sizes.append(len(now))
            for place in _sectors(one, len(now)):
                states[place].append(_sector(now, place))
        left = bytearray(self.kept).ljust(max(sizes), b"\0")
        for place, known in states.items():
            if known and random.random() < share:
                left[place : place + SECTOR] = random.choice(known)
        size = random.choice(sizes) if share else sizes[0]
        return bytes(left[:size])


def _change(content: bytearray, asked: Asked) -> None:
    """Do what was asked with a file's bytes."""
    end = asked.offset + len(asked.data)
    if asked.kind == "truncate":
        del content[end:]
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[asked.offset : end] = asked.data


def _sectors(asked: Asked, size: int) -> range:
    """Where the sectors begin that it changes in a file of so many bytes."""
    end = size if asked.kind == "truncate" else asked.offset + len(asked.data)
    return range(asked.offset // SECTOR * SECTOR, end, SECTOR)


def _sector(content: bytearray, place: int) -> bytes:
    return bytes(content[place : place + SECTOR]).ljust(SECTOR, b"\0")


class Disk:
    """A folder as the system shows it, and as it may be found after a cut."""

    def __init__(self) -> None:
        self._files: dict[str, _File] = {}
        self._names: dict[str, list[_File | None]] = {}
        """What each name led to since the folder was last synced, oldest first."""

    def run(self, asked: Iterable[Asked]) -> None:
        """Do what was asked of it."""
        for one in asked:
            if one.name:
                getattr(self, f"_{one.kind}")(one)

    def left(self, folder: Path, random: Random) -> None:
        """Write into a folder what may be left."""
        share = random.choice(_SURVIVING)
        for name, led_to in self._names.items():
            file = random.choice(led_to)
            if file is not None:
                (folder / Path(name).name).write_bytes(file.left(random, share))

    def _open(self, one: Asked) -> None:
        if one.name not in self._files:
            file = _File(new_journal=bool(one.flags & JOURNALS))
            self._lead(one.name, file)

    def _write(self, one: Asked) -> None:
        self._files[one.name].asked.append(one)

    _truncate = _write

    def _sync(self, one: Asked) -> None:
        file = self._files[one.name]
        file.sync()
        if file.new_journal:
            file.new_journal = False
            self._sync_folder()

    def _delete(self, one: Asked) -> None:
        if self._files.pop(one.name, None):
            self._names[one.name].append(None)
        if one.flags:
            self._sync_folder()

    def _lead(self, name: str, file: _File) -> None:
        self._files[name] = file
        self._names.setdefault(name, [None]).append(file)

    def _sync_folder(self) -> None:
        self._names = {name: led_to[-1:] for name, led_to in self._names.items()}
