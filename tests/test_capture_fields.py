import pytest

from archive.capture import fields
from archive.capture.fields import (
    bare_source,
    find_author,
    find_editor,
    find_reporters,
    find_signature,
    find_source,
)
from archive.capture.trail import split_trail
from archive.capture.vocabulary import PAGER, RELATED, SHARE


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("2018年10月12日 07:47  来源:青岚社", "青岚社"),
        ("来源：云川网  |  2023年07月19日 20:27:42", "云川网"),
        ("2020-02-29 18:34:31　来源: 青岚社 举报", "青岚社"),
        ("来源： 青岚日报 作者：罗青", "青岚日报"),
        ("来源：[ 青岚时报 ]", "青岚时报"),
        ("来源：《云川周刊》", "《云川周刊》"),
        ("来源：青岚日报（记者 罗青）", "青岚日报"),
        ("这里没有", None),
    ],
)
def test_labelled_sources(text: str, source: str | None) -> None:
    assert find_source(text) == source


def test_bare_sources() -> None:
    assert bare_source("  AUTO.EXAMPLE.COM 青岚娱乐报 ") == "青岚娱乐报"
    assert bare_source("罗青/青岚日报") == "青岚日报"
    assert bare_source("举报") is None


@pytest.mark.parametrize(
    ("text", "editor"),
    [
        ("责任编辑：邓小禾_QL102", "邓小禾_QL102"),
        ("(责编：邓小禾、罗青)", "邓小禾、罗青"),
        ("（ 责任编辑：邓小禾 ）", "邓小禾"),
        ("【编辑:邓小禾】", "邓小禾"),
        ("编辑 邓小禾 校对 罗青", "邓小禾"),
        ("编辑：罗青 责任编辑：邓小禾", "邓小禾"),
        ("（云川网编辑 邓小禾）", "邓小禾"),
        ("校对：罗青", None),
    ],
)
def test_editors(text: str, editor: str | None) -> None:
    assert find_editor(text) == editor


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("本报记者 罗青 邵文", "罗青 邵文"),
        ("青岚日报记者 罗青", "罗青"),
        ("作者：罗青", "罗青"),
        ("文/罗青", "罗青"),
        ("【文/青岚网专栏作者 罗青】", "罗青"),
        ("罗青/青岚日报", "罗青"),
        ("□ 本报记者 罗青", "罗青"),
        ("青岚社", None),
    ],
)
def test_authors(text: str, author: str | None) -> None:
    assert find_author(text) == author


def test_names_within_paragraphs() -> None:
    assert find_reporters("青岚社云川4月6日电（记者 罗青、邵文）今天，") == "罗青 邵文"
    assert find_reporters("他（罗青）说") is None
    assert find_signature("仪式就此结束。（罗青）") == "罗青"
    assert find_signature("仪式就此结束。（完）") is None
    long = "（王一二\u3000\u3000李一二、、张一二  刘一二）"
    assert find_signature(long) == "王一二 李一二 张一二 刘一二"
    assert len(long) <= fields._SIGNED_SIZE
    assert find_signature(f"仪式{long}") == find_signature(f"{'仪式' * 99}{long}\n")


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("首页 > 新闻 > 正文", ("首页", "新闻")),
        ("青岚网>>文化", ("青岚网", "文化")),
        ("您的当前位置：新闻中心 > 云川", ("新闻中心", "云川")),
        ("您所在的位置 首页 专题 走基层2022", ("首页", "专题", "走基层2022")),
        ("首页 / 新闻 / 本地", ("首页", "新闻", "本地")),
        ("国内新闻 > 正文", ("国内新闻",)),
        ("罗青/青岚日报", ()),
        ("水位 > 3 米，请注意。", ()),
        ("关于我们", ()),
    ],
)
def test_breadcrumbs(text: str, steps: tuple[str, ...]) -> None:
    assert split_trail(text) == steps


def test_labels_are_whole_lines() -> None:
    assert SHARE.match("分享到： 微信 微博 QQ空间 0")
    assert not SHARE.match("微信改变了山里人的生活")
    assert PAGER.match("【1】【2】【3】")
    assert PAGER.match("上一页 1 2 3 下一页")
    assert not PAGER.match("首页改版了")
    assert RELATED.match("相关阅读：")
    assert not RELATED.match("相关新闻发布会将在下午举行")
