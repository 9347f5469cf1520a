"""What the index holds of a section: the tokens of its columns, and the levels that it reaches.

Idea: one row a section. Title and captions stand in the row of the lead only, and columns in the
order body, heading, title, caption, since postings in later columns cost bytes. Invariant: the
entry depends on the texts alone, so that the one that was put in can be made again to be taken out.
"""

from collections.abc import Sequence
from typing import NamedTuple

from archive.density import levels_of
from archive.text import NOTHING, pieces


class Entry(NamedTuple):
    """The tokens of each column, and those of the levels that the section reaches."""

    columns: tuple[str, ...]
    levels: str


def entry(
    body: str, heading: str | None, number: int, title: str, captions: Sequence[str]
) -> Entry:
    """The entry of a section; title and captions are its article's, and only the lead has them."""
    lead = (title, "\n".join(captions)) if number == 0 else ("", "")
    texts = (body, heading or "", *lead)
    cut = [pieces(text) if text else NOTHING for text in texts]
    return Entry(tuple(column.tokens for column in cut), levels_of(cut))


class Indexed(NamedTuple):
    """An entry, and the ids of the section and the article whose it is."""

    section: int
    article: int
    entry: Entry
