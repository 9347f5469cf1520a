"""Files of records: JSON Lines, JSON arrays and tables, cut into records as they stand."""

import csv
import io
import json
import string
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_helpers import run
from conftest import Write
from dumps import LONG, MOST, captures, dump, json_values, texts, unpacked
from hypothesis import assume, given
from hypothesis import strategies as st

from archive import Archive
from archive.capture import read
from archive.capture.parsed import Capture, Failure
from archive.capture.splitting import elements, lines
from archive.capture.tables import rows, transcode
from archive.reports import Status

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# JSON


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
        "dump.jsonl.zst", "the zstd data breaks off; what came before is kept if it was whole"
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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_users_encoding_needs_no_mark(encoding: str, mark: str) -> None:
    data = (mark + '{"text": "公路昨天通车"}\n').encode(f"{encoding}-le")
    (found,) = captures(data, "x.jsonl", encoding=encoding)
    assert texts(read(found)[1]) == [(None, ["公路昨天通车"])]


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
