"""No control character of a capture reaches a terminal, in any command and format."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from cli_helpers import REFORM, run, write

_CURSOR = re.compile(r"\x1b\[(?:\?25[lh]|[0-9]*[AK])|\r")
# what a capture may hold: escape sequences, their one-byte forms, bells, overrides of direction
EVIL = "\x1b[31m\x1b]0;owned\x07\x9b31m\x7f\x08\u202e\u2066\u200f"
LINE_ENDS = "\x85\u2028"  # they part the lines of a text, so they stand in names only
TEXT = f"""首页 > 恶{EVIL}意

恶意标题{EVIL}之一：有人在网页里放了控制符

2019年05月06日 09:30  来源：春江{EVIL}日报  作者：李{EVIL}文

    春江市政务服务中心近日{EVIL}传出消息，全市改革又进一步，企业开办时间压缩到两个工作日以内。

    记者在大厅看到，十二个综合窗口全部开放，前来办事的市民不再需要来回奔波，改革见效。

    小标题{EVIL}在此

    走进春江市政务服务中心，LED显示屏滚动播放着办事指南{EVIL}，前来办事的市民都说好。
"""


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of a capture, under a name, full of control characters."""
    folder = tmp_path_factory.mktemp("evil")
    write(folder / "c" / f"{EVIL}{LINE_ENDS}.txt", TEXT)
    db = folder / "evil.db"
    assert run("ingest", str(folder / "c"), db=db).code == 0
    return db


UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
SHOWING = [
    ["list"],
    ["sections", "1"],
    ["sections", "--heading", "小标题"],
    ["search", "改革"],
    ["search", "title:标题"],
    ["search", "heading:在此"],
    ["show", "1"],
    ["show", "1#0:0-40"],
    ["show", "1", "--explain"],
    ["cite", "1#1"],
    ["cite", "1#0:0-40", "--style", "bibtex"],
    ["cite", "1", "--style", "gbt7714"],
    ["show", "nonsense" + EVIL],
    ["list", "--source", EVIL],
    ["list", "--sort", EVIL],
    ["search", f'{EVIL}"'],
    ["search", f"{EVIL}:改革"],
    ["search", f"没{EVIL}有", "改革"],
    [EVIL],
]


def test_the_capture_holds_what_the_tests_are_about(evil: Path) -> None:
    value = json.loads(run("show", "1", "--format", "json", db=evil).stdout)
    heading, paragraphs = value["sections"][1]["heading"], value["sections"][0]["paragraphs"]
    for text in (value["title"], heading, paragraphs[0]):
        assert EVIL in text
    assert "\x1b" in value["source"]
    assert EVIL + LINE_ENDS in value["capture"]["path"]


@pytest.mark.parametrize("command", SHOWING, ids=lambda words: words[0][:8] + words[-1][:5])
@pytest.mark.parametrize("form", [None, "table", "json", "jsonl", "csv", "md"])
@pytest.mark.parametrize("width", [None, 80])
def test_no_control_character_of_a_capture_is_printed(
    evil: Path, command: list[str], form: str | None, width: int | None
) -> None:
    words = [*command, "--format", form] if form else command
    result = run("-v", "--color", "never", *words, db=evil, terminal=width)
    assert result.out + result.err
    assert not UNSAFE.search(result.stdout + result.stderr)


@pytest.mark.parametrize("form", [None, "table", "json", "jsonl", "csv", "md"])
@pytest.mark.parametrize("width", [None, 80])
def test_ingest_prints_no_control_character(
    tmp_path: Path, form: str | None, width: int | None
) -> None:
    write(tmp_path / "c" / f"a{EVIL}.txt", TEXT)
    write(tmp_path / "c" / f"b{EVIL}.txt", "")
    words = ["ingest", str(tmp_path / "c"), *(["--format", form] if form else [])]
    result = run("--color", "never", *words, db=tmp_path / "a.db", terminal=width)
    assert result.code == 4
    assert "stored" in result.stdout + result.stderr
    shown = _CURSOR.sub("", result.stdout + result.stderr)
    assert not UNSAFE.search(shown)


def test_remove_and_create_print_no_control_character(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", TEXT)
    db = tmp_path / f"{EVIL}.db"
    for words in (["db", "create"], ["ingest", str(tmp_path)], ["db", "status"], ["remove", "1"]):
        result = run("--color", "never", *words, db=db, terminal=80)
        assert result.code == 0
        assert not UNSAFE.search(_CURSOR.sub("", result.stdout + result.stderr))


def test_raw_is_exact_in_a_pipe_and_clean_on_a_terminal(evil: Path) -> None:
    assert run("show", "1", "--raw", db=evil).out == TEXT.encode()
    shown = run("show", "1", "--raw", db=evil, terminal=80).stdout
    assert not UNSAFE.search(shown)
    assert "有人在网页里放了控制符" in shown
    assert "\ufffd" in shown


def test_raw_on_a_terminal_is_read_in_the_encoding_of_the_capture(tmp_path: Path) -> None:
    db = tmp_path / "a.db"
    for encoding in ("gb18030", "utf-16"):  # the second is a duplicate of the first
        data = REFORM.encode(encoding)
        (tmp_path / "a.txt").write_bytes(data)
        assert run("ingest", str(tmp_path / "a.txt"), db=db).code == 0
        key = sha256(data).hexdigest()[:16]
        assert run("show", key, "--raw", db=db, terminal=80).stdout == REFORM


def test_the_archives_own_path_prints_no_control_character(tmp_path: Path) -> None:
    folder = tmp_path / EVIL
    folder.mkdir()
    write(folder / "text.db", TEXT)
    for db, code in ((folder / "gone.db", 5), (folder / "text.db", 5), (folder, 5)):
        for width in (None, 80):
            result = run("list", db=db, terminal=width)
            assert (result.code, result.stdout) == (code, "")
            assert not UNSAFE.search(result.stderr)
            assert "owned" in result.stderr
