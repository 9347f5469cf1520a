"""What a user installs: the wheel works from any folder, and the source distribution is complete.

Both are built by the pinned hatchling in this environment, so that nothing is fetched. The wheel is
unpacked by pip into a folder of its own and run without ``site``, so that the checkout, which is
installed editable here, cannot be found in its place.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def build(target: str, source: Path, folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (made,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def sources(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".mypy_cache" not in path.parts
    }


def test_the_wheel_carries_the_package_and_the_migrations_and_nothing_else(wheel: Path) -> None:
    carried = {name for name in names(wheel) if ".dist-info/" not in name}
    migrations = {f"archive/{name}" for name in sources("migrations")}
    assert carried == sources("archive") | migrations
    assert "archive/py.typed" in carried
    assert "archive/migrations/env.py" in carried


def test_the_wheel_ingests_and_searches_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "在别处"
    elsewhere.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", str(site), str(wheel)], check=True)
    (elsewhere / "capture.txt").write_text("改革的春天\n\n　　改革开放以来，变化很大。\n", "utf-8")
    libraries = sysconfig.get_path("purelib"), sysconfig.get_path("platlib")

    def run(*arguments: str) -> str:
        # -S: no site, so no .pth file leads back to the checkout
        done = subprocess.run(
            [sys.executable, "-S", *arguments],
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(site), *libraries))},
            check=True,
            stdout=subprocess.PIPE,
        )
        return done.stdout.decode()

    where = "import archive, archive.schema as s; print(archive.__file__, s.migrations())"
    package = site / "archive"
    assert run("-c", where).split() == [str(package / "__init__.py"), str(package / "migrations")]
    (stored,) = run("-m", "archive", "ingest", ".").splitlines()
    assert json.loads(stored)["status"] == "stored"
    (hit,) = run("-m", "archive", "search", "变化").splitlines()
    anchor = json.loads(hit)["anchor"]
    shown = json.loads(run("-m", "archive", "show", anchor, "--format", "json"))
    assert shown["quote"] == "变化"
    assert (site / "bin" / "archive").is_file()


def test_the_source_distribution_is_complete(sdist: Path) -> None:
    with tarfile.open(sdist) as file:
        packed = {name.partition("/")[2] for name in file.getnames()}
    folders = (".ci", "archive", "benchmarks", "data", "docs", "migrations", "scripts", "tests")
    for folder in folders:
        assert sources(folder) <= packed, folder
    pages = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", ".gitignore")
    assert {*pages, "pyproject.toml", "PKG-INFO"} <= packed


def test_the_source_distribution_makes_the_same_wheel(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as file:
        file.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    again = build("wheel", source, tmp_path / "wheel")
    assert names(again) == names(wheel)
