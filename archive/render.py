"""Results → table, JSON, JSON Lines, CSV or Markdown.

Invariant: no control character, escape sequence or direction override of a capture reaches the
output: in JSON they are escaped, elsewhere they become U+FFFD. Rich is imported only where a table
or styled text is really drawn.
"""

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("table", "json", "jsonl", "csv", "md")

# C0 but tab and line feed, DEL, C1; marks, overrides and isolates of direction; line separators;
# surrogates, which no output can encode
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def clean(text: str) -> str:
    """The text with whatever could steer a terminal replaced by U+FFFD."""
    return _UNSAFE.sub("\ufffd", text)


def line(text: str) -> str:
    """The text as one clean line."""
    return clean(" ".join(text.split()))


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def dumps(value: Any) -> str:  # noqa: ANN401 - whatever JSON takes
    """One line of JSON: unescaped UTF-8, but for the characters that could steer a terminal."""
    text = _encode(value)
    if text.isprintable():  # nothing that could, by far the most frequent
        return text
    return _UNSAFE.sub(lambda met: f"\\u{ord(met[0]):04x}", text)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, CSV or Markdown: the JSON name and how a table shows it."""

    name: str
    title: str
    right: bool = False
    wrap: bool = False
    spare: int = 0
    """Which columns a table leaves out first where room is short: 1 before 2; 0 never."""


def choose(wanted: str | None, stream: IO[str]) -> str:
    """The format asked for, or a table on a terminal and JSON Lines in a pipe."""
    return wanted or ("table" if stream.isatty() else "jsonl")


def console(stream: IO[str] | None = None, *, color: str = "auto") -> "Console":
    """A Rich console on a stream (standard output).

    ``color`` is ``auto``, ``always``, or ``never``, which styles nothing at all. ``NO_COLOR`` is
    honoured unless colour is asked for by name; what is bold or dim stays so.
    """
    from rich.console import Console  # noqa: PLC0415 - see the module's docstring

    systems: dict[str, Literal["auto", "standard"] | None]
    systems = {"auto": "auto", "always": "standard", "never": None}
    return Console(
        file=stream or sys.stdout,
        force_terminal=True if color == "always" else None,
        color_system=systems[color],
        no_color=False if color == "always" else None,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
    )


def records(
    rows: Iterable[Any], columns: Sequence[Column], wanted: str, *, color: str = "auto"
) -> None:
    """Print results of one kind, each a value of :mod:`archive.results`.

    Args:
        rows: the results; JSON Lines prints each as it comes.
        columns: what table, CSV and Markdown show.
        wanted: one of :data:`FORMATS`.
        color: auto, always or never.
    """
    from archive.results import to_json  # noqa: PLC0415 - --help does without

    objects = (to_json(row) for row in rows)
    if wanted == "table":
        from archive.table import write_table  # noqa: PLC0415 - only a table needs Rich

        cells = [[line(_cell(each[column.name])) for column in columns] for each in objects]
        write_table(console(color=color), columns, cells)
        return
    for text in _LINES[wanted](objects, columns):
        sys.stdout.write(text + "\n")


def record(value: Any) -> None:  # noqa: ANN401 - any value of archive.results
    """Print one result as a line of JSON."""
    records([value], (), "jsonl")


def _json_lines(objects: Iterator[dict[str, Any]], _columns: Sequence[Column]) -> Iterator[str]:
    return (dumps(record) for record in objects)


def _json_array(objects: Iterator[dict[str, Any]], _columns: Sequence[Column]) -> Iterator[str]:
    yield dumps(list(objects))


def _csv(objects: Iterator[dict[str, Any]], columns: Sequence[Column]) -> Iterator[str]:
    yield csv_line([column.name for column in columns])
    for record in objects:
        yield csv_line([_cell(record[column.name]) for column in columns])


def csv_line(cells: Sequence[str]) -> str:
    """A row of CSV without its line break."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)  # it quotes what holds this
    return buffer.getvalue().removesuffix("\n")


def _markdown(objects: Iterator[dict[str, Any]], columns: Sequence[Column]) -> Iterator[str]:
    yield "| " + " | ".join(column.title for column in columns) + " |"
    yield "|" + "|".join("---:" if column.right else "---" for column in columns) + "|"
    for record in objects:
        cells = (_cell(record[column.name]).replace("\n", " ") for column in columns)
        yield "| " + " | ".join(re.sub(r"([\\|])", r"\\\1", cell) for cell in cells) + " |"


_LINES = {"json": _json_array, "jsonl": _json_lines, "csv": _csv, "md": _markdown}


def _cell(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return clean(" > ".join(str(item) for item in value))
    return clean(str(value))
