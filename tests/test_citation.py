"""Citations: what each style says, marks within quoted words, and what BibTeX must not see."""

import re

import pytest

from archive.citation import STYLES, bibtex, gbt7714, plain
from archive.results import Citation

KEY = "dec6cc20da94ed01"


def citation(**given: str | int | None) -> Citation:
    facts: dict[str, str | int | None] = {
        "title": "放管服改革进一步",
        "source": "春江日报",
        "author": "李文 王芳",
        "published": "2019-05-06T09:30",
        "url": None,
        "heading": None,
        "quote": None,
        "anchor": KEY,
        "accessed": "2026-11-24",
        "reader": 1,
    }
    return Citation(**(facts | given))  # type: ignore[arg-type]  # as each test gives them


def quoted(text: str) -> str:
    """What stands between the quotation marks of a plain citation."""
    return plain(citation(quote=text)).partition("：“")[2].rpartition("”。")[0]


def note(text: str) -> str:
    """The text of an entry's note before the anchor."""
    return bibtex(citation(quote=text)).partition("note = {")[2].partition("; " + KEY)[0]


def test_plain_names_title_people_date_heading_quote_and_anchor() -> None:
    cited = citation(heading="一扇窗口", quote="今年亩产", anchor=f"{KEY}#1:3-7")
    assert plain(cited) == (
        "《放管服改革进一步》，李文 王芳，春江日报，2019-05-06 09:30，“一扇窗口”一节："
        f"“今年亩产”。{KEY}#1:3-7 (reader 1)"
    )


def test_plain_leaves_out_what_is_not_known() -> None:
    cited = citation(source=None, author=None, published=None)
    assert plain(cited) == f"《放管服改革进一步》。{KEY} (reader 1)"


def test_bibtex_is_an_online_entry() -> None:
    cited = citation(url="https://a.cn/1?x=1&y=%20", quote="今年", anchor=f"{KEY}#1:3-5")
    assert bibtex(cited) == (
        f"@online{{{KEY}:1:3-5,\n"
        "  title = {放管服改革进一步},\n"
        "  author = {{李文} and {王芳}},\n"
        "  organization = {春江日报},\n"
        "  date = {2019-05-06},\n"
        "  url = {https://a.cn/1?x=1&y=%20},\n"
        "  urldate = {2026-11-24},\n"
        f"  note = {{今年; {KEY}\\#1:3-5 (reader 1)}},\n"
        "}"
    )


def test_gbt7714_is_an_electronic_newspaper_article() -> None:
    cited = citation(url="https://a.cn/1", quote="今年", anchor=f"{KEY}#1:3-5")
    assert gbt7714(cited) == (
        "李文, 王芳. 放管服改革进一步[N/OL]. 春江日报, 2019-05-06[2026-11-24]. "
        f"https://a.cn/1. “今年”. {KEY}#1:3-5 (reader 1)"
    )


@pytest.mark.parametrize("style", STYLES)
def test_every_style_carries_what_a_reader_needs_to_check_it(style: str) -> None:
    cited = STYLES[style](citation(quote="今年亩产", anchor=f"{KEY}#1:3-7", published="2019-05"))
    for part in ("放管服改革进一步", "春江日报", "2019-05", "今年亩产", KEY, "1:3-7", "reader 1"):
        assert part in cited


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("他说“能行”。", "他说‘能行’。"),
        ("“‘一窗’不是窗口”", "‘“一窗”不是窗口’"),
        ("所谓‘一窗’", "所谓‘一窗’"),
        ("煤城”迎来“蝶变", "煤城’迎来‘蝶变"),
        ("“people’s”", "‘people’s’"),
        ("dogs’ tails", "dogs’ tails"),
        ("“it’s “x” y”", "‘it’s “x” y’"),
        ("“‘甲”", "‘“甲”"),
        ("第一段。\n第二段。", "第一段。 第二段。"),
        ('直引号"不变"', '直引号"不变"'),
    ],
)
def test_marks_within_quoted_words_change_by_their_level(text: str, inside: str) -> None:
    assert quoted(text) == inside


def test_only_quotation_marks_and_line_breaks_of_quoted_words_change() -> None:
    text = "“甲‘乙’丙”，丁\n戊《己》「庚」（辛）"
    same = str.maketrans("“”‘’\n", '"""" ')
    assert quoted(text).translate(same) == text.translate(same)


def test_title_marks_within_a_title_change_by_their_level() -> None:
    assert plain(citation(title="学习《决定》有感")).startswith("《学习〈决定〉有感》")


@pytest.mark.parametrize("style", ["plain", "gbt7714"])
def test_a_citation_is_one_line(style: str) -> None:
    assert "\n" not in STYLES[style](citation(quote="第一段。\n第二段。"))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("50% & $5 #1 a_b", r"50\% \& \$5 \#1 a\_b"),
        ("C:\\news", r"C:\textbackslash{}news"),
        ("a{b}c", r"a\textbraceleft{}b\textbraceright{}c"),
        ("2^8 ~", r"2\textasciicircum{}8 \textasciitilde{}"),
    ],
)
def test_bibtex_escapes_what_tex_would_act_on(text: str, escaped: str) -> None:
    assert note(text) == escaped


@pytest.mark.parametrize("field", ["title", "source", "author", "heading", "quote", "url"])
@pytest.mark.parametrize("text", ["}", "{", "a}, title = {b", "\\}"])
def test_no_text_ends_a_bibtex_field_early(field: str, text: str) -> None:
    entry = bibtex(citation(**{field: text}))
    depth = 0
    for number, char in enumerate(entry):
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth > 0 or number in (*range(len("@online")), len(entry) - 1)
    assert depth == 0


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("李文 王芳", ["李文", "王芳"]),
        ("李文、王芳，赵德明", ["李文", "王芳", "赵德明"]),
        ("John Smith; 李文", ["John Smith", "李文"]),
        ("阿卜杜拉·买买提", ["阿卜杜拉·买买提"]),
    ],
)
def test_several_authors_are_told_apart(author: str, names: list[str]) -> None:
    entry = bibtex(citation(author=author))
    assert re.findall(r"(?<=[{ ])\{([^{}]*)\}(?= and |\},)", entry) == names
    assert gbt7714(citation(author=author)).startswith(", ".join(names) + ". ")


def test_gbt7714_names_three_authors_and_says_that_there_are_more() -> None:
    assert gbt7714(citation(author="甲某 乙某 丙某 丁某")).startswith("甲某, 乙某, 丙某, 等. ")
    latin = citation(author="A. One; B. Two; C. Three; D. Four")
    assert gbt7714(latin).startswith("A. One, B. Two, C. Three, et al. ")
