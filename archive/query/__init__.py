"""Query string → query tree; knows the language (docs/query.md) and no SQL.

Idea: ``parse`` cuts the string into words (``lexer``) and these into a tree of frozen nodes
(``parser``, ``tree``) by one table of fields (``fields``). Invariant: any string gives a ``Query``
or a ``QueryError``, in time bounded by the limits on length, terms and depth; and so any string
gives a ``Question`` (``question``), which has no operators.
"""

from archive.query.fields import FIELDS, Field
from archive.query.parser import BYTE_LIMIT, DEPTH_LIMIT, NEARS_LIMIT, TERM_LIMIT, parse
from archive.query.question import LENGTH_LIMIT, Piece, Question, parse_question
from archive.query.tree import (
    And,
    DateRange,
    Meta,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Term,
    conjunction,
    describe,
    disjunction,
)

__all__ = [
    "BYTE_LIMIT",
    "DEPTH_LIMIT",
    "FIELDS",
    "LENGTH_LIMIT",
    "NEARS_LIMIT",
    "TERM_LIMIT",
    "And",
    "DateRange",
    "Field",
    "Meta",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Piece",
    "Query",
    "Question",
    "Term",
    "conjunction",
    "describe",
    "disjunction",
    "parse",
    "parse_question",
]
