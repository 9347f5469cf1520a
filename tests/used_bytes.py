"""Which bytes of an SQLite file mean anything, as https://www.sqlite.org/fileformat2.html has it.

Used are the fields of the file's header that decide how it is read (no counters, no reserved
bytes), and of each page of a tree its header, its cell pointers and its cells, with what overflows
of them. What lies between is free. The file has just been vacuumed: it has no free pages.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

HEADER = [*range(24), *range(28, 32), *range(44, 48), *range(56, 60), *range(68, 72)]
_PAGE = 4096

_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE = 2, 5, 10, 13


def used(file: Path) -> dict[int, str]:
    """The offset of each used byte, and the table or index that it belongs to."""
    with closing(sqlite3.connect(file)) as connection:
        ((size,),) = connection.execute("PRAGMA page_size")
        ((free,),) = connection.execute("PRAGMA freelist_count")
        roots = connection.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage")
        trees = {"sqlite_master": 1, **dict(roots)}
    assert (size, free) == (_PAGE, 0)
    data = file.read_bytes()
    found = dict.fromkeys(HEADER, "header")
    for name, root in trees.items():
        found |= dict.fromkeys(_tree(data, root), name)
    return found


def _tree(data: bytes, number: int) -> Iterator[int]:
    """The used bytes of a page and of all pages below it."""
    start = (number - 1) * _PAGE
    head = start + (100 if number == 1 else 0)
    kind, cells = data[head], _integer(data, head + 3, 2)
    interior = kind in {_INTERIOR_INDEX, _INTERIOR_TABLE}
    pointers = head + (12 if interior else 8)
    yield from range(head, head + 1)
    yield from range(
        head + 3, head + 7
    )  # not where free blocks begin, nor how many bytes they lost
    if interior:
        yield from range(head + 8, pointers)
        yield from _tree(data, _integer(data, head + 8, 4))
    yield from range(pointers, pointers + 2 * cells)
    for cell in range(cells):
        at = start + _integer(data, pointers + 2 * cell, 2)
        if interior:
            yield from range(at, at + 4)
            yield from _tree(data, _integer(data, at, 4))
            at += 4
        yield from _cell(data, at, kind)


def _cell(data: bytes, at: int, kind: int) -> Iterator[int]:
    """The bytes of a cell, behind the page that an interior one points to."""
    payload, end = _varint(data, at)
    if kind == _INTERIOR_TABLE:  # it has nothing but a row id
        yield from range(at, end)
        return
    if kind == _LEAF_TABLE:
        _, end = _varint(data, end)
    most = _PAGE - 35 if kind == _LEAF_TABLE else (_PAGE - 12) * 64 // 255 - 23
    least = (_PAGE - 12) * 32 // 255 - 23
    local = payload
    if payload > most:
        local = least + (payload - least) % (_PAGE - 4)
        local = local if local <= most else least
    yield from range(at, end + local)
    if local < payload:
        yield from range(end + local, end + local + 4)
        yield from _overflow(data, _integer(data, end + local, 4), payload - local)


def _overflow(data: bytes, number: int, left: int) -> Iterator[int]:
    while left:
        start = (number - 1) * _PAGE
        here = min(left, _PAGE - 4)
        yield from range(start, start + 4 + here)
        number, left = _integer(data, start, 4), left - here


def _integer(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "big")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to 9 bytes, and where it ends."""
    value = 0
    for end in range(at, at + 8):
        value = value << 7 | data[end] & 0x7F
        if data[end] < 0x80:
            return value, end + 1
    return value << 8 | data[at + 8], at + 9
