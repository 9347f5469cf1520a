"""What a ref names: ref → rows of article, capture and section.

Invariant: a key leads to the article that its capture belongs to, whether the article was read from
that capture or the capture came later and says the same.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from archive.errors import RefError
from archive.models import Article, Capture, Duplicate, Section
from archive.ref import KEY_DIGITS, Ref

CANDIDATES = 10
"""How many captures an ambiguous key lists."""


def find(session: Session, ref: Ref) -> Article:
    """The article that a ref names; the key of any capture of it leads to it.

    Raises:
        RefError: there is none, or the key's prefix names more than one.
    """
    if ref.is_id:
        article = session.get(Article, int(ref.article))
        if article is None:
            raise RefError(f"no article {ref.article}", hint="archive list shows what there is")
        return article
    named = _named(session, ref)
    if len({one.article for one in named}) > 1:
        raise _ambiguous(ref, named)
    return session.get_one(Article, named[0].article)


def find_capture(session: Session, ref: Ref) -> Capture:
    """The capture that a ref names: that of its key; of an id the article's own.

    A prefix that several captures of one article share names the article's own.

    Raises:
        RefError: there is none, or the key's prefix names more than one article.
    """
    own = find(session, ref).capture
    named = [] if ref.is_id else _named(session, ref)
    return session.get_one(Capture, named[0].capture) if len(named) == 1 else own


class _Named(NamedTuple):
    """A capture that a key's beginning names."""

    key: str
    article: int
    capture: int


def _named(session: Session, ref: Ref) -> list[_Named]:
    """The captures whose keys begin as a ref does: at least one."""
    end = ref.article + "g"  # sorts after every key that begins with the prefix
    own = select(Article.key, Article.id, Article.capture_id)
    own = own.where(Article.key >= ref.article, Article.key < end)
    key = func.substr(Capture.sha256, 1, KEY_DIGITS)
    further = select(key, Duplicate.article_id, Capture.id).join(
        Duplicate, Duplicate.capture_id == Capture.id
    )
    further = further.where(Capture.sha256 >= ref.article, Capture.sha256 < end)
    found = session.execute(own.union_all(further).order_by("key")).all()
    if not found:
        raise RefError(
            f"no article with key {ref.article}", hint="archive list shows what there is"
        )
    return [_Named(*row) for row in found]


def _ambiguous(ref: Ref, named: Sequence[_Named]) -> RefError:
    keys = tuple(one.key for one in named[:CANDIDATES])
    more = " and more" if len(named) > CANDIDATES else ""
    return RefError(
        f"{ref.article} is ambiguous: {', '.join(keys)}{more}",
        candidates=keys,
        hint="add digits until one is left",
    )


def chosen_sections(session: Session, article: Article, ref: Ref) -> Sequence[Section]:
    """The sections that a ref names: all, one, or a range.

    Raises:
        RefError: the article has no such section, or the section is shorter than the range.
    """
    query = select(Section).where(Section.article_id == article.id).order_by(Section.number)
    if ref.first is None:
        return session.scalars(query).all()
    last = ref.first if ref.last is None else ref.last
    sections = session.scalars(query.where(Section.number.between(ref.first, last))).all()
    if len(sections) != last - ref.first + 1:
        count = session.scalar(select(func.count()).where(Section.article_id == article.id)) or 0
        raise RefError(
            f"no section {last if sections else ref.first} in article {article.id}: "
            f"its sections are 0 to {count - 1}",
            hint=f"archive sections {article.id}",
        )
    if ref.end is not None and ref.end > len(sections[0].text):
        raise RefError(
            f"section {ref.first} of article {article.id} has {len(sections[0].text)} characters, "
            f"not {ref.end}",
            hint=f"archive show {article.id}#{ref.first}",
        )
    return sections
