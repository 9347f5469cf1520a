"""Queries at and past the limits, hostile ones, and any string at all: a tree or a QueryError."""

import time

import hostile
import pytest
from hypothesis import example, given, settings

from archive.errors import QueryError
from archive.query import (
    BYTE_LIMIT,
    DEPTH_LIMIT,
    NEARS_LIMIT,
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


def test_a_query_has_at_most_twenty_nears() -> None:
    nears = [f"(a{n} NEAR b{n})" for n in range(NEARS_LIMIT + 1)]
    assert isinstance(parse(" OR ".join(nears[:-1])), Query)
    with pytest.raises(QueryError, match="at most 20 NEARs") as caught:
        parse(" OR ".join(nears))
    assert caught.value.hint == "ask for a few words at a time"


def test_a_thousand_operators_make_one_flat_node() -> None:
    names = [f"x{n}" for n in range(TERM_LIMIT)]
    assert parse(" OR ".join(names)).root == Or(tuple(map(term, names)))
    assert parse(" ".join(f"-{name}" for name in names)).root == Not(Or(tuple(map(term, names))))


@pytest.mark.parametrize("number", range(len(hostile.long_ones)))
def test_hostile_queries_end_soon(number: int) -> None:
    asked = hostile.long_ones[number]
    start = time.process_time()
    answer = understood(asked)
    assert time.process_time() - start < 2
    assert isinstance(answer, Query) or len(answer.message) < 200


def understood(asked: str) -> Query | QueryError:
    try:
        return parse(asked)
    except QueryError as error:
        return error


@given(hostile.strings)
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
