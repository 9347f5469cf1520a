"""``archive kwic`` and ``archive count`` at the command line: formats, widths, files and notes."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cli_helpers import make_archive, refused, run
from rich.cells import cell_len

KWIC = ["article", "key", "section", "left", "keyword", "right", "published", "source", "anchor"]
COUNT = ["value", "articles", "sections", "characters"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


# kwic


def test_a_pipe_gets_lines_of_80_cells_with_the_anchor_last(shelf: Path) -> None:
    done = run("kwic", "改革", db=shelf)
    assert (done.code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert len({cell_len(line[: line.index(" 改革 ")]) for line in lines}) == 1
    for line in lines:
        assert cell_len(line) == 80
        anchor = line.rpartition(" ")[2]
        assert run("show", anchor, db=shelf).stdout == "改革\n"


@pytest.mark.parametrize("width", [60, 100, 140])
def test_a_terminal_gets_lines_of_its_width(shelf: Path, width: int) -> None:
    done = run("--color", "never", "kwic", "企业 OR LED", db=shelf, terminal=width)
    lines = done.stdout.splitlines()
    assert len(lines) >= 3
    assert {cell_len(line) for line in lines} == {width}
    given = run("kwic", "企业 OR LED", "--width", str(width), db=shelf)
    assert given.stdout == done.stdout


def test_a_terminal_marks_the_keyword(shelf: Path) -> None:
    assert "\x1b[1;33m改革\x1b[0m" in run("kwic", "改革", db=shelf, terminal=90).stdout


def test_json_tells_places_that_show_quotes(shelf: Path) -> None:
    found = run("kwic", "镇", "--format", "jsonl", db=shelf).objects
    assert [record["published"][:4] for record in found] == ["2021", "2019", "2019"]
    for record in found:
        assert list(record) == KWIC
        quoted = run("show", record["anchor"], "--format", "json", db=shelf).object["quote"]
        assert quoted == record["keyword"] == "镇"
    assert json.loads(run("kwic", "镇", "--format", "json", db=shelf).stdout) == found
    short = run("kwic", "镇", "--format", "jsonl", "--width", "20", db=shelf).objects
    assert {len(record["right"]) for record in short} == {10}


def test_kwic_prints_tables_csv_and_markdown(shelf: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("kwic", "镇", "--format", "csv", db=shelf).stdout)))
    assert [row["keyword"] for row in rows] == ["镇"] * 3
    assert "| keyword |" in run("kwic", "镇", "--format", "md", db=shelf).stdout
    assert "keyword" in run("kwic", "镇", "--format", "table", db=shelf).stdout


def test_orders_and_limits_reach_the_archive(shelf: Path) -> None:
    def dates(*options: str) -> list[str]:
        done = run("kwic", "镇", "--format", "jsonl", *options, db=shelf)
        return [record["published"][:4] for record in done.objects]

    assert dates("--sort", "date") == ["2019", "2019", "2021"]
    assert dates("--limit", "1") == ["2021"]
    assert dates("--unit", "section", "--strict") == ["2021", "2019", "2019"]
    assert dates("--limit", "0") == []
    assert run("kwic", "镇", "--limit", "0", db=shelf).err == b""


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("没有这个", "archive: no hit\n"),
        ("没有这个 改革", 'archive: no hit: "没有这个" alone finds nothing\n'),
        ("title:改革", "titles, headings or captions only"),
        ("source:春江日报", "no word to show"),
        ("NOT 改革", "no word to show"),
    ],
)
def test_no_place_is_explained(shelf: Path, query: str, note: str) -> None:
    for extra in ([], ["--format", "jsonl"]):
        done = run("kwic", *extra, "--", query, db=shelf)
        assert (done.code, done.stdout) == (0, "")
        assert note in done.stderr
    assert run("-q", "kwic", query, db=shelf).stderr == ""


def test_no_control_character_reaches_a_line(tmp_path: Path) -> None:
    db, page = tmp_path / "a.db", tmp_path / "a.txt"
    page.write_text(
        "题目在此\n\n　　他说\x1b[31m改革\u202e要\t继续，大家都同意。\n", encoding="utf-8"
    )
    assert run("ingest", str(page), db=db).code == 0
    line = run("kwic", "改革", db=db).stdout
    assert "改革" in line
    assert not set(line) & set("\x1b\u202e\t")
    assert cell_len(line.rstrip("\n")) == 80


# count


def test_a_total_is_one_row(shelf: Path) -> None:
    record = run("count", "镇", db=shelf).object
    assert list(record) == COUNT
    assert (record["value"], record["articles"], record["sections"]) == (None, 2, 2)
    shown = [run("show", ref, "--format", "json", db=shelf).object for ref in ("1#2", "2#0")]
    texts = ["\n".join(one["sections"][0]["paragraphs"]) for one in shown]
    assert record["characters"] == sum(map(len, texts))


def test_counts_have_the_documented_names_in_every_format(shelf: Path) -> None:
    rows = run("count", "的", "--by", "year", db=shelf).objects
    assert [row["value"] for row in rows] == ["2019", "2020", "2021", None]
    assert [row["articles"] for row in rows] == [1, 0, 1, 1]
    assert {tuple(row) for row in rows} == {tuple(COUNT)}
    relative = run("count", "的", "--by", "year", "--relative", db=shelf).objects
    assert {tuple(row) for row in relative} == {(*COUNT, "per_million")}
    assert [row["per_million"] is None for row in relative] == [False, True, False, False]
    written = run("count", "的", "--by", "year", "--format", "csv", db=shelf).stdout
    assert [row["value"] for row in csv.DictReader(io.StringIO(written))][-1] == ""
    assert (
        json.loads(run("count", "的", "--by", "year", "--format", "json", db=shelf).stdout) == rows
    )
    table = run("count", "的", "--by", "year", "--relative", "--format", "table", db=shelf).stdout
    assert "per million" in table


def test_a_terminal_gets_bars(shelf: Path) -> None:
    done = run("--color", "never", "count", "的", "--by", "source", db=shelf, terminal=70)
    assert done.stdout.splitlines()[0] == "source     articles  sections  characters"
    assert "春江日报" in done.stdout
    assert "█" in done.stdout
    assert "no source" in done.stdout
    assert all(cell_len(line) <= 70 for line in done.stdout.splitlines())
    assert "█" not in run("count", "的", "--by", "source", db=shelf).stdout


@pytest.mark.parametrize("by", ["source", "channel", "day", "month", "year", "heading"])
def test_every_grouping_can_be_asked_and_drawn(shelf: Path, tmp_path: Path, by: str) -> None:
    file = tmp_path / "图.svg"
    done = run("count", "企业 OR 的", "--by", by, "--svg", str(file), db=shelf)
    assert done.code == 0
    assert done.stdout == run("count", "企业 OR 的", "--by", by, db=shelf).stdout
    drawn = file.read_text(encoding="utf-8")
    ET.fromstring(drawn)  # noqa: S314 - our own document
    again = run("count", "企业 OR 的", "--by", by, "--svg", "-", db=shelf)
    assert again.stdout == drawn
    names = {"source": "春江日报", "channel": "首页 &gt; 农业", "heading": "一扇窗口办成所有事"}
    assert names.get(by, "2019") in drawn


def test_counts_of_nothing_say_so(shelf: Path) -> None:
    done = run("count", "没有这个", "--by", "month", db=shelf)
    assert (done.code, done.stdout, done.stderr) == (0, "", "archive: no hit\n")
    done = run("count", "没有这个", db=shelf)
    assert done.object == {"value": None, "articles": 0, "sections": 0, "characters": 0}
    assert done.stderr == "archive: no hit\n"


def test_what_makes_no_sense_is_refused(shelf: Path, tmp_path: Path) -> None:
    refused(run("count", "的", "--svg", "a.svg", db=shelf), 2, "--svg draws what --by counts")
    refused(run("count", "的", "--by", "day", "--limit", "3", db=shelf), 2, "no limit")
    nowhere = str(tmp_path / "none" / "a.svg")
    refused(run("count", "的", "--by", "day", "--svg", nowhere, db=shelf), 1, "No such file")


def test_a_limit_keeps_the_first_values(shelf: Path) -> None:
    rows = run("count", "的", "--by", "source", "--limit", "1", db=shelf).objects
    assert [(row["value"], row["articles"]) for row in rows] == [("春江日报", 2)]
