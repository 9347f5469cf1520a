"""What most test modules need: an archive that the migrations made, and captures to put into it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import Archive, schema

Write = Callable[[str, str | bytes], str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a new archive that was not opened yet."""
    file = tmp_path / "news.db"
    schema.create(file)
    return file


@pytest.fixture
def news(path: Path) -> Iterator[Archive]:
    """A new archive, open for writing."""
    with Archive.open(path) as opened:
        yield opened


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes a capture into the folder ``captures`` and gives its path."""

    def written(name: str, content: str | bytes) -> str:
        file = tmp_path / "captures" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(file)

    return written
