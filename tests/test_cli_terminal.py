"""On a terminal: layout at a width, colours, help, and what ingest tells."""

import json
import re
from pathlib import Path

import pytest
from cli_helpers import REFORM, make_archive, run, write
from rich.cells import cell_len

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
_CURSOR = re.compile(r"\x1b\[(?:\?25[lh]|[0-9]*[AK])|\r")
MARKED = "\x1b[1;33m"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


def plain(text: str) -> str:
    return _STYLE.sub("", text)


def rows(*args: str, db: Path, width: int) -> list[str]:
    """What stands on a terminal of this width, line by line."""
    result = run(*args, db=db, terminal=width)
    assert (result.code, result.stderr) == (0, "")
    return plain(result.stdout).splitlines()


# Layout


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize(
    "command",
    [
        ["list"],
        ["sections", "1"],
        ["sections", "--heading", "窗口"],
        ["search", "群众"],
        ["search", "群众", "--format", "table"],
        ["show", "1"],
        ["show", "1", "--explain"],
    ],
    ids=" ".join,
)
def test_nothing_is_wider_than_the_terminal(shelf: Path, command: list[str], width: int) -> None:
    shown = rows(*command, db=shelf, width=width)
    assert max(map(cell_len, shown)) <= width
    assert "春江市" in "".join(shown)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_paragraph_is_shown_whole_however_it_is_wrapped(shelf: Path, width: int) -> None:
    shown = rows("show", "1#1", db=shelf, width=width)
    whole = json.loads(run("show", "1#1", "--format", "json", db=shelf).stdout)
    joined = "".join(shown)
    for paragraph in whole["sections"][0]["paragraphs"]:
        assert paragraph in joined
    assert not [line for line in shown if line.startswith(tuple("，。”、"))]


def test_list_is_a_table_and_where_it_is_narrow_labelled_lines(shelf: Path) -> None:
    wide = rows("list", db=shelf, width=120)
    assert wide[0].split() == ["id", "key", "title", "published", "source", "channel", "sections"]
    usual = rows("list", db=shelf, width=80)
    assert usual[0].split() == ["id", "title", "published", "source", "sections"]
    narrow = rows("list", db=shelf, width=40)
    assert narrow[0].split() == ["id", "1"]
    assert narrow[1].startswith("key")
    assert "" in narrow  # between two articles


def test_the_sections_of_one_article_stand_under_its_title(shelf: Path) -> None:
    shown = rows("sections", "1", db=shelf, width=80)
    assert shown[0] == "春江市推进放管服改革：“马上办”渐成常态"
    assert shown[3].split() == ["section", "heading", "paragraphs", "characters"]
    assert shown[6].split() == ["1", "一扇窗口办成所有事", "2", "107"]


def test_hits_are_numbered_marked_and_end_with_their_place(shelf: Path) -> None:
    result = run("search", "放管服", db=shelf, terminal=80)
    assert f"{MARKED}放管服\x1b[0m" in result.stdout
    shown = plain(result.stdout).splitlines()
    assert shown[0] == "  1 春江市推进放管服改革：“马上办”渐成常态"
    assert shown[-1].startswith("    ")
    anchor = json.loads(run("search", "放管服", db=shelf).stdout)["anchor"]
    assert shown[-1].split(" · ") == [f"    {anchor}", "2019-05-06 09:30", "春江日报"]
    assert result.stdout.count(MARKED) == 2  # in the title too


def test_hits_of_a_later_page_are_numbered_on(shelf: Path) -> None:
    assert rows("search", "的", "--offset", "1", db=shelf, width=80)[0].startswith("  2 ")


def test_a_word_in_a_heading_is_marked(shelf: Path) -> None:
    shown = run("search", "heading:窗口", db=shelf, terminal=80).stdout
    assert f"{MARKED}窗口\x1b[0m" in shown
    assert "    #1 一扇窗口办成所有事\n" in plain(shown)


def test_nothing_found_is_told_on_standard_error(shelf: Path) -> None:
    result = run("search", "没有这个词", db=shelf, terminal=80)
    assert (result.code, result.stdout, result.stderr) == (0, "", "archive: no hit\n")


def test_formats_that_are_asked_for_are_the_same_on_a_terminal(shelf: Path) -> None:
    for form in ("json", "jsonl", "csv", "md"):
        command = ["search", "群众", "--format", form]
        assert run(*command, db=shelf, terminal=40).out == run(*command, db=shelf).out


# Colours

COLOURED = ["list"], ["search", "放管服"], ["show", "1"], ["show", "1", "--explain"]


@pytest.mark.parametrize("command", COLOURED, ids=" ".join)
def test_colours_on_a_terminal_none_in_a_pipe(shelf: Path, command: list[str]) -> None:
    assert _STYLE.search(run(*command, db=shelf, terminal=80).stdout)
    assert "\x1b" not in run(*command, db=shelf).stdout


@pytest.mark.parametrize("command", COLOURED, ids=" ".join)
def test_never_means_no_escape_sequence_at_all(shelf: Path, command: list[str]) -> None:
    shown = run("--color", "never", *command, db=shelf, terminal=80).stdout
    assert "\x1b" not in shown
    assert shown == plain(run(*command, db=shelf, terminal=80).stdout)


def test_always_means_colours_in_a_pipe_too(shelf: Path) -> None:
    for env in ({}, {"NO_COLOR": "1"}, {"TERM": "dumb"}):
        shown = run("--color", "always", "show", "1", db=shelf, env=env).stdout
        assert plain(shown) == run("show", "1", db=shelf).stdout
        assert _STYLE.search(shown)


def test_no_color_leaves_bold_and_dim(shelf: Path) -> None:
    shown = run("search", "放管服", db=shelf, terminal=80, env={"NO_COLOR": "1"}).stdout
    assert set(_STYLE.findall(shown)) == {"\x1b[1m", "\x1b[2m", "\x1b[0m"}
    assert "\x1b[1m放管服" in shown
    coloured = run("search", "放管服", db=shelf, terminal=80, env={"NO_COLOR": ""}).stdout
    assert MARKED in coloured


def test_a_dumb_terminal_gets_plain_text(shelf: Path) -> None:
    for command in COLOURED:
        assert "\x1b" not in run(*command, db=shelf, terminal=80, env={"TERM": "dumb"}).stdout


def test_help_is_drawn_on_a_terminal_and_plain_in_a_pipe(shelf: Path) -> None:
    drawn = run("--help", terminal=80).stdout
    assert "╭─" in plain(drawn)
    names = re.findall(r"^│ ([a-z]+) ", plain(drawn).partition("Commands")[2], re.MULTILINE)
    piped = run("--help").stdout
    assert names == re.findall(r"^  ([a-z]+)  ", piped.partition("Commands:")[2], re.MULTILINE)
    assert names[:3] == ["ingest", "failures", "list"]
    assert "╭" not in piped
    never = run("--color", "never", "list", "--help", db=shelf, terminal=80)
    assert "\x1b" not in never.stdout
    assert max(map(cell_len, plain(drawn).splitlines())) <= 80


# Ingest


def test_ingest_tells_the_first_outcomes_and_then_only_what_failed(tmp_path: Path) -> None:
    for number in range(60):
        write(
            tmp_path / "c" / f"{number:02}.txt", f"第{number}号简讯\n\n{number}号灯塔照常亮灯。\n"
        )
    write(tmp_path / "c" / "99.txt", "")
    result = run("ingest", str(tmp_path / "c"), db=tmp_path / "a.db", terminal=80)
    assert result.code == 4
    shown = plain(_CURSOR.sub("\n", result.stderr)).splitlines()
    stored = [line for line in shown if line.startswith("stored")]
    assert len(stored) == 20
    assert stored[0] == "stored       1  第0号简讯  [1 section]"
    (failed,) = [line for line in shown if line.startswith("failed ")]
    assert failed.endswith("99.txt: empty file; capture the page again")
    assert "… and so on; what fails is still shown" in shown
    assert shown[-2].startswith("60 stored, 1 failed in ")
    assert shown[-1] == "  1 failed: empty file; capture the page again"


def test_quiet_ingest_draws_nothing(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", REFORM)
    result = run("-q", "ingest", str(tmp_path / "a.txt"), db=tmp_path / "a.db", terminal=80)
    assert result.stderr == ""
    assert result.stdout.startswith("stored       1  春江市")
