"""docs/json.md says what is printed: every name, in its order, with its type."""

import json
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import examples
from archive import compared, reports, results
from archive.results import SCHEMA

ROOT = Path(__file__).resolve().parent.parent


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with examples.fresh_folder() as made:
        yield made


SHAPES: dict[str, type] = {
    "`archive ingest`": reports.Outcome,
    "`archive ingest --dry-run`": reports.Preview,
    "`archive failures`": reports.Failure,
    "`archive list`": results.ListedArticle,
    "`archive show`": results.Article,
    "Section": results.Section,
    "Capture": results.CaptureFacts,
    "`archive show --explain`": results.ExplainedLine,
    "`archive sections`": results.ListedSection,
    "`archive search`": results.Hit,
    "`archive search --explain`": results.Explanation,
    "Term": results.TermTokens,
    "Statement": results.Statement,
    "`archive kwic`": results.KeywordInContext,
    "`archive count`": results.Count,
    "`archive count --relative`": results.RelativeCount,
    "`archive similar`": compared.Similar,
    "`archive reprints`": compared.Reprint,
    "`archive revisions`": results.Revision,
    "`archive diff`": compared.Change,
    "Piece": compared.Piece,
    "`archive cite`": results.Citation,
    "`archive db check`": reports.Finding,
    "`archive db reread`": reports.Reread,
    "Moved": reports.Moved,
    "`archive db status`": reports.DatabaseStatus,
}

_PLAIN = {int: "integer", str: "string", float: "number", bool: "boolean"}
_MANY = {int: "integers", str: "strings"}


def documented() -> dict[str, list[tuple[str, str]]]:
    """Of each shape in docs/json.md, the names with their types."""
    parts = re.split(r"^##+ (.*)$", text_of(ROOT / "docs" / "json.md"), flags=re.MULTILINE)[1:]
    tables = {
        heading: re.findall(r"^\| `(\w+)` \| ([^|]+) \|", body, flags=re.MULTILINE)
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }
    return {heading: table for heading, table in tables.items() if table}


def worded(annotation: object) -> str:
    """A type as docs/json.md words it."""
    if isinstance(annotation, types.UnionType):
        (one,) = (arg for arg in annotation.__args__ if arg is not types.NoneType)
        return f"{worded(one)} or null"
    if typing.get_origin(annotation) is tuple:
        return f"array of {_MANY.get(typing.get_args(annotation)[0], 'objects')}"
    for plain, word in _PLAIN.items():
        if isinstance(annotation, type) and issubclass(annotation, plain):
            return "boolean" if annotation is bool else word
    return "object"


def defined(shape: type) -> list[tuple[str, str]]:
    hints = typing.get_type_hints(shape)
    public = [field.name for field in fields(shape) if field.metadata.get("json", True)]
    names = [(name, worded(hints[name])) for name in public]
    if shape is results.Article:
        names[-1] = ("quote", "string")  # left out where there is none
        return [("schema", "integer"), *names]
    return names


def test_every_shape_is_documented_to_the_letter() -> None:
    told = [*vars(results).values(), *vars(compared).values(), *vars(reports).values()]
    public = {value for value in told if isinstance(value, type) and is_dataclass(value)}
    assert set(SHAPES.values()) == public
    assert documented() == {heading: defined(shape) for heading, shape in SHAPES.items()}
    assert f'`"schema": {SCHEMA}`' in text_of(ROOT / "docs" / "json.md")


def conforms(value: object, word: str) -> bool:
    """Whether a JSON value is of a type as docs/json.md words it."""
    if word.endswith(" or null"):
        return value is None or conforms(value, word.removesuffix(" or null"))
    if word.startswith("array of "):
        one = word.removeprefix("array of ").removesuffix("s")
        return isinstance(value, list) and all(conforms(item, one) for item in value)
    kinds = {"integer": int, "string": str, "number": float, "boolean": bool, "object": dict}
    return type(value) is kinds[word]


REPRINT = (
    "list >list.jsonl; sed '/^url/d; s/云川周刊/云川晚报/' data/captures/2022*.md >evening.md;"
    " archive -q ingest evening.md >ingest.jsonl; archive -q"
)
"""Makes a reprint of article 4, and begins the next command."""
NOTED = (
    "db status >status; python -c \"import sqlite3; sqlite3.connect('archive.db').execute"
    "('CREATE TABLE notes (a)')\"; archive -q db check"
)
"""Makes a table that is not ours, so that a check has something to tell."""


@pytest.mark.parametrize(
    ("command", "heading"),
    [
        ("ingest data/captures nowhere.txt", "`archive ingest`"),
        ("ingest nowhere.txt >fails.jsonl; archive failures", "`archive failures`"),
        ("list", "`archive list`"),
        ("show 1 --format json", "`archive show`"),
        ("show '1#0:0-2' --format json", "`archive show`"),
        ("show 1 --explain --format jsonl", "`archive show --explain`"),
        ("sections 1", "`archive sections`"),
        ("search NOT 没有这个", "`archive search`"),
        ("search 的", "`archive search`"),
        ("search 的 NOT 甲 --explain --format json", "`archive search --explain`"),
        ("search --any 谁的", "`archive search`"),
        ("kwic 的 --format jsonl", "`archive kwic`"),
        ("count 的", "`archive count`"),
        ("count 的 --by month", "`archive count`"),
        ("count 的 --by channel --relative", "`archive count --relative`"),
        (f"{REPRINT} similar 4", "`archive similar`"),
        (f"{REPRINT} reprints", "`archive reprints`"),
        ("revisions 1", "`archive revisions`"),
        ("diff 1 2 --format jsonl", "`archive diff`"),
        ("cite 1 --format json", "`archive cite`"),
        ("db status", "`archive db status`"),
        (NOTED, "`archive db check`"),
    ],
)
def test_what_is_printed_has_the_documented_shape(command: str, heading: str, folder: Path) -> None:
    shapes = documented()
    lines = examples.run(f"archive -q {command}", folder).splitlines()
    assert lines
    for record in map(json.loads, lines):
        expected = shapes[heading]
        if heading == "`archive show`":
            assert record["schema"] == SCHEMA
            expected = expected if "quote" in record else expected[:-1]
            assert ("quote" in record) == (":" in command)
            for section in record["sections"]:
                check(section, shapes["Section"])
            check(record["capture"], shapes["Capture"])
        if heading == "`archive search --explain`":
            for name, kind in (("terms", "Term"), ("statements", "Statement")):
                assert record[name]
                for part in record[name]:
                    check(part, shapes[kind])
        for piece in record.get("pieces", ()):
            check(piece, shapes["Piece"])
        check(record, expected)


def check(record: dict[str, object], shape: list[tuple[str, str]]) -> None:
    assert list(record) == [name for name, _ in shape]
    for name, word in shape:
        assert conforms(record[name], word), f"{name}: {record[name]!r} is no {word}"
