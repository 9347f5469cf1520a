"""Patterns that find characters in stored text as the index finds them.

Idea: of a character all forms are found that fold to it, and between two of them may stand what
parts no tokens. Invariant: where a pattern matches, the tokens of the match are the characters'.
"""

import re
from functools import cache

from archive import folding
from archive.text import points, ranges


def pattern(characters: str, *, folded: bool = True) -> str:
    """Return the pattern of the texts in which these characters follow each other.

    White space and ignorable characters may part any two. With ``folded`` it finds, in a text that
    is not folded, all that folds to the characters.
    """
    forms = _other_forms() if folded else {}
    found = [re.escape(char + forms.get(char, "")) for char in characters]
    return _gap_pattern().join(form if len(form) == 1 else f"[{form}]" for form in found)


@cache
def _other_forms() -> dict[str, str]:
    """Folded character → the other characters that fold to it."""
    forms: dict[str, str] = {}
    for char, folded in zip(folding.FOLDED_FROM, folding.FOLDED_TO, strict=True):
        forms[folded] = forms.get(folded, "") + char
    return forms


@cache
def _gap_pattern() -> str:
    """The pattern of what may stand between two tokens of a phrase."""
    return f"[{ranges(map(ord, gap_characters()))}]*"


@cache
def gap_characters() -> frozenset[str]:
    """All white space and ignorable characters: by kind, or by the kind of what they fold to."""
    gaps = set(map(chr, points("_i")))
    folded = zip(folding.FOLDED_FROM, folding.FOLDED_TO, strict=True)
    return frozenset(gaps.union(char for char, one in folded if one in gaps))
