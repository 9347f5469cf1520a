r"""Folding and tokens: the one rule shared by index, query and highlighting.

Idea: a text is folded one character to one character, so that offsets hold, and cut into tokens
so small (one Han character each) that any run of characters is a phrase of tokens. Invariants:
``len(fold(s)) == len(s)``, ``fold(fold(s)) == fold(s)``, and ``spans(s)`` gives the very tokens
that ``tokens(s)`` puts into the index. The rules are written down in docs/query.md ("What is
found"); the tables are frozen in ``archive/folding.py``, so that the tokens depend on no Python or
Unicode version.

Only "\n" breaks a paragraph (it is a boundary). Other white space, U+0085, U+2028 and U+2029
included, merely ends a run: a reader of captures turns paragraph breaks into "\n" when it stores.
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from struct import unpack
from typing import NamedTuple

from archive import folding

TEXT_VERSION = 1
"""The version of these rules and tables, stored in an archive; raised when any token may change."""

BOUNDARY = "·"
"""The token that stands for a paragraph break and any run of punctuation (U+00B7)."""

BOUNDARY_PIECE = f" {BOUNDARY} "

TOKEN_LIMIT = 255
"""The most characters of one token; longer runs are cut (docs/query.md)."""

_LONG, _MANY = 64, 24
"""From so many characters on those that fold are looked for, and are replaced unless so many do:
most are punctuation, and a text has some five. It takes a third of the time of a translation."""

_LAST_UNIT = 0xFFFF
"""The last code point that is one 16-bit unit."""

_STRETCH = 256
"""So many code points are looked up together, since most texts have a character that is new."""

_BOUNDARIES = re.compile(f"{BOUNDARY} +{BOUNDARY}(?: +{BOUNDARY})*")
_UNITS = f"utf-16-{sys.byteorder[0]}e"
_RUNS = re.compile("H|S|K(?:[iP]*P)?|[WP](?:[WPi]*[WP])?|B(?:[B_i]*B)?")
_folded_point = str.maketrans(folding.FOLDED_FROM, folding.FOLDED_TO)


class _Folds(dict[int, int]):
    """Code point → folded code point, filled as characters are met."""

    def __missing__(self, point: int) -> int:
        self[point] = folded = _folded_point.get(point, point)
        return folded


class _Kinds(dict[int, str]):
    """Code point → one letter, its kind (archive/folding.py), filled as characters are met."""

    def __missing__(self, point: int) -> str:
        place = bisect_right(folding.KIND_STARTS, _folds[point]) - 1
        self[point] = kind = folding.KINDS[place]
        return kind


class _Pieces(dict[int, str]):
    """Code point → what it adds to the string of tokens, filled as characters are met."""

    def __missing__(self, point: int) -> str:
        kind, char = _kinds[point], chr(_folds[point])
        if kind in "HKS":
            piece = f" {char} "
        elif kind in "WP":
            piece = char
        else:
            piece = {"_": " ", "i": "", "B": BOUNDARY_PIECE}[kind]
        self[point] = piece
        return piece


class _Characters(dict[int, str]):
    """Code point → the folded character, or nothing for what only parts words."""

    def __missing__(self, point: int) -> str:
        self[point] = kept = "" if _kinds[point] in "_iB" else chr(_folds[point])
        return kept


_folds = _Folds()
_kinds = _Kinds()
_pieces = _Pieces()
_pieces_of_units: list[str | None] = [None] * (_LAST_UNIT + 1)
_characters = _Characters()


def fold(text: str) -> str:
    """Return ``text`` with each character folded: case, width and traditional forms are gone."""
    if len(text) < _LONG:
        return text.translate(_folds)
    rest = text.replace("，", ",")  # every other one that folds
    found = set(_foldable().findall(rest))
    if len(found) > _MANY:
        return text.translate(_folds)
    for char in found:
        rest = rest.replace(char, chr(_folds[ord(char)]))
    return rest


@cache
def _foldable() -> re.Pattern[str]:
    """The pattern of a character that folds to another, or has more than 16 bits.

    All of these are in it, for a pattern with hundreds of single ones compares with one by one.
    """
    those = (point for point in _folded_point if point <= _LAST_UNIT)
    return re.compile(f"[{ranges(those)}{chr(_LAST_UNIT + 1)}-{chr(sys.maxunicode)}]")


def characters(text: str) -> str:
    """Return the folded letters, marks and numbers of ``text``: what tokens are made of."""
    return text.translate(_characters)


def is_white_space(char: str) -> bool:
    """Return whether one character is white space; a paragraph break is, where words end."""
    return char == "\n" or _kinds[ord(char)] == "_"


def is_word(token: str) -> bool:
    """Return whether a token is a run of letters, marks and numbers, so that it has prefixes."""
    return _kinds[ord(token[0])] in "WP"


def is_character(token: str) -> bool:
    """Return whether a token is one Han character or hangul syllable, wherever it stands."""
    return _kinds[ord(token[0])] in "HS"


@cache
def white_space() -> frozenset[str]:
    """All of which :func:`is_white_space` holds."""
    return frozenset(map(chr, points("_"))) | {"\n"}


def points(kinds: str) -> set[int]:
    """The code points of these kinds."""
    starts = (*folding.KIND_STARTS, sys.maxunicode + 1)
    return {
        point
        for start, end, kind in zip(starts, starts[1:], folding.KINDS, strict=False)
        if kind in kinds
        for point in range(start, end)
    }


def ranges(those: Iterable[int]) -> str:
    """Code points as what stands between the brackets of a pattern; ranges compile fast."""
    found: list[list[int]] = []
    for point in sorted(those):
        if found and found[-1][1] == point - 1:
            found[-1][1] = point
        else:
            found.append([point, point])
    ends = ((re.escape(chr(first)), re.escape(chr(last))) for first, last in found)
    return "".join(first if first == last else f"{first}-{last}" for first, last in ends)


class Pieces(NamedTuple):
    """What the characters of a text add to its tokens."""

    pieces: Sequence[str]
    """One string a character: with spaces around it where it is a token, or begins one."""
    tokens: str
    """The tokens, parted by one space or more, which is all the same to FTS5."""


NOTHING = Pieces([], "")
"""The pieces of an empty text."""


def pieces(text: str) -> Pieces:
    """Return what the characters of a text add to its tokens, and the tokens.

    All that follows the looking up are scans that seldom find anything.
    """
    found, spaced = _looked_up(text)
    if "ー" in text or "ｰ" in text:  # the two that fold to it
        spaced = _join_long_kana(spaced)
    spaced = _BOUNDARIES.sub(BOUNDARY, spaced)
    if _has_long_token(spaced):
        spaced = " ".join(token[:TOKEN_LIMIT] for token in spaced.split(" "))
    return Pieces(found, spaced)


def _looked_up(text: str) -> tuple[Sequence[str], str]:
    """Return the piece of each character of a text, and all of them joined.

    A list is looked into in one call, a third of the time that ``str.translate`` takes; it is for
    the 16-bit units of a text that are its characters, and lacks stretches that were not met yet.
    """
    units = text.encode(_UNITS, "surrogatepass")
    size = len(units) // 2
    if not len(text) == size > 1:
        alone = [_pieces[ord(char)] for char in text]
        return alone, "".join(alone)
    pick: Callable[[list[str | None]], Sequence[str]] = itemgetter(*unpack(f"{size}H", units))
    found = pick(_pieces_of_units)
    try:
        return found, "".join(found)
    except TypeError:  # there are new ones among them
        _meet(text)
    found = pick(_pieces_of_units)
    return found, "".join(found)


def _meet(text: str) -> None:
    """Fill the stretches of the list that the characters of a text lie in."""
    for first in {ord(char) // _STRETCH * _STRETCH for char in text}:
        if _pieces_of_units[first] is None:
            stretch = range(first, first + _STRETCH)
            _pieces_of_units[first : first + _STRETCH] = map(_pieces.__getitem__, stretch)


def tokens(text: str) -> str:
    """Return the tokens of ``text`` joined by one space, for FTS5 with ``tokenize='ascii'``."""
    spaced = pieces(text).tokens
    while "  " in spaced:
        spaced = spaced.replace("  ", " ")
    return spaced.strip(" ")


def spans(text: str, *, folded: bool = True) -> list[tuple[str, int, int]]:
    """Return ``(token, start, end)`` of each token; half-open code point offsets into ``text``.

    The tokens are those of ``tokens(text)``. With ``folded=False`` they keep the characters as they
    stand, at the same offsets, for comparing strictly.
    """
    kinds = text.translate(_kinds)
    chars = fold(text) if folded else text
    found = []
    for run in _RUNS.finditer(kinds):
        start, end = run.span()
        if kinds[start] == "B":
            token = BOUNDARY
        else:
            token = chars[start:end]
            if "i" in run[0]:
                token = "".join(chars[n] for n in range(start, end) if kinds[n] != "i")
        found.append((token[:TOKEN_LIMIT], start, end))
    return found


def phrase(text: str, *, folded: bool = True) -> list[str]:
    """Return the tokens that a query for ``text`` asks for: boundary tokens at either end dropped.

    With ``folded=False`` the tokens keep the characters as they stand, as in :func:`spans`.
    """
    found = [token for token, _, _ in spans(text, folded=folded)]
    first = 1 if found[:1] == [BOUNDARY] else 0
    last = len(found) - 1 if found[first:] and found[-1] == BOUNDARY else len(found)
    return found[first:last]


def _join_long_kana(spaced: str) -> str:
    """Move each ー to the kana that it directly follows: ``" か ー"`` becomes ``" かー "``."""
    return re.sub(r" ([^ ]) (ー+)", _with_marks, spaced)


def _with_marks(met: re.Match[str]) -> str:
    if _kinds[ord(met[1])] == "K":
        return f" {met[1]}{met[2]} "
    return met[0]


def _has_long_token(spaced: str) -> bool:
    """Return whether a token passes the limit; leaps over as many as the limit spans."""
    start = 0
    while len(spaced) - start > TOKEN_LIMIT:
        space = spaced.rfind(" ", start, start + TOKEN_LIMIT + 1)
        if space < 0:
            return True
        start = space + 1
    return False
