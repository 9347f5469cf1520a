"""``revisions``, ``diff``, and ``--revisions``: what a user sees of versions and duplicates."""

import json
from pathlib import Path

import pytest
from cli_helpers import REFORM, Result, refused, run, write

CHANGED = REFORM.replace("两个工作日", "三个工作日").replace("3260户", "3281户")
"""A version of REFORM with two words changed."""


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """An archive of REFORM (1), which CHANGED (2) revises, and a further capture of REFORM."""
    texts = {"a.txt": REFORM, "b.txt": CHANGED, "c.txt": REFORM.replace("\n", "\r\n")}
    for name, text in texts.items():
        (tmp_path / "captures").mkdir(exist_ok=True)
        (tmp_path / "captures" / name).write_bytes(text.encode())
    db = tmp_path / "shelf.db"
    result = run("ingest", str(tmp_path / "captures"), db=db)
    assert [one["status"] for one in result.objects] == ["stored", "revised", "duplicate"]
    assert "1 stored, 1 revised, 1 duplicate in" in result.stderr
    return db


def keys(db: Path) -> list[str]:
    return [one["key"] for one in run("list", "--revisions", db=db).objects]


def test_ingest_tells_what_is_revised_and_what_is_a_duplicate(db: Path, tmp_path: Path) -> None:
    newer = write(tmp_path / "d.txt", CHANGED.replace("三个工作日", "四个工作日"))
    again = write(tmp_path / "e.txt", CHANGED + "\n")
    first, second = run("ingest", str(newer), str(again), db=db).objects
    assert (first["status"], first["article"], first["reason"]) == (
        "revised",
        3,
        "revises article 2",
    )
    assert (second["status"], second["article"], second["key"]) == ("duplicate", 2, keys(db)[1])
    shown = run("ingest", str(newer), str(tmp_path / "captures"), db=db, terminal=100)
    assert "4 unchanged" in shown.stderr


def test_revisions_are_listed_from_any_of_them(db: Path) -> None:
    for ref in ("1", "2", keys(db)[0]):
        first, second = run("revisions", ref, db=db).objects
        assert list(first) == ["article", "key", "title", "published", "ingested", "current"]
        assert (first["article"], first["current"]) == (1, False)
        assert (second["article"], second["current"]) == (2, True)
        assert [first["key"], second["key"]] == keys(db)
    table = run("revisions", "1", "--format", "table", db=db).stdout.splitlines()
    assert table[0].split() == ["id", "key", "title", "published", "ingested", "current"]
    assert [line.split()[-1] for line in table[2:]] == ["no", "yes"]
    refused(run("revisions", "9", db=db), 3, "no article 9")


def test_list_and_search_show_the_newest_unless_asked(db: Path) -> None:
    assert [one["article"] for one in run("list", db=db).objects] == [2]
    assert [one["article"] for one in run("list", "--revisions", db=db).objects] == [1, 2]
    assert [one["article"] for one in run("search", "放管服", db=db).objects] == [2]
    both = run("search", "--revisions", "放管服", db=db).objects
    assert sorted(one["article"] for one in both) == [1, 2]
    assert run("search", "--count", "放管服", db=db).stdout == "1\n"
    assert run("search", "--count", "--revisions", "放管服", db=db).stdout == "2\n"
    assert run("kwic", "两个工作日", db=db).stdout == ""
    assert run("count", "两个工作日", db=db).object["articles"] == 0


def test_a_term_of_older_versions_alone_is_named(db: Path) -> None:
    result = run("search", "放管服", "两个工作日", db=db)
    assert result.stdout == ""
    assert '两个工作日" alone finds nothing' in result.stderr


def test_show_tells_of_other_captures_and_versions(db: Path, tmp_path: Path) -> None:
    older, newer = (run("show", ref, db=db).stdout.splitlines() for ref in "12")
    size = len(REFORM.replace("\n", "\r\n").encode())
    assert older[-2].startswith("also ")
    assert older[-2].endswith(f"{tmp_path}/captures/c.txt, {size:,} bytes, utf-8")
    assert older[-1] == "superseded by 2: archive diff 1 2"
    assert newer[-1] == "revises 1: archive diff 1 2"
    duplicate = older[-2].split()[1]
    assert run("show", duplicate, db=db).stdout == run("show", "1", db=db).stdout
    assert run("show", duplicate, "--format", "json", db=db).object["key"] == keys(db)[0]
    assert run("show", duplicate, "--raw", db=db).out == REFORM.replace("\n", "\r\n").encode()
    assert run("show", "1", "--raw", db=db).out == REFORM.encode()


def test_show_of_an_article_that_is_alone_tells_nothing_more(tmp_path: Path) -> None:
    db = tmp_path / "one.db"
    run("ingest", str(write(tmp_path / "a.txt", REFORM)), db=db)
    assert "ingested" in run("show", "1", db=db).stdout.splitlines()[-1]


DIFF = """\
春江市政务服务中心近日传出消息，全市放管服改革又进一步，企业开办时间压缩到[-两-]{+三+}个工作日以内，群众办事更加方便。
  … 1 paragraph unchanged

#1 一扇窗口办成所有事
  … 1 paragraph unchanged
据统计，今年一季度全市新登记企业[-3260-]{+3281+}户，同比增长百分之十八，其中小微企业占了九成以上。

#2 把群众的事放在心上
  … 1 paragraph unchanged

paragraphs: 2 changed, 0 inserted, 0 deleted, 3 unchanged
"""


def test_a_difference_is_told_by_signs_in_a_pipe(db: Path) -> None:
    head, _, body = run("diff", "1", "2", db=db).stdout.partition("\n\n")
    assert body == DIFF
    assert [line.split()[:4] for line in head.splitlines()] == [
        ["-", "1", "=", keys(db)[0]],
        ["+", "2", "=", keys(db)[1]],
    ]


def styled(result: Result) -> bool:
    return "\x1b[9;31m两\x1b[0m\x1b[4;32m三\x1b[0m" in result.stdout


def test_on_a_terminal_it_is_told_by_colours_and_without_colours_by_signs(db: Path) -> None:
    coloured = run("diff", "1", "2", db=db, terminal=80)
    assert styled(coloured)
    assert "[-" not in coloured.stdout
    assert styled(run("--color", "always", "diff", "1", "2", db=db))
    plain = run("--color", "never", "diff", "1", "2", db=db, terminal=80)
    assert "[-两-]{+三+}" in plain.stdout.replace("\n", "")
    assert "\x1b" not in plain.stdout
    without = run("diff", "1", "2", db=db, terminal=80, env={"NO_COLOR": "1"})
    assert "[-" in without.stdout
    assert ";31m" not in without.stdout


def test_a_difference_as_json_has_the_parts_that_differ(db: Path) -> None:
    lines = run("diff", "1", "2", "--format", "jsonl", db=db).objects
    assert json.loads(run("diff", "1", "2", "--format", "json", db=db).stdout) == lines
    first, second = keys(db)
    assert [(one["part"], one["old"], one["new"]) for one in lines] == [
        ("paragraph", f"{first}#0:0-54", f"{second}#0:0-54"),
        ("paragraph", f"{first}#1:62-107", f"{second}#1:62-107"),
    ]
    assert lines[0]["pieces"][1] == {"edit": "deleted", "text": "两"}


def test_sections_alone_can_be_compared(db: Path) -> None:
    assert len(run("diff", "1#1", "2#1", "--format", "jsonl", db=db).objects) == 1
    same = run("diff", "1#2", "2#2", db=db)
    assert (same.code, same.stdout) == (0, "")
    assert "no difference" in same.stderr
    refused(run("diff", "1#1:0-3", "2", db=db), 2, "names a range")
    refused(run("diff", "1", "9", db=db), 3, "no article 9")


def test_a_long_unchanged_stretch_is_cut_and_no_control_character_is_shown(tmp_path: Path) -> None:
    db = tmp_path / "long.db"
    middle = "这是很长的一段没有变化的文字" * 20
    for name, word in (("a", "甲方案"), ("b", "乙方案")):
        body = f"采用{word}\x1b[31m，{middle}，结果是{word}。"
        page = f"一个标题\n\n2019年05月06日 来源：春江日报\n\n    {body}\n"
        run("ingest", str(write(tmp_path / f"{name}.txt", page)), db=db)
    shown = run("diff", "1", "2", db=db).stdout
    assert "\x1b" not in shown
    (changed,) = [line for line in shown.splitlines() if "[-" in line]
    assert changed.count("[-甲-]{+乙+}") == 2
    assert changed.count("…") == 1
    assert len(changed) < 120
