"""What search and count print: hits, anchors that quote what was found, notes on what was not."""

import json
from pathlib import Path

import pytest
from cli_helpers import make_archive, run

NAMES = [
    "article",
    "key",
    "section",
    "sections",
    "title",
    "heading",
    "published",
    "source",
    "snippet",
    "score",
    "anchor",
]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


def quote(anchor: str, db: Path) -> str:
    return str(run("show", anchor, "--format", "json", db=db).object["quote"])


def test_a_hit_is_one_object_a_line(shelf: Path) -> None:
    result = run("search", "放管服", db=shelf)
    assert (result.code, result.stderr) == (0, "")
    hit = result.object
    assert list(hit) == NAMES
    assert (hit["article"], hit["section"], hit["sections"]) == (1, 0, [0])
    assert hit["heading"] is None
    assert (hit["published"], hit["source"]) == ("2019-05-06T09:30", "春江日报")
    assert "全市放管服改革又进一步" in hit["snippet"]
    assert "\n" not in hit["snippet"]
    assert isinstance(hit["score"], float)
    assert hit["anchor"] == f"{hit['key']}#0:18-21"
    assert "放管服" in result.stdout  # unescaped


@pytest.mark.parametrize("unit", ["article", "section"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("放管服", "放管服"),
        ("改", "改"),
        ("LED", "LED"),
        ("led显示屏", "LED显示屏"),
        ("ＬＥＤ 显示屏", "LED"),
        ("两个工作日以内,群众", "两个工作日以内，群众"),
        ("“以前跑五趟”", "以前跑五趟"),
        ('"市民周建国 告诉记者"', "市民周建国告诉记者"),
        ("3260", "3260"),
        ("body:金黄", "金黄"),
    ],
)
def test_an_anchor_quotes_exactly_the_characters_found(
    shelf: Path, unit: str, query: str, found: str
) -> None:
    hits = run("search", "--unit", unit, query, db=shelf).objects
    assert hits
    for hit in hits:
        ranged = hit["anchor"].partition(":")[2]
        if hit["title"].startswith("春江市") and not ranged:
            continue  # found in the title alone
        assert quote(hit["anchor"], shelf) == found
        assert found in hit["snippet"]


def test_a_place_in_a_title_is_the_key_and_in_a_heading_the_section(shelf: Path) -> None:
    title = run("search", "title:常态", db=shelf).object
    assert title["anchor"] == title["key"]
    heading = run("search", "heading:窗口", db=shelf).object
    assert heading["anchor"] == f"{heading['key']}#1"
    assert (heading["section"], heading["heading"]) == (1, "一扇窗口办成所有事")


def test_one_line_an_article_or_a_section(shelf: Path) -> None:
    article = run("search", "群众", db=shelf).object
    assert article["sections"] == [0, 2]
    sections = run("search", "--unit", "section", "群众", db=shelf).objects
    assert sorted((hit["section"], hit["sections"]) for hit in sections) == [(0, [0]), (2, [2])]


def test_count_is_one_integer_and_what_search_finds(shelf: Path) -> None:
    for unit, number in (("article", 2), ("section", 2)):
        result = run("search", "--count", "--unit", unit, "青石镇", db=shelf)
        assert (result.code, result.stdout, result.stderr) == (0, f"{number}\n", "")
        hits = run("search", "--unit", unit, "青石镇", db=shelf).objects
        assert len(hits) == number
    assert run("search", "--count", "没有这个词", db=shelf).stdout == "0\n"


def test_all_remaining_words_are_the_query(shelf: Path) -> None:
    assert [hit["article"] for hit in run("search", "青石镇", "水稻", db=shelf).objects] == [2]
    hits = run("search", "青石镇", "OR", "灯塔", "--sort", "oldest", db=shelf).objects
    assert [hit["article"] for hit in hits] == [1, 2, 3]
    assert [hit["article"] for hit in run("search", "--", "青石镇", "-水稻", db=shelf).objects] == [
        1
    ]


def test_hits_are_sorted_and_paged(shelf: Path) -> None:
    def articles(*options: str) -> list[int]:
        return [hit["article"] for hit in run("search", "的", *options, db=shelf).objects]

    assert articles("--sort", "newest") == [2, 1, 3]
    assert articles("--sort", "oldest") == [1, 2, 3]
    assert articles("--sort", "source") == [2, 1, 3]
    everything = articles()
    assert sorted(everything) == [1, 2, 3]
    assert articles("--limit", "2") + articles("--offset", "2") == everything


def test_scores_fall_and_tell_hits_apart(shelf: Path) -> None:
    scores = [hit["score"] for hit in run("search", "--unit", "section", "群众", db=shelf).objects]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 2


@pytest.mark.parametrize("form", ["json", "csv", "md", "table"])
def test_every_format_tells_the_place(shelf: Path, form: str) -> None:
    shown = run("search", "放管服", "--format", form, db=shelf).stdout
    anchor = run("search", "放管服", db=shelf).object["anchor"]
    assert anchor in shown
    assert (json.loads(shown)[0]["anchor"] == anchor) if form == "json" else ("snippet" in shown)


# What is not found


@pytest.mark.parametrize(
    ("query", "note"),
    [
        (["没有这个词"], "no hit"),
        (["水稻", "没有这个词"], 'no hit: "没有这个词" alone finds nothing'),
        (
            ["水稻", "灯塔"],
            "no hit: each term is found, but not all in one article as the query asks",
        ),
        (["source:人民日报"], "no hit"),
        (["水稻", "source:人民日报"], 'no hit: source:"人民日报" alone finds nothing'),
        (["水稻", "title:灯塔守"], 'no hit: title:"灯塔守" alone finds nothing'),
        (["水稻", "date:1999"], 'no hit: date:"1999" alone finds nothing'),
        (["(水稻", "OR", "灯塔)", "无此词"], 'no hit: "无此词" alone finds nothing'),
        (
            ["水稻", "(灯塔", "NEAR/1", "冬天)"],
            'no hit: ("灯塔" NEAR/1 "冬天") alone finds nothing',
        ),
        # what is denied is never blamed
        (["没有这个词", "NOT", "没有那个词"], 'no hit: "没有这个词" alone finds nothing'),
        (["NOT", "的", "NOT", "一"], "no hit"),
        (
            ["水稻", "NOT", "青石镇"],
            "no hit: each term is found, but not all in one article as the query asks",
        ),
    ],
)
def test_no_hit_exits_0_and_tells_which_term_alone_finds_nothing(
    shelf: Path, query: list[str], note: str
) -> None:
    result = run("search", *query, db=shelf)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == f"archive: {note}\n"
    assert run("-q", "search", *query, db=shelf).stderr == ""


def test_every_term_that_finds_nothing_is_named(shelf: Path) -> None:
    notes = run("search", "没有甲", "群众", "没有乙", db=shelf).stderr.splitlines()
    assert len(notes) == 2
    assert "没有甲" in notes[0]
    assert "没有乙" in notes[1]


def test_a_page_past_the_end_is_no_missing_term(shelf: Path) -> None:
    result = run("search", "青石镇", "--offset", "9", db=shelf)
    assert (result.code, result.stdout) == (0, "")
    assert "alone" not in result.stderr
    assert run("search", "水稻", "青石镇", "--limit", "0", db=shelf).stderr == ""


def test_what_may_have_been_meant_otherwise_is_told_on_standard_error(shelf: Path) -> None:
    result = run("search", "heding:窗口", "OR", "群众", db=shelf)
    assert result.objects
    assert "heading" in result.stderr
    assert run("-q", "search", "heding:窗口", "OR", "群众", db=shelf).stderr == ""


# What cannot be understood


@pytest.mark.parametrize(
    ("query", "caret"),
    [
        ('刘钦海"告诉', 6),
        ('abc"告诉', 3),
        ("改革 （书记", 5),
        ("ＬＥＤ “改革", 7),
        ("  改革\t\t）", 5),
        ("date:昨天", 5),
    ],
)
@pytest.mark.parametrize("width", [None, 80])
def test_the_caret_stands_under_the_cell_of_the_place(
    shelf: Path, query: str, caret: int, width: int | None
) -> None:
    result = run("search", query, db=shelf, terminal=width)
    assert (result.code, result.stdout) == (2, "")
    lines = result.stderr.splitlines()
    assert lines[-1] == f"  {' ' * caret}^"
    assert lines[-2].strip() in " ".join(query.split())
    assert lines[0].startswith("archive: ")


def test_a_long_query_is_cut_so_that_the_caret_stays_in_sight(shelf: Path) -> None:
    result = run("search", "改革" * 200 + '"' + "书记" * 200, db=shelf)
    *_, shown, caret = result.stderr.splitlines()
    assert len(shown) + shown.count("改") * 2 < 120
    assert shown.startswith("  …")
    assert len(caret) < 80
    cells = 2
    for char in shown[2 : shown.index('"')]:
        cells += 1 if char == "…" else 2
    assert caret == " " * cells + "^"


@pytest.mark.parametrize("query", [[""], ["，。"], ["("], ["NOT"], ["a" * 70_000], ["x "] * 1001])
def test_no_query_ends_in_a_traceback(shelf: Path, query: list[str]) -> None:
    result = run("search", *query, db=shelf)
    assert result.code == 2
    assert result.stderr.startswith("archive: ")
    assert "Traceback" not in result.stderr


def test_a_query_that_begins_with_a_minus_is_told_of_the_dashes(shelf: Path) -> None:
    for words in (["-x"], ["改革", "-书记"], ["--改革"]):
        result = run("search", *words, db=shelf)
        assert result.code == 2
        assert "stands after --: archive search -- -word" in result.stderr
    assert run("search", "--", "-水稻", db=shelf).code == 0
