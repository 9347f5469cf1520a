"""The arrows of docs/design.md: who may import whom, and what each start of the program loads."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from conftest import Write

from archive import Archive

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "archive"

RENDERING = frozenset(
    [
        "render",
        "layout",
        "document",
        "marked",
        "table",
        "typeset",
        "aligned",
        "chart",
        "citation",
    ]
)
VALUES = frozenset(
    ["text", "sameness", "shingles", "ref", "results", "compared", "reports", "errors", "folding"]
)
"""What everybody may know."""

NO_SQL = (
    RENDERING
    | VALUES
    | {"cli", "capture", "query", "highlight", "places", "verify", "difference", "pairing"}
)

COMPARING = ("difference", "pairing", "reprints", "shingles", "signatures", "index", "reindex")
"""What few commands need: to compare texts, and to change the index."""

PLAN = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")

Import = tuple[str, bool]
"""A module's dotted name, and whether it is imported when the program runs."""


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name, parsed."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(file.read_text(encoding="utf-8"))
    return found


MODULES = modules()


def imports(name: str) -> Iterator[Import]:
    """What a module imports, anywhere in it; what only types need is not there when it runs."""
    waiting: list[tuple[ast.AST, bool]] = [(MODULES[name], True)]
    while waiting:
        node, runs = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += [(child, False) for child in node.body]
            waiting += [(child, runs) for child in node.orelse]
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, runs) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield (whole if whole in MODULES else node.module or "", runs)
        waiting += [(child, runs) for child in ast.iter_child_nodes(node)]


def own(name: str) -> list[Import]:
    """What a module imports of this package."""
    return [(found, runs) for found, runs in imports(name) if found.partition(".")[0] == "archive"]


def part(name: str) -> str:
    """The part of the package that a module belongs to; the package itself is ``archive``."""
    return name.split(".")[1] if "." in name else name


def layers() -> dict[str, int]:
    """The layer of each part, 0 at the top, as docs/design.md draws them."""
    found = re.search(r"```layers\n(.*?)```", PLAN, re.DOTALL)
    assert found is not None
    drawn = [(name, n) for n, row in enumerate(found[1].splitlines()) for name in row.split()]
    assert len(drawn) == len(dict(drawn)), "a part is drawn twice"
    return dict(drawn)


LAYERS = layers()

OUTSIDE = frozenset(["archive", "__main__"])
"""What no layer names: the root gives its version to all, and the store to users of the package."""


def test_the_house_names_every_module() -> None:
    parts = {part(name) for name in MODULES} - OUTSIDE
    assert set(LAYERS) == parts
    for name in parts:
        assert re.search(rf"\b{name}(\.py|/)\s", PLAN), name


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) not in OUTSIDE])
def test_imports_run_downwards_only(name: str) -> None:
    targets = {part(target) for target, _ in own(name)} - OUTSIDE
    above = {target for target in targets if LAYERS[target] < LAYERS[part(name)]}
    assert not above, f"{name} imports {above}"


def test_only_commands_know_rendering_and_it_knows_values_alone() -> None:
    for name in MODULES:
        for target, runs in own(name):
            if runs and part(target) in RENDERING:
                assert part(name) in RENDERING | {"cli"}, (name, target)
            if runs and part(name) in RENDERING and part(target) not in OUTSIDE:
                assert part(target) in RENDERING | VALUES, (name, target)


def test_no_module_imports_itself_through_others() -> None:
    graph = {name: {target for target, runs in own(name) if runs} for name in MODULES}
    graph = {name: targets - {"archive"} for name, targets in graph.items() if name != "archive"}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"a cycle: {' → '.join(error.args[1])}")
    assert set(order) == set(MODULES) - {"archive"}


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) in NO_SQL])
def test_only_the_store_and_what_is_below_it_knows_sql(name: str) -> None:
    foreign = {target.partition(".")[0] for target, _ in imports(name)}
    assert not foreign & {"sqlalchemy", "alembic", "sqlite3"}


def test_readers_and_the_query_language_do_not_know_each_other() -> None:
    for name in MODULES:
        for target, _ in own(name):
            assert {part(name), part(target)} != {"capture", "query"}


def loaded(*arguments: str, db: Path | None = None) -> set[str]:
    """The modules that a run of Python loads; its standard error lists them."""
    environment = {**os.environ, "ARCHIVE_DB": str(db or "none.db")}
    run = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-500:]
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    names = {line.rpartition("|")[2].strip() for line in lines}
    assert "archive" in names
    return names | {name.partition(".")[0] for name in names}


def test_readers_query_and_text_load_no_sqlalchemy() -> None:
    found = loaded("-c", "import archive.capture, archive.query, archive.text")
    assert {"archive.capture", "archive.query", "archive.text"} <= found
    assert not found & {"sqlalchemy", "alembic", "sqlite3", "click", "rich"}


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["search"],
        ["kwic"],
        ["count"],
        ["ingest"],
        ["db"],
        ["db", "status"],
        ["dump"],
        ["restore"],
        ["export"],
        ["reprints"],
    ],
)
def test_help_loads_neither_sqlalchemy_nor_rich(command: list[str]) -> None:
    found = loaded("-m", "archive", *command, "--help")
    assert "click" in found
    heavy = {"sqlalchemy", "alembic", "sqlite3", "rich", "rich_click", "archive.capture"}
    assert not found & heavy


@pytest.mark.parametrize(
    "command",
    [
        ["search", "放管服"],
        ["search", "--count", "放管服"],
        ["kwic", "--format", "jsonl", "放管服"],
        ["count", "放管服", "--by", "month"],
        ["list"],
        ["show", "1"],
        ["diff", "1", "1"],
        ["revisions", "1"],
        ["export", "放管服"],
        ["dump", "-"],
        ["db", "status"],
    ],
)
def test_a_question_in_a_pipe_loads_no_alembic_no_rich_and_no_reader(
    path: Path, write: Write, command: list[str]
) -> None:
    with Archive.open(path) as archive:
        list(archive.ingest([write("page.txt", "题目在此\n\n　　放管服来了，说几句。\n")]))
    found = loaded("-m", "archive", *command, db=path)
    assert "sqlalchemy" in found
    assert not found & {"alembic", "rich", "rich_click", "archive.capture", "archive.writing"}
    if command[0] != "diff":
        assert not found & {"difflib", *(f"archive.{name}" for name in COMPARING)}


def test_ingest_into_an_archive_that_is_there_loads_no_alembic(path: Path, write: Write) -> None:
    capture = write("page.txt", "题目在此\n\n　　放管服来了，说几句。\n")
    found = loaded("-m", "archive", "ingest", capture, db=path)
    assert "archive.capture" in found
    assert not found & {"alembic", "rich", "rich_click"}
