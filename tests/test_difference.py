"""The difference of two articles: exact in every piece, as an editor reads it, bounded in time."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import difference, pairing
from archive.compared import Change, Edit
from archive.difference import compare
from archive.pairing import paired
from archive.results import Article, CaptureFacts, Section

OLD, NEW = "a" * 16, "b" * 16

lines = st.text("改革，。“”？a1 ", min_size=1, max_size=12).map(str.strip).filter(bool)
sections = st.lists(st.tuples(lines, st.lists(lines, max_size=4)), min_size=1, max_size=4)


def article(key: str, *parts: tuple[str | None, Sequence[str]], title: str = "题") -> Article:
    made = tuple(Section(n, heading, tuple(text)) for n, (heading, text) in enumerate(parts))
    facts = CaptureFacts("0" * 64, "a.txt", "utf-8", 1, "2026-01-01T00:00:00Z")
    return Article(1, key, title, None, None, None, None, (), None, (), made, facts)


def written(changes: Sequence[Change]) -> list[str]:
    """The parts that differ, with signs."""
    signs = {Edit.SAME: "{}", Edit.DELETED: "[-{}-]", Edit.INSERTED: "{{+{}+}}"}
    return [
        f"{one.part}: " + "".join(signs[piece.edit].format(piece.text) for piece in one.pieces)
        for one in changes
        if one.differs
    ]


def between(old: Sequence[str], new: Sequence[str]) -> list[str]:
    return written(list(compare(article(OLD, (None, old)), article(NEW, (None, new)))))


def side(changes: Sequence[Change], left_out: Edit) -> list[tuple[str, str]]:
    """The parts as one of the two articles has them."""
    found = []
    for one in changes:
        text = "".join(piece.text for piece in one.pieces if piece.edit is not left_out)
        if (one.new if left_out is Edit.DELETED else one.old) is not None:
            found.append((one.part, text))
        else:
            assert not text
    return found


def parts(article: Article) -> list[tuple[str, str]]:
    found = [("title", article.title)]
    for section in article.sections:
        found += [("heading", section.heading)] if section.heading is not None else []
        found += [("paragraph", paragraph) for paragraph in section.paragraphs]
    return found


@given(sections, sections, lines, lines)
def test_the_pieces_make_up_both_articles(
    before: list[tuple[str, list[str]]],
    after: list[tuple[str, list[str]]],
    title: str,
    other: str,
) -> None:
    old = article(OLD, (None, before[0][1]), *before[1:], title=title)
    new = article(NEW, (None, after[0][1]), *after[1:], title=other)
    changes = list(compare(old, new))
    assert side(changes, Edit.INSERTED) == parts(old)
    assert side(changes, Edit.DELETED) == parts(new)
    for one in changes:
        edits = [piece.edit for piece in one.pieces]
        assert all(first is not second for first, second in pairwise(edits))
        assert all(piece.text for piece in one.pieces)


@given(sections)
def test_an_article_does_not_differ_from_itself(given_parts: list[tuple[str, list[str]]]) -> None:
    one = article(OLD, *given_parts)
    assert not any(change.differs for change in compare(one, one))


@given(
    st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12)
)
def test_both_sequences_stay_in_order(old: list[str], new: list[str]) -> None:
    pairs = list(paired([("", one) for one in old], [("", one) for one in new]))
    assert [first for first, _ in pairs if first is not None] == list(range(len(old)))
    assert [second for _, second in pairs if second is not None] == list(range(len(new)))
    assert all(old[i] == new[j] for i, j in pairs if i is not None and j is not None)


def test_a_word_within_a_sentence() -> None:
    old = "今年一季度全市新登记企业3260户。同比增长百分之十八，其中小微企业占九成。"
    new = "今年一季度全市新登记企业3281户。同比增长百分之十八。"
    (changed,) = between([old], [new])
    first, _, second = changed.partition("。")
    assert first == "paragraph: 今年一季度全市新登记企业[-3260-]{+3281+}户"
    assert second == "同比增长百分之十八[-，其中小微企业占九成-]。"


def test_a_sentence_put_in_and_one_taken_out() -> None:
    first, second, third = "第一句话说的是改革。", "海上有座灯塔。", "第三句话讲的却是丰收。"
    put_in = [f"paragraph: {first}{{+{second}+}}{third}"]
    assert between([first + third], [first + second + third]) == put_in
    taken_out = [f"paragraph: {first}[-{second}-]{third}"]
    assert between([first + second + third], [first + third]) == taken_out


def test_paragraphs_are_paired_by_likeness_not_by_place() -> None:
    old = ["镇党委书记说，改革要看群众的笑脸。", "收割机在稻田间来回穿梭。"]
    new = [
        "海上有一座灯塔，三十年了。",
        "镇党委书记张立说，改革要看群众的笑脸。",
        "收割机在稻田里来回穿梭。",
    ]
    assert between(old, new) == [
        "paragraph: {+海上有一座灯塔，三十年了。+}",
        "paragraph: 镇党委书记{+张立+}说，改革要看群众的笑脸。",
        "paragraph: 收割机在稻田[-间-]{+里+}来回穿梭。",
    ]


def test_a_heading_put_in_moves_no_paragraph() -> None:
    old = article(OLD, (None, ["导语一段。", "正文一段。"]))
    new = article(NEW, (None, ["导语一段。"]), ("小标题", ["正文一段。"]))
    changes = list(compare(old, new))
    assert written(changes) == ["heading: {+小标题+}"]
    assert [(one.old, one.new) for one in changes if one.part == "paragraph"] == [
        (f"{OLD}#0:0-5", f"{NEW}#0:0-5"),
        (f"{OLD}#0:6-11", f"{NEW}#1:0-5"),
    ]


def test_stray_characters_do_not_part_a_change() -> None:
    old = "市委会议昨天上午研究决定由刘钦海的同志任书记一职。"
    new = "市委会议昨天上午研究决定由王建国的先生任主席一职。"
    assert between([old], [new]) == [
        "paragraph: 市委会议昨天上午研究决定由[-刘钦海的同志任书记-]{+王建国的先生任主席+}一职。"
    ]


def test_fields_and_captions_are_compared() -> None:
    one = article(OLD, (None, []), title="改革又进一步")
    one = replace(one, published="2019-05-06", captions=("图一",))
    other = article(NEW, (None, []), title="改革再进一步")
    other = replace(other, published="2019-05-07", source="新华社", channel=("要闻",))
    changes = list(compare(one, other))
    assert written(changes) == [
        "title: 改革[-又-]{+再+}进一步",
        "published: [-2019-05-06-]{+2019-05-07+}",
        "source: {+新华社+}",
        "channel: {+要闻+}",
        "caption: [-图一-]",
    ]
    assert [(one.old, one.new) for one in changes if one.differs] == [
        (OLD, NEW),
        (OLD, NEW),
        (None, NEW),
        (None, NEW),
        (OLD, None),
    ]
    assert list(compare(one, other, whole=False)) == []


def test_without_steps_left_a_sentence_is_shown_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "MOST_STEPS", 100)
    old, new = ["改革开放四十年。", "农业丰收好年景。"], ["改革开放五十年。", "农业丰收好光景。"]
    assert between(old, new) == [
        "paragraph: 改革开放[-四-]{+五+}十年。",
        "paragraph: [-农业丰收好年景。-]{+农业丰收好光景。+}",
    ]


def test_a_long_stretch_without_anchors_is_compared_in_windows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    likened = []
    original = pairing._likeness

    def likeness(one: frozenset[str], other: frozenset[str]) -> float:
        likened.append(1)
        return original(one, other)

    monkeypatch.setattr(pairing, "_likeness", likeness)
    old = [f"第{n}段的文字在这里，说的是改革。" for n in range(1000)]
    new = [f"第{n}段的文字在那里，说的是改革。" for n in range(1000)]
    assert len(between(old, new)) == 1000
    assert len(likened) <= 1000 * 33
