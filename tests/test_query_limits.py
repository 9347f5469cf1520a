"""Queries at and past the limits, hostile ones, and any string at all: a tree or a QueryError."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.query import (
    BYTE_LIMIT,
    DEPTH_LIMIT,
    TERM_LIMIT,
    And,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    describe,
    parse,
)


def term(text: str) -> Phrase:
    return Phrase((text,), text)


def test_limits_are_stated() -> None:
    assert isinstance(parse(" ".join(["甲"] * TERM_LIMIT)), Query)
    with pytest.raises(QueryError, match="at most 1,000 terms") as caught:
        parse(" ".join(["甲"] * (TERM_LIMIT + 1)))
    assert caught.value.position == 2 * TERM_LIMIT
    assert isinstance(parse("x" * BYTE_LIMIT), Query)
    with pytest.raises(QueryError, match=r"65,537 bytes; at most 65,536 \(64 KB\)"):
        parse("x" * (BYTE_LIMIT + 1))
    assert parse("(" * DEPTH_LIMIT + "甲" + ")" * DEPTH_LIMIT).root == term("甲")
    with pytest.raises(QueryError, match="nest deeper than 50"):
        parse("(" * (DEPTH_LIMIT + 1) + "甲" + ")" * (DEPTH_LIMIT + 1))


def test_a_thousand_operators_make_one_flat_node() -> None:
    names = [f"x{n}" for n in range(TERM_LIMIT)]
    assert parse(" OR ".join(names)).root == Or(tuple(map(term, names)))
    assert parse(" ".join(f"-{name}" for name in names)).root == Not(Or(tuple(map(term, names))))


HOSTILE = [
    "(" * 100_000,
    "(" * 20_000 + "甲" + ")" * 20_000,
    "NOT " * 16_000 + "甲",
    "-" * 60_000 + "甲",
    "-(" * 20_000,
    "a NEAR/3 " * 7_000,
    "title:" * 10_000,
    "title:(" * 9_000,
    '"' * 65_000,
    "“" * 20_000,
    "a:" * 30_000,
    "* " * 30_000,
    "。 " * 16_000,
    "甲 " * 100_000,
    "x" * 1_000_000,
    "a:b " * 1_000,
    "\u200b" * 20_000,
    "·" * 30_000,
    "\x00" * 60_000,
    "date:" + "9" * 60_000,
    "date:" + "." * 60_000,
]


@pytest.mark.parametrize("asked", HOSTILE, ids=[f"{h[:9]!r}" for h in HOSTILE])
def test_hostile_queries_end_soon(asked: str) -> None:
    start = time.process_time()
    answer = understood(asked)
    assert time.process_time() - start < 2
    assert isinstance(answer, Query) or len(answer.message) < 200


def understood(asked: str) -> Query | QueryError:
    try:
        return parse(asked)
    except QueryError as error:
        return error


PIECES = st.sampled_from(
    [
        *("改革", "LED", "econ*", "*", "a", "NEAR", "NEAR/3", "AND", "OR", "NOT", "-", "－", "--"),
        *(
            '"',
            "“",
            "”",
            "「",
            "」",
            "『",
            "』",
            "＂",
            "(",
            ")",
            "（",
            "）",
            "|",
            "｜",
            " ",
            " ",
            "\u3000",
        ),
        *("title:", "标题：", "source:", "date:", "foo:", "=", "?", "2018", "2018-10", "..", ">="),
        *("。", "，", "\n", "\x00", "\ud800", "\u200d", "'", "{", "}", "^", "+", ";", "body MATCH"),
    ]
)
STRINGS = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=40)


@given(STRINGS)
@example("body : ^a + b* NEAR(c d, 2)")
@example("'; DROP TABLE section; --")
@example('{title heading}: "a" *')
@settings(max_examples=3000)
def test_any_string_gives_a_query_or_a_query_error(asked: str) -> None:
    query = understood(asked)
    if isinstance(query, QueryError):
        assert query.message
        assert query.position is None or 0 <= query.position <= len(asked)
        return
    assert query.root
    assert describe(query)
    assert parse(str(query.root)).root == query.root
    _check_shape(query.root)


def _check_shape(node: Node) -> None:
    """Hold the invariants that ``archive.query.tree`` states."""
    if isinstance(node, And | Or):
        assert len(node.children) == len(set(map(str, node.children))) > 1
        assert not any(isinstance(child, type(node)) for child in node.children)
        for child in node.children:
            _check_shape(child)
    if isinstance(node, And):
        assert sum(isinstance(child, Not) for child in node.children) <= 1
    if isinstance(node, Not):
        assert not isinstance(node.child, Not)
        _check_shape(node.child)
    if isinstance(node, Phrase):
        assert node.tokens
