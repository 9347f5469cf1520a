"""Query string → query tree; knows the language (docs/query.md) and no SQL.

Idea: ``parse`` cuts the string into words (``lexer``) and these into a tree of frozen nodes
(``parser``, ``tree``) by one table of fields (``fields``). Invariant: any string gives a ``Query``
or a ``QueryError``, in time bounded by the limits on length, terms and depth.
"""

from archive.query.fields import FIELDS, Field
from archive.query.parser import BYTE_LIMIT, DEPTH_LIMIT, NEARS_LIMIT, TERM_LIMIT, parse
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
    "Query",
    "Term",
    "conjunction",
    "describe",
    "disjunction",
    "parse",
]
