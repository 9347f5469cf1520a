"""Strategies that draw a whole list at once.

Hypothesis takes some 50 µs for each thing that is drawn, so that a list of 30 takes longer than
most of what is done with it. Bytes are one thing; here each stands for a piece.
"""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

_T = TypeVar("_T")


def lists(pieces: Sequence[_T], most: int) -> st.SearchStrategy[list[_T]]:
    """Up to ``most`` of these pieces, of which there are at most 256."""
    assert len(pieces) <= 256
    return st.binary(max_size=most).map(lambda data: [pieces[n % len(pieces)] for n in data])


def texts(pieces: Sequence[str], most: int, between: str = "") -> st.SearchStrategy[str]:
    """The same, joined; 🃏 in it is any text of up to 12 characters."""
    return st.builds(
        lambda parts, odd: between.join(parts).replace("🃏", odd),
        lists(pieces, most),
        st.text(max_size=12),
    )
