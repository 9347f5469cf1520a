"""What most test modules need: an archive that the migrations made, and captures to put into it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import corpora
import oracle
import pytest
from cli_helpers import make_archive, run
from hypothesis import settings

from archive import Archive, schema

Write = Callable[[str, str | bytes], str]
Fresh = Callable[[list[oracle.OracleArticle]], Archive]


# a busy machine is no fault of the code; how long things take is measured in benchmarks/
# with CI=true the same examples come each time, so that a run says something about the change
settings.register_profile(
    "suite", settings(), deadline=None, derandomize=os.environ.get("CI") == "true"
)
settings.load_profile("suite")


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


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive made by the migrations, to be copied."""
    path = tmp_path_factory.mktemp("template") / "archive.db"
    Archive.open(path, create=True).close()
    return path


@pytest.fixture(scope="module")
def fresh(template: Path) -> Iterator[Fresh]:
    """A function that opens a new archive with these articles."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"

        def make(known: list[oracle.OracleArticle]) -> Archive:
            for old in Path(folder).iterdir():
                old.unlink()
            shutil.copy(template, path)
            archive = Archive.open(path)
            corpora.store(archive, known)
            return archive

        yield make


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that holds some of everything."""
    return make_archive(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def dump(shelf: Path) -> bytes:
    """The dump of that archive."""
    return run("dump", "-", db=shelf).out
