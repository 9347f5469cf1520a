"""A page of one long line is read as it would be by all passes."""

from importlib import import_module

import pieces
import pytest
from hypothesis import given

from archive.capture import read_text
from archive.capture.lines import Facts, Page, cut_lines
from archive.capture.reader import read_page

_reader = import_module("archive.capture.reader")

SENTENCE = "清晨六点，老码头的石阶上已经站满了等船的人，挑菜的竹筐挤在一起。"
PIECES = [
    *(
        "，",
        "。",
        "！",
        "……",
        "？”",
        "）",
        "（",
        "：",
        "、",
        " ",
        "\u3000\u3000",
        "\xa0",
        ". ",
        "-",
        "_",
        "|",
    ),
    *(
        "2018年10月12日 07:47",
        "来源：",
        "（记者 张三）",
        "（李四）",
        "责任编辑：王五",
        "图为",
        "摄",
        "图",
    ),
    *(
        "首页 > 新闻 > 正文",
        "相关阅读",
        "关注公众号",
        "http://a.cn",
        "<p>",
        "function(a)",
        "——张三：",
        "青岚网",
    ),
    *("Plain words", "1. ", "一、", "\u200b", SENTENCE, SENTENCE * 2, SENTENCE * 5, "🃏"),
]
LINES = pieces.texts(PIECES, 20)


@given(text=LINES)
def test_a_line_alone_is_read_as_by_all_passes(text: str) -> None:
    text = SENTENCE * 5 + text
    for page in (text, f"{text}\n", f"\u3000\u3000{text}\r\n\n"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(_reader, "_is_alone", lambda _lines, _page: False)
            expected = read_text(page, path="2018/a.txt")
        assert read_text(page, path="2018/a.txt") == expected


@pytest.mark.parametrize("facts", [Facts(), Facts(published="2018", source="a", author="b")])
@pytest.mark.parametrize("article", [False, True])
@given(text=LINES)
def test_whatever_is_known_of_it(facts: Facts, article: bool, text: str) -> None:
    page = Page(text := SENTENCE * 5 + text, cut_lines(text), facts, article)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_reader, "_is_alone", lambda _lines, _page: False)
        expected = read_page(page)
    assert read_page(page) == expected


def test_a_plain_line_is_alone_and_others_are_not() -> None:
    def alone(text: str, tag: str | None = None, title: str | None = None) -> bool:
        lines = cut_lines(text)
        lines[0].tag = tag
        measured = [_reader.measure(line, text) for line in lines]
        found: bool = _reader._is_alone(measured, Page(text, lines, Facts(title=title)))
        return found

    assert alone(SENTENCE * 6)
    assert not alone(SENTENCE)
    assert not alone("青岚" * 99)
    assert not alone(f"{SENTENCE * 6}\n{SENTENCE}")
    assert not alone(SENTENCE * 6, tag="p")
    assert not alone(SENTENCE * 6, title="渡口")
