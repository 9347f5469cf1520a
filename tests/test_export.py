"""Whole articles that a query finds: which, in which order, and what they look like."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from cli_helpers import make_archive, refused, run
from samples import article, item, numbered, section, words

from archive import Archive
from archive.errors import QueryError, UsageError
from archive.results import Article


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive(tmp_path_factory.mktemp("shelf"))


def keys(articles: list[Article]) -> list[str]:
    return [article.key for article in articles]


def test_what_a_query_finds_is_given_whole_and_once(shelf: Path) -> None:
    with Archive.open(shelf, readonly=True) as archive:
        for unit in ("article", "section", "paragraph"):
            hits = archive.search("改革", unit=unit, limit=None)
            found = list(archive.export("改革", unit=unit))
            assert keys(found) == list(dict.fromkeys(hit.key for hit in hits))
            assert found == [archive.article(one.key) for one in found]
        assert len(archive.search("改革", unit="section")) > len(list(archive.export("改革")))


def test_units_orders_pages_and_strictness_are_those_of_search(shelf: Path) -> None:
    with Archive.open(shelf, readonly=True) as archive:
        assert len(list(archive.export("放管服 笑脸", unit="article"))) == 1
        assert not list(archive.export("放管服 笑脸", unit="paragraph"))
        assert not list(archive.export("led", strict=True))
        for sort in ("newest", "oldest", "relevance"):
            ids = [hit.article for hit in archive.search("的", sort=sort, limit=None)]
            assert len(ids) == 3
            assert [one.id for one in archive.export("的", sort=sort)] == ids
            page = archive.export("的", sort=sort, limit=1, offset=1)
            assert [one.id for one in page] == ids[1:2]


def test_without_a_query_every_article_is_given(shelf: Path) -> None:
    with Archive.open(shelf, readonly=True) as archive:
        assert [one.id for one in archive.export()] == [1, 2, 3]
        assert [one.id for one in archive.export(sort="newest")] == [2, 1, 3]
        assert [one.id for one in archive.export(sort="oldest", limit=2)] == [1, 2]


def test_more_than_are_read_at_a_time(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.add(numbered(250))
        assert [one.id for one in archive.export("第7篇")] == [7]
        assert [one.id for one in archive.export()] == list(range(1, 251))
        assert len(list(archive.export("末段", unit="section"))) == 250


def test_a_replaced_article_is_not_among_all(path: Path) -> None:
    both = [
        item(
            article("一", section(None, words(1) + more))._replace(
                source="新华社", published="2018-10-12"
            )
        )
        for more in ("", "又一句。")
    ]
    with Archive.open(path) as archive:
        archive.add(both)
        assert len(archive.articles(revisions=True)) == 2
        assert [one.id for one in archive.export()] == [2]
        assert [one.id for one in archive.export(sort="newest")] == [2]


def test_what_cannot_be_asked_is_refused(shelf: Path) -> None:
    with Archive.open(shelf, readonly=True) as archive:
        with pytest.raises(UsageError, match="unit"):
            list(archive.export("改革", unit="page"))
        with pytest.raises(UsageError, match="order"):
            list(archive.export("改革", sort="size"))
        with pytest.raises(QueryError):
            list(archive.export("(改革"))
    refused(run("export", "-x", db=shelf), 2, "No such option")
    assert "no hit" in run("export", "没有这个", db=shelf).stderr


# What is written


def test_json_lines_are_those_of_show(shelf: Path) -> None:
    result = run("export", "改革", db=shelf)
    assert result.code == 0
    assert result.objects == [run("show", "1", "--format", "json", db=shelf).object]


def test_csv_is_a_row_an_article_with_its_text(shelf: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("export", "--format", "csv", db=shelf).stdout)))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    shown = run("show", "1", "--format", "json", db=shelf).object
    assert rows[0]["key"] == shown["key"]
    assert rows[0]["channel"] == " > ".join(shown["channel"])
    assert rows[0]["sha256"] == shown["capture"]["sha256"]
    lead, first, *_ = shown["sections"]
    assert rows[0]["text"].startswith(
        "\n".join(lead["paragraphs"]) + f"\n\n{first['heading']}\n" + first["paragraphs"][0]
    )


def test_markdown_names_each_section_by_its_anchor(shelf: Path) -> None:
    text = run("export", "改革", "--format", "md", db=shelf).stdout
    shown = run("show", "1", "--format", "json", db=shelf).object
    assert text.startswith(
        f"# {shown['title']}\n\n- published: 2019-05-06 09:30\n- source: 春江日报\n"
    )
    assert f"- cite as: {run('cite', '1', db=shelf).stdout}" in text
    assert re.findall(r"^`(.*)`$", text, re.MULTILINE) == [
        f"{shown['key']}#{one['number']}" for one in shown["sections"]
    ]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        one["heading"] for one in shown["sections"] if one["heading"]
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("# 一", r"\# 一"),
        ("- 一", r"\- 一"),
        ("+ 一", r"\+ 一"),
        ("===", r"\==="),
        ("1. 一", r"1\. 一"),
        ("12) 一", r"12\) 一"),
        ("1.5 倍", r"1\.5 倍"),
        ("*一* _二_ `三`", r"\*一\* \_二\_ \`三\`"),
        ("[一](http://a)", r"\[一\](http://a)"),
        ("<script>", r"\<script\>"),
        ("&amp; | ~", r"\&amp; \| \~"),
        ("\\", r"\\"),
        ("2018年-2019年", "2018年-2019年"),
    ],
)
def test_no_text_is_taken_for_markdown(path: Path, text: str, written: str) -> None:
    with Archive.open(path) as archive:
        archive.add([item(article(text, section(None, text), section(text, text)))])
    lines = run("export", "--format", "md", db=path).stdout.splitlines()
    assert lines[0] == f"# {written}"
    assert f"## {written}" in lines
    assert lines.count(written) == 2


def test_bibtex_is_an_entry_an_article_under_its_key(shelf: Path) -> None:
    text = run("export", "--format", "bibtex", db=shelf).stdout
    entries = [
        run("cite", str(number), "--style", "bibtex", db=shelf).stdout for number in (1, 2, 3)
    ]
    assert text == "\n".join(entries) + "\n"
    names = re.findall(r"^@online\{(.*),$", text, re.MULTILINE)
    assert len(set(names)) == 3


@pytest.mark.parametrize("wanted", ["jsonl", "csv", "md", "bibtex"])
def test_nothing_of_a_capture_steers_a_terminal(path: Path, wanted: str) -> None:
    nasty = "红\x1b[31m字\u202e\x07\x9b"
    with Archive.open(path) as archive:
        archive.add([item(article(nasty, section(None, nasty), section(nasty, nasty)))])
    written = run("export", "--format", wanted, db=path).stdout
    assert not set(written) & set("\x1b\u202e\x07\x9b")
    assert "红" in written


def test_a_file_appears_when_all_of_it_is_written(shelf: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    result = run("export", "改革", "--output", str(file), db=shelf)
    assert (result.code, result.stdout) == (0, "")
    assert json.loads(file.read_text())["id"] == 1
    refused(run("export", "改革", "--output", str(file), db=shelf), 2, "is there already")
    assert run("export", "--force", "--output", str(file), db=shelf).code == 0
    assert len(file.read_text().splitlines()) == 3
    assert run("export", "(", "--force", "--output", str(file), db=shelf).code == 2
    assert len(file.read_text().splitlines()) == 3
    refused(run("export", "--force", "--output", str(shelf), db=shelf), 2, "is an archive")
