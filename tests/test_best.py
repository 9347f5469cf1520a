"""The order of relevance: that of FTS5's own BM25, however it is worked out.

Thresholds are lowered so that small archives take the way of large ones.
"""

import sqlite3
from pathlib import Path

import corpora
import oracle
import pytest
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from archive import Archive, best, density, levels
from archive.bm25 import WEIGHTS
from archive.entry import entry

NATIVE = f"""
    SELECT s.article_id - 1, s.number, -bm25(section_index, {", ".join(map(str, WEIGHTS))}) AS score
    FROM section_index AS i JOIN section AS s ON s.id = i.rowid
    WHERE section_index MATCH ? ORDER BY score DESC, i.rowid
"""  # noqa: S608 - numbers from above


@pytest.fixture(autouse=True)
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best, "_MANY", 2)
    monkeypatch.setattr(best, "_ENOUGH", 1)
    monkeypatch.setattr(best, "_TEXT_COST", 1)
    monkeypatch.setattr(best, "_FIRST", 3)
    monkeypatch.setattr(best, "_SAMPLE", 2)


def native(path: Path, *phrases: str) -> list[tuple[int, int, float]]:
    """What FTS5 says of a phrase, or of any of several, straight from the file."""
    asked = " OR ".join(f'"{" ".join(oracle.asked(phrase))}"' for phrase in phrases)
    connection = sqlite3.connect(path)
    found = connection.execute(NATIVE, (asked,)).fetchall()
    connection.close()
    return [(article, number, float(f"{score:.6g}")) for article, number, score in found]


def shown(archive: Archive, phrase: str, limit: int | None = None) -> list[tuple[int, int, float]]:
    hits = archive.search(f'"{phrase}"', unit="section", limit=limit)
    return [(hit.article - 1, hit.section, hit.score) for hit in hits]


@st.composite
def dense(draw: st.DrawFn) -> oracle.OracleArticle:
    """An article in which a few characters come again and again, in all its fields."""
    run = st.text("改革的，", min_size=1, max_size=40)
    sections = draw(st.lists(run, min_size=1, max_size=3))
    return oracle.OracleArticle(
        draw(run),
        tuple(
            oracle.OracleSection(draw(run) if n else None, body) for n, body in enumerate(sections)
        ),
    )


@pytest.fixture(params=[1, 10**9])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All hits are few enough to be scored from their text, or hardly any."""
    monkeypatch.setattr(best, "_PASS", request.param)


@pytest.mark.usefixtures("few")
@settings(max_examples=100, deadline=None)
@given(st.lists(dense(), min_size=1, max_size=8), st.text("改革的", min_size=1, max_size=3))
def test_dense_sections_come_in_the_order_of_fts5(
    fresh: Fresh, known: list[oracle.OracleArticle], phrase: str
) -> None:
    with fresh(known) as archive:
        truth = native(archive.path, phrase)
        assert shown(archive, phrase) == truth
        assert shown(archive, phrase, limit=2) == truth[:2]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=6),
    st.text(corpora.LETTERS, min_size=1, max_size=2).filter(oracle.asked),
)
def test_any_text_comes_in_the_order_of_fts5(
    fresh: Fresh, known: list[oracle.OracleArticle], phrase: str
) -> None:
    with fresh(known) as archive:
        assert shown(archive, phrase) == native(archive.path, phrase)


@pytest.fixture(params=["together", "from their text", "by FTS5"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best, "_TOGETHER", 0 if request.param == "together" else 10**9)
    monkeypatch.setattr(best, "_ALIKE", 0)
    monkeypatch.setattr(best, "_TEXT", 0 if request.param == "from their text" else 10**9)


@pytest.mark.usefixtures("way")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(dense(), min_size=1, max_size=8),
    st.lists(st.text("改革的", min_size=1, max_size=2), min_size=2, max_size=3, unique=True),
    st.booleans(),
)
def test_what_must_hold_several_phrases_comes_in_the_order_of_fts5(
    fresh: Fresh, known: list[oracle.OracleArticle], phrases: list[str], either: bool
) -> None:
    groups = [phrases[:1], phrases[1:]] if either else [[phrase] for phrase in phrases]
    asked = " ".join(f"({' OR '.join(group)})" for group in groups)
    with fresh(known) as archive:
        scored = native(archive.path, *phrases)
        holding = [
            {row[:2] for phrase in group for row in native(archive.path, phrase)}
            for group in groups
        ]
        articles = set.intersection(*({article for article, _ in held} for held in holding))
        firsts = {row[0]: row for row in reversed(scored) if row[0] in articles}
        for unit, truth in [
            ("section", [row for row in scored if row[:2] in set.intersection(*holding)]),
            ("article", sorted(firsts.values(), key=scored.index)),
        ]:
            for limit in (1, None):
                hits = archive.search(asked, unit=unit, limit=limit)
                found = [(hit.article - 1, hit.section, hit.score) for hit in hits]
                assert found == truth[:limit]


def repeated(count: int) -> list[oracle.OracleArticle]:
    """Articles of ever more 改革 among as many other characters."""
    bodies = ("改革" * n + "甲乙丙丁" * (count - n) for n in range(1, count))
    return [oracle.OracleArticle("题", (oracle.OracleSection(None, body),)) for body in bodies]


@pytest.fixture
def native_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best, "_ALL", text("SELECT 1 FROM fts5_was_asked_to_score_all"))


@pytest.mark.usefixtures("native_is_not_asked")
def test_the_best_of_a_common_word_are_found_without_scoring_all(fresh: Fresh) -> None:
    with fresh(repeated(40)) as archive:
        assert [article for article, _, _ in shown(archive, "改革", limit=5)] == [
            38,
            37,
            36,
            35,
            34,
        ]


@pytest.mark.usefixtures("native_is_not_asked")
def test_few_hits_of_common_characters_are_scored_from_their_text(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(best, "_PASS", 10)
    monkeypatch.setattr(levels, "reaching", lambda *_: pytest.fail("the table was asked"))
    body = "甲乙改丙革丁的" * 2 + "改的 LED改革"
    rare = oracle.OracleArticle("题", (oracle.OracleSection(None, body),))
    with fresh([*repeated(40), rare, *repeated(10)]) as archive:
        for phrase in ("改的", "led改革"):
            assert [article for article, _, _ in shown(archive, phrase)] == [39]


def test_hits_that_stand_unevenly_are_all_found(fresh: Fresh) -> None:
    late = oracle.OracleArticle("题", (oracle.OracleSection(None, "甲乙丙丁"),))
    with fresh([late] * 40 + repeated(12)) as archive:
        assert shown(archive, "改革") == native(archive.path, "改革")


def test_an_archive_without_levels_is_ranked_all_the_same(
    fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh(repeated(12)) as archive:
        truth = shown(archive, "改革")
        with sqlite3.connect(archive.path) as connection:
            connection.execute("UPDATE section_index_version SET levels = NULL")
        monkeypatch.setattr(levels, "reaching", lambda *_: pytest.fail("the table was asked"))
        assert shown(archive, "改革") == truth


@given(
    st.tuples(*[st.text("改革的，", max_size=60)] * 3), st.lists(st.text("改革的，"), max_size=3)
)
def test_a_character_has_every_level_that_its_density_reaches(
    texts: tuple[str, str, str], captions: list[str]
) -> None:
    body, heading, title = texts
    columns, levels_ = entry(body, heading or None, 0, title, captions)
    found = [column.split() for column in columns]
    padded = sum(map(len, found)) + density._PADDING
    for char in "改革的":
        frequency = sum(w * tokens.count(char) for w, tokens in zip(WEIGHTS, found, strict=True))
        names = zip(density.NAMES, density._DENSITIES, strict=True)
        reached = {char + name for name, least in names if frequency / padded >= least}
        assert reached <= set(levels_.split())
