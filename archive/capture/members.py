"""The members of zip and tar archives: one after the other, as streams, none written to disk.

Invariant: a name is only a name. It is decoded, shown and kept, and never used as a path; two
members of one name are told apart as ``name`` and ``name#2``. What cannot be read is given with its
reason.
"""

import re
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, cast

from archive.capture.budget import MEMBERS, Budget, Metered
from archive.capture.decode import decode
from archive.capture.streams import CHUNK
from archive.errors import CaptureError


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its bytes as a stream, or the reason why they cannot be read."""

    name: str
    """Its name, which others may have too."""
    label: str
    """Its name as it is shown: ``name#2`` for the second of that name."""
    stream: IO[bytes] | None
    size: int
    """Its bytes, as far as its header can be believed."""
    packed: int
    """The bytes that it takes in the archive, likewise."""
    modified: datetime | None = None
    reason: str | None = None


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ENOUGH = 1 << 10
"""Bytes of names by which their encoding is known for good."""


class Names:
    """The names of an archive, which do not tell their encoding: found as a capture's is."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._sample = b""
        self._codec = "utf-8"

    def learn(self, raw: bytes) -> None:
        """Look at a name for its encoding."""
        if len(self._sample) < _ENOUGH and not _is_utf8(raw):
            self._sample += raw + b"\n"
            self._codec = decode(self._sample).encoding

    def text(self, raw: bytes, otherwise: str) -> str:
        """A name as text; ``otherwise`` if no encoding reads it.

        Where one name is not UTF-8 none is: the bytes of 通知 in GBK are UTF-8 for something else.
        """
        self.learn(raw)
        try:
            name = raw.decode(self._codec)
        except UnicodeDecodeError:
            name = raw.decode("utf-8") if _is_utf8(raw) else otherwise
        return clean(name)

    def label(self, name: str) -> str:
        """The name, with ``#2`` and so on if another member has it."""
        while True:
            self._seen[name] += 1
            if self._seen[name] == 1:
                return name
            name = f"{name}#{self._seen[name]}"


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def clean(name: str) -> str:
    r"""A name that can be stored and shown: control characters as ``\xNN``."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", name)


_UTF8_NAME, _ENCRYPTED = 0x800, 0x1 | 0x40
_READ_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The others come out of the library without a bound on what one read makes."""

_METHODS = {9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 98: "PPMd"}
_NO_YEAR = 1980
"""The first year of a zip's calendar stands for none."""

_LINK = 0o120000
_FORMAT = 0o170000


def zip_members(file: IO[bytes], budget: Budget) -> Iterator[Member]:
    """The files in a zip archive, in the order of its directory.

    Raises:
        CaptureError: it is no zip archive, is cut off, or its directory is damaged.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        raise CaptureError(
            f"not a whole zip archive ({error}); its directory, which stands at the end, is missing"
        ) from error
    with archive:
        names = Names()
        for info in archive.infolist():
            if not info.flag_bits & _UTF8_NAME:
                names.learn(_raw_name(info))
        for info in archive.infolist():
            budget.enter(most=MEMBERS)
            if info.is_dir() or info.external_attr >> 16 & _FORMAT == _LINK:
                continue
            if info.flag_bits & _UTF8_NAME:
                name = clean(info.orig_filename)
            else:
                name = names.text(_raw_name(info), info.orig_filename)
            yield _zip_member(archive, info, (name, names.label(name)), budget)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes of a name that is not marked as UTF-8: the library reads it as code page 437."""
    return info.orig_filename.encode("cp437", "replace")


def _zip_member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: tuple[str, str], budget: Budget
) -> Member:
    sizes = (info.file_size, info.compress_size)
    if info.flag_bits & _ENCRYPTED:
        return Member(*name, None, *sizes, reason="encrypted; unpack it with its password")
    if info.compress_type not in _READ_METHODS:
        method = _METHODS.get(info.compress_type, f"method {info.compress_type}")
        return Member(*name, None, *sizes, reason=f"packed as {method} in a zip; unpack it first")
    try:
        stream = cast("IO[bytes]", Metered(_Checked(archive.open(info)), budget))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        return Member(*name, None, *sizes, reason=f"damaged zip member ({error})")
    return Member(*name, stream, *sizes, _zip_time(info))


class _Checked:
    """A zip member whose damage is one kind of error."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def read(self, size: int) -> bytes:
        try:
            return self._source.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
            raise CaptureError(f"damaged zip member ({error})") from error


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """When a member was last written, by the wall clock here; None if it does not tell."""
    try:
        moment = datetime(*info.date_time)  # noqa: DTZ001 - a zip tells no zone
    except ValueError:
        return None
    return moment.astimezone() if moment.year > _NO_YEAR else None


_LONGEST_HEADER = 1 << 20
_EXTRA_HEADERS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)


class _Header(tarfile.TarInfo):
    """A member's header; one that would take much memory is refused."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> "_Header":
        """The next header."""
        try:
            return super().fromtarfile(tarfile)
        except Exception as error:
            cast("_Tar", tarfile).end = type(error).__name__
            raise

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        """A header block."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTRA_HEADERS and header.size > _LONGEST_HEADER:
            raise CaptureError(f"a header of {header.size:,} bytes; the rest is not read")
        if header.type == tarfile.GNUTYPE_SPARSE:
            raise CaptureError("holds a sparse file; the rest is not read")
        return header


class _Tar(tarfile.TarFile):
    """A tar archive that knows why it ended."""

    tarinfo = _Header
    members: list[tarfile.TarInfo]
    end = ""
    """The name of the error by which the library knows the end."""


def tar_members(file: IO[bytes], budget: Budget) -> Iterator[Member]:
    """The files in a tar archive, in their order; links and devices are passed over.

    Raises:
        CaptureError: it is damaged or cut off; what stands before that was given.
    """
    names = Names()
    try:
        archive = _Tar.open(
            fileobj=file, mode="r|", bufsize=CHUNK, encoding="utf-8", errors="surrogateescape"
        )
        with archive:
            while info := archive.next():
                archive.members.clear()  # the library would keep all of them
                budget.enter(most=MEMBERS)
                if info.isreg():
                    yield _tar_member(archive, info, names)
            if archive.end != "EOFHeaderError":
                raise CaptureError("the tar archive has no end mark; what came before is kept")
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise CaptureError(f"damaged tar archive ({error}); what came before is kept") from error


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo, names: Names) -> Member:
    raw = info.name.encode("utf-8", "surrogateescape")
    text = names.text(raw, raw.decode("utf-8", "backslashreplace"))
    name = (text, names.label(text))
    if info.issparse():
        return Member(*name, None, info.size, info.size, reason="a sparse file; unpack it first")
    try:
        modified = datetime.fromtimestamp(info.mtime, UTC) if info.mtime else None
    except (ValueError, OverflowError, OSError):
        modified = None
    return Member(*name, archive.extractfile(info), info.size, info.size, modified)
