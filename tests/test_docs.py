"""The docs say what is so: examples, links, commands, options, JSON names and layers."""

import json
import re
import shlex
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from html import unescape
from pathlib import Path

import click
import pytest

import examples
import make_picture
from archive import results
from archive.cli import COMMANDS, cli
from archive.results import SCHEMA

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    page for folder in (".", "docs", "data", "benchmarks") for page in (ROOT / folder).glob("*.md")
)
PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())

Command = click.Command


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


# Examples


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with examples.fresh_folder() as made:
        yield made


@PAGE
def test_every_example_prints_what_the_page_says(page: Path) -> None:
    assert text_of(page) == examples.renewed(text_of(page))


def test_the_readme_has_five_examples_and_one_from_python() -> None:
    kinds = [met["kind"] for met in examples.FENCE.finditer(text_of(ROOT / "README.md"))]
    assert kinds.count("console") >= 5
    assert kinds.count("pycon") >= 1


def test_a_wrong_example_is_noticed() -> None:
    page = "```console\n$ archive --version\narchive, version 9.9.9\n```\n"
    assert examples.renewed(page) != page


def test_no_example_tells_the_day_or_the_machine() -> None:
    volatile = re.compile(r"ingested|accessed|urldate|a second\)|/home/|/root/|/tmp/")
    for page in PAGES:
        for met in examples.FENCE.finditer(text_of(page)):
            assert not volatile.search(met["body"]), page.name


def test_the_picture_shows_what_the_commands_print(folder: Path) -> None:
    drawn = text_of(ROOT / "docs" / "terminal.svg")
    said = unescape("".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn)))
    printed = "".join(
        f"$ {command}" + re.sub(r"\x1b\[[\d;]*m", "", make_picture.shown(command, folder))
        for command in make_picture.COMMANDS
    )
    assert "".join(said.split()) == "".join(printed.split())
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


# Links


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", prose, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@PAGE
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            assert anchor in anchors(there), target


@PAGE
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    roots = [ROOT, ROOT / "archive", page.parent]
    for span in spans(text_of(page)):
        for name in re.findall(r"(?<![\w/.])[a-z_]+(?:/[a-z0-9_]+)*\.(?:py|toml|svg)\b", span):
            assert any((root / name).exists() for root in roots), name


# Commands and options


def spans(page: str) -> Iterator[str]:
    """What a page sets in code: the lines of fences (cog's own code left out), and code spans."""
    page = re.sub(r"<!-- \[\[\[cog.*?\]\]\] -->", "", page, flags=re.DOTALL)
    for body in re.findall(r"^```\w*\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE):
        yield from body.replace("\\\n", " ").splitlines()
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", prose)


def invocations(page: str) -> Iterator[list[str]]:
    """The words behind ``archive`` wherever a page calls it."""
    for span in spans(page):
        for call in re.split(r"[|;]|&&", span.removeprefix("$ ")):
            found = re.match(r"\s*(?:\.venv/bin/)?archive\s+(.*)", call, flags=re.DOTALL)
            if found:
                try:
                    yield shlex.split(found[1].replace("…", ""), comments=True)
                except ValueError:  # a quotation that goes on behind a |, or is not closed
                    yield found[1].split()


def options(command: Command) -> dict[str, click.Parameter]:
    return {
        name: param for param in command.params for name in (*param.opts, *param.secondary_opts)
    }


def every_command(command: Command = cli) -> Iterator[Command]:
    yield command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            under = command.get_command(click.Context(command), name)
            assert under is not None
            yield from every_command(under)


def check_call(words: list[str]) -> None:
    """Follow a call down the groups; every command and option on the way must be there."""
    command: Command = cli
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return
        if word.startswith("-") and word != "-":
            name = word.partition("=")[0]
            known = {**options(command), "--help": None, "-h": None}
            assert name in known, f"{name} of {words}"
            option = known[name]
            takes = isinstance(option, click.Option) and not option.is_flag and "=" not in word
            if takes and rest:
                rest.pop(0)
        elif isinstance(command, click.Group) and re.fullmatch("[a-z]+", word):
            under = command.get_command(click.Context(command), word)
            assert under is not None, f"{word} of {words}"
            command = under


@PAGE
def test_every_command_that_a_page_calls_exists(page: Path) -> None:
    for words in invocations(text_of(page)):
        check_call(words)


FOREIGN = {
    *("--json-lines", "--no-ensure-ascii"),  # json.tool
    *("--autogenerate", "--rev-id"),  # alembic
    *("--runs", "--texts", "--queries", "--pairs", "--seed"),  # benchmarks
    *("--version", "--help", "--check"),
}


@PAGE
def test_every_option_that_a_page_names_exists(page: Path) -> None:
    known = {name for command in every_command() for name in options(command)} | FOREIGN
    for span in spans(text_of(page)):
        for name in re.findall(r"(?<![\w-])--[a-z][a-z-]*", span):
            assert name in known, name
        for name, value in re.findall(r"(?<![\w-])(--[a-z][a-z-]*)[ =]([a-z0-9|]+)", span):
            allowed = choices(name)
            assert not allowed or set(value.split("|")) <= allowed, f"{name} {value}"


def choices(name: str) -> set[str]:
    """The values that an option takes anywhere; empty if it takes any."""
    params = [options(command)[name] for command in every_command() if name in options(command)]
    kinds = [param.type for param in params]
    return {
        str(value) for kind in kinds if isinstance(kind, click.Choice) for value in kind.choices
    }


def test_the_checks_of_calls_notice_what_is_not_there() -> None:
    for words in (["fly"], ["search", "--fly", "改革"], ["db", "fly"]):
        with pytest.raises(AssertionError):
            check_call(words)
    assert list(invocations("`archive search -- -改革` and `archive list`\n")) == [
        ["search", "--", "-改革"],
        ["list"],
    ]


def test_every_command_has_its_page_in_the_reference() -> None:
    reference = text_of(ROOT / "docs" / "cli.md")
    for name in COMMANDS:
        assert f"\n## archive {name}\n" in reference


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_what_the_pages_say(shell: str, folder: Path) -> None:
    line = f"_ARCHIVE_COMPLETE={shell}_source archive"
    assert line in text_of(ROOT / "README.md")
    assert line in text_of(ROOT / "docs" / "cli.md")
    assert "_ARCHIVE_COMPLETE=" in examples.run(line, folder)


# JSON

SHAPES: dict[str, type] = {
    "`archive ingest`": results.Outcome,
    "`archive ingest --dry-run`": results.Preview,
    "`archive failures`": results.Failure,
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
    "`archive similar`": results.Similar,
    "`archive reprints`": results.Reprint,
    "`archive revisions`": results.Revision,
    "`archive diff`": results.Change,
    "Piece": results.Piece,
    "`archive cite`": results.Citation,
    "`archive db check`": results.Finding,
    "`archive db reread`": results.Reread,
    "Moved": results.Moved,
    "`archive db status`": results.DatabaseStatus,
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
    public = {value for value in vars(results).values() if is_dataclass(value)}
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
