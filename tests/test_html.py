"""HTML: what is rendered, where it stood in the source, and what markup tells the reader."""

import html
import importlib.util
import re
from importlib.machinery import ModuleSpec

import pieces
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torture import many

from archive.capture import Capture, Role, media_type, read
from archive.capture import html as reader
from archive.capture.html_lines import Rendered, render
from archive.capture.markup import Marked, unmark
from archive.capture.parsed import Decoded, Line, ParsedArticle
from archive.capture.reading import sniff
from archive.errors import CaptureError

SENTENCE = "渡口的船老大把缆绳在手里绕了三圈，等最后一位客人上船。"
SECOND = "对岸的茶馆已经开门，灶上的水正响着，客人却还在路上。"
BLANK = re.compile(r"\s+")
UNSEEN = re.compile("[\\s\x00\x0b\ufffd\u200b-\u200f\u2060\ufeff\ufdd0\ufdd1]")


def rendered(source: str) -> Rendered:
    marked = Marked(source)
    return render(marked, marked.parse())


def texts(source: str) -> list[str]:
    return [line.text for line in rendered(source).lines]


def article(source: str, path: str = "page.html") -> ParsedArticle:
    return reader.read_untrusted(source, path, None)


def read_page(source: str) -> tuple[Decoded, ParsedArticle]:
    return read(Capture(source.encode(), "page.html", "text/html"))


def assert_covered(text: str, lines: tuple[Line, ...]) -> None:
    """Every character lies in exactly one line."""
    end = 0
    for line in lines:
        assert line.span[0] == end < line.span[1]
        end = line.span[1]
    assert end == len(text)


def assert_faithful(text: str, found: ParsedArticle) -> None:
    """What a paragraph says is what its spans say."""
    for section in found.sections:
        for paragraph in section.paragraphs:
            said = "".join(html.unescape(text[low:high]) for low, high in paragraph.spans)
            said = BLANK.sub("", said.replace("\0", "").replace("\x0b", ""))
            assert said == BLANK.sub("", paragraph.text)


# Rendering


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<p>一</p><p>二</p>", ["一", "二"]),
        ("一<br>二<BR/>三", ["一", "二", "三"]),
        ("<p>一<p>二<div>三</div>四", ["一", "二", "三", "四"]),
        ("<b>一</b><i>二</i> <u>三</u>", ["一二 三"]),
        ("<p>  two \n\n words\t</p>", ["two words"]),
        ("<p>中文\n    断行</p>", ["中文断行"]),
        ("<p>中文 \r\nLatin\n断行</p>", ["中文 Latin 断行"]),
        ("<p>中文</b>\n<b>断行</p>", ["中文断行"]),
        ("<p>&nbsp;&emsp;\u3000一&nbsp;二&nbsp;</p>", ["一\xa0二"]),
        ("<p>&#20013;&#x6587;&ldquo;&amp;&bogus;&amp</p>", ["中文“&&bogus;&"]),
        ("<p>a&#10;&#32;b&#9;</p>", ["a b"]),
        ("<p>1 < 2 > 0 << 3 > <b>></b></p>", ["1 < 2 > 0 << 3 > >"]),
        ("<pre>一\n  二\n</pre>三\n四", ["一", "二", "三四"]),
        ('<p style="white-space: pre-wrap">a\nb</p>', ["a", "b"]),
        ('<p title="a > b">一</p>', ["一"]),
        ("<p>一<!-- a > b --->二<![CDATA[ > ]]>三</p>", ["一二 ]]>三"]),
        ("<script>if (a > b) c = '<p>x</p>'</script>一<style>p > b {}</style>", ["一"]),
        ("<p>一<span style='color:red;Display : None'>二</span>三<i hidden>四</i></p>", ["一三"]),
        ("<ruby>漢<rp>(</rp><rt>hàn</rt></ruby>字", ["漢字"]),
        ("<select><option>一</select><textarea>二</textarea><button>三</button>", ["三"]),
        ("<p>a\0b\x0bc</p>", ["abc"]),
        ("plain 文字", ["plain 文字"]),
        ("", []),
        ("<div><p> &nbsp; </p></div>", []),
    ],
)
def test_rendering(source: str, lines: list[str]) -> None:
    assert texts(source) == lines


def test_text_moved_out_of_a_table_keeps_its_place_in_the_source() -> None:
    source = "<p>甲</p><table>乙<tr><td>丙</td></tr>丁</table>戊"
    seen = rendered(source)
    assert "".join(line.text for line in seen.lines) == "甲乙丁丙戊"
    for line in seen.lines:
        assert "".join(source[low:high] for low, high in seen.places.source(line.span)) in (
            line.text,
            "乙丁",
        )
    assert_covered(source, article(source).lines)


def test_short_cells_share_a_line_and_long_ones_do_not() -> None:
    row = "<table><tr><td> 2018-10-12 <td><b>来源：</b>青岚日报<td></table>"
    assert texts(row) == ["2018-10-12\t来源：青岚日报"]
    assert texts(f"<table><tr><td>{SENTENCE * 3}<td>栏目</table>") == [SENTENCE * 3, "栏目"]
    assert texts("<table><tr><td>一<br>二<td>三</table>") == ["一", "二", "三"]


def test_steps_of_a_breadcrumb_share_a_line() -> None:
    assert texts("<ul><li>首页<li>&gt; 要闻<li>&gt; 乡村</ul>") == ["首页\t> 要闻\t> 乡村"]
    assert texts("<ol class='page-Breadcrumb'><li>首页<li>要闻</ol>") == ["首页>要闻"]
    assert texts("<ul><li>首页<li>要闻</ul>") == ["首页", "要闻"]


def test_lines_carry_the_evidence_of_their_markup() -> None:
    seen = rendered(
        "<h2>大<i>标题</i></h2><p><b>全是粗体</b></p><p><b>半</b>是粗体的一行</p>"
        "<p><span style='font-weight:700'>粗</span></p><p><b>细<i style='font-weight:normal'>的一行"
        "</i></b></p><ul><li><a href=x>链接</a>文字</li></ul><a name=x>锚</a>"
    )
    assert [line.tag for line in seen.lines] == ["h2", "p", "p", "p", "p", "li", None]
    assert [line.bold for line in seen.lines] == [False, True, False, True, False, False, False]
    assert [line.link_share for line in seen.lines[-2:]] == [0.5, 0.0]


@pytest.mark.parametrize(
    ("source", "caption"),
    [
        ("<figure><img src=x><figcaption>图说</figcaption></figure>", True),
        ("<img src=x><div class='photo-desc'>图说</div>", True),
        ("<p align=center><img src=x></p><p style='text-align: center'>图说</p>", True),
        ("<p align=center><img src=x></p><p align=center><b>小标题</b></p>", False),
        ("<img src=x><p>图说</p>", False),
        ("<img src=x width=16 height=16><center>图标</center>", False),
        ("<center>没有图</center>", False),
    ],
)
def test_captions_by_markup(source: str, caption: bool) -> None:
    assert [line.caption for line in rendered(source).lines] == [caption]


def test_a_link_that_was_never_closed_says_nothing() -> None:
    assert [line.link_share for line in rendered(f"<a href=/>首页<p>{SENTENCE}").lines] == [0, 0]
    shares = [line.link_share for line in rendered(f"<a href=/>首页</a><p>{SENTENCE}").lines]
    assert shares == [1, 0]


def test_what_is_hidden_is_shown_if_it_is_the_article() -> None:
    assert texts(f"<p>{SENTENCE}</p><p style='display:none'>{SECOND}</p>") == [SENTENCE]
    assert texts(f"<p>展开</p><p style='display:none'>{SECOND}</p>") == ["展开", SECOND]


ELEMENTS = "a b p br div h2 li ul table tr td script style span center font textarea svg"
CHUNKS = [
    *(f"<{name}>" for name in ELEMENTS.split()),
    *(f"</{name}>" for name in ELEMENTS.split()),
    *('<a href="x>y">', "<p style='display:none'>", "<img alt='<b>'>", "<!--", "-->"),
    *("&amp;", "&lt", "&#x4e2d;", "&nbsp;", "<", ">", "</", "<!", "<?", "\ufdd01\ufdd1"),
    *(" ", "\n", "\u3000", "字，", "。", "文字", "word", SENTENCE, SECOND),
    *["🃏"] * 8,
]


def parsed_text(source: str) -> str:
    """What the parser itself says is shown, without white space."""
    root = Marked(source).parse().root
    said = []
    for node in root.traverse(include_text=True) if root is not None else ():
        above, names = node.parent, []
        while above is not None:
            names.append(above.tag)
            if above.attributes.get("style"):
                names.append("hidden")
            above = above.parent
        if node.tag == "-text" and not {"script", "style", "textarea", "svg", "hidden"} & {*names}:
            said.append(unmark(node.text_content))
    return UNSEEN.sub("", "".join(said))


@given(pieces.texts(CHUNKS, 30))
def test_rendering_says_what_the_parser_says(source: str) -> None:
    seen = rendered(source)
    if "display:none" in source and "".join(line.text for line in seen.lines) != "":
        return  # what is hidden may be shown
    assert UNSEEN.sub("", seen.text) == parsed_text(source)


@many("hypothesis: HTML", file=__file__)
@given(pieces.texts(CHUNKS, 30))
def test_any_markup_gives_an_article_whose_lines_cover_it(source: str) -> None:
    try:
        found = article(source)
    except CaptureError as refused:
        assert refused.message == "a page without text"  # noqa: PT017 only some pages have none
        return
    assert_covered(source, found.lines)
    assert_faithful(source, found)


@settings(max_examples=50, deadline=None)  # a worker may have to start
@given(st.binary(max_size=300))
def test_any_bytes_give_an_article_or_an_error_of_ours(data: bytes) -> None:
    try:
        decoded, found = read(Capture(data, "page.html", "text/html"))
    except CaptureError:
        return
    assert_covered(decoded.text, found.lines)
    assert_faithful(decoded.text, found)


# The article


def test_every_line_has_its_place_role_and_rule() -> None:
    source = (
        "<html>\n<title>渡口的茶馆</title>\n<h1>渡口的茶馆</h1>\n"
        "<p>2020-05-06 07:08 来源：青岚日报</p>\n"
        f"<p>{SENTENCE[:9]}<b>{SENTENCE[9:]}</b></p>\n<p>{SECOND}</p><p>{SENTENCE[::-1]}</p></html>"
    )
    found = article(source)
    assert_covered(source, found.lines)
    shown = [line for line in found.lines if line.role is not Role.MARKUP]
    assert [(line.number, line.role.value) for line in shown[1:5]] == [
        (3, "title"),
        (4, "dateline"),
        (5, "paragraph"),
        (6, "paragraph"),
    ]
    first = shown[3]
    assert (first.section, first.paragraph, first.text) == (0, 1, SENTENCE)
    assert source[slice(*first.span)] == f"{SENTENCE[:9]}<b>{SENTENCE[9:]}"
    paragraph = found.sections[0].paragraphs[0]
    assert [source[slice(*span)] for span in paragraph.spans] == [SENTENCE[:9], SENTENCE[9:]]
    assert {line.rule for line in found.lines if line.role is Role.MARKUP} == {"markup"}
    assert not Role.MARKUP.kept


def test_a_field_taken_from_metadata_is_told_where_it_stands() -> None:
    source = (
        "<meta name=pubdate content='2020-05-06 07:08:09'><link rel=canonical "
        f"href='https://news.example/a/1.html'><h1>渡口的茶馆</h1><p>{SENTENCE}</p><p>{SECOND}</p>"
    )
    found = article(source)
    assert (found.published, found.url) == ("2020-05-06T07:08:09", "https://news.example/a/1.html")
    assert found.lines[0].rule == "markup; published from meta pubdate"


def test_a_page_without_text_is_refused() -> None:
    with pytest.raises(CaptureError, match="a page without text"):
        read_page("<html><body><script>let a = 1</script></body></html>")


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("gb18030", "gb2312"),
        ("gb18030", "utf-8"),
        ("big5", "big5"),
        ("utf-8", "gbk"),
        ("utf-16", "utf-8"),
        ("gb18030", None),
    ],
)
def test_the_declared_charset_is_evidence(codec: str, declared: str | None) -> None:
    meta = f"<meta http-equiv=Content-Type content='text/html; charset={declared}'>"
    said = "河口的燈光很亮，大家都在等船，風也小了。" if codec == "big5" else SENTENCE
    page = f"<html><head>{meta if declared else ''}<title>渡口</title></head><p>{said * 3}</p>"
    decoded, found = read(Capture(page.encode(codec), "a.htm", "text/html"))
    assert decoded.text == page
    assert found.sections[0].paragraphs[0].text == said * 3
    if declared in {"gb2312", "big5"}:
        assert decoded.evidence == "declared"


def test_names_and_first_bytes_that_are_html() -> None:
    for name in ("a.html", "b/A.HTM", "c.shtml", "d.xhtml", "z.zip!e.xht"):
        assert media_type(name) == "text/html"
    for data in (
        b"<!DOCTYPE html><p>",
        b"\xef\xbb\xbf\n<HTML lang=zh>",
        b"<?xml version='1.0'?>\n<html>",
    ):
        assert sniff(data) == "text/html"
    for data in (b"", b"plain", b"<htmlx>", b"<?xml version='1.0'?><rss>", b"# html"):
        assert sniff(data) == "text/plain"


def test_a_file_without_suffix_is_read_as_what_it_is() -> None:
    page = f"<!doctype html><title>渡口</title><p>{SENTENCE}</p>".encode()
    for path in ("page", "-", "outer.zip!page"):
        _, found = read(Capture(page, path, "text/plain"))
        assert found.sections[0].paragraphs[0].text == SENTENCE


def test_without_the_extra_one_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without(name: str) -> ModuleSpec | None:
        return None if name == "selectolax" else found(name)

    monkeypatch.setattr(reader, "find_spec", without)
    with pytest.raises(CaptureError, match="not installed") as caught:
        read_page("<p>一</p>")
    assert caught.value.hint == "pip install 'archive[html]'"


def test_unmarking() -> None:
    assert unmark("a\ufdd012\ufdd1b") == "ab"
    assert unmark(None) == ""
