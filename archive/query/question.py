"""A question in whole sentences → the pieces of its wording, of which each may be found by itself.

Idea: nothing is segmented and nothing is an operator. The pieces are each pair of tokens that stand
together, and each token: pairs tell what is asked, single characters break ties. Invariant: a piece
never crosses punctuation, and none comes twice.
"""

from dataclasses import dataclass
from itertools import pairwise

from archive.errors import QueryError
from archive.query.parser import require_short
from archive.query.tree import Phrase, Query, disjunction
from archive.text import BOUNDARY, is_word, phrase

LENGTH_LIMIT = 1_000
"""The most tokens of a question, characters or words (docs/query.md, "Limits")."""

Piece = tuple[str, ...]
"""One token of a question, or two that stand together."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose wording is looked for."""

    text: str
    pairs: tuple[Piece, ...]
    singles: tuple[Piece, ...]

    @property
    def hints(self) -> tuple[str, ...]:
        """None: nothing in a question is dropped or may have been meant otherwise."""
        return ()

    @property
    def shown(self) -> Query:
        """What is marked in a hit, as a query: pairs and whole words; or characters, if no more."""
        words = tuple(piece for piece in self.singles if is_word(piece[0]))
        pieces = (self.pairs + words) or self.singles
        return Query(disjunction(_phrase(piece) for piece in pieces), self.text)

    @property
    def otherwise(self) -> Query:
        """What is marked in a hit that has nothing of :attr:`shown`: single characters."""
        return Query(disjunction(map(_phrase, self.singles)), self.text)


def _phrase(piece: Piece) -> Phrase:
    return Phrase(piece, " ".join(piece))


def parse_question(text: str) -> Question:
    """Return the pieces of a question.

    Raises:
        QueryError: it passes a limit, or holds no letter, number or Han character.
    """
    require_short(text)
    tokens = phrase(text)
    if not tokens:
        raise QueryError(
            "the question holds only punctuation" if text.strip() else "the question is empty",
            hint="ask in words, such as 谁提出了放管服改革",
        )
    if len(tokens) > LENGTH_LIMIT:
        raise QueryError(
            f"the question has {len(tokens):,} characters and words; "
            f"at most {LENGTH_LIMIT:,} are read",
            hint="ask one thing at a time",
        )
    pairs = dict.fromkeys(pairwise(tokens))
    singles = dict.fromkeys((token,) for token in tokens if token != BOUNDARY)
    return Question(text, tuple(pair for pair in pairs if BOUNDARY not in pair), tuple(singles))
