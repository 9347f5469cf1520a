"""The query tree: frozen nodes that say what is asked, and know nothing of SQL.

Invariants, kept by :func:`conjunction`, :func:`disjunction` and :func:`negation`, the only makers
of inner nodes: no ``And`` directly in an ``And`` nor ``Or`` in an ``Or``, no child written twice,
no single child, no ``Not`` of a ``Not``, and at most one ``Not`` in an ``And`` (several become the
``Not`` of an ``Or``). ``str(node)`` is a query that parses to the same node.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

QUOTES = {'"': '"', "“": "”", "「": "」", "『": "』", "＂": "＂"}
"""The marks that open a phrase, and what closes each."""


def _quoted(text: str) -> str:
    """Return the text as a phrase, in the first marks that it does not close itself."""
    start, end = next((start, end) for start, end in QUOTES.items() if end not in text)
    return f"{start}{text}{end}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of tokens in one text: a section's body or heading, a title, or a caption."""

    tokens: tuple[str, ...]
    """Folded (``archive.text.phrase``), with no boundary token at either end."""
    text: str = dataclasses.field(compare=False)
    """As the user typed it, without quotation marks, field or ``*``."""
    prefix: bool = False
    """Whether the last token may be the beginning of a longer word."""
    field: str | None = None
    """``title``, ``heading``, ``body`` or ``caption``; ``None`` for any of them."""

    def __str__(self) -> str:
        value = f"{self.text}*" if self.prefix else _quoted(self.text)
        return f"{self.field}:{value}" if self.field else value


@dataclass(frozen=True, slots=True)
class Meta:
    """A condition on one value of the article."""

    field: str
    """A field of kind ``metadata``, or ``date`` with ``missing``."""
    op: Literal["contains", "equals", "missing"]
    """``contains``: its tokens hold ``tokens`` in a row; ``equals``: the same when folded."""
    value: str = dataclasses.field(default="", compare=False)
    """As the user typed it; empty with ``missing``."""
    tokens: tuple[str, ...] = ()
    """Folded, with no boundary token at either end; empty with ``missing``."""
    prefix: bool = False
    """Whether the last token may be the beginning of a longer word (with ``contains``)."""

    def __str__(self) -> str:
        if self.op == "missing":
            return f"{self.field}:?"
        if self.prefix:
            return f"{self.field}:{self.value}*"
        return f"{self.field}:{'=' if self.op == 'equals' else ''}{_quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Published from ``start`` on and before ``end``: half-open; ``None`` is open.

    Both are ISO 8601 prefixes, as precise as the user was (``archive.query.dates``).
    """

    start: str | None
    end: str | None
    text: str = dataclasses.field(compare=False)
    """The value as the user typed it."""

    def __str__(self) -> str:
        return f"date:{_quoted(self.text)}"


@dataclass(frozen=True, slots=True)
class Near:
    """Two phrases in one text with at most ``distance`` characters between, in either order.

    White space between them is not counted.
    """

    left: Phrase
    right: Phrase
    distance: int

    def __str__(self) -> str:
        return f"({self.left} NEAR/{self.distance} {self.right})"


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that ``child`` does not match."""

    child: "Node"

    def __str__(self) -> str:
        return f"NOT {self.child}"


@dataclass(frozen=True, slots=True)
class And:
    """What all children match; two or more."""

    children: "tuple[Node, ...]"

    def __str__(self) -> str:
        return f"({' '.join(map(str, self.children))})"


@dataclass(frozen=True, slots=True)
class Or:
    """What any child matches; two or more."""

    children: "tuple[Node, ...]"

    def __str__(self) -> str:
        return f"({' OR '.join(map(str, self.children))})"


Term = Phrase | Meta | DateRange | Near
"""A leaf of the tree: what can be asked by itself."""

Node = Term | And | Or | Not

_AnyNode = TypeVar("_AnyNode", Phrase, Term, Node)


@dataclass(frozen=True)
class Query:
    """A query that was understood; what is read of its tree is worked out once."""

    root: Node
    text: str
    """The whole query as it was given."""
    hints: tuple[str, ...] = ()
    """One line each, for stderr: what was dropped, or may have been meant otherwise."""

    @cached_property
    def leaves(self) -> tuple[Term, ...]:
        """All terms in their order, those under a NOT too."""
        return _unique(_leaves(self.root, denied=True))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """The terms not under a NOT, in their order: what a hit shows, or what finds nothing."""
        return _unique(_leaves(self.root, denied=False))

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """The phrases not under a NOT, those of a NEAR included: what is highlighted."""
        found: list[Phrase] = []
        for term in self.terms:
            if isinstance(term, Near):
                found += (term.left, term.right)
            elif isinstance(term, Phrase):
                found.append(term)
        return _unique(found)


def conjunction(nodes: Iterable[Node]) -> Node:
    """Return the node that all ``nodes`` together make; there must be one at least."""
    children = [
        part for node in nodes for part in (node.children if isinstance(node, And) else (node,))
    ]
    denied = [child.child for child in children if isinstance(child, Not)]
    if len(denied) > 1:
        children = [child for child in children if not isinstance(child, Not)]
        children.append(negation(disjunction(denied)))
    unique = _unique(children)
    return unique[0] if len(unique) == 1 else And(unique)


def disjunction(nodes: Iterable[Node]) -> Node:
    """Return the node that any of ``nodes`` satisfies; there must be one at least."""
    children = (
        part for node in nodes for part in (node.children if isinstance(node, Or) else (node,))
    )
    unique = _unique(children)
    return unique[0] if len(unique) == 1 else Or(unique)


def negation(node: Node) -> Node:
    """Return the node for all but ``node``."""
    return node.child if isinstance(node, Not) else Not(node)


def describe(query: Query) -> str:
    """Return the tree of a query as indented lines, with the tokens of each term, for people."""
    return "\n".join(_lines(query.root, 0))


def _unique(nodes: "Iterable[_AnyNode]") -> "tuple[_AnyNode, ...]":
    """Return the nodes without those that are written the same.

    Nodes that differ in case or width alone are equal, but must both stay: a strict search tells
    them apart.
    """
    return tuple({str(node): node for node in nodes}.values())


def _leaves(node: Node, *, denied: bool) -> Iterator[Term]:
    """The terms of a tree in their order, with or without those under a NOT."""
    if isinstance(node, And | Or):
        for child in node.children:
            yield from _leaves(child, denied=denied)
    elif not isinstance(node, Not):
        yield node
    elif denied:
        yield from _leaves(node.child, denied=True)


def _lines(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(node, And | Or):
        yield f"{indent}{type(node).__name__.upper()}"
        for child in node.children:
            yield from _lines(child, depth + 1)
    elif isinstance(node, Not):
        yield f"{indent}NOT"
        yield from _lines(node.child, depth + 1)
    elif isinstance(node, Near):
        yield f"{indent}NEAR within {node.distance} characters, either order"
        yield from _lines(node.left, depth + 1)
        yield from _lines(node.right, depth + 1)
    else:
        yield indent + _summary(node)


def _summary(term: Phrase | Meta | DateRange) -> str:
    """Return one line for a term that has no parts."""
    if isinstance(term, DateRange):
        return f"published from {term.start or 'the beginning'} on, before {term.end or 'the end'}"
    if isinstance(term, Meta):
        if term.op == "missing":
            return f"{term.field} is missing"
        if term.op == "equals":
            return f"{term.field} equals [{' '.join(term.tokens)}]"
    where = f"{term.field} holds " if term.field else ""
    return f"{where}phrase [{' '.join(term.tokens)}{'…' if term.prefix else ''}]"
