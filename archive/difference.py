"""What differs between two articles: fields, headings, paragraphs, and words within a sentence.

Idea: headings and paragraphs stand in one row, so that a heading put in between moves nothing;
:mod:`archive.pairing` says which belong together. Paragraphs that do are compared the same way
sentence by sentence, and sentences by words: a Han character, or a run of other letters or digits.

Invariants: the pieces of a change make up both texts exactly. The time is bounded: when
:data:`MOST_STEPS` are used up, a sentence that differs is shown whole.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, groupby
from typing import NamedTuple

from archive.compared import Change, Edit, Piece
from archive.pairing import paired
from archive.ref import Ref
from archive.results import Article

MOST_STEPS = 20_000_000
"""Pairs of words compared in all; a megabyte of changed sentences takes about 5 million."""

_LONGEST_SENTENCE = 2000  # words
_STRAY = 2
"""Equal words between two larger changes: up to so many are taken into the change."""

_FIELDS = ("title", "published", "source", "author", "editor", "url")
"""Of these only the title is compared word by word; of the others a part says little."""

_SENTENCE = re.compile(r"[^。！？!?；;…]*[。！？!?；;…]+[”’」』）)]*|[^。！？!?；;…]+")
_WORD = re.compile(r"[^\W\u2e80-\U0003ffff]+|.", re.DOTALL)


class _Block(NamedTuple):
    """A part of an article, and its anchor."""

    part: str
    text: str
    anchor: str


def compare(old: Article, new: Article, *, whole: bool = True) -> Iterator[Change]:
    """Every part of two articles in order, those that do not differ included.

    Args:
        old: the older article, or sections of one, and ``new`` the newer.
        new: see ``old``.
        whole: compare fields and captions too, not only the sections.
    """
    comparison = _Comparison()
    if whole:
        yield from comparison.fields(old, new)
    yield from comparison.blocks(list(_sections(old)), list(_sections(new)))


def _values(article: Article) -> dict[str, str]:
    found = {name: getattr(article, name) or "" for name in _FIELDS}
    return found | {"channel": " > ".join(article.channel)}


def _captions(article: Article) -> list[_Block]:
    return [_Block("caption", text, article.key) for text in article.captions]


def _sections(article: Article) -> Iterator[_Block]:
    for section in article.sections:
        if section.heading is not None:
            anchor = str(Ref(article.key, section.number))
            yield _Block("heading", section.heading, anchor)
        ends = accumulate(len(paragraph) + 1 for paragraph in section.paragraphs)
        for paragraph, end in zip(section.paragraphs, ends, strict=True):
            start = end - 1 - len(paragraph)
            place = Ref(article.key, section.number, start=start, end=end - 1)
            yield _Block("paragraph", paragraph, str(place))


class _Comparison:
    """One comparison, with the steps that it may still take."""

    def __init__(self) -> None:
        self._steps = MOST_STEPS

    def fields(self, old: Article, new: Article) -> Iterator[Change]:
        """The fields that either article has, then the captions."""
        before, after = _values(old), _values(new)
        for name, text in before.items():
            if text or after[name]:
                split = name == "title" or text == after[name]
                pieces = self._pieces(text, after[name]) if split else _replaced(text, after[name])
                anchors = (old.key if text else None, new.key if after[name] else None)
                yield Change(name, *anchors, pieces)
        yield from self.blocks(_captions(old), _captions(new))

    def blocks(self, old: Sequence[_Block], new: Sequence[_Block]) -> Iterator[Change]:
        """Blocks in order, paired where they are equal or similar and of one kind."""
        keys = [[(block.part, block.text) for block in blocks] for blocks in (old, new)]
        for first, second in paired(*keys):
            before = None if first is None else old[first]
            after = None if second is None else new[second]
            block = before or after
            assert block is not None  # noqa: S101 - a pair names one at least
            pieces = self._pieces(before.text if before else "", after.text if after else "")
            anchors = (before.anchor if before else None, after.anchor if after else None)
            yield Change(block.part, *anchors, pieces)

    def _pieces(self, old: str, new: str) -> tuple[Piece, ...]:
        """A text in pieces: first sentence by sentence."""
        if old == new:
            return _merged([(Edit.SAME, old)])
        before, after = _SENTENCE.findall(old), _SENTENCE.findall(new)
        keys = [[("", sentence) for sentence in sentences] for sentences in (before, after)]
        found: list[tuple[Edit, str]] = []
        for first, second in paired(*keys):
            if first is not None and second is not None:
                found += self._within(before[first], after[second])
            elif first is not None:
                found.append((Edit.DELETED, before[first]))
            elif second is not None:
                found.append((Edit.INSERTED, after[second]))
        return _merged(found)

    def _within(self, old: str, new: str) -> Iterator[tuple[Edit, str]]:
        """Two similar sentences word by word."""
        before, after = _WORD.findall(old), _WORD.findall(new)
        steps = len(before) * len(after)
        if old == new:
            yield Edit.SAME, old
            return
        if max(len(before), len(after)) > _LONGEST_SENTENCE or steps > self._steps:
            yield from ((Edit.DELETED, old), (Edit.INSERTED, new))
            return
        self._steps -= steps
        for same, first, second in _runs(before, after):
            if same:
                yield Edit.SAME, "".join(first)
            else:
                yield from ((Edit.DELETED, "".join(first)), (Edit.INSERTED, "".join(second)))


def _replaced(old: str, new: str) -> tuple[Piece, ...]:
    return _merged([(Edit.DELETED, old), (Edit.INSERTED, new)])


def _runs(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Stretches of words that are the same, or differ; few stray words do not part two changes."""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    sizes = [0 if tag == "equal" else max(b - a, d - c) for tag, a, b, c, d in codes]
    ends = [0, *sizes, 0]

    def stays(place: int) -> bool:
        length = codes[place][2] - codes[place][1]
        around = min(ends[place], ends[place + 2])
        return codes[place][0] == "equal" and (length > _STRAY or length >= around)

    for same, places in groupby(range(len(codes)), key=stays):
        run = [codes[place] for place in places]
        yield same, old[run[0][1] : run[-1][2]], new[run[0][3] : run[-1][4]]


def _merged(found: Sequence[tuple[Edit, str]]) -> tuple[Piece, ...]:
    """Pieces without empty ones; of neighbouring changes the deleted text stands first."""
    pieces: list[Piece] = []
    for same, run in groupby(found, key=lambda one: one[0] is Edit.SAME):
        members = list(run)
        for edit in (Edit.SAME,) if same else (Edit.DELETED, Edit.INSERTED):
            text = "".join(text for kind, text in members if kind is edit)
            if text:
                pieces.append(Piece(edit, text))
    return tuple(pieces)
