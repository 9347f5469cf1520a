"""Draw docs/terminal.svg: what a terminal shows of a few commands on data/captures.

    python scripts/make_picture.py docs/terminal.svg

The commands run on a pseudo-terminal, so that they print what a reader would see, and Rich exports
it as SVG. Rich gives a wide character the room of one cell and names a font to fetch; here each run
of wide or narrow characters gets its own place and true width, and only installed fonts are named.
"""

import html
import io
import os
import pty
import re
import sys
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from examples import fresh_folder

COMMANDS = (
    "archive sections 4bb67bd4",
    "archive search 放管服",
    "archive cite '4bb67bd4#2:75-83'",
)
WIDTH, HEIGHT = 92, 60
_ASPECT = 0.55
_CELL = 20 * _ASPECT  # pixels: Rich's lines have characters 20 high

_DARK, _LIGHT = (30, 33, 39), (214, 219, 227)
_NORMAL = [
    *((72, 78, 90), (224, 108, 117), (152, 195, 121), (229, 192, 123)),
    *((97, 175, 239), (198, 120, 221), (86, 182, 194), _LIGHT),
]
_BRIGHT = [
    *((110, 118, 134), (240, 128, 137), (172, 215, 141), (249, 212, 143)),
    *((117, 195, 255), (218, 140, 241), (106, 202, 214), (255, 255, 255)),
]
_THEME = TerminalTheme(_DARK, _LIGHT, _NORMAL, _BRIGHT)

_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" \
aria-label="archive in a terminal">
<style>
.{unique_id}-matrix {{ font: 18px "DejaVu Sans Mono", Menlo, Consolas, monospace }}
.wide {{ font: 20px "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif }}
{styles}
</style>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""

_TEXT = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)"[^>]*>(?P<said>[^<]*)</text>'
)


def shown(command: str, folder: Path) -> str:
    """What a command prints on a terminal of :data:`WIDTH` columns."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHIVE_", "NO_COLOR"))}
        sizes = {"COLUMNS": str(WIDTH), "LINES": str(HEIGHT), "TERM": "xterm-256color"}
        os.execvpe("/bin/sh", ["sh", "-c", command], {**kept, "PATH": path, **sizes})  # noqa: S606 - the commands above
    printed = bytearray()
    while True:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:  # how Linux says that the other side is closed
            part = b""
        if not part:
            break
        printed += part
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"{command}: {printed.decode()}")
    return printed.decode().replace("\r\n", "\n")


def recorded() -> Console:
    """A console on which all commands were typed."""
    console = Console(width=WIDTH, record=True, file=io.StringIO())
    with fresh_folder() as folder:
        for number, command in enumerate(COMMANDS):
            lines = [line.rstrip() for line in shown(command, folder).split("\n")]
            prompt = Text.assemble(("$ ", "bold green"), (command, "bold"))
            body = Text.from_ansi("\n".join(lines).strip("\n"))
            console.print(*([""] if number else []), prompt, body, sep="\n", highlight=False)
    return console


def picture() -> str:
    """The picture as SVG."""
    drawn = recorded().export_svg(
        title="",
        theme=_THEME,
        code_format=_FORMAT,
        font_aspect_ratio=_ASPECT,
        unique_id="terminal",
    )
    return re.sub("[ \t]+\n", "\n", _TEXT.sub(_in_place, drawn))


def _in_place(met: re.Match[str]) -> str:
    """One element of text as one for each run of wide or narrow characters."""
    said = html.unescape(met["said"]).replace("\xa0", " ")
    at, parts = float(met["x"]), []
    for run in _runs(said):
        width = cell_len(run) * _CELL
        wide = "wide " if cell_len(run) > len(run) else ""
        if not run.isspace():
            parts.append(
                f'<text class="{wide}{met["style"]}" x="{at:g}" y="{met["y"]}" '
                f'textLength="{width:g}">{html.escape(run, quote=False)}</text>\n'
            )
        at += width
    return "".join(parts)


def _runs(text: str) -> list[str]:
    """The text cut where wide characters meet narrow ones, and around white space."""
    runs: list[str] = []
    for char in text:
        same = runs and cell_len(runs[-1][-1]) == cell_len(char)
        if same and runs[-1].isspace() == char.isspace():
            runs[-1] += char
        else:
            runs.append(char)
    return runs


def main() -> None:
    """Write the picture to the file that the command line names."""
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
