"""What shares a question's wording: what is found, in which order, and what bounds may drop."""

from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any
from unittest.mock import patch

import corpora
import oracle
import pytest
from cli_helpers import refused, run
from conftest import Fresh
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import gathering
from archive.errors import QueryError, UsageError
from archive.query import LENGTH_LIMIT, parse_question
from archive.results import Hit
from archive.wording import CLAUSES

FILLER = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"


def article(*texts: str, title: str = "无", heading: str = "节") -> oracle.OracleArticle:
    sections = (
        oracle.OracleSection(heading if number else None, text) for number, text in enumerate(texts)
    )
    return oracle.OracleArticle(title, tuple(sections))


def articles(hits: list[Hit]) -> list[int]:
    return [hit.article for hit in hits]


def test_more_of_the_wording_comes_first(fresh: Fresh) -> None:
    known = [
        article(f"{FILLER}改革"),
        article(f"{FILLER}改革开放是谁提出的"),
        article(f"{FILLER}开放提出"),
        article(FILLER),
    ]
    with fresh(known) as archive:
        hits = archive.search("谁提出了改革开放？", match="any")
        assert articles(hits)[0] == 2
        assert sorted(articles(hits)) == [1, 2, 3]
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_stands_in_neighbouring_clauses_counts_more(fresh: Fresh) -> None:
    between = f"{FILLER}。" * CLAUSES
    known = [
        article(f"改革始于春天。{between}煤城在北方。"),
        article(f"煤城改革始于春天。{between}在北方。"),
        *(article(FILLER * 2) for _ in range(3)),
    ]
    with fresh(known) as archive:
        assert articles(archive.search("改革、煤城、春天", match="any"))[0] == 2


def test_a_title_speaks_for_each_section_under_it(fresh: Fresh) -> None:
    known = [
        article(FILLER, f"{FILLER}改革", title="春天"),
        article(FILLER, f"{FILLER}改革", title="煤城"),
    ]
    with fresh(known) as archive:
        for title, expected in (("煤城", 2), ("春天", 1)):
            hits = archive.search(f"{title}的改革", match="any", unit="section")
            assert (hits[0].article, hits[0].section) in ((expected, 0), (expected, 1))
            assert [hit.article for hit in hits if hit.section == 1] == [expected, 3 - expected]


def test_what_other_sections_say_counts_for_an_article(fresh: Fresh) -> None:
    known = [
        article(f"{FILLER}改革"),
        article(f"{FILLER}改革", FILLER),
        article(f"{FILLER}改革", f"{FILLER}煤城"),
        article(f"{FILLER}煤城改革"),
    ]
    with fresh(known) as archive:
        hits = archive.search("煤城？改革", match="any")
        assert articles(hits) == [4, 3, 1, 2]
        assert hits[1].sections == (0, 1)


def test_an_article_ranks_by_its_best_section_and_sections_rank_alone(fresh: Fresh) -> None:
    known = [article(FILLER, f"{FILLER}改革", "谁说改革"), article(f"{FILLER}改革")]
    with fresh(known) as archive:
        best, other = archive.search("谁说改革", match="any")
        assert (best.article, best.section, best.sections) == (1, 2, (1, 2))
        assert other.article == 2
        sections = archive.search("谁说改革", match="any", unit="section")
        assert (sections[0].article, sections[0].section) == (1, 2)
        assert len(sections) == 3


def test_titles_headings_and_words_count(fresh: Fresh) -> None:
    known = [
        article(FILLER, title="改革"),
        article("无", FILLER, heading="改革"),
        article(f"{FILLER}LED屏"),
    ]
    with fresh(known) as archive:
        assert articles(archive.search("改革", match="any")) == [1, 2]
        assert articles(archive.search("什么是led？", match="any")) == [3]
        assert archive.search("什么是ed？", match="any") == []


def test_all_pairs_are_marked(fresh: Fresh) -> None:
    with fresh([article("煤城的改革，说来话长")]) as archive:
        (hit,) = archive.search("煤城改革", match="any")
        assert [hit.snippet[start:end] for start, end in hit.marks] == ["煤城", "改革"]
        assert archive.article(hit.anchor).quote == "煤城"


@pytest.mark.parametrize("unit", ["article", "section"])
def test_a_hit_by_single_characters_is_shown_where_they_stand(fresh: Fresh, unit: str) -> None:
    with fresh([article("无人", "谁也不说", "二者皆可"), article("谁的")]) as archive:
        both = archive.search("谁的", match="any", unit=unit)
        (hit,) = (hit for hit in both if hit.article == 1)
        assert (hit.section, archive.article(hit.anchor).quote) == (1, "谁")
        assert [hit.snippet[start:end] for start, end in hit.marks] == ["谁"]


def test_a_replaced_article_is_not_found(fresh: Fresh) -> None:
    with fresh([article("改革"), article("改革")]) as archive:
        with archive._writing() as session:
            session.connection().exec_driver_sql(
                "UPDATE article SET superseded_by = 2 WHERE id = 1"
            )
        assert articles(archive.search("改革", match="any")) == [2]


@settings(max_examples=80)
@given(
    st.lists(corpora.articles(), min_size=1, max_size=5),
    st.text(corpora.LETTERS, min_size=1, max_size=8).filter(oracle.asked),
)
def test_whatever_shares_a_pair_is_found_once(
    fresh: Fresh, known: list[oracle.OracleArticle], question: str
) -> None:
    pairs = [" ".join(pair) for pair in parse_question(question).pairs]
    with fresh(known) as archive:
        hits = archive.search(question, match="any", unit="section", limit=None)
        found = [(hit.article - 1, hit.section) for hit in hits]
        assert len(set(found)) == len(found)
        for pair in pairs:
            assert set(oracle.answer(known, ("term", pair, None), "section")) <= set(found)
        assert hits == archive.search(question, match="any", unit="section", limit=None)
        assert all(hit.score > 0 for hit in hits)


HAN = "改革放管服书记繁體体，。"


def wording(known: list[oracle.OracleArticle], question: str) -> dict[tuple[int, int], float]:
    """The score of each section that shares a piece, by the words of docs/query.md."""
    asked = oracle.tokens(question)
    pieces: set[tuple[str, ...]] = {(one,) for one in asked if one != "·"}
    pieces |= {pair for pair in pairwise(asked) if "·" not in pair}
    indexed, said = {}, {}
    for number, one in enumerate(known):
        for n, section in enumerate(one.sections):
            own = [section.text, section.heading or "", "", "\n".join(one.captions)]
            if n:
                own[3] = ""
            said[number, n] = [oracle.tokens(text) for text in (*own[:2], one.title, own[3])]
            indexed[number, n] = [*said[number, n][:2], *(said[number, n][2:] if not n else [])]
    weights = {}
    for piece in pieces:
        holders = sum(any(count(text, piece) for text in texts) for texts in indexed.values())
        weights[piece] = log(1 + (len(indexed) - holders + 0.5) / (holders + 0.5))
    sharing = [
        place
        for place, texts in indexed.items()
        if any(count(text, piece) for text in texts for piece in pieces)
    ]
    lengths = {place: sum(map(len, said[place])) for place in sharing}
    mean = sum(lengths.values()) / max(1, len(sharing))
    scores = {}
    for place in sharing:
        damping = 1.2 * (0.25 + 0.75 * lengths[place] / mean)
        score = 0.0
        for piece, weight in weights.items():
            often = sum(w * count(t, piece) for w, t in zip((1, 4, 8, 2), said[place], strict=True))
            score += weight * often * 2.2 / (often + damping)
        scores[place] = score + max(together(text, weights) for text in said[place])
    return scores


def count(tokens: list[str], piece: tuple[str, ...]) -> int:
    return " ".join(tokens).count(" ".join(piece))


def together(tokens: list[str], weights: dict[tuple[str, ...], float]) -> float:
    """What the pieces weigh that stand in the best three clauses in a row."""
    clauses: list[list[str]] = [[]]
    for one in tokens:
        if one == "·":
            clauses.append([])
        else:
            clauses[-1].append(one)
    return max(
        sum(w for p, w in weights.items() if any(count(c, p) for c in clauses[n : n + 3]))
        for n in range(len(clauses))
    )


han_lines = st.text(HAN, min_size=1, max_size=12)


@settings(max_examples=100)
@given(
    st.lists(
        st.builds(
            lambda title, texts: article(*texts, title=title),
            han_lines,
            st.lists(han_lines, min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=4,
    ),
    st.text(HAN, min_size=1, max_size=8).filter(oracle.asked),
)
def test_scores_are_those_of_a_plain_reckoning(
    fresh: Fresh, known: list[oracle.OracleArticle], question: str
) -> None:
    expected = wording(known, question)
    with fresh(known) as archive:
        hits = archive.search(question, match="any", unit="section", limit=None)
        found = {(hit.article - 1, hit.section): hit.score for hit in hits}
        assert found == {place: pytest.approx(score, 1e-4) for place, score in expected.items()}
        assert [hit.score for hit in hits] == sorted(found.values(), reverse=True)
        best = archive.search(question, match="any", limit=None)
        for hit in best:
            of_sections = [
                score for (number, _), score in found.items() if number == hit.article - 1
            ]
            assert hit.score >= max(of_sections) - 1e-3
        assert {hit.article - 1 for hit in best} == {number for number, _ in found}


@pytest.mark.parametrize(
    "bounds",
    [{"EFFORT": 0}, {"COMMON": 0}, {"COMMON": 0, "FIRST": 1}, {"SAMPLE": 1}, {"EFFORT": 10**9}],
)
def test_bounds_keep_the_best(fresh: Fresh, bounds: dict[str, Any]) -> None:
    known = [article(f"{FILLER}改革{number}") for number in range(30)]
    known.append(article(f"{FILLER}改革开放谁提出"))
    with fresh(known) as archive, patch.multiple(gathering, **bounds):
        assert articles(archive.search("谁提出改革开放", match="any"))[0] == 31
        assert articles(archive.search("改革", match="any", limit=None))
        assert archive.search("改", match="any")


def test_there_are_no_more_hits_than_candidates(fresh: Fresh) -> None:
    with fresh([article(f"{FILLER}改革") for _ in range(gathering.CANDIDATES + 5)]) as archive:
        hits = archive.search("改革", match="any", limit=None)
        assert articles(hits) == list(range(1, gathering.CANDIDATES + 1))


def test_nothing_shared_is_no_hit_also_in_an_empty_archive(fresh: Fresh) -> None:
    with fresh([]) as archive:
        assert archive.search("改革", match="any") == []
    with fresh([article(FILLER)]) as archive:
        assert archive.search("改革", match="any") == []


def test_what_has_no_meaning_for_a_question_is_refused(fresh: Fresh) -> None:
    with fresh([article("改革")]) as archive:
        for options in ({"unit": "paragraph"}, {"sort": "newest"}, {"strict": True}):
            with pytest.raises(UsageError):
                archive.search("改革", match="any", **options)
        with pytest.raises(UsageError, match="no way to match 'some'"):
            archive.search("改革", match="some")
        with pytest.raises(UsageError, match="ranked, not counted"):
            archive.count(parse_question("改革"))
        with pytest.raises(QueryError):
            archive.search("，", match="any")


# The command


def test_the_command_finds_what_shares_most_of_a_question(shelf: Path) -> None:
    hits = run("search", "--any", "守塔的人", "住了多少年？", db=shelf).objects
    assert hits[0]["article"] == 3
    shown = run("show", hits[0]["anchor"], "--format", "json", db=shelf)
    assert shown.object["quote"] == "守塔"
    sections = run("search", "--any", "--unit", "section", "谁把群众放在心上", db=shelf).objects
    assert (sections[0]["article"], sections[0]["section"]) == (1, 2)


def test_nothing_in_a_question_is_an_operator(shelf: Path) -> None:
    question = '-守塔 ( OR title:没有 NEAR/3 "人 NOT date:没有'
    result = run("search", "--any", "--", question, db=shelf)
    assert (result.code, result.stderr) == (0, "")
    assert result.objects[0]["article"] == 3


def test_pages_and_formats_are_those_of_any_search(shelf: Path) -> None:
    every = run("search", "--any", "春江市的群众", db=shelf).objects
    assert len(every) > 1
    page = run("search", "--any", "春江市的群众", "--limit", "1", "--offset", "1", db=shelf)
    assert page.objects == every[1:2]
    table = run("search", "--any", "守塔的人", "--format", "md", db=shelf)
    assert "灯塔" in table.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--count"], "ranked, not counted"),
        (["--sort", "newest"], "ranked by how much, not by newest"),
        (["--unit", "paragraph"], "no paragraph"),
        (["--strict"], "not compared strictly"),
    ],
)
def test_the_command_refuses_what_has_no_meaning_for_a_question(
    shelf: Path, options: list[str], message: str
) -> None:
    refused(run("search", "--any", "灯塔", *options, db=shelf), 2, message)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("？！", "only punctuation"),
        ("", "the question is empty"),
        ("\x00", "only punctuation"),
        ("\ud800", "only punctuation"),
        ("改" * 1_001, "1,001 characters and words; at most 1,000 are read"),
        ("改革" * 20_000, "at most 65,536 (64 KB)"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    shelf: Path, question: str, message: str
) -> None:
    refused(run("search", "--any", question, db=shelf), 2, message)


def test_a_question_without_an_answer_says_so(shelf: Path) -> None:
    result = run("search", "--any", "鱻麤龘", db=shelf)
    assert (result.code, result.stdout) == (0, "")
    assert result.stderr == "archive: no hit: nothing shares a word or character of the question\n"
    past = run("search", "--any", "灯塔", "--offset", "1000", db=shelf)
    assert (past.code, past.stdout, past.stderr) == (0, "", "")


@settings(max_examples=200)
@given(st.text(min_size=1, max_size=60) | st.text("改革\ud800\x00\"'()*:^{}+-", max_size=20))
def test_any_string_is_answered_or_refused(fresh: Fresh, question: str) -> None:
    with fresh([article("改革开放", FILLER, title="改革")]) as archive:
        if not oracle.asked(question):
            with pytest.raises(QueryError):
                archive.search(question, match="any")
            return
        hits = archive.search(question, match="any")
        assert all(hit.article == 1 for hit in hits)


def test_the_longest_question_is_answered(fresh: Fresh) -> None:
    question = "".join(chr(0x4E00 + number) for number in range(LENGTH_LIMIT))
    with fresh([article(FILLER), article(question)]) as archive:
        assert articles(archive.search(question, match="any"))[0] == 2
