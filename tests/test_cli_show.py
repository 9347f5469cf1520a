"""What list, sections, show, cite, remove and db print in a pipe."""

import json
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from cli_helpers import HARVEST, PLAIN, REFORM, run, write

from archive.capture import READER_VERSION

KEYS = {text: sha256(text.encode()).hexdigest()[:16] for text in (REFORM, HARVEST, PLAIN)}
KEY = KEYS[REFORM]
TITLE = "春江市推进放管服改革：“马上办”渐成常态"
LEAD = [
    "春江市政务服务中心近日传出消息，全市放管服改革又进一步，企业开办时间压缩到两个工作日以内，群众办事更加方便。",
    "记者在大厅看到，十二个综合窗口全部开放，前来办事的市民不再需要来回奔波。“以前跑五趟，现在跑一趟。”市民周建国告诉记者。",
]


def pairs(text: str) -> list[tuple[str, object]]:
    """A JSON object's names and values in their order."""
    value: list[tuple[str, object]] = json.loads(text, object_pairs_hook=list)
    return value


def test_list_prints_one_object_a_line(shelf: Path) -> None:
    result = run("list", db=shelf)
    assert (result.code, result.stderr) == (0, "")
    first, second, third = result.stdout.splitlines()
    assert first == (
        f'{{"article": 1, "key": "{KEY}", "title": "{TITLE}", "published": "2019-05-06T09:30", '
        '"source": "春江日报", "channel": ["首页", "地方", "政务"], "sections": 3}'
    )
    assert pairs(second)[0] == ("article", 2)
    assert pairs(third) == [
        ("article", 3),
        ("key", KEYS[PLAIN]),
        ("title", "灯塔"),
        ("published", None),
        ("source", None),
        ("channel", []),
        ("sections", 1),
    ]


@pytest.mark.parametrize(
    ("options", "articles"),
    [
        (["--source", "春江"], [1, 2]),
        (["--channel", "农业"], [2]),
        (["--channel", "首页", "--date", "2019"], [1]),
        (["--date", ">=2020"], [2]),
        (["--date", "2018..2020"], [1]),
        (["--source", "没有"], []),
        (["--sort", "newest"], [2, 1, 3]),
        (["--sort", "oldest"], [1, 2, 3]),
        (["--sort", "newest", "--limit", "1"], [2]),
        (["--offset", "1"], [2, 3]),
        (["--limit", "0"], []),
    ],
)
def test_list_is_filtered_sorted_and_paged(
    shelf: Path, options: list[str], articles: list[int]
) -> None:
    result = run("list", *options, db=shelf)
    assert result.code == 0
    assert [row["article"] for row in result.objects] == articles
    assert result.stderr == ("" if articles else "archive: no articles\n")


def test_sections_of_an_article(shelf: Path) -> None:
    result = run("sections", "1", db=shelf)
    lead, first, second = result.stdout.splitlines()
    assert pairs(lead) == [
        ("article", 1),
        ("key", KEY),
        ("section", 0),
        ("title", TITLE),
        ("heading", None),
        ("paragraphs", 2),
        ("characters", len("\n".join(LEAD))),
    ]
    assert dict(pairs(first))["heading"] == "一扇窗口办成所有事"
    assert dict(pairs(second))["heading"] == "把群众的事放在心上"


@pytest.mark.parametrize("heading", ["窗口", "一扇窗口办成所有事", "窗口办成"])
def test_sections_headed_by_a_text(shelf: Path, heading: str) -> None:
    found = run("sections", "--heading", heading, db=shelf).object
    assert (found["article"], found["section"]) == (1, 1)


def test_sections_of_one_article_headed_by_a_text(shelf: Path) -> None:
    assert run("sections", "1", "--heading", "群众", db=shelf).object["section"] == 2
    nothing = run("sections", "2", "--heading", "群众", db=shelf)
    assert (nothing.code, nothing.stdout, nothing.stderr) == (0, "", "archive: no sections\n")


def test_show_prints_the_whole_article_as_json(shelf: Path) -> None:
    shown = run("show", "1", "--format", "json", db=shelf).stdout
    value = dict(pairs(shown))
    assert list(value) == [
        "schema",
        "id",
        "key",
        "title",
        "published",
        "source",
        "author",
        "editor",
        "channel",
        "url",
        "captions",
        "sections",
        "capture",
    ]
    assert (value["schema"], value["id"], value["key"], value["title"]) == (1, 1, KEY, TITLE)
    assert (value["published"], value["source"]) == ("2019-05-06T09:30", "春江日报")
    assert (value["editor"], value["url"], value["captions"]) == (None, None, [])
    assert value["channel"] == ["首页", "地方", "政务"]
    sections = json.loads(shown)["sections"]
    assert [list(section) for section in sections] == [["number", "heading", "paragraphs"]] * 3
    assert sections[0] == {"number": 0, "heading": None, "paragraphs": LEAD}
    assert list(json.loads(shown)["capture"]) == ["sha256", "path", "encoding", "bytes", "ingested"]
    assert LEAD[0] in shown  # unescaped


def test_show_tells_where_the_capture_came_from(shelf: Path) -> None:
    capture = run("show", "1", "--format", "json", db=shelf).object["capture"]
    assert capture["sha256"] == sha256(REFORM.encode()).hexdigest()
    assert capture["path"] == str(shelf.parent / "captures" / "a-reform.txt")
    assert (capture["encoding"], capture["bytes"]) == ("utf-8", len(REFORM.encode()))


@pytest.mark.parametrize(("ref", "numbers"), [("1#2", [2]), ("1#0", [0]), ("1#1-2", [1, 2])])
def test_show_of_sections_is_the_same_object_with_only_those(
    shelf: Path, ref: str, numbers: list[int]
) -> None:
    whole = run("show", "1", "--format", "json", db=shelf).object
    part = run("show", ref, "--format", "json", db=shelf).object
    whole["sections"] = [one for one in whole["sections"] if one["number"] in numbers]
    assert part == whole


@pytest.mark.parametrize(("start", "end"), [(0, 3), (50, 60), (115, 115), (0, 115)])
def test_show_of_a_range_adds_exactly_its_characters(shelf: Path, start: int, end: int) -> None:
    section = run("show", "1#0", "--format", "json", db=shelf).object
    quoted = run("show", f"1#0:{start}-{end}", "--format", "json", db=shelf).object
    assert quoted.pop("quote") == "\n".join(LEAD)[start:end]
    assert quoted == section


@pytest.mark.parametrize("ref", ["1", KEY, KEY[:6], KEY.upper()])
def test_an_article_answers_to_its_id_its_key_and_a_prefix_of_it(shelf: Path, ref: str) -> None:
    assert run("show", ref, "--format", "json", db=shelf).object["id"] == 1


def test_json_and_jsonl_of_one_thing_are_the_same(shelf: Path) -> None:
    for command in (["show", "1"], ["cite", "1"], ["db", "status"]):
        one, other = (run(*command, "--format", form, db=shelf) for form in ("json", "jsonl"))
        assert one.stdout == other.stdout


def test_show_prints_text(shelf: Path) -> None:
    shown = run("show", "1#1", db=shelf).stdout.splitlines()
    assert shown[0] == TITLE
    assert shown[1].startswith("2019-05-06 09:30 · 春江日报")
    assert shown[1].endswith(f"1 = {KEY}")
    assert shown[2] == "首页 > 地方 > 政务"
    assert shown[4] == "#1 一扇窗口办成所有事"
    assert shown[6].startswith("走进春江市政务服务中心，LED显示屏")
    assert shown[-1].startswith(f"{KEY}#1 · {shelf.parent}/captures/a-reform.txt, ")


def test_show_of_a_range_prints_the_quote_alone(shelf: Path) -> None:
    assert run("show", "1#0:18-21", db=shelf).stdout == "放管服\n"


def test_raw_is_the_file_byte_for_byte(tmp_path: Path) -> None:
    odd = f"题目\r\n\r\n{LEAD[0]}\r\n\x07\x1b[31m\t\x85".encode("gb18030") + b"\x80\xff\r"
    (tmp_path / "odd.txt").write_bytes(odd)
    db = tmp_path / "a.db"
    assert run("ingest", str(tmp_path / "odd.txt"), db=db).object["status"] == "stored"
    assert run("show", "1", "--raw", db=db).out == odd


def test_explain_gives_every_line_of_the_capture_a_role(shelf: Path) -> None:
    rows = run("show", "1", "--explain", "--format", "jsonl", db=shelf).objects
    names = ["line", "start", "end", "role", "rule", "kept", "section", "paragraph", "text"]
    assert [list(row) for row in rows] == [names] * len(rows)
    assert rows[0]["start"] == 0
    assert rows[-1]["end"] == len(REFORM)
    assert all(before["end"] == after["start"] for before, after in pairwise(rows))
    assert {row["line"] for row in rows} == set(range(1, REFORM.count("\n") + 1))
    assert run("show", "1", "--explain", "--format", "json", db=shelf).stdout.startswith("[{")
    text = run("show", "1", "--explain", db=shelf).stdout.splitlines()
    assert len(text) == len(rows)
    assert text[2].split()[:2] == ["3", "title"]


def test_cite_prints_a_style_or_its_parts(shelf: Path) -> None:
    plain = run("cite", "1#0:18-21", db=shelf).stdout
    assert plain.endswith(f"：“放管服”。{KEY}#0:18-21 (reader {READER_VERSION})\n")
    assert plain.startswith(f"《{TITLE}》，")
    assert run("cite", "1", "--style", "bibtex", db=shelf).stdout.startswith(f"@online{{{KEY},\n")
    assert (
        "[N/OL]. 春江日报, 2019-05-06[" in run("cite", "1", "--style", "gbt7714", db=shelf).stdout
    )
    parts = run("cite", "1#1:0-2", "--format", "json", db=shelf).object
    assert list(parts) == [
        "title",
        "source",
        "author",
        "published",
        "url",
        "heading",
        "quote",
        "anchor",
        "accessed",
        "reader",
    ]
    assert (parts["quote"], parts["anchor"]) == ("走进", f"{KEY}#1:0-2")


def test_status_counts(shelf: Path) -> None:
    status = run("db", "status", db=shelf).object
    assert (status["captures"], status["articles"], status["sections"]) == (3, 3, 5)
    assert status["path"] == str(shelf)
    assert status["capture_bytes"] == sum(len(text.encode()) for text in KEYS)
    table = run("db", "status", "--format", "table", db=shelf).stdout
    assert "\ncaptures         3\n" in table


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """An archive of one's own, to change."""
    write(tmp_path / "a.txt", REFORM)
    write(tmp_path / "b.txt", HARVEST)
    db = tmp_path / "own.db"
    assert run("ingest", str(tmp_path), db=db).code == 0
    return db


def test_remove_takes_articles_out_and_says_so(own: Path) -> None:
    result = run("remove", "1", db=own)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == f"removed 1 = {KEY}: {TITLE}\n"
    assert [row["article"] for row in run("list", db=own).objects] == [2]
    assert run("show", "1", db=own).code == 3
    assert run("search", "放管服", db=own).stdout == ""


def test_remove_of_an_unknown_ref_removes_nothing(own: Path) -> None:
    assert run("remove", "1", "77", db=own).code == 3
    assert run("remove", "1#0", db=own).code == 2
    assert len(run("list", db=own).objects) == 2


def test_bytes_that_were_removed_are_stored_again_with_a_note(own: Path) -> None:
    run("-q", "remove", KEY, db=own)
    outcome = run("ingest", str(own.parent / "a.txt"), db=own).object
    assert (outcome["status"], outcome["article"], outcome["key"]) == ("stored", 3, KEY)
    assert "were removed on 20" in outcome["reason"]


def test_create_makes_a_file_once(tmp_path: Path) -> None:
    db = tmp_path / "新 库.db"
    assert run("db", "create", db=db).stderr == f"{db} created\n"
    before = db.read_bytes()
    assert run("db", "create", db=db).stderr == f"{db} is there already\n"
    assert db.read_bytes() == before
    assert run("-q", "db", "create", db=db).stderr == ""
    assert run("list", db=db).code == 0
