"""Records: JSON Lines, JSON arrays and tables, each record an article that can be read again."""

import csv
import io
import json
import string
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import refused, run
from conftest import Write
from hypothesis import assume, given
from hypothesis import strategies as st

from archive import Archive
from archive.capture import mapping, read
from archive.capture.containers import Options, unpack
from archive.capture.mapping import USUAL, from_parameter, parse, to_parameter
from archive.capture.parsed import Capture, Failure, ParsedArticle, Role
from archive.capture.records import media_type
from archive.capture.splitting import elements, lines
from archive.capture.tables import rows, transcode
from archive.capture.values import as_date, as_list, as_text, plain
from archive.errors import CaptureError, UsageError
from archive.results import Status

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST = 1 << 20
LONG = "记者昨天在村口看到，新修的公路已经通车，第一辆班车载着二十多名村民开往县城。"


def dump(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def article(record: object, kind: str = "application/json") -> ParsedArticle:
    data = record if isinstance(record, bytes) else dump(record)
    return read(Capture(data, "dump.jsonl!1", kind))[1]


def texts(found: ParsedArticle) -> list[tuple[str | None, list[str]]]:
    return [(s.heading, [p.text for p in s.paragraphs]) for s in found.sections]


def unpacked(
    data: bytes, name: str, *, encoding: str | None = None, fields: mapping.Fields | None = None
) -> list[Capture | Failure]:
    options = Options(MOST, encoding, fields or {})
    return list(unpack(io.BytesIO(data), name, modified=None, options=options))


def captures(data: bytes, name: str, **options: Any) -> list[Capture]:  # noqa: ANN401 - unpacked's
    values = unpacked(data, name, **options)
    assert not [value for value in values if isinstance(value, Failure)]
    return [value for value in values if isinstance(value, Capture)]


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


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*"ab", "text"]), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([name for each in USUAL.values() for name in each]), json_values
    )
)
def test_any_json_object_is_an_article_or_refused(record: dict[str, Any]) -> None:
    data = json.dumps(record).encode()
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


# Files of records


def test_json_lines_stand_as_they_are(news: Archive, write: Write) -> None:
    record = b'{ "title":"\\u516c\\u8def",  "text":"' + LONG.encode() + b'" }'
    data = b"\xef\xbb\xbf" + record + b"\r\n\r\n  \nno json\n" + record.replace(b"516c", b"5927")
    file = write("dump.jsonl", data)
    outcomes = list(news.ingest([file]))
    assert [(o.path.removeprefix(file), o.status) for o in outcomes] == [
        ("!1", Status.STORED),
        ("!4", Status.FAILED),
        ("!5", Status.STORED),
    ]
    assert news.raw("1") == record
    assert news.article("1").title == "公路"


def test_a_compressed_dump(tmp_path: Path, news: Archive) -> None:
    records = [{"title": f"公路{n}", "text": f"{n}：{LONG}"} for n in range(1200)]
    file = tmp_path / "dump.jsonl.zst"
    file.write_bytes(zstd.compress(b"\n".join(map(dump, records))))
    result = run("ingest", str(file), db=news.path)
    assert result.code == 0
    assert [o["path"] for o in result.objects] == [f"{file}!{n}" for n in range(1, 1201)]
    assert {o["status"] for o in result.objects} == {"stored"}


def test_a_dump_that_is_cut_off_keeps_what_came_before() -> None:
    data = b"".join(dump({"title": f"{n}", "text": LONG}) + b"\n" for n in range(9000))
    packed = zstd.compress(data)
    values = unpacked(packed[: len(packed) // 2], "dump.jsonl.zst")
    assert len(values) > 1000
    assert all(isinstance(value, Capture) for value in values[:-1])
    assert values[-1] == Failure(
        "dump.jsonl.zst", "the zstd data breaks off; what came before is kept"
    )


def test_elements_of_an_array_stand_as_they_are() -> None:
    data = b'[ {"text": "a,]}\\""},\n {"text":\t["b"]} , {}]\n'
    assert [(c.path, c.data) for c in captures(data, "x.json")] == [
        ("x.json!1", b'{"text": "a,]}\\""}'),
        ("x.json!2", b'{"text":\t["b"]}'),
        ("x.json!3", b"{}"),
    ]


def test_a_json_file_of_one_object_or_of_lines() -> None:
    one = json.dumps({"title": "公路", "text": LONG}, indent=2).encode()
    assert [c.data for c in captures(one + b"\n", "x.json")] == [one]
    assert [c.data for c in captures(one + b"\n" + one, "x.json")] == [one, one]


@pytest.mark.parametrize(
    ("data", "given", "reason"),
    [
        (b'[{"a":1},{"b":', 1, "the JSON breaks off in record 2; what came before is kept"),
        (b'[{"a":1}] x', 1, "something stands behind the array; it is not read"),
        (b"[" * 200_000, 0, "nested deeper than 100,000; the rest is not read"),
        (b"[]", 0, "no records in this file"),
        (b"", 0, "no records in this file"),
    ],
)
def test_json_files_that_are_damaged(data: bytes, given: int, reason: str) -> None:
    *before, last = unpacked(data, "x.json")
    assert len(before) == given
    assert last == Failure("x.json", reason)


def test_a_record_beyond_the_limit_is_set_aside_by_its_number() -> None:
    big = dump({"text": "x" * MOST})
    small = dump({"text": "y"})
    reason = "larger than 1,048,576 bytes; --max-size sets the limit"
    for data, name in (
        (b"\n".join([small, big, small]), "x.jsonl"),
        (b"[" + b",".join([small, big, small]) + b"]", "x.json"),
    ):
        first, second, third = unpacked(data, name)
        assert second == Failure(f"{name}!2", reason)
        assert isinstance(first, Capture)
        assert isinstance(third, Capture)
        assert (first.data, third.data) == (small, small)


@given(st.lists(json_values, max_size=6), st.integers(1, 40), st.sampled_from([None, 1]))
def test_elements_are_cut_as_json_has_them(
    values: list[Any], size: int, indent: int | None
) -> None:
    data = json.dumps(values, ensure_ascii=False, indent=indent).encode("utf-8", "surrogatepass")
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    found = list(elements(chunks, MOST))
    assert [number for number, _ in found] == list(range(1, len(values) + 1))
    assert [repr(json.loads(part)) for _, part in found] == [
        repr(value) for value in json.loads(data)
    ]


@given(
    st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\n", b"").rstrip(b"\r"))),
    st.integers(1, 9),
)
def test_lines_are_those_of_the_file(given_lines: list[bytes], size: int) -> None:
    data = b"\n".join(given_lines)
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert list(lines(chunks, MOST)) == [
        (number, line) for number, line in enumerate(given_lines, 1) if line.strip()
    ]


# Tables


def table(cells: list[list[str]], encoding: str = "utf-8", **options: Any) -> bytes:  # noqa: ANN401 - csv's
    held = io.StringIO(newline="")
    csv.writer(held, **options).writerows(cells)
    return held.getvalue().encode(encoding)


def test_a_table_in_gbk(tmp_path: Path, news: Archive) -> None:
    cells = [["标题", "正文", "时间", "来源"]]
    cells += [
        [f"公路{n}", f"{n}：{LONG}\n第二段说“好”，也说“行”。", "2019-05-06", "春江日报"]
        for n in range(50)
    ]
    file = tmp_path / "表.csv"
    file.write_bytes(table(cells, "gbk"))
    outcomes = list(news.ingest([str(file)]))
    assert [o.path for o in outcomes] == [f"{file}!{n}" for n in range(1, 51)]
    assert {o.status for o in outcomes} == {Status.STORED}
    found = news.article("50")
    assert (found.title, found.published, found.source) == ("公路49", "2019-05-06", "春江日报")
    assert found.sections[0].paragraphs == (f"49：{LONG}", "第二段说“好”，也说“行”。")
    assert found.capture.encoding == "utf-8"
    assert found.capture.encoding_evidence == "written from gb18030"
    assert news.lines("50")
    assert json.loads(news.raw("50")) == dict(zip(cells[0], cells[50], strict=True))


def test_a_row_is_one_json_object_in_the_order_of_columns() -> None:
    data = table([["text", "", "text", "b"], ["甲", "乙", "丙"], [], ["丁", "", "", "戊", "己"]])
    assert [c.data.decode() for c in captures(data, "x.csv")] == [
        '{"text":"甲","#2":"乙","text#3":"丙"}',
        '{"text":"丁","#2":"","text#3":"","b":"戊","#5":"己"}',
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = "公路昨天正式通車，村民們站在路邊。"
    data = table([["標題", "正文"], ["公路", text]], encoding, delimiter=delimiter)
    name = "x.tsv" if delimiter == "\t" else "x.csv"
    (found,) = captures(data, name, fields={"title": ("標題",)})
    assert json.loads(found.data) == {"標題": "公路", "正文": text}


def test_the_users_encoding_overrules() -> None:
    data = table([["text"], ["café"]], "latin-1")
    (found,) = captures(data, "x.csv", encoding="latin-1")
    assert json.loads(found.data) == {"text": "café"}
    assert texts(read(found, encoding="latin-1")[1]) == [(None, ["café"])]


def test_bytes_that_cannot_be_decoded_are_counted() -> None:
    data = table([["标题", "正文"], ["公路", LONG]], "utf-8").replace("村".encode(), b"\xff", 1)
    (found,) = captures(data, "x.csv")
    decoded, _ = read(found)
    assert decoded.replaced == 1


def test_a_table_without_a_text_says_which_columns_it_has() -> None:
    assert unpacked(table([["a", "b"], ["1", "2"]]), "x.csv") == [
        Failure("x.csv", "no column holds the text among a, b; name it with --map text=NAME")
    ]


def test_hostile_tables() -> None:
    nul = unpacked(b"title,text\na\0b,c\0\n", "x.csv")
    assert [json.loads(c.data) for c in nul if isinstance(c, Capture)] == [
        {"title": "a\0b", "text": "c\0"}
    ]
    wide = unpacked(b"text\nx" + b"," * 20_000 + b"\nb\n", "x.csv")
    assert wide[0] == Failure("x.csv!1", "20,001 cells in a table of 1 columns")
    assert isinstance(wide[1], Capture)
    endless = unpacked(b"text\na\n" + b"x" * (2 * MOST), "x.csv")
    assert endless[1] == Failure(
        "x.csv", "a line is longer than 1,048,576 characters; the rest is not read"
    )
    quote = unpacked(b'text\na\n"' + (b"x" * 1000 + b"\n") * 5000 + b'"\nb\n', "x.csv")
    assert isinstance(quote[1], Failure)
    assert quote[1].path == "x.csv!2"
    assert quote[1].reason.startswith("field larger than field limit")


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=9)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=5), st.integers(1, 30))
def test_rows_are_those_of_the_csv_module(body: list[list[str]], size: int) -> None:
    data = table([["title", "text"], *body])
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    found = list(rows(chunks, MOST, "utf-8", {}, tabs=False))
    assert [json.loads(row) for _, row in found] == [
        {"title": title, "text": text} for title, text in body if title or text
    ]


@given(st.text(st.characters(codec="gb18030")), st.sampled_from(["gb18030", "utf-16-le", "utf-32"]))
def test_transcoding_loses_nothing(text: str, codec: str) -> None:
    assume(not text.startswith("\ufeff"))
    data = text.encode(codec)
    chunks = [data[start : start + 3] for start in range(0, len(data), 3)]
    assert b"".join(transcode(chunks, codec)).decode() == text


def test_json_in_other_encodings() -> None:
    record = {"title": "公路通车", "text": LONG}
    for encoding in ("gb18030", "utf-16", "utf-16-be"):
        data = (json.dumps(record, ensure_ascii=False) + "\n").encode(encoding)
        for name in ("x.json", "x.jsonl"):
            (found,) = captures(data, name)
            assert read(found)[1].title == "公路通车", (encoding, name)
    (line,) = captures(json.dumps(record, ensure_ascii=False).encode("gb18030"), "x.jsonl")
    assert line.data == json.dumps(record, ensure_ascii=False).encode("gb18030")
    assert line.media_type == "application/json; charset=gb18030"


# There and back

words = st.text(
    st.sampled_from("公路昨天正式通车村民站在路边看第一辆班车" + string.ascii_letters),
    min_size=3,
    max_size=9,
)
sentences = st.lists(words, min_size=4, max_size=9).map(lambda parts: "，".join(parts) + "。")
articles = st.fixed_dictionaries(
    {
        "title": words,
        "published": st.dates().map(
            lambda day: f"{day.year % 100 + 1950}-{day.month:02}-{day.day % 28 + 1:02}"
        ),
        "source": words,
        "channel": st.lists(words, min_size=1, max_size=3),
        "text": st.lists(sentences, min_size=1, max_size=5),
    }
)


@given(st.lists(articles, min_size=1, max_size=4), st.sampled_from(["jsonl", "json", "csv"]))
def test_articles_come_back_from_a_dump(given_articles: list[dict[str, Any]], form: str) -> None:
    flat = [{**a, "text": "\n".join(a["text"])} for a in given_articles]
    if form == "csv":
        columns = list(flat[0])
        body = [[a["channel"][0] if c == "channel" else a[c] for c in columns] for a in flat]
        data = table([columns, *body])
    elif form == "json":
        data = json.dumps(flat, indent=1).encode()
    else:
        data = b"\n".join(dump(a) for a in flat)
    found = [read(c)[1] for c in captures(data, f"x.{form}")]
    assert len(found) == len(given_articles)
    for wanted, back in zip(given_articles, found, strict=True):
        channel = wanted["channel"][:1] if form == "csv" else wanted["channel"]
        assert (back.title, back.published) == (wanted["title"], wanted["published"])
        assert (back.source, back.channel) == (wanted["source"], tuple(channel))
        assert texts(back) == [(None, wanted["text"])]
