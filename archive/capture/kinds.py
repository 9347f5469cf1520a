"""What a name says of a file: how it is compressed, and what it then holds.

Names decide, not first bytes: an office document is a zip archive too, and nobody wants its parts.
"""

from dataclasses import dataclass
from functools import lru_cache
from posixpath import splitext

_SUFFIXES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".xhtml": "text/html",
    ".xht": "text/html",
}

_NO_STEM = frozenset(["", ".", "/", "\\"])
"""What stands before a dot that may begin a name, which then has no suffix: ``.txt``."""

_COMPRESSED = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd"}
_SHORT = {".tgz": "gzip", ".tbz": "bzip2", ".tbz2": "bzip2", ".txz": "xz", ".tzst": "zstd"}
_ARCHIVES = {".zip": "zip", ".tar": "tar", ".warc": "warc"}
_RECORDS = {
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".json": "json",
    ".csv": "table",
    ".tsv": "tabs",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a name says of a file: how it is compressed, and what it then is."""

    compression: str | None
    form: str
    """``zip``, ``tar``, ``warc``, ``lines``, ``json``, ``table``, ``tabs``; ``capture``: itself."""

    @property
    def is_container(self) -> bool:
        """Whether it may hold several captures, or must be unpacked."""
        return self.compression is not None or self.form != "capture"

    @property
    def is_packed(self) -> bool:
        """Whether its size tells little of how many bytes of captures it holds."""
        return self.compression is not None or self.form in ("zip", "tar", "warc")


def kind_of(name: str) -> Kind:
    """Tell what a file is by its name."""
    base, suffix = _split(name)
    inner = _split(base)[1] if suffix in _COMPRESSED else ""
    return _kind(suffix, inner)


@lru_cache(maxsize=256)
def _kind(suffix: str, inner: str) -> Kind:
    """What a file is that is named so, ``inner`` being what stands before a compression."""
    if suffix in _SHORT:
        return Kind(_SHORT[suffix], "tar")
    compression = _COMPRESSED.get(suffix)
    if inner in _COMPRESSED or inner in _SHORT:
        return Kind(compression, "compressed")
    held = inner if compression else suffix
    return Kind(compression, _ARCHIVES.get(held) or _RECORDS.get(held) or "capture")


def is_read(name: str) -> bool:
    """Whether a file of this name is taken up where a folder or a container is searched."""
    return (
        media_type(name) is not None  # most are told by this alone
        or kind_of(name).form != "capture"
        or capture_type(name) is not None
    )


def media_type(path: str) -> str | None:
    """Tell the media type of a capture by its name; None if it is none that is read.

    It is asked twice of each file of a folder, so only odd names are taken apart.
    """
    dot = path.rfind(".")
    kind = _SUFFIXES.get(path[dot:].lower())
    if kind is None or path[dot - 1 : dot] not in _NO_STEM:
        return kind
    return kind if splitext(path.replace("\\", "/"))[1] else None


def capture_type(name: str) -> str | None:
    """The media type of the capture that a file of this name is, compressed or not."""
    base, suffix = _split(name)
    return media_type(base if suffix in _COMPRESSED or suffix in _SHORT else name)


def _split(name: str) -> tuple[str, str]:
    base = name.replace("\\", "/").rpartition("/")[2]
    dot = base.rfind(".")
    suffix = base[dot:].lower() if 0 < dot < len(base) - 1 else ""
    return name[: len(name) - len(suffix)], suffix
