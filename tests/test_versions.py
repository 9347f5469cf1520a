"""Duplicates and revised articles: told alike in one batch or many, found by every key, removed."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alike import CHANGED, DAY, OTHER, TEXT, URL, capture, one_by_one, statuses, told
from conftest import Write
from samples import article, section

from archive import Archive, versions
from archive.errors import RefError
from archive.ingest import Known, Read
from archive.reports import Status
from archive.sameness import Part
from archive.shingles import Shingled

ROOT = Path(__file__).resolve().parent.parent


def current(news: Archive) -> list[int]:
    return [one.article for one in news.articles()]


# Duplicates


def test_other_bytes_that_say_the_same_are_a_duplicate(news: Archive) -> None:
    first, second = capture(told(), "a"), capture(told(title="春江改革", source=None), "b")
    stored, again = one_by_one(news, first, second)
    assert again == replace(stored, status=Status.DUPLICATE, path="b.txt")
    assert current(news) == [1]
    assert news.count("放管服", revisions=True) == 1
    status = news.status()
    assert (status.captures, status.articles) == (2, 1)


def test_the_key_of_every_capture_leads_to_the_article(news: Archive) -> None:
    first, second = capture(told(), "a"), capture(told(), "b")
    one_by_one(news, first, second)
    own, further = (one.hashed.sha256 for one in (first, second))
    shown = news.article("1")
    for ref in (own[:16], own[:6], further[:16], further[:6], further[:9].upper()):
        assert news.article(ref) == shown
    assert news.article(f"{further[:16]}#0:0-2").quote == "春江"
    assert news.article(f"{further[:16]}#0:0-2").anchor == f"{own[:16]}#0:0-2"
    assert news.raw(own[:16]) == news.raw("1") == first.hashed.capture.data
    assert news.raw(further[:16]) == second.hashed.capture.data
    assert news.capture(further[:7]).sha256 == further
    assert news.capture("1").path == "a.txt"


def test_a_beginning_that_captures_of_two_articles_share_is_ambiguous(
    path: Path, news: Archive
) -> None:
    one_by_one(news, capture(told(), "a"), capture(told(), "b"), capture(told(OTHER), "c"))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE capture SET sha256 = 'abcdef' || id || substr(sha256, 8)")
    connection.execute(
        "UPDATE article SET key = substr(sha256, 1, 16) FROM capture WHERE capture.id = capture_id"
    )
    connection.commit()
    connection.close()
    with pytest.raises(RefError, match="ambiguous") as caught:
        news.article("abcdef")
    assert [key[:7] for key in caught.value.candidates] == ["abcdef1", "abcdef2", "abcdef3"]
    assert news.article("abcdef2").id == 1
    assert news.article("abcdef3").id == 2
    news.remove("2")
    assert news.article("abcdef").id == 1
    assert news.raw("abcdef") == b"bytes of a"


def test_the_bytes_of_a_duplicate_are_known_from_then_on(news: Archive) -> None:
    first, second = capture(told(), "a"), capture(told(), "b")
    one_by_one(news, first, second)
    elsewhere = second.hashed.capture._replace(path="c.txt")
    moved = second._replace(hashed=second.hashed._replace(capture=elsewhere))
    assert news.known([moved.hashed]) == [Known(moved.hashed)]
    (again,) = news.add([moved])
    assert statuses([again]) == [("unchanged", 1)]
    assert again.key == first.hashed.sha256[:16]
    assert [origin.path for origin in news.article("1").origins] == ["a.txt", "b.txt", "c.txt"]
    assert [hit.article for hit in news.search("path:c.txt 放管服")] == [1]


def test_what_differs_in_source_time_or_url_is_an_article_of_its_own(news: Archive) -> None:
    reprints = [
        told(),
        told(source="新华社"),
        told(source="人民日报"),
        told(published=DAY),
        told(url=URL),
        told(source="新华社", published=DAY),
        told(source="新华社", published="2019-05-07"),
        told(source="人民日报", published=DAY),
    ]
    outcomes = one_by_one(news, *(capture(one, f"{n}") for n, one in enumerate(reprints)))
    assert {outcome.status.value for outcome in outcomes} == {"stored"}
    assert len(current(news)) == len(reprints)


# Revised articles


@pytest.mark.parametrize(
    "facts", [{"url": URL}, {"source": "新华社", "published": f"{DAY}T09:30"}], ids=["url", "story"]
)
def test_a_changed_text_revises_the_article(news: Archive, facts: dict[str, Any]) -> None:
    older, newer = capture(told(**facts), "a"), capture(told(CHANGED, **facts), "b")
    _, revised = one_by_one(news, older, newer)
    assert statuses([revised]) == [("revised", 2)]
    assert revised.key == newer.hashed.sha256[:16]
    assert revised.reason == "revises article 1"
    assert news.article("1").superseded_by == 2
    assert news.article("2").revises == 1
    assert current(news) == [2]
    assert [one.article for one in news.articles(revisions=True)] == [1, 2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"url": URL}, {"url": f"{URL}0"}),
        ({}, {}),
        ({"source": "新华社", "published": DAY}, {"source": "新华社", "published": "2019-05-07"}),
        (
            {"source": "新华社", "published": "2019-05"},
            {"source": "新华社", "published": "2019-05"},
        ),
        ({"source": "新华社"}, {"source": "新华社"}),
        ({"published": DAY}, {"published": DAY}),
        (
            {"source": "新华社", "published": DAY},
            {"source": "新华社", "published": DAY, "title": "别题"},
        ),
    ],
)
def test_what_names_no_common_place_is_no_revision(
    news: Archive, before: dict[str, Any], after: dict[str, Any]
) -> None:
    outcomes = one_by_one(news, capture(told(**before), "a"), capture(told(CHANGED, **after), "b"))
    assert statuses(outcomes) == [("stored", 1), ("stored", 2)]


def halves(shared: int) -> tuple[str, str]:
    """Two texts of which ``shared`` of 30 shingles are in both."""
    first = "".join(chr(0x4E00 + n) for n in range(shared + 4))
    rest = 30 - shared
    more = [chr(0x6000 + n) for n in range(rest)]
    return first + "".join(more[: rest // 2]), first + "".join(more[rest // 2 :])


@pytest.mark.parametrize(("shared", "status"), [(15, "revised"), (14, "stored")])
def test_half_of_the_shingles_are_needed(news: Archive, shared: int, status: str) -> None:
    older, newer = halves(shared)
    outcomes = one_by_one(
        news, capture(told(older, url=URL), "a"), capture(told(newer, url=URL), "b")
    )
    assert outcomes[1].status == status


def test_punctuation_lines_and_white_space_do_not_count(news: Archive) -> None:
    words = OTHER.replace("，", "").replace("。", "")
    one, two = "，".join(words), "。\n".join(words)
    outcomes = one_by_one(news, capture(told(one, url=URL), "a"), capture(told(two, url=URL), "b"))
    assert outcomes[1].reason == "revises article 1"


@pytest.mark.parametrize("together", [True, False])
def test_no_text_is_taken_apart_for_each_that_it_is_compared_with(
    news: Archive, monkeypatch: pytest.MonkeyPatch, *, together: bool
) -> None:
    made: list[Sequence[Part]] = []

    def counted(parts: Sequence[Part]) -> Shingled:
        made.append(parts)
        return Shingled(parts)

    monkeypatch.setattr(versions, "Shingled", counted)
    unlike = [capture(told(chr(0x5000 + n) * 9, url=URL), f"u{n}") for n in range(40)]
    if not together:
        news.add(unlike[:20])
    news.add(unlike if together else unlike[20:])
    assert len(made) < 3 * len(unlike)


def test_versions_are_the_same_however_little_is_kept_of_the_texts(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "_HELD", 1)
    unlike = [capture(told(chr(0x5000 + n) * 9, url=URL), f"u{n}") for n in range(5)]
    again = [capture(told(chr(0x5000 + n) * 9 + "！", url=URL), f"v{n}") for n in range(5)]
    outcomes = news.add(unlike + again)
    assert [o.reason for o in outcomes[5:]] == [f"revises article {n}" for n in range(1, 6)]


def test_texts_too_short_for_a_shingle_revise_nothing(news: Archive) -> None:
    outcomes = one_by_one(
        news,
        capture(told("一二三四", url=URL), "a"),
        capture(told("一二三四", url=URL, title="另题"), "b"),
        capture(told("", url=URL), "c"),
        capture(told("", url=URL, title="另题"), "d"),
    )
    assert {outcome.status.value for outcome in outcomes} == {"stored"}


def version(number: int) -> str:
    return f"{TEXT}第{number}次更新。"


def chain(news: Archive, length: int) -> list[Read]:
    items = [capture(told(version(n), url=URL), f"v{n}") for n in range(1, length + 1)]
    assert [o.status for o in news.add(items)] == ["stored", *["revised"] * (length - 1)]
    return items


def links(news: Archive) -> list[tuple[int, bool]]:
    (first, *_) = [one.article for one in news.articles(revisions=True)]
    return [(one.article, one.current) for one in news.revisions(str(first))]


def test_only_the_newest_of_a_chain_is_current(news: Archive) -> None:
    chain(news, 4)
    assert current(news) == [4]
    for ref in "1234":
        assert [(one.article, one.current) for one in news.revisions(ref)] == [
            (1, False),
            (2, False),
            (3, False),
            (4, True),
        ]


def test_an_older_text_again_is_a_duplicate_of_the_older_version(news: Archive) -> None:
    chain(news, 3)
    (again,) = news.add([capture(told(version(1), url=URL), "again")])
    assert statuses([again]) == [("duplicate", 1)]
    assert current(news) == [3]


def test_of_several_the_newest_is_revised(news: Archive) -> None:
    one_by_one(
        news,
        capture(told(TEXT + OTHER[:10], url=URL), "a"),
        capture(told(CHANGED, source="新华社", published=DAY), "b"),
    )
    (both,) = news.add([capture(told(url=URL, source="新华社", published=DAY), "c")])
    assert both.reason == "revises article 2"
    assert current(news) == [1, 3]


def test_what_is_like_an_older_version_takes_the_place_of_the_newest(news: Archive) -> None:
    first, second, third = TEXT, TEXT + OTHER[:32], TEXT[:10] + OTHER[:32] + TEXT
    like_first_only = TEXT + "".join(chr(0x7000 + n) for n in range(30))
    one_by_one(
        news,
        *(capture(told(text, url=URL), text) for text in (first, second, third)),
    )
    (last,) = news.add([capture(told(like_first_only, url=URL), "last")])
    assert last.reason == "revises article 3"
    assert current(news) == [4]


def test_only_the_newest_of_one_url_are_compared(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "MOST_COMPARED", 2)
    others = [told(chr(0x5000 + n) * 3 + OTHER[n * 9 : n * 9 + 12], url=URL) for n in range(3)]
    news.add([capture(one, f"{n}") for n, one in enumerate((told(url=URL), *others[:1]))])
    assert news.add([capture(told(CHANGED, url=URL), "near")])[0].reason == "revises article 1"
    news.add([capture(one, f"o{n}") for n, one in enumerate(others[1:])])
    assert news.add([capture(told(version(9), url=URL), "far")])[0].status == "stored"


def test_many_articles_of_one_story_do_not_hide_that_of_the_url(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "MOST_COMPARED", 1)
    day: dict[str, Any] = {"source": "新华社", "published": DAY}
    brief = capture(told(OTHER, **day), "brief")
    one_by_one(news, capture(told(url=URL, **day), "a"), brief)
    (outcome,) = news.add([capture(told(CHANGED, url=URL, **day), "b")])
    assert outcome.reason == "revises article 1"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("1", [(2, False), (3, False), (4, True)]),
        ("2", [(1, False), (3, False), (4, True)]),
        ("4", [(1, False), (2, False), (3, True)]),
        ("3 4", [(1, False), (2, True)]),
        ("2 3", [(1, False), (4, True)]),
        ("4 2", [(1, False), (3, True)]),
    ],
)
def test_removing_a_version_links_its_neighbours(
    news: Archive, gone: str, left: list[tuple[int, bool]], *, together: bool
) -> None:
    chain(news, 4)
    for refs in [gone.split()] if together else [[one] for one in gone.split()]:
        news.remove(*refs)
    assert links(news) == left
    assert news.count("放管服") == 1


def test_removing_an_article_removes_all_its_captures(path: Path, news: Archive) -> None:
    first, second, other = capture(told(), "a"), capture(told(), "b"), capture(told(OTHER), "c")
    one_by_one(news, first, second, other)
    news.remove(second.hashed.sha256[:16])
    connection = sqlite3.connect(path)
    for table, left in (
        ("capture", 1),
        ("origin", 1),
        ("article", 1),
        ("duplicate", 0),
        ("removal", 2),
    ):
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - from above
        assert count == left, table
    connection.close()
    again = one_by_one(news, second, first)
    assert statuses(again) == [("stored", 3), ("duplicate", 3)]
    assert all("removed on 20" in (outcome.reason or "") for outcome in again)
    revised = one_by_one(news, capture(told(url=URL), "u"), capture(told(CHANGED, url=URL), "n"))[1]
    news.remove("5")
    (back,) = news.add([capture(told(CHANGED, url=URL), "n")])
    assert revised.article == 5
    assert (back.reason or "").startswith("revises article 4; these bytes were removed on")


# What else sees versions


def test_a_reread_merges_nothing_and_finds_the_article_by_its_new_text(
    news: Archive, write: Write
) -> None:
    page = "一个标题\n\n2019年05月06日 09:30  来源：春江日报\n\n　　" + TEXT + "\n"
    list(news.ingest([write("page.txt", page)]))
    with news._writing() as session:
        session.connection().exec_driver_sql("UPDATE article SET identity = 'x', story = 'y'")
    assert [one.changed for one in news.reread()] == [()]
    (same,) = news.ingest([write("copy.txt", page.replace("　　", "    "))])
    assert statuses([same]) == [("duplicate", 1)]


def test_articles_that_a_reread_made_equal_stay_two(news: Archive) -> None:
    one_by_one(news, capture(told(url=URL), "a"), capture(told(CHANGED, url=URL), "b"))
    with news._writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE article SET identity = (SELECT identity FROM article WHERE id = 1)"
        )
    (again,) = news.add([capture(told(url=URL), "c")])
    assert statuses([again]) == [("duplicate", 2)]


def test_search_count_and_headings_leave_older_versions_out(news: Archive) -> None:
    parts = [article("题", section(None, text), section("旧闻", text)) for text in (TEXT, CHANGED)]
    news.add([capture(one._replace(url=URL), f"{n}") for n, one in enumerate(parts)])
    for unit, number in (("article", 1), ("section", 2), ("paragraph", 2)):
        assert news.count("放管服", unit=unit) == number
        assert news.count("放管服", unit=unit, revisions=True) == 2 * number
        for sort in ("relevance", "newest"):
            found = news.search("放管服", unit=unit, sort=sort)
            assert {hit.article for hit in found} == {2}
            every = news.search("放管服", unit=unit, sort=sort, revisions=True)
            assert {hit.article for hit in every} == {1, 2}
    assert news.search("两个工作日") == []
    assert news.absent("两个工作日") == ['"两个工作日"']
    assert news.absent("两个工作日", revisions=True) == []
    assert [hit.article for hit in news.search("两个工作日", revisions=True)] == [1]
    assert {one.article for one in news.kwic("放管服")} == {2}
    assert [row.articles for row in news.count_by("放管服")] == [1]
    assert {one.article for one in news.sections(heading="旧闻")} == {2}
    assert {one.article for one in news.sections("1", heading="旧闻")} == {1}


def test_a_damaged_chain_of_versions_does_not_hold_up_what_comes_next(
    path: Path, news: Archive, write: Write
) -> None:
    page = "春江改革\n\n2019年05月06日 09:30  来源：春江日报\n\n　　{}\n"
    for text in (TEXT, CHANGED):
        list(news.ingest([write("page.txt", page.format(text))]))
    assert [version.article for version in news.revisions("1")] == [1, 2]
    connection = sqlite3.connect(path)
    connection.execute("UPDATE article SET superseded_by = 3 - id")
    connection.commit()
    connection.close()
    last = write("last.txt", page.format(TEXT.replace("两", "四")))
    ingest = subprocess.run(
        [sys.executable, "-m", "archive", "--db", str(path), "ingest", last],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,  # else it would never end
    )
    assert json.loads(ingest.stdout)["status"] == "revised"
