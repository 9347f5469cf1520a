"""The query language: every form of docs/query.md, its hints, and every error with its caret."""

from dataclasses import FrozenInstanceError

import pytest

from archive.errors import QueryError
from archive.query import (
    FIELDS,
    And,
    DateRange,
    Meta,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    describe,
    parse,
)
from archive.text import phrase


def term(text: str, field: str | None = None) -> Phrase:
    return Phrase(tuple(phrase(text)), text, field=field)


def begins(text: str, field: str | None = None) -> Phrase:
    return Phrase(tuple(phrase(text)), text, prefix=True, field=field)


def meta(field: str, value: str, *, whole: bool = False) -> Meta:
    return Meta(field, "equals" if whole else "contains", value, tuple(phrase(value)))


def both(*nodes: Node) -> And:
    return And(nodes)


def either(*nodes: Node) -> Or:
    return Or(nodes)


A, B, C, D = map(term, "甲乙丙丁")

FORMS = {
    # literal runs
    "改革": term("改革"),
    "改革。": term("改革"),
    "C++": term("c"),
    "招商引资,还要招才引智": term("招商引资，还要招才引智"),
    "新泰-煤城": term("新泰-煤城"),
    "07:47": term("07:47"),
    "http://people.cn/1.html": term("http://people.cn/1.html"),
    "昔日“煤城”迎来产业“蝶变”": term("昔日“煤城”迎来产业“蝶变”"),
    "LED显示屏": term("led显示屏"),
    # AND
    "甲 乙": both(A, B),
    "甲\u3000乙": both(A, B),
    "甲\n乙": both(A, B),
    "甲 AND 乙": both(A, B),
    "甲 乙 AND 丙": both(A, B, C),
    "甲 甲": A,
    "甲 and 乙": both(A, term("and"), B),
    # phrases
    '"甲 乙"': term("甲 乙"),
    "“甲 乙”": term("甲 乙"),
    "「甲 乙」": term("甲 乙"),
    "『甲 乙』": term("甲 乙"),
    "＂甲 乙＂": term("甲 乙"),
    '"甲 OR (乙"': term("甲 OR (乙"),
    "“甲”乙": both(A, B),
    '甲"乙"丙': both(A, B, C),
    '"econ*"': term("econ*"),
    # OR, NOT, groups
    "甲 OR 乙": either(A, B),
    "甲|乙": either(A, B),
    "甲｜乙｜丙": either(A, B, C),
    "甲 乙 OR 丙": either(both(A, B), C),
    "甲 (乙 OR 丙)": both(A, either(B, C)),
    "甲（乙｜丙）": both(A, either(B, C)),
    "((甲))": A,
    "NOT 甲": Not(A),
    "-甲": Not(A),
    "－甲": Not(A),
    "NOT NOT 甲": A,
    "--甲": A,
    "NOT -甲": A,
    "甲 -乙": both(A, Not(B)),
    "甲 NOT 乙": both(A, Not(B)),
    "甲 AND NOT 乙": both(A, Not(B)),
    "甲 OR NOT 乙": either(A, Not(B)),
    "-甲 乙 -丙 NOT 丁": both(B, Not(either(A, C, D))),
    "-甲 -乙": Not(either(A, B)),
    "-(甲 乙)": Not(both(A, B)),
    '-"甲 乙"': Not(term("甲 乙")),
    "(甲 -乙) -丙": both(A, Not(either(B, C))),
    "甲 - 乙": both(A, B),
    # prefix
    "econ*": begins("econ"),
    "econ＊": begins("econ"),
    "改革econ*": begins("改革econ"),
    "2018*": begins("2018"),
    "改革*": term("改革"),
    "econ-*": term("econ"),
    "title:econ*": begins("econ", "title"),
    # NEAR
    "甲 NEAR/3 乙": Near(A, B, 3),
    "甲 NEAR 乙": Near(A, B, 10),
    "甲 NEAR/0 乙": Near(A, B, 0),
    "甲 NEAR／１５ 乙": Near(A, B, 15),
    '"甲 乙" NEAR/3 econ*': Near(term("甲 乙"), begins("econ"), 3),
    "甲 NEAR/3 乙 丙": both(Near(A, B, 3), C),
    "NOT 甲 NEAR/3 乙": Not(Near(A, B, 3)),
    "甲 NEAR/3 乙 OR 丙": either(Near(A, B, 3), C),
    "title:(甲 NEAR/3 乙)": Near(term("甲", "title"), term("乙", "title"), 3),
    # fields
    "title:甲": term("甲", "title"),
    "TITLE:甲": term("甲", "title"),
    "标题：甲": term("甲", "title"),
    "標題:甲": term("甲", "title"),
    "小标题:“甲 乙”": term("甲 乙", "heading"),
    "正文:甲": term("甲", "body"),
    "图注：甲": term("甲", "caption"),
    "-title:甲": Not(term("甲", "title")),
    "title:(甲 OR 乙)": either(term("甲", "title"), term("乙", "title")),
    "title:(甲 -乙) 丙": both(term("甲", "title"), Not(term("乙", "title")), C),
    "title:甲 乙": both(term("甲", "title"), B),
    "title:甲:乙": term("甲:乙", "title"),
    "title:OR": term("OR", "title"),
    # metadata
    "source:新华社": meta("source", "新华社"),
    "来源：新华社": meta("source", "新华社"),
    "source:=新华社": meta("source", "新华社", whole=True),
    "来源：＝“新华 社”": meta("source", "新华 社", whole=True),
    "source:(=甲 OR 乙)": either(meta("source", "甲", whole=True), meta("source", "乙")),
    "source:?": Meta("source", "missing"),
    "作者：？": Meta("author", "missing"),
    "编辑:甲": meta("editor", "甲"),
    "栏目:先进典型": meta("channel", "先进典型"),
    "path:2018/10": meta("path", "2018/10"),
    "路径:7877ed*": Meta("path", "contains", "7877ed", ("7877ed",), prefix=True),
    # dates
    "date:2018": DateRange("2018", "2019", ""),
    "日期：2018年": DateRange("2018", "2019", ""),
    "date:2018-10": DateRange("2018-10", "2018-11", ""),
    "date:2018-12": DateRange("2018-12", "2019-01", ""),
    "date:2018年10月12日": DateRange("2018-10-12", "2018-10-13", ""),
    "date:2018/2/28": DateRange("2018-02-28", "2018-03-01", ""),
    "date:2020-02-28": DateRange("2020-02-28", "2020-02-29", ""),
    "date:2018-10..2018-12": DateRange("2018-10", "2019-01", ""),
    "date:２０１８．．２０１９": DateRange("2018", "2020", ""),
    "date:2018.10.1..": DateRange("2018-10-01", None, ""),
    "date:..2018": DateRange(None, "2019", ""),
    "date:>=2018-10-01": DateRange("2018-10-01", None, ""),
    "date:>2018": DateRange("2019", None, ""),
    "date:＞＝2018": DateRange("2018", None, ""),
    "date:≤2018-10": DateRange(None, "2018-11", ""),
    "date:<2018-10": DateRange(None, "2018-10", ""),
    "date:9999-12-31": DateRange("9999-12-31", None, ""),
    "date:(2016 OR 2018)": either(DateRange("2016", "2017", ""), DateRange("2018", "2019", "")),
    "date:?": Meta("date", "missing"),
}


@pytest.mark.parametrize(("asked", "root"), FORMS.items(), ids=FORMS.keys())
def test_forms(asked: str, root: Node) -> None:
    query = parse(asked)
    assert query.root == root
    assert query.text == asked


@pytest.mark.parametrize("asked", FORMS)
def test_a_tree_written_out_parses_to_itself(asked: str) -> None:
    root = parse(asked).root
    assert parse(str(root)).root == root


ERRORS = [
    ("", 0, "empty"),
    (" \u3000\n", 0, "empty"),
    ("。", 0, "only punctuation"),
    ('""', 0, "only punctuation"),
    ("-。 （！）", 0, "only punctuation"),
    ("甲 (乙", 2, "not closed"),
    ("甲 （乙", 2, "not closed"),
    ("甲 (", 2, "not closed"),
    ("甲 乙)", 3, "closes nothing"),
    ("甲 ()", 2, "nothing stands between"),
    ('甲 "乙 丙', 2, "not closed"),
    ('甲"', 1, "not closed"),
    ("“甲", 0, "not closed by ”"),
    ("title:「甲", 6, "not closed"),
    ("甲 ”乙", 2, "no quotation opens"),
    ("甲 OR", 2, "OR has no term behind"),
    ("OR 甲", 0, "OR has no term before"),
    ("甲 AND OR 乙", 2, "AND has no term behind"),
    ("(甲 OR) 乙", 3, "OR has no term behind"),
    ("甲 | | 乙", 2, "| has no term behind"),
    ("甲 NOT", 2, "NOT has no term behind"),
    ("(AND 甲)", 1, "AND has no term before"),
    ("NEAR 甲", 0, "NEAR has no term before"),
    ("甲 NEAR/3", 2, "NEAR/3 has no term behind"),
    ("甲 NEAR/3 NOT 乙", 2, "NEAR/3 has no term behind"),
    ("甲 NEAR/x 乙", 2, "number of characters"),
    ("甲 NEAR/99999999999 乙", 2, "number of characters"),
    ("甲 NEAR/ 乙", 2, "number of characters"),
    ("甲 NEAR 乙 NEAR 丙", 9, "not three"),
    ("甲 NEAR (乙 丙)", 7, "two words or phrases"),
    ("(甲 OR 乙) NEAR 丙", 0, "two words or phrases"),
    ("甲 NEAR 。", 7, "two words or phrases"),
    ("甲 NEAR source:乙", 7, "two words or phrases"),
    ("title:甲 NEAR 乙", 8, "of one field"),
    ("title: 甲", 6, "has no value"),
    ("title:", 6, "has no value"),
    ("(title:)", 7, "has no value"),
    ("title:-甲", 6, "before the field"),
    ("title:=甲", 6, "searched, not compared"),
    ("source:=(甲)", 8, "= takes one value"),
    ("title:(甲 source:乙)", 9, "stands inside title"),
    ("date:2018-13", 5, "no such date"),
    ("date:2018-02-30", 5, "no such date"),
    ("date:0000", 5, "no such date"),
    ("date:去年", 5, "is no date"),
    ("date:20181012", 5, "is no date"),
    ("date:..", 5, "one side of"),
    ("date:2019..2018", 5, "ends before it begins"),
    ("date:2018..2017-12", 5, "ends before it begins"),
    ("date:>9999", 5, "after the year 9999"),
]


@pytest.mark.parametrize(("asked", "position", "message"), ERRORS, ids=[e[0] for e in ERRORS])
def test_errors_point_at_the_place(asked: str, position: int, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(asked)
    assert message in caught.value.message
    assert caught.value.position == position
    assert caught.value.query == asked


HINTS = [
    ("titel:甲", "titel: is no field and is searched as text; did you mean title:?"),
    ("小标提：甲", "小标提: is no field and is searched as text; did you mean 小标题:?"),
    ("记者：刘钦海", "记者: is no field and is searched as text; the fields are title, heading"),
    ("甲 or 乙", "or is searched as a word; the operator is OR"),
    ("甲 。", "left out, since it holds only punctuation: 。"),
    ('甲 ""', "left out, since it holds only punctuation: an empty quotation"),
    ("甲 source:=。", "left out, since it holds only punctuation: 。"),
    ("改*革", "* counts only at the end of a word"),
]


@pytest.mark.parametrize(("asked", "hint"), HINTS, ids=[h[0] for h in HINTS])
def test_hints(asked: str, hint: str) -> None:
    (found,) = parse(asked).hints
    assert found.startswith(hint)


@pytest.mark.parametrize(
    "asked", ["07:47", "http://x.cn/a", '"titel:甲"', "甲", "C++", "title:a:b"]
)
def test_no_hint_without_need(asked: str) -> None:
    assert parse(asked).hints == ()


def test_what_is_left_empty_drops_out_with_its_operator() -> None:
    assert parse("甲 OR 。").root == A
    assert parse("甲 -。").root == A
    assert parse("甲 (。 OR ！)").root == A
    assert parse("。 AND 甲 title:！").root == A


def test_terms_are_those_not_denied_and_phrases_are_what_is_shown() -> None:
    query = parse("甲 (乙 OR source:新华社) -丙 甲 NEAR/2 丁 date:2018")
    near = Near(A, D, 2)
    dated = DateRange("2018", "2019", "2018")
    assert query.terms == (A, B, meta("source", "新华社"), near, dated)
    assert query.phrases == (A, B, D)
    assert parse("-甲").terms == ()


def test_a_strict_search_can_tell_forms_apart() -> None:
    assert str(parse("LED OR led OR LED").root) == '("LED" OR "led")'
    assert str(parse("source:(=ABC OR =abc)").root) == '(source:="ABC" OR source:="abc")'


def test_describe_writes_the_tree() -> None:
    query = parse("title:(甲 OR econ*) 甲 NEAR/3 乙 -丙 date:>=2018-10 source:=新华社 author:? -丁")
    assert describe(query).splitlines() == [
        "AND",
        "  OR",
        "    title holds phrase [甲]",
        "    title holds phrase [econ…]",
        "  NEAR within 3 characters, either order",
        "    phrase [甲]",
        "    phrase [乙]",
        "  published from 2018-10 on, before the end",
        "  source equals [新 华 社]",
        "  author is missing",
        "  NOT",
        "    OR",
        "      phrase [丙]",
        "      phrase [丁]",
    ]


def test_nodes_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        A.text = "乙"  # type: ignore[misc]


def test_each_field_is_known_by_both_names() -> None:
    for field in FIELDS:
        value = "2018" if field.kind == "date" else "甲"
        assert parse(f"{field.name}:{value}").root == parse(f"{field.chinese}：{value}").root
