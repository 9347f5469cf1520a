"""What SQLite asks of the disk, told to a test, which may refuse it.

Idea: a VFS of SQLite's is a table of functions, so ctypes is enough to put one before the system's:
opening, writing, truncating, syncing and deleting are told to a hook, everything else goes straight
on. The library is the one that Python's own module has loaded.
"""

import _sqlite3
import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from typing import Any, Literal

OK, FULL, CANTOPEN = 0, 13, 14
IOERR_WRITE, IOERR_FSYNC, IOERR_TRUNCATE, IOERR_DELETE = (10 | n << 8 for n in (3, 4, 6, 10))
"""Result codes, from https://sqlite.org/rescode.html."""

CREATE, MAIN_DB, JOURNALS = 0x4, 0x100, 0x800 | 0x4000 | 0x80000
"""Flags of an open file, from https://sqlite.org/c3ref/c_open_autoproxy.html; the last are those of
rollback, super- and write-ahead journals."""

Kind = Literal["open", "write", "truncate", "sync", "delete"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that SQLite asks of the disk."""

    kind: Kind
    name: str
    """The file's path; empty for a temporary file."""
    offset: int = 0
    """Where to write; the size to be truncated to."""
    data: bytes = b""
    """What to write."""
    flags: int = 0
    """Of a file to be opened; of a deletion, whether the folder is to be synced."""


Hook = Callable[[Asked, Callable[[], int]], int]
"""Is given what is asked for and what does it; returns a result code."""

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    """``sqlite3_vfs``, version 3; what stays as it is are plain pointers."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("following", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _OPEN),
        ("delete", _DELETE),
        ("others", c_void_p * 14),
    )


class _Methods(Structure):
    """``sqlite3_io_methods``, version 3."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("others", c_void_p * 13),
    )


class _File(Structure):
    """``sqlite3_file``, of which a VFS's own files are longer."""

    _fields_ = (("methods", POINTER(_Methods)),)


_in_use: list["_Before"] = []
"""Every VFS ever registered: a connection that an error left open may still lead to it."""

_library = ctypes.CDLL(_sqlite3.__file__)
_library.sqlite3_vfs_find.restype = POINTER(_Vfs)
_library.sqlite3_vfs_register.argtypes = (POINTER(_Vfs), c_int)
_library.sqlite3_vfs_unregister.argtypes = (POINTER(_Vfs),)


@contextmanager
def watched(hook: Hook) -> Iterator[None]:
    """What is asked of every file that SQLite opens in here is told to the hook."""
    system = _library.sqlite3_vfs_find(None)
    before = _Before(system.contents, hook)
    _in_use.append(before)
    _library.sqlite3_vfs_register(before.vfs, 1)
    try:
        yield
    finally:
        _library.sqlite3_vfs_unregister(before.vfs)


class _Before:
    """The VFS before the system's one."""

    def __init__(self, system: _Vfs, hook: Hook) -> None:
        self._system = system
        self._hook = hook
        self._names: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self.vfs = _Vfs.from_buffer_copy(system)
        self.vfs.name = b"watched"
        self.vfs.open = _OPEN(self._open)
        self.vfs.delete = _DELETE(self._delete)

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = ctypes.string_at(name).decode() if name else ""
        opened = _File.from_address(file)

        def proceed() -> int:
            code: int = self._system.open(ctypes.byref(self._system), name, file, flags, out)
            return code

        opened.methods = None
        code = self._hook(Asked("open", path, flags=flags), proceed)
        if opened.methods:
            self._names[file] = path
            opened.methods = ctypes.pointer(self._watched(opened.methods))
        return code

    def _delete(self, _vfs: int, name: bytes, sync: int) -> int:
        def proceed() -> int:
            code: int = self._system.delete(ctypes.byref(self._system), name, sync)
            return code

        return self._hook(Asked("delete", name.decode(), flags=sync), proceed)

    def _watched(self, methods: Any) -> _Methods:  # noqa: ANN401 - a pointer has no type at run time
        """The methods of a kind of file, with ours for those that change it."""
        address = ctypes.addressof(methods.contents)
        if address not in self._methods:
            self._methods[address] = self._made(methods.contents)
        return self._methods[address]

    def _made(self, system: _Methods) -> _Methods:
        def write(file: int, data: int, size: int, offset: int) -> int:
            asked = Asked("write", self._names[file], offset, ctypes.string_at(data, size))
            return self._hook(asked, lambda: system.write(file, data, size, offset))

        def truncate(file: int, size: int) -> int:
            asked = Asked("truncate", self._names[file], size)
            return self._hook(asked, lambda: system.truncate(file, size))

        def sync(file: int, flags: int) -> int:
            asked = Asked("sync", self._names[file])
            return self._hook(asked, lambda: system.sync(file, flags))

        made = _Methods.from_buffer_copy(system)
        made.write, made.truncate, made.sync = _WRITE(write), _TRUNCATE(truncate), _SYNC(sync)
        return made
