"""The one table of fields: the parser, the help and docs/query.md are made from it."""

from typing import Literal, NamedTuple

from archive.text import fold

Kind = Literal["text", "metadata", "date"]


class Field(NamedTuple):
    """One field of the query language."""

    name: str
    chinese: str
    kind: Kind
    """``text``: searched in the index; ``metadata``: a value of the article; ``date``: a period."""
    meaning: str


FIELDS = (
    Field("title", "标题", "text", "the article's title"),
    Field("heading", "小标题", "text", "the heading of a section"),
    Field("body", "正文", "text", "the paragraphs of a section"),
    Field("caption", "图注", "text", "a picture's text"),
    Field("source", "来源", "metadata", "the publisher named in the dateline"),
    Field("author", "作者", "metadata", "who wrote it"),
    Field("editor", "编辑", "metadata", "who edited it"),
    Field("channel", "栏目", "metadata", "the breadcrumb the article stood under"),
    Field("path", "路径", "metadata", "the file, member or URL that a capture came from"),
    Field("date", "日期", "date", "when it was published"),
)

_by_name = {fold(name): field for field in FIELDS for name in (field.name, field.chinese)}


def field_named(name: str) -> Field | None:
    """Return the field of that English or Chinese name, in any case, width or traditional form."""
    return _by_name.get(fold(name))


def field_like(name: str) -> str | None:
    """Return the name of a field that ``name`` may be a misspelling of."""
    import difflib  # noqa: PLC0415 - only a misspelt field needs it

    near = difflib.get_close_matches(fold(name), _by_name, n=1, cutoff=0.6)
    return near[0] if near else None
