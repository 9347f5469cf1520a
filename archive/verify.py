"""What the index cannot say, decided on stored text: one paragraph, or characters as they stand.

The index preselects sections; here each of their scopes is looked at. A scope is what must hold the
whole question: a paragraph (a section's heading, and in section 0 the title and each caption, are
scopes of their own), a section, or an article. Title, captions and metadata hold for every scope of
their article, a heading for every scope of its section. NOT is judged scope by scope.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from archive.places import Tokenized, near
from archive.query import And, DateRange, Meta, Near, Node, Not, Or, Phrase


class SectionText(NamedTuple):
    """The stored text of one section, and what its article shares with it."""

    id: int
    article: int
    number: int
    heading: str
    text: str
    title: str
    captions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """The texts in which a question must hold: those that terms without a field see, and fields."""

    article: int
    bare: Sequence[Tokenized]
    fields: Mapping[str, Sequence[Tokenized]]


@dataclass(frozen=True, slots=True)
class Judge:
    """Whether a question holds in a scope.

    ``articles`` are, for each node on metadata, the ids of the articles that fulfil it.
    """

    articles: Mapping[Node, set[int]] = field(default_factory=dict)

    def holds(self, node: Node, scope: Scope) -> bool:
        """Whether ``node`` holds in ``scope``."""
        match node:
            case Phrase():
                return any(text.holds(node) for text in _seen(scope, node.field))
            case Near():
                seen = _seen(scope, node.left.field)
                return any(near(text, node, node.left.field) for text in seen)
            case Meta() | DateRange():
                return scope.article in self.articles[node]
            case Not():
                return not self.holds(node.child, scope)
            case And():
                return all(self.holds(child, scope) for child in node.children)
            case Or():
                return any(self.holds(child, scope) for child in node.children)


def _seen(scope: Scope, name: str | None) -> Sequence[Tokenized]:
    return scope.bare if name is None else scope.fields[name]


def holds_any(section: SectionText, phrases: Sequence[Phrase], *, strict: bool) -> bool:
    """Whether any of the phrases stands in a section itself; title and captions are the lead's."""
    for name, text in _own_texts(section):
        tokenized = Tokenized(text, strict=strict)
        if any(tokenized.holds(one) for one in phrases if one.field in (None, name)):
            return True
    return False


def _own_texts(section: SectionText) -> Iterator[tuple[str, str]]:
    yield "body", section.text
    if section.heading:
        yield "heading", section.heading
    if section.number == 0:
        yield "title", section.title
        if section.captions:
            yield "caption", "\n".join(section.captions)


def paragraphs(section: SectionText, *, strict: bool) -> Iterator[Scope]:
    """The scopes of a section when one paragraph must hold the question."""
    cut = partial(Tokenized, strict=strict)
    shared = {
        "title": (cut(section.title),),
        "caption": (cut("\n".join(section.captions)),),
        "heading": (cut(section.heading),),
    }
    for paragraph in map(cut, section.text.split("\n")):
        yield Scope(section.article, (paragraph,), {**shared, "body": (paragraph,)})
    alone = [section.heading]
    if section.number == 0:
        alone += [section.title, *section.captions]
    for text in map(cut, alone):
        yield Scope(section.article, (text,), {**shared, "body": ()})


def matching_paragraphs(
    judge: Judge, node: Node, section: SectionText, *, strict: bool
) -> Iterator[tuple[int, Tokenized]]:
    """The paragraphs of a section's text that match by themselves, and where each begins."""
    begin = 0
    judged = paragraphs(section, strict=strict)
    for text, scope in zip(section.text.split("\n"), judged, strict=False):  # titles come after
        if judge.holds(node, scope):
            yield begin, scope.bare[0]
        begin += len(text) + 1


def whole(sections: Sequence[SectionText], *, strict: bool) -> Scope:
    """The one scope that several sections of an article make, or one section."""
    cut = partial(Tokenized, strict=strict)
    first = sections[0]
    title, caption = cut(first.title), cut("\n".join(first.captions))
    bodies = tuple(cut(section.text) for section in sections)
    headings = tuple(cut(section.heading) for section in sections)
    lead = (title, caption) if any(section.number == 0 for section in sections) else ()
    fields = {"title": (title,), "caption": (caption,), "heading": headings, "body": bodies}
    return Scope(first.article, (*lead, *headings, *bodies), fields)
