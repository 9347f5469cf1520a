"""Whole articles as documents: JSON Lines, CSV, Markdown, BibTeX.

Each function gives pieces of text that end in no line break, one or more an article, as the
articles come. Invariant: nothing of a capture steers a terminal, ends a cell, or is taken for
Markdown or BibTeX.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from archive import citation
from archive.render import clean, csv_line, dumps, line
from archive.results import Citation, to_json

if TYPE_CHECKING:
    from archive.results import Article, Section

CSV_COLUMNS = (
    "id",
    "key",
    "title",
    "published",
    "source",
    "author",
    "editor",
    "channel",
    "url",
    "captions",
    "text",
    "path",
    "sha256",
)

# what CommonMark reads anywhere in a line, and what it reads at the beginning of one
_MARKDOWN = re.compile(r"[\\`*_\[\]<>&~|#]")
_BEGINNING = re.compile(r"^(?:[-+=]|\d{1,9}(?=[.)]))")


def json_lines(articles: "Iterable[Article]") -> Iterator[str]:
    """The objects of ``archive show``."""
    return (dumps(to_json(article)) for article in articles)


def csv(articles: "Iterable[Article]") -> Iterator[str]:
    """A row an article, under the names of the columns."""
    yield csv_line(CSV_COLUMNS)
    for article in articles:
        cells = (
            str(article.id),
            article.key,
            article.title,
            article.published,
            article.source,
            article.author,
            article.editor,
            " > ".join(article.channel),
            article.url,
            "\n".join(article.captions),
            "\n\n".join(map(_text, article.sections)),
            article.capture.path,
            article.capture.sha256,
        )
        yield csv_line([clean(cell or "") for cell in cells])


def _text(section: "Section") -> str:
    """A section with its heading above."""
    return "\n".join(filter(None, (section.heading, section.text)))


def markdown(articles: "Iterable[Article]") -> Iterator[str]:
    """An article under its title, with what is known of it, and each section with its anchor."""
    for article in articles:
        yield f"# {_escaped(article.title)}\n"
        for name, fact in _facts(article):
            yield f"- {name}: {_escaped(fact)}"
        yield from (f"- caption: {_escaped(caption)}" for caption in article.captions)
        yield f"- cite as: {_escaped(citation.plain(_cited(article)))}\n"
        for section in article.sections:
            if section.heading is not None:
                yield f"## {_escaped(section.heading)}\n"
            yield from (f"{_escaped(paragraph)}\n" for paragraph in section.paragraphs)
            yield f"`{line(article.key)}#{section.number}`\n"


def _facts(article: "Article") -> Iterator[tuple[str, str]]:
    facts = {
        "original title": article.original_title,
        "published": (article.published or "").replace("T", " "),
        "source": article.source,
        "author": article.author,
        "editor": article.editor,
        "channel": " > ".join(article.channel),
        "url": article.url,
    }
    return ((name, fact) for name, fact in facts.items() if fact)


def _escaped(text: str) -> str:
    """The text on one line, none of it read as Markdown."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", line(text))
    return _BEGINNING.sub(_unmarked, escaped)


def _unmarked(met: re.Match[str]) -> str:
    """What begins a list or underlines a heading, as plain characters."""
    return f"{met[0]}\\" if met[0].isdecimal() else f"\\{met[0]}"


def bibtex(articles: "Iterable[Article]") -> Iterator[str]:
    """An entry an article, named by its key."""
    for article in articles:
        yield clean(citation.bibtex(_cited(article))) + "\n"


def _cited(article: "Article") -> Citation:
    """What is needed to cite a whole article."""
    return Citation(
        title=article.title,
        source=article.source,
        author=article.author,
        published=article.published,
        url=article.url,
        heading=None,
        quote=None,
        anchor=article.key,
        accessed=article.capture.ingested[:10],
        reader=article.reader,
    )


DOCUMENTS: "dict[str, Callable[[Iterable[Article]], Iterator[str]]]" = {
    "jsonl": json_lines,
    "csv": csv,
    "md": markdown,
    "bibtex": bibtex,
}
"""What ``archive export --format`` takes."""
