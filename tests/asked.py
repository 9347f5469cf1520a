"""Questions for property tests: each as a query and, the same, as the oracle takes it."""

from collections.abc import Callable

import corpora
import oracle
from hypothesis import assume
from hypothesis import strategies as st

Asked = tuple[str, oracle.Question]

FIELDS = (None, "title", "heading", "body", "caption")


def _term(text: str, field: str | None) -> Asked:
    quoted = f'"{text}"'
    return (f"{field}:{quoted}" if field else quoted), ("term", text, field)


@st.composite
def terms(draw: st.DrawFn) -> Asked:
    text = draw(st.text(corpora.LETTERS, min_size=1, max_size=4))
    assume(oracle.asked(text))
    return _term(text, draw(st.sampled_from(FIELDS)))


@st.composite
def nears(draw: st.DrawFn) -> Asked:
    left, right = (draw(st.text(corpora.LETTERS, min_size=1, max_size=2)) for _ in range(2))
    assume(oracle.asked(left) and oracle.asked(right))
    distance = draw(st.integers(0, 6))
    return f'"{left}" NEAR/{distance} "{right}"', ("near", left, right, distance, None)


@st.composite
def metas(draw: st.DrawFn) -> Asked:
    field = draw(st.sampled_from(["source", "channel"]))
    if draw(st.booleans()):
        return f"{field}:?", ("meta", field, "missing")
    value = draw(st.sampled_from(["新华社", "新华", "社", "reuters", "改", "服"]))
    if draw(st.booleans()):
        return f"{field}:={value}", ("meta", field, "equals", value)
    return f"{field}:{value}", ("meta", field, "contains", value)


@st.composite
def dates(draw: st.DrawFn) -> Asked:
    days = ["2017", "2018", "2018-10", "2018-10-12", "2018-11", "2019-01"]
    first, last = sorted((draw(st.sampled_from(days)), draw(st.sampled_from(days))))
    form = draw(st.sampled_from(["one", "from", "to", "range"]))
    return {
        "one": (f"date:{first}", ("date", first, first)),
        "from": (f"date:>={first}", ("date", first, None)),
        "to": (f"date:<={last}", ("date", None, last)),
        "range": (f"date:{first}..{last}", ("date", first, last)),
    }[form]


def _joined(word: str, kind: str) -> Callable[[list[Asked]], Asked]:
    def join(parts: list[Asked]) -> Asked:
        text = f"({word.join(text for text, _ in parts)})"
        return text, (kind, *(question for _, question in parts))

    return join


def _denied(part: Asked) -> Asked:
    return f"NOT {part[0]}", ("not", part[1])


def _inner(children: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    several = st.lists(children, min_size=2, max_size=3)
    return (
        several.map(_joined(" ", "and"))
        | several.map(_joined(" OR ", "or"))
        | children.map(_denied)
    )


questions = st.recursive(terms() | nears() | metas() | dates(), _inner, max_leaves=5)


@st.composite
def plain(draw: st.DrawFn) -> Asked:
    """Terms joined by AND or OR, perhaps with a condition and one term denied."""
    parts = draw(st.lists(terms() | nears(), min_size=1, max_size=3))
    asked = draw(st.sampled_from([_joined(" ", "and"), _joined(" OR ", "or")]))(parts)
    more = draw(st.lists(metas() | dates() | terms().map(_denied), max_size=1))
    return _joined(" ", "and")([asked, *more])
