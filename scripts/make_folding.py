"""Make ``archive/folding.py``: the frozen folding table and the frozen classes of characters.

Idea: what a character folds to, and which kind of token it belongs to, is decided here once and
shipped, so that the tokens of an archive file depend on no Python, Unicode or OpenCC version.
Invariant: a fold is one character to one character and a fixpoint (folding twice changes nothing).

    python scripts/make_folding.py            # writes archive/folding.py
    python scripts/make_folding.py --check    # fails where the file differs from what would be made

After a change of the table raise ``TEXT_VERSION`` in ``archive/text.py``. The rules are those of
docs/query.md ("What is found"): NFKC and case folding where they give one character, traditional to
simplified by OpenCC's t2s on single characters.
"""

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterator
from importlib.metadata import metadata, version
from pathlib import Path

import opencc
import regex  # type: ignore[import-untyped]  # it ships no stubs

TARGET = Path(__file__).resolve().parent.parent / "archive" / "folding.py"

KINDS = (  # the first pattern that matches decides; whatever matches none is a boundary
    ("B", regex.compile(r"\n")),  # the one white space that ends a paragraph or caption
    ("_", regex.compile(r"\p{White_Space}")),
    ("i", regex.compile(r"\p{Cf}|\p{Variation_Selector}")),
    ("H", regex.compile(r"\p{Script=Han}")),  # 々 and 〇 are of this script
    ("K", regex.compile(r"\p{Script=Hiragana}|\p{Script=Katakana}")),
    ("S", regex.compile(r"[\uAC00-\uD7A3]")),  # the block Hangul Syllables
    ("P", regex.compile("ー")),  # the prolonged sound mark: script Common, belongs to its kana
    ("W", regex.compile(r"\p{L}|\p{M}|\p{N}")),
)

_to_simplified = opencc.OpenCC("t2s").convert
_han = dict(KINDS)["H"]


def kind(char: str) -> str:
    """Return the one-letter kind of a character, as ``KINDS`` names them."""
    return next((name for name, pattern in KINDS if pattern.fullmatch(char)), "B")


def fold(char: str) -> str:
    """Return the one character that ``char`` folds to.

    Raises:
        ValueError: folding goes in a circle, so no fixpoint exists.

    """
    seen = [char]
    while (folded := _fold_once(seen[-1])) != seen[-1]:
        if folded in seen:
            raise ValueError(f"U+{ord(char):04X} folds in a circle")
        seen.append(folded)
    return seen[-1]


def _fold_once(char: str) -> str:
    for step in (_compatible, str.casefold, _simplified):
        folded = step(char)
        if len(folded) == 1:
            char = folded
    return char


def _compatible(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _simplified(char: str) -> str:
    return _to_simplified(char) if _han.fullmatch(char) else char


def foldings() -> dict[str, str]:
    """Return every character that folds to another, in code point order."""
    pairs = ((char, fold(char)) for char in _characters())
    return {char: folded for char, folded in pairs if char != folded}


def ranges() -> list[tuple[int, str]]:
    """Return the first code point of each run of one kind, with that kind."""
    found: list[tuple[int, str]] = []
    for point in range(sys.maxunicode + 1):
        name = kind(chr(point))
        if not found or found[-1][1] != name:
            found.append((point, name))
    return found


def _characters() -> Iterator[str]:
    """Yield every code point but the surrogates, which no codec of OpenCC takes."""
    for point in range(sys.maxunicode + 1):
        if not 0xD800 <= point <= 0xDFFF:  # noqa: PLR2004 - the surrogates' range
            yield chr(point)


def _unicode_of_regex() -> str:
    """Return the Unicode version that the installed ``regex`` states in its description."""
    described = metadata("regex").json["description"]
    stated = re.search(r"supports Unicode (\d+\.\d+\.\d+)", str(described))
    return stated.group(1) if stated else "unstated"


def _wrapped(literal: str, width: int = 88) -> str:
    """Return an ASCII string literal cut into lines, never inside an escape."""
    units = re.findall(r"\\(?:x..|u.{4}|U.{8}|.)|.", ascii(literal)[1:-1])
    lines, line = [], ""
    for unit in units:
        if len(line) + len(unit) > width:
            lines.append(line)
            line = ""
        line += unit
    return "\n".join(f"    '{part}'" for part in [*lines, line])


def source() -> str:
    """Return the text of ``archive/folding.py``."""
    folded, kinds = foldings(), ranges()
    starts = ", ".join(str(start) for start, _ in kinds)
    starts = "\n".join(
        f"    {part}" for part in re.findall(r".{1,88}(?:,|$)", starts.replace(" ", ""))
    )
    return f'''"""Made by scripts/make_folding.py; do not edit.

``FOLDED_FROM[n]`` folds to ``FOLDED_TO[n]``. From code point ``KIND_STARTS[n]`` up to the next
start every character is of the kind ``KINDS[n]``: H Han, K kana, P prolonged sound mark, S hangul
syllable, W word, _ white space, i ignorable, B boundary. The kind of a character is that of what
it folds to.
"""

FOLDING_UNICODE = "{unicodedata.unidata_version}"
"""Version of NFKC and case folding (Python's unicodedata)."""
KIND_UNICODE = "{_unicode_of_regex()}"
"""Version of scripts and categories (regex {version("regex")})."""
OPENCC = "{version("opencc")}"
"""Version of OpenCC, whose t2s gave traditional to simplified."""

FOLDED_FROM = (
{_wrapped("".join(folded))}
)
FOLDED_TO = (
{_wrapped("".join(folded.values()))}
)
KIND_STARTS = (
{starts}
)
KINDS = (
{_wrapped("".join(name for _, name in kinds))}
)
'''


def main() -> int:
    """Write the file, or with ``--check`` compare it; return the exit code."""
    parser = argparse.ArgumentParser(description="Make archive/folding.py.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    made = source()
    if not parser.parse_args().check:
        TARGET.write_text(made, encoding="ascii")
        return 0
    same = TARGET.read_text(encoding="ascii") == made
    print("archive/folding.py is current" if same else "archive/folding.py differs: run the script")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
