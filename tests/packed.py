"""Containers made for tests, and what is found in them."""

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from archive.capture.files import find
from archive.capture.options import Options
from archive.capture.parsed import Capture, Failure

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST = 1 << 20
SOON = 5.0
"""Seconds within which anything hostile must be done with, as the issue has it."""

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
    ".zst": zstd.compress,
}


def page(number: int | str) -> bytes:
    return (
        f"第{number}号村庄修通了公路\n\n2019年05月06日 09:30  来源：春江日报\n\n"
        f"　　第{number}号村庄的公路昨天修通了，村民们站在路边，看第一辆班车开进来。\n"
    ).encode()


def found(file: Path, *, max_bytes: int = MOST) -> list[Capture | Failure]:
    return list(find([str(file)], Options(max_bytes)))


def told(file: Path, values: Iterable[Capture | Failure]) -> dict[str, bytes | str]:
    """By the name inside the file: a capture's bytes, or a failure's reason."""
    return {
        value.path.removeprefix(str(file)): (
            value.data if isinstance(value, Capture) else value.reason
        )
        for value in values
    }


def read(file: Path, *, max_bytes: int = MOST) -> dict[str, bytes | str]:
    values = found(file, max_bytes=max_bytes)
    by_name = told(file, values)
    assert len(by_name) == len(values), "two of one name"
    return by_name


def make_zip(file: Path, members: Iterable[tuple[str, bytes]], method: int = 8) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name may come twice
        with zipfile.ZipFile(file, "w", method) as archive:
            for name, data in members:
                archive.writestr(name, data)
    return file


def make_tar(file: Path, members: Iterable[tuple[str, bytes]], mode: str = "w") -> Path:
    with tarfile.open(file, mode) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_539_330_420
            archive.addfile(info, io.BytesIO(data))
    return file


def zip_bytes(*members: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()
