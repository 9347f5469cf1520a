"""One record: an article that can be read again, whatever it calls its fields."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import refused, run
from conftest import Write
from dumps import LONG, article, dump, texts
from hypothesis import assume, given
from hypothesis import strategies as st
from torture import many

from archive import Archive
from archive.capture import read
from archive.capture.mapping import USUAL, from_parameter, parse, to_parameter
from archive.capture.parsed import Capture, Role
from archive.capture.records import media_type
from archive.capture.values import as_date, as_list, as_text, plain
from archive.errors import CaptureError, UsageError

if sys.version_info >= (3, 14):
    pass
else:
    pass

# A record to an article


def test_a_record_tells_all_fields() -> None:
    found = article(
        {
            "title": " 公路\n通车 ",
            "text": f"{LONG}\n\n　　{LONG[:-1]}了。",
            "date": "2019-05-06 09:30",
            "source": {"name": "春江日报"},
            "author": ["李文", "王芳"],
            "editor": "赵明",
            "channel": "首页 > 地方 > 政务",
            "url": "http://news.example/1",
            "captions": ["村口的公路。"],
            "id": 17,
        }
    )
    assert texts(found) == [(None, [LONG, f"{LONG[:-1]}了。"])]
    assert found.title == "公路 通车"
    assert (found.published, found.source, found.editor) == ("2019-05-06T09:30", "春江日报", "赵明")
    assert (found.author, found.url) == ("李文 王芳", "http://news.example/1")
    assert (found.channel, found.captions) == (("首页", "地方", "政务"), ("村口的公路。",))


@pytest.mark.parametrize(
    "names", [["标题", "正文"], ["Headline", "Article_Body"], ["题目", "内容"]]
)
def test_usual_names_are_known(names: list[str]) -> None:
    found = article(dict(zip(names, ["公路通车", LONG], strict=True)))
    assert (found.title, texts(found)) == ("公路通车", [(None, [LONG])])


def test_headings_and_the_sign_off_are_found_in_the_text() -> None:
    text = f"公路通车\n{LONG}\n一条路连起三个村\n{LONG[:-1]}了。\n（责任编辑：赵明）"
    found = article({"title": "公路通车", "text": text})
    assert texts(found) == [(None, [LONG]), ("一条路连起三个村", [f"{LONG[:-1]}了。"])]
    assert found.editor == "赵明"


@pytest.mark.parametrize("text", ["短", "1", "……", "分享", "第一行\n第二行\n第三行", "# 一\n* 二"])
def test_what_the_record_calls_its_text_is_kept(text: str) -> None:
    kept = texts(article({"title": "公路通车", "text": text}))
    said = [heading for heading, _ in kept if heading] + [p for _, each in kept for p in each]
    assert sorted(said) == sorted(text.splitlines())


def test_without_a_title_the_text_is_read_as_a_page() -> None:
    page = (
        f"首页 > 地方\n\n公路昨天正式通车\n\n2019年05月06日 09:30  来源：春江日报\n\n　　{LONG}\n"
    )
    found = article({"content": page})
    assert (found.title, found.published, found.source) == (
        "公路昨天正式通车",
        "2019-05-06T09:30",
        "春江日报",
    )
    assert texts(found) == [(None, [LONG])]


def test_markup_is_left_out_and_lists_are_joined() -> None:
    html = f"<p>{LONG}</p><script>var a = '<p>';</script><p>甲&nbsp;乙&lt;丙。<br/>丁。</p>"
    assert texts(article({"title": "公路", "content": [html, "戊。"]})) == [
        (None, [LONG, "甲\xa0乙<丙。", "丁。", "戊。"])
    ]


def test_what_show_prints_can_be_ingested(news: Archive, write: Write) -> None:
    text = f"{LONG}\n一条路连起三个村\n{LONG[:-1]}了。"
    record = {"title": "公路通车", "text": text, "date": "2019", "captions": ["村口。"]}
    list(news.ingest([write("a.jsonl", dump(record))]))
    shown = run("show", "1", "--format", "json", db=news.path).stdout
    with Archive.open(news.path.with_name("other.db"), create=True) as other:
        list(other.ingest([write("b.jsonl", shown)]))
        first, second = news.article("1"), other.article("1")
    assert first.sections == second.sections
    assert (first.title, first.published, first.captions) == (
        second.title,
        second.published,
        second.captions,
    )


def test_every_character_of_the_rendering_is_explained() -> None:
    record = {"id": 1, "title": "公路\n通车", "text": f"{LONG}\n{LONG}", "deep": {"a": [1, None]}}
    decoded, found = read(Capture(dump(record), "x", "application/json"))
    ends = [0, *(line.span[1] for line in found.lines)]
    assert [line.span[0] for line in found.lines] == ends[:-1]
    assert ends[-1] == len(decoded.text)
    assert [line.number for line in found.lines] == list(range(1, len(found.lines) + 1))
    for paragraph in found.sections[0].paragraphs:
        assert "".join(decoded.text[slice(*span)] for span in paragraph.spans) == paragraph.text
    roles = {line.text: line.role for line in found.lines}
    assert roles["title: 公路 通车"] is Role.TITLE
    assert roles['deep: {"a": ["1", null]}'] is Role.FURNITURE


# Values


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2018", "2018"),
        ("2018-10", "2018-10"),
        ("2018年3月", "2018-03"),
        ("2018/10/12", "2018-10-12"),
        ("20181012", "2018-10-12"),
        ("20181012074730", "2018-10-12T07:47:30"),
        ("2018年10月12日 07:47", "2018-10-12T07:47"),
        ("2018-10-11T23:47:00Z", "2018-10-12T07:47"),
        ("2018-10-12T07:47:30+08:00", "2018-10-12T07:47:30"),
        ("2018-10-11 23:47:00.123+0000", "2018-10-12T07:47"),
        ("Thu, 11 Oct 2018 23:47:00 GMT", "2018-10-12T07:47"),
        ("1539330420", "2018-10-12T15:47"),
        ("1539330421000", "2018-10-12T15:47:01"),
        ("[ 2018-10-12 07：47 ] 来源：新华社", "2018-10-12T07:47"),
        ({"$date": "2018-10-12"}, "2018-10-12"),
        ("9999-12-31T23:59:59-14:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("昨天", None),
        ("99999999999999999999", None),
        ("2018-13-45", None),
        ("Mon, nonsense", None),
        (None, None),
    ],
)
def test_dates(value: object, iso: str | None) -> None:
    assert as_date(value) == iso


def test_values_of_other_shapes() -> None:
    assert as_text(["甲", None, {"name": "乙"}, ["丙"]]) == "甲\n乙\n丙"
    assert as_text({"a": 1}) == as_text(value=True) == as_text(None) == ""
    assert as_list("甲\n乙") == ("甲 乙",)
    assert plain("3 < 5 且 <未知>") == "3 < 5 且 <未知>"


@given(st.text(st.sampled_from("<>/!-p scrit"), max_size=400))
def test_plain_never_fails(text: str) -> None:
    plain(text)


# Hostile records


def refusal(record: object) -> str:
    with pytest.raises(CaptureError) as error:
        article(record)
    return f"{error.value.message}; {error.value.hint}"


def test_what_is_no_record_is_refused() -> None:
    assert refusal(b"{") == (
        "not JSON: Expecting property name enclosed in double quotes at character 2; None"
    )
    assert refusal(b"[1]").startswith("not a JSON object")
    assert refusal({"a": 1, "b": 2}) == (
        "no name holds the text among a, b; name it with --map text=NAME"
    )
    assert refusal({"title": "", "text": None}).startswith("neither a title nor a text")
    assert article({"title": "只有题目", "text": ""}).title == "只有题目"


def test_nesting_is_bounded() -> None:
    deep = b'{"text":"' + LONG.encode() + b'","x":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    assert refusal(deep) == "nested too deep to be read; None"


def test_half_a_surrogate_pair_is_replaced_and_counted() -> None:
    data = '{"title":"甲\\ud800乙","text":"丙\\udfff。\\ud83d\\ude00"}'.encode()
    decoded, found = read(Capture(data, "x", "application/json"))
    assert (found.title, texts(found)) == ("甲\ufffd乙", [(None, ["丙\ufffd。😀"])])
    assert decoded.replaced == 2
    decoded.text.encode()


def test_numbers_stay_as_they_are_written() -> None:
    data = b'{"title":123,"text":"x","a":NaN,"b":-Infinity,"c":1e999999,"d":' + b"9" * 50_000 + b"}"
    assert article(data).title == "123"


def test_nul_and_control_characters_are_bounded() -> None:
    found = article(b'{"title":"a\\u0000b","text":"c\\u0000\td"}')
    assert (found.title, texts(found)) == ("ab", [(None, ["c\td"])])


NAMES = [name for each in USUAL.values() for name in each]
PLAIN = [None, True, 0, -1.5, 1e300, 2019, "", "2019-05-06", "{", "<p>甲</p>", LONG, "🃏"]
NESTED = [*PLAIN, [], {}, PLAIN, {"name": LONG}, {"a": {"b": "🃏"}}, [["🃏"], {"text": LONG}]]
ITEMS = [(name, value) for name in NAMES for value in NESTED]


@many("hypothesis: records", file=__file__)
@given(
    st.lists(st.integers(0, len(ITEMS) - 1), max_size=6).map(lambda n: dict(ITEMS[i] for i in n)),
    st.text(max_size=12),
)
def test_any_json_object_is_an_article_or_refused(record: dict[str, Any], odd: str) -> None:
    data = json.dumps(record, ensure_ascii=False).replace("🃏", json.dumps(odd)[1:-1]).encode()
    try:
        decoded, found = read(Capture(data, "x.jsonl!1", "application/json"))
    except CaptureError:
        return
    assert "".join(decoded.text[slice(*line.span)] for line in found.lines) == decoded.text
    for section in found.sections:
        for paragraph in section.paragraphs:
            assert "".join(decoded.text[slice(*s)] for s in paragraph.spans) == paragraph.text
    decoded.text.encode()


# The mapping


def test_a_mapping_is_read_from_pairs() -> None:
    assert parse(["title=标题", "text=a", "body=b", "date=时间"]) == {
        "title": ("标题",),
        "text": ("a", "b"),
        "published": ("时间",),
    }


@pytest.mark.parametrize("pair", ["titel=x", "title", "title=", "=x", ""])
def test_a_mapping_that_cannot_be_understood_is_refused(pair: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        parse([pair])
    result = run("ingest", str(tmp_path), "--map", pair, db=tmp_path / "a.db")
    refused(result, 2, "titel" if pair == "titel=x" else "")


names = st.text(min_size=1, max_size=8).filter(lambda name: name.isprintable())


@given(st.dictionaries(st.sampled_from(sorted(USUAL)), st.lists(names, min_size=1).map(tuple)))
def test_a_mapping_survives_the_media_type(fields: dict[str, tuple[str, ...]]) -> None:
    assert from_parameter(to_parameter(fields)) == fields
    assert ";" not in to_parameter(fields)
    assert '"' not in to_parameter(fields)


@given(names, names)
def test_a_record_is_read_again_from_its_bytes_alone(title: str, text: str) -> None:
    assume(title != text)
    fields = {"title": (title,), "text": (text,)}
    kind = media_type(fields=fields)
    found = article(
        {title: "公路通车", text: LONG, "title": "x", "text": "y"}
        | {title: "公路通车", text: LONG},
        kind,
    )
    assert (found.title, texts(found)) == ("公路通车", [(None, [LONG])])


def test_the_user_goes_before_the_usual_and_into_objects() -> None:
    record = {"title": "甲", "text": "乙", "data": {"body": LONG, "head": "公路"}, "summary": "丙"}
    kind = media_type(fields={"title": ("data.head",), "text": ("nothing", "data.body")})
    found = article(record, kind)
    assert (found.title, texts(found)) == ("公路", [(None, [LONG])])


def test_explain_reads_a_stored_record_again(news: Archive, write: Write) -> None:
    file = write("a.jsonl", dump({"a": "公路", "b": LONG}))
    (outcome,) = news.ingest([file], fields={"title": ("a",), "text": ("b",)})
    assert outcome.path == f"{file}!1"
    assert news.raw("1") == dump({"a": "公路", "b": LONG})
    roles = {(line.role, line.text) for line in news.lines("1")}
    assert {("title", "a: 公路"), ("paragraph", LONG)} <= roles
