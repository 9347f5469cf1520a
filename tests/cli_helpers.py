"""The command line run in this process, in a pipe or on a terminal, and captures to run it on."""

import io
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from archive import cli

_STYLING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "COLORTERM", "ARCHIVE_DB")

_NOBODY = 65534

REFORM = """首页 > 地方 > 政务

春江市推进放管服改革：“马上办”渐成常态

2019年05月06日 09:30  来源：春江日报  作者：李文、王芳

    春江市政务服务中心近日传出消息，全市放管服改革又进一步，企业开办时间压缩到两个工作日以内，群众办事更加方便。

    记者在大厅看到，十二个综合窗口全部开放，前来办事的市民不再需要来回奔波。“以前跑五趟，现在跑一趟。”市民周建国告诉记者。

    一扇窗口办成所有事

    走进春江市政务服务中心，LED显示屏滚动播放着办事指南。中心主任何秀英介绍说，“‘一窗’不是‘一个窗口’，而是一套流程。”

    据统计，今年一季度全市新登记企业3260户，同比增长百分之十八，其中小微企业占了九成以上。

    把群众的事放在心上

    在偏远的青石镇，流动服务车每周三准时开到村口。镇党委书记说，改革不能只看数字，还要看群众的笑脸。
"""

HARVEST = """首页 > 农业

青石镇水稻喜获丰收

2021年09月18日 08:05  来源：春江日报

    秋分将至，青石镇的万亩稻田一片金黄，收割机在田间来回穿梭，农民的脸上洋溢着丰收的喜悦。

    种粮大户赵德明算了一笔账，今年亩产比去年增加了六十公斤，加上政策补贴，收入相当可观。
"""

PLAIN = "灯塔\n\n海上有一座灯塔，守塔的人已经在那里住了三十年，他说最难熬的是冬天。\n"


@dataclass(frozen=True, slots=True)
class Result:
    """How one command line ended, and what it wrote."""

    code: int
    out: bytes
    err: bytes

    @property
    def stdout(self) -> str:
        return self.out.decode()

    @property
    def stderr(self) -> str:
        return self.err.decode()

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects written, one a line."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def object(self) -> dict[str, Any]:
        (value,) = self.objects
        return value


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def run(
    *args: str,
    db: Path | None = None,
    stdin: bytes = b"",
    terminal: int | None = None,
    env: dict[str, str] | None = None,
) -> Result:
    """Run ``archive`` with these words in this process.

    Args:
        args: the words after ``archive``.
        db: the archive's file, given as ``ARCHIVE_DB``.
        stdin: what can be read from standard input.
        terminal: the width of the terminal that standard output and error are; ``None``: pipes.
        env: more of the environment.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _STYLING}
    if db is not None:
        kept["ARCHIVE_DB"] = str(db)
    if terminal is not None:
        kept |= {"TERM": "xterm-256color", "COLUMNS": str(terminal)}
    kind = io.TextIOWrapper if terminal is None else _Terminal
    out, err = io.BytesIO(), io.BytesIO()
    stdout = kind(out, encoding="utf-8", write_through=True)
    stderr = kind(err, encoding="utf-8", errors="backslashreplace", write_through=True)
    typed = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    with (
        patch.dict(os.environ, kept | (env or {}), clear=True),
        patch.object(sys, "stdout", stdout),
        patch.object(sys, "stderr", stderr),
        patch.object(sys, "stdin", typed),
    ):
        code = cli.run(args)
    return Result(code, out.getvalue(), err.getvalue())


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Permissions hold in here, also where the tests are run by root, who may do anything.

    In ``folder`` everybody may write meanwhile; the way to it is opened.
    """
    if os.geteuid() != 0:
        yield
        return
    through = stat.S_IXGRP | stat.S_IXOTH
    closed = [path for path in folder.parents if path.stat().st_mode & through != through]
    modes = {path: path.stat().st_mode for path in (folder, *closed)}
    for path, mode in modes.items():
        path.chmod(0o777 if path == folder else mode | through)
    os.setresuid(_NOBODY, _NOBODY, 0)  # os.access asks the real user, open the effective one
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        for path, mode in modes.items():
            path.chmod(mode)


def write(path: Path, text: str) -> Path:
    """Write a capture, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def make_archive(folder: Path) -> Path:
    """An archive of REFORM (1), HARVEST (2) and PLAIN (3)."""
    db = folder / "shelf.db"
    texts = {"a-reform.txt": REFORM, "b-harvest.txt": HARVEST, "c-plain.txt": PLAIN}
    for name, text in texts.items():
        write(folder / "captures" / name, text)
    assert run("ingest", str(folder / "captures"), db=db).code == 0
    return db


def refused(result: Result, code: int, message: str) -> None:
    """The command ended with this code, one line that holds the message, and a next step."""
    assert (result.code, result.stdout) == (code, "")
    first, *hints = result.stderr.splitlines()
    assert first.startswith("archive: ")
    assert message in first
    assert len(hints) == 1
    assert hints[0].startswith("  ")
    assert "Traceback" not in result.stderr
