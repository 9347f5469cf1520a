"""Which articles say the same: planted copies are found, and what is found is counted again."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import oracle
import pytest
from samples import news_of, words

from archive import Archive, signatures
from archive.errors import RefError, UsageError


def edited(text: str, share: float) -> str:
    chance = random.Random(text)  # noqa: S311 - no secret
    return "".join(chance.choice("改革") if chance.random() < share else char for char in text)


COPIES: dict[str, Callable[[str], str]] = {
    "2 % edits": lambda text: edited(text, 0.02),
    "last fifth cut": lambda text: text[: len(text) * 4 // 5],
    "boilerplate added": lambda text: text + words(-1, len(text) // 4),
    "doubled body": lambda text: text + text,
}


def shingles(archive: Archive, ref: str) -> set[str]:
    """The shingles of a stored article, by the oracle's tokens."""
    parts = [
        part
        for one in archive.article(ref).sections
        for part in (one.heading or "", *one.paragraphs)
    ]
    whole = "".join(
        token for part in parts for token in oracle.tokens(part) if token != oracle.BOUNDARY
    )
    return {whole[start : start + 5] for start in range(len(whole) - 4)}


# Similar articles


@pytest.mark.parametrize("kind", COPIES)
def test_planted_copies_are_found_and_all_that_is_found_is_so_near(
    news: Archive, kind: str
) -> None:
    texts = [words(seed) for seed in range(30)]
    news.add([news_of(text) for text in texts])
    news.add([news_of(COPIES[kind](text), source="抄报") for text in texts])
    for number in range(1, 31):
        (found,) = news.similar(str(number))
        assert found.article == number + 30
        assert found.source == "抄报"
        one, other = shingles(news, str(number)), shingles(news, str(number + 30))
        both = len(one & other)
        counted = (both / len(one | other), both / len(one), both / len(other))
        assert (found.resemblance, found.kept, found.taken) == pytest.approx(counted, abs=1e-4)
        assert found.resemblance >= 0.6


def test_the_nearest_comes_first_and_the_threshold_is_held(news: Archive) -> None:
    text = words(1)
    news.add([news_of(text), news_of(text[:300]), news_of(text[:380]), news_of(text[:230])])
    assert [one.article for one in news.similar("1")] == [3, 2]
    assert [one.article for one in news.similar("1", threshold=0.5)] == [3, 2, 4]
    assert [one.article for one in news.similar("1", threshold=0.5, limit=1)] == [3]
    exact = news.similar("1", threshold=0.9)
    assert [one.article for one in exact] == [3]
    assert exact[0].kept == pytest.approx(358 / 396, abs=1e-4)
    assert exact[0].taken == 1
    assert news.similar("1", threshold=1) == []


def test_briefs_are_never_compared(news: Archive) -> None:
    brief = words(2, 60)
    news.add([news_of(brief, source="甲"), news_of(brief, source="乙")])
    assert news.similar("1") == []
    assert list(news.reprints()) == []
    assert news.unsigned() == 0


def supersede(path: Path, *pairs: tuple[int, int]) -> None:
    connection = sqlite3.connect(path)
    for old, new in pairs:
        connection.execute("UPDATE article SET superseded_by = ? WHERE id = ?", (new, old))
    connection.commit()
    connection.close()


def test_versions_of_an_article_are_no_reprints_of_it(path: Path, news: Archive) -> None:
    text = words(3)
    news.add([news_of(text[:390]), news_of(text[:395]), news_of(text), news_of(text, source="乙")])
    supersede(path, (1, 2), (2, 3))
    assert [one.article for one in news.similar("3")] == [4]
    assert [one.article for one in news.similar("1")] == [4]
    assert [one.article for one in news.reprints()] == [3, 4]


@pytest.mark.parametrize("threshold", [0.49, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_refused(news: Archive, threshold: float) -> None:
    news.add([news_of(words(4))])
    with pytest.raises(UsageError, match="no threshold"):
        news.similar("1", threshold=threshold)
    with pytest.raises(UsageError, match="no threshold"):
        list(news.reprints(threshold=threshold))


def test_only_whole_articles_are_compared(news: Archive) -> None:
    news.add([news_of(words(4))])
    with pytest.raises(UsageError, match="names a section"):
        news.similar("1#0")
    with pytest.raises(RefError):
        news.similar("9")


# Clusters


def clusters(
    archive: Archive, query: str | None = None, limit: int | None = None
) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for one in archive.reprints(query, limit=limit):
        found.setdefault(one.cluster, []).append(one.article)
    return list(found.values())


@pytest.fixture
def papers(news: Archive) -> Archive:
    """A story in three papers (4, 2, 3), one in two (6, 5), and one that nobody took up (1)."""
    story, other = words(10), words(11)
    news.add(
        [
            news_of(words(12), published="2020-01-01"),
            news_of(story[:330], published="2020-01-03T08:00", source="乙报"),
            news_of(story + "独家补记", published=None, source="丙报"),
            news_of(story, published="2020-01-02", source="甲报"),
            news_of(other, published="2019-05-02", source="乙报"),
            news_of(other, published="2019-05-01", source="甲报"),
        ]
    )
    return news


def test_clusters_are_told_largest_first_and_the_earliest_of_each_first(papers: Archive) -> None:
    told = [(one.cluster, one.article, one.source, one.kept) for one in papers.reprints()]
    assert told == [
        (4, 4, "甲报", 1.0),
        (4, 2, "乙报", pytest.approx(311 / 396, abs=1e-4)),
        (4, 3, "丙报", 1.0),
        (6, 6, "甲报", 1.0),
        (6, 5, "乙报", 1.0),
    ]
    assert clusters(papers, limit=1) == [[4, 2, 3]]


def test_a_query_leads_to_whole_clusters(papers: Archive) -> None:
    assert clusters(papers, "独家补记") == [[4, 2, 3]]
    assert clusters(papers, "source:甲报") == [[4, 2, 3], [6, 5]]
    assert clusters(papers, "没有这个") == []
    assert clusters(papers, "date:2020-01-01") == []


def test_a_chain_of_near_texts_is_one_cluster(news: Archive) -> None:
    text = words(20, 600)
    news.add([news_of(text[start : start + 400]) for start in (0, 60, 120, 180)])
    assert [one.article for one in news.similar("1")] == [2]
    assert clusters(news) == [[1, 2, 3, 4]]


def test_what_is_found_does_not_depend_on_the_order_of_storing(tmp_path: Path) -> None:
    texts = [words(seed) for seed in range(8)]
    reads = [news_of(change(text)) for text in texts for change in COPIES.values()]
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(reads)  # noqa: S311 - no secret
        with Archive.open(tmp_path / f"{seed}.db", create=True) as archive:
            archive.add(reads)
            keys = {one.article: one.key for one in archive.reprints()}
            found.append({frozenset(keys[id_] for id_ in each) for each in clusters(archive)})
    assert len(found[0]) == 8
    assert found[0] == found[1] == found[2]


def test_where_very_many_share_a_band_copies_still_find_each_other(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signatures, "MOST", 5)
    form = words(30, 200)
    news.add([news_of(form + words(seed, 160)) for seed in range(40)])
    news.add(
        [
            news_of(form + words(33, 160), source="抄报"),
            news_of(form + words(34, 160), source="抄报"),
        ]
    )
    assert [one.article for one in news.similar("41")] == [34]
    assert clusters(news) == [[34, 41], [35, 42]]
    news.add([news_of(words(99), source=f"第{n}报") for n in range(20)])
    assert clusters(news)[0] == list(range(43, 63))


def test_a_text_that_is_near_by_its_signature_alone_is_not_named(
    news: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = words(50)
    news.add([news_of(text), news_of(text[:200] + words(51, 200))])
    monkeypatch.setattr(signatures, "estimate", lambda _one, _other: 1.0)
    assert news.similar("1", threshold=0.5) == []
    assert list(news.reprints(threshold=0.5)) == []
