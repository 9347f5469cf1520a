"""Which article a read capture is: one that is there, a newer version of one, or a new one.

Idea: for a whole batch the articles of equal identity, URL or story are looked up by their indexes;
text is read for those alone that may be versions, which they are if the texts share half of their
shingles (:mod:`archive.shingles`). Invariants: an article looks at what was stored
before it, be it in its own batch or an earlier one, so the size of batches changes nothing; and
versions form chains, in which each but the newest is superseded by the one stored next.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.listed import listed
from archive.models import Article, Section
from archive.rows import Row
from archive.sameness import Part
from archive.shingles import Shingled

REVISED = 0.5
"""The least resemblance of two versions."""

MOST_COMPARED = 50
"""So many articles of one URL, and of one story, the newest, are compared with a new one."""

_HELD = 1 << 19
"""Characters of texts that are kept for the next comparison, each of which takes some 124 bytes."""

_LOOKED_UP = {"identity": Article.identity, "url": Article.url, "story": Article.story}


class Versions:
    """The articles that those of a batch may be, the batch itself included as it is stored."""

    def __init__(self, session: Session, batch: Sequence[Row]) -> None:
        """Look up what is there.

        Args:
            session: a writing session.
            batch: values of rows of ``article``, from :func:`archive.rows.of_article`.
        """
        self._session = session
        self._same: dict[str, list[int]] = defaultdict(list)
        self._kin: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._next: dict[int, int | None] = {}
        self._parts: dict[int, Sequence[Part]] = {}
        self._texts: dict[int, Shingled] = {}
        self._held = 0
        self.superseded: dict[int, int] = {}
        """The articles that those of the batch revise, and by which."""
        for name, column in _LOOKED_UP.items():
            values = {row[name] for row in batch} - {None}
            if not values:
                continue
            rows = select(Article.id, Article.superseded_by, *_LOOKED_UP.values())
            for id_, later, *found in session.execute(rows.where(column.in_(listed(values)))):
                if id_ not in self._next:
                    self._note(id_, later, *found)

    @property
    def equal(self) -> list[int]:
        """The ids of the articles of an identity that is looked up."""
        return [id_ for ids in self._same.values() for id_ in ids]

    def duplicated(self, values: Row) -> int | None:
        """The article that has the same identity.

        A better reader may have made several equal (``archive db reread``): then it is the one
        that is current, or was stored first.
        """
        ids = self._same.get(values["identity"], ())
        return min(ids, key=lambda id_: (self._next[id_] is not None, id_), default=None)

    def revised(self, values: Row, parts: Sequence[Part]) -> int | None:
        """The article that a new one takes the place of: the newest of the versions it is like."""
        kin: set[int] = set()
        for name in ("url", "story"):
            if alike := self._kin.get((name, values[name])):
                kin.update(sorted(alike, reverse=True)[:MOST_COMPARED])
        if not kin:
            return None
        text = Shingled(parts)
        for id_ in sorted(kin, reverse=True):
            if text.shares(self._text(id_)).resemblance >= REVISED:
                return self._newest(id_)
        return None

    def add(self, id_: int, values: Row, parts: Sequence[Part], revises: int | None) -> None:
        """Note an article of the batch, and the one it takes the place of."""
        url, story = values["url"], values["story"]
        self._note(id_, None, values["identity"], url, story)
        if url or story:  # else nothing is ever compared with it
            self._parts[id_] = parts
        if revises is not None:
            self._next[revises] = self.superseded[revises] = id_

    def _note(
        self, id_: int, later: int | None, identity: str | None, url: str | None, story: str | None
    ) -> None:
        self._next[id_] = later
        if identity:
            self._same[identity].append(id_)
        if url:
            self._kin[("url", url)].add(id_)
        if story:
            self._kin[("story", story)].add(id_)

    def _text(self, id_: int) -> Shingled:
        """The text of an article; those asked for last are kept, since they are asked for again."""
        text = self._texts.pop(id_, None)
        if text is None:
            text = Shingled(self._sections(id_))
            self._held += len(text)
        self._texts[id_] = text
        while self._held > _HELD and len(self._texts) > 1:
            self._held -= len(self._texts.pop(next(iter(self._texts))))
        return text

    def _sections(self, id_: int) -> Sequence[Part]:
        if id_ in self._parts:
            return self._parts[id_]
        rows = select(Section.heading, Section.text).where(Section.article_id == id_)
        return [(h, t) for h, t in self._session.execute(rows.order_by(Section.number))]

    def _newest(self, id_: int) -> int:
        """The end of the chain that an article stands in; ids rise along it, unless damaged."""
        while (later := self._later(id_)) is not None and later > id_:
            id_ = later
        return id_

    def _later(self, id_: int) -> int | None:
        if id_ not in self._next:
            row = select(Article.superseded_by).where(Article.id == id_)
            self._next[id_] = self._session.scalar(row)
        return self._next[id_]
