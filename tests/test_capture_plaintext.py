import random
import re
import time
from pathlib import Path

import pieces
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torture import many

from archive.capture import Capture, Line, ParsedArticle, Role, Span, read, read_markdown, read_text

SEED = Path(__file__).parent.parent / "data/captures/2018-10-12-xinhua-xintai.txt"
HEADINGS = [
    None,
    "昔日“煤城”迎来产业“蝶变”",
    "书记跑六次,只为办事群众“跑一次”",
    "形成敢于担当作为的政治土壤",
]
HAN = "春夏秋冬山川河岳风霜雨雪松竹梅兰琴棋书画诗酒花茶云月星辰江湖海洋田园村落桥梁舟车"


def say(text: str, spans: tuple[Span, ...]) -> str:
    """What spans say: joined by nothing, or by a space where two Latin words meet."""
    said = ""
    for low, high in spans:
        meet = re.match("[A-Za-z0-9]{2}", said[-1:] + text[low:high][:1])
        said += (" " if said and meet else "") + text[low:high]
    return said


def check(text: str, article: ParsedArticle) -> None:
    """Hold the invariants of every article against the text that it was read from."""
    places = [0]
    for line in article.lines:
        assert line.span[0] == places[-1]
        assert line.span[0] < line.span[1]
        places.append(line.span[1])
    assert places[-1] == len(text)
    assert article.sections[0].heading is None
    for section in article.sections:
        for paragraph in section.paragraphs:
            assert paragraph.text == say(text, paragraph.spans)
            assert paragraph.text == paragraph.text.strip() != ""
            assert "\n" not in paragraph.text
    check_kept(article)


def check_kept(article: ParsedArticle) -> None:
    """The kept lines, put together again, are the article."""
    lines: dict[tuple[int, int | None], list[Line]] = {}
    for line in article.lines:
        if line.role in {Role.HEADING, Role.PARAGRAPH}:
            assert line.section is not None
            lines.setdefault((line.section, line.paragraph), []).append(line)
    built = {
        key: say("".join(line.text for line in parts), _spans(parts))
        for key, parts in lines.items()
    }
    told: dict[tuple[int, int | None], str] = {}
    for number, section in enumerate(article.sections):
        if section.heading is not None:
            told[number, None] = section.heading
        for place, paragraph in enumerate(section.paragraphs, 1):
            told[number, place] = paragraph.text
    assert built == told
    for line in article.lines:
        if line.role is Role.CAPTION:
            assert any(line.text in caption for caption in article.captions)
    assert all(line.rule for line in article.lines)


def _spans(parts: list[Line]) -> tuple[Span, ...]:
    spans, place = [], 0
    for line in parts:
        spans.append((place, place + len(line.text)))
        place += len(line.text)
    return tuple(spans)


def test_the_seed_is_recovered_exactly() -> None:
    decoded, article = read(Capture(SEED.read_bytes(), SEED.name))
    assert (decoded.encoding, decoded.replaced) == ("utf-8", 0)
    assert article.channel == ("党建首页", "先进典型")
    assert article.title == "山东省新泰市委书记刘钦海:“干部敢担当才能让群众少跑腿”"
    assert (article.published, article.source) == ("2018-10-12T07:47", "新华社")
    assert article.captions == ("刘钦海",)
    assert (article.author, article.editor, article.original_title) == (None, None, None)
    assert [section.heading for section in article.sections] == HEADINGS
    assert [len(section.paragraphs) for section in article.sections] == [2, 4, 4, 4]
    texts = [each.text for section in article.sections for each in section.paragraphs]
    assert len(set(texts)) == len(texts) == 14
    assert texts[0].startswith("初秋时节,走进山东省新泰市")
    assert texts[-1].endswith("这一点永远不能忘。”刘钦海说。")
    second = [line.text for line in article.lines if line.role is Role.REPEAT]
    kept = (Role.CAPTION, Role.HEADING, Role.PARAGRAPH)
    assert second == [line.text for line in article.lines if line.role in kept]
    check(decoded.text, article)


@pytest.mark.parametrize("number", range(8))
def test_no_rule_knows_the_seed(number: int) -> None:
    """The same page with every word, date and order changed is recovered as well."""
    dice = random.Random(number)  # noqa: S311 a fixed sequence is wanted
    _, seed = read(Capture(SEED.read_bytes(), SEED.name))

    def anew(text: str) -> str:
        return re.sub(r"[\u4e00-\u9fff]", lambda _: dice.choice(HAN), text)

    headings = [anew(section.heading or "") for section in seed.sections]
    paragraphs = [[anew(each.text) for each in section.paragraphs] for section in seed.sections]
    for part in (headings[1:], paragraphs):
        dice.shuffle(part)
    for each in paragraphs:
        dice.shuffle(each)
    title, caption, source = anew(seed.title), anew("刘钦海"), anew("新华社")
    channel = tuple(anew(step) for step in seed.channel)
    year, month, day = dice.randint(2000, 2029), dice.randint(1, 12), dice.randint(10, 28)
    indent = "\xa0" * 4
    body = [caption]
    for place, each in enumerate(paragraphs):
        body += [headings[place]] * bool(place) + each
    copy = f"\n\n{indent}\n\n" + "\n\n".join(indent + line for line in body)
    text = (
        f"{' > '.join(channel)}\n\n{title}\n\n{year}年{month:02}月{day}日 07:47  来源:{source}"
        f"{copy}{copy}"
    )
    article = read_text(text)
    assert article.channel == channel
    assert (article.title, article.source, article.captions) == (title, source, (caption,))
    assert article.published == f"{year}-{month:02}-{day}T07:47"
    assert [section.heading for section in article.sections] == [None, *headings[1:]]
    assert [
        [each.text for each in section.paragraphs] for section in article.sections
    ] == paragraphs
    check(text, article)


def test_a_text_without_structure_is_kept_whole() -> None:
    text = "河水涨了三尺，桥面还在。" * 40
    article = read_text(text)
    assert article.title == "河水涨了三尺，桥面还在。"
    assert [each.text for each in article.sections[0].paragraphs] == [text]


def test_the_title_made_of_a_sentence_has_at_most_60_characters() -> None:
    assert len(read_text("河水涨了又落" * 30).title) == 60


def test_empty_and_blank_texts_have_a_lead_without_paragraphs() -> None:
    for text in ("", "\n \u3000\n\r\n\xa0"):
        article = read_text(text)
        assert (article.title, len(article.sections), article.sections[0].paragraphs) == ("", 1, ())
        check(text, article)


def test_a_line_of_breadcrumbs_alone_is_read() -> None:
    text = "\u3000\u3000".join(["首页 > 新闻 > 正文"] * 15)
    check(text, read_text(text))


PIECES = [
    "首页 > 新闻 > 正文",
    "青岚老码头迎来第一班晨渡_青岚网",
    "2021年04月06日 08:15  来源:青岚日报",
    "07-20 22:43",
    "分享到：",
    "微信",
    "【1】【2】下一页",
    "相关阅读",
    "责任编辑：邓小禾",
    "本报记者 罗青",
    "（原标题：渡船开了）",
    "石阶上的早市",
    "一、把路修到家门口",
    "船老大在码头。邓小禾 摄",
    "清晨六点，青岚市老码头的石阶上已经站满了等船的人，挑菜的竹筐挤在一起。",
    "县里算过一笔账：每少跑一趟路，群众就省下半天工夫，一年有十一万个。（责编：罗青）",
    "The ferry left the old pier at six in the",
    "# 标题",
    "**早市**",
    "- [查看原文](https://a.example/1)",
    "<p>开船了。</p><p>又开船了。</p>",
    "---",
    "\u3000\u3000",
    "\xa0\xa0\xa0\xa0",
    " ",
    "\u200b",
]
RUNS = [letter * times for letter in HAN + "，。：“” \u3000" for times in (1, 1, 25)]
TEXTS = pieces.lists([*PIECES, *["🃏"] * 8], 20) | pieces.lists([*PIECES[:12], *RUNS, "🃏"], 60)
JOINS = st.sampled_from(["\n", "\n\n", "\r\n", " ", "\u3000\u3000", ""])


@many("hypothesis: text reader", file=__file__)
@given(TEXTS, JOINS, st.text(max_size=20))
def test_plain_text_of_any_kind_keeps_the_invariants(
    parts: list[str], between: str, odd: str
) -> None:
    text = between.join(parts).replace("🃏", odd)
    check(text, read_text(text))


@given(TEXTS, JOINS, st.text(max_size=20))
def test_markdown_of_any_kind_keeps_the_invariants(
    parts: list[str], between: str, odd: str
) -> None:
    text = between.join(parts).replace("🃏", odd)
    check(text, read_markdown(text))


@pytest.mark.parametrize(
    "text",
    [
        "河" * 1_700_000,
        "河水 " * 100_000,
        "河水涨了，" * 300_000,
        "\u3000" * 1_700_000 + "河",
        "微博 1 2 3 " * 150_000,
        "2018-10-12 10:10\n" * 30_000,
        "微博\n" * 50_000,
        "（编辑" * 200_000,
        ("1 " * 59 + "x\n") * 3_000,
        ("分享到" * 39 + "x\n") * 3_000,
        "[](" * 200_000,
        "<a " * 200_000,
        "**" * 300_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_time_grows_with_the_length_alone(text: str) -> None:
    begun = time.process_time()
    read_text(text)
    read_markdown(text)
    assert time.process_time() - begun < 20  # a quadratic pass takes minutes
