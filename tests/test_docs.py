"""The docs say what is so: examples, links, commands and options."""

import re
import shlex
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import click
import pytest

import examples
import make_picture
from archive.cli import COMMANDS, cli

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
