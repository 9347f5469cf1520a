"""The tables as typed SQLAlchemy models: captures, the articles read from them, their sections.

Invariant: the models equal what the migrations make (a test compares them). Everything here can be
read with any SQLite tool: times are UTC text, lists are JSON, only the captures' bytes are
compressed. ``section_index`` itself, ``section_index_levels`` and ``section_index_near`` are FTS5
tables that SQLAlchemy cannot describe; their literal DDL stands in the migrations, and the plain
tables beside them are named ``section_index_…``.
"""

from typing import Any

from sqlalchemy import (
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    or_,
    select,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import JSON, TypeDecorator

from archive.stored import pack, unpack

Spans = list[list[list[int]]]
"""One entry a paragraph: its stretches ``[start, end)`` of the decoded capture, in code points."""


class Compressed(TypeDecorator[bytes]):
    """Bytes that are kept as one Zstandard frame and come out exactly as they went in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002 - signature of the base
        """Compress on the way in."""
        return None if value is None else pack(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> bytes | None:  # noqa: ANN401, ARG002 - signature of the base
        """Decompress on the way out.

        Raises:
            DatabaseError: it is no whole frame, or one that unpacks to too much.
        """
        return None if value is None else unpack(value)


class Base(DeclarativeBase):
    """The base of all models; constraint names follow one convention for migrations to name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Capture(Base):
    """The bytes as they came; never changed."""

    __tablename__ = "capture"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    data: Mapped[bytes] = mapped_column(Compressed, deferred=True)
    bytes: Mapped[int]
    media_type: Mapped[str]
    encoding: Mapped[str]
    encoding_evidence: Mapped[str]
    replaced: Mapped[int]
    captured: Mapped[str | None]
    ingested: Mapped[str]

    origins: Mapped[list["Origin"]] = relationship(
        back_populates="capture", order_by="Origin.id", passive_deletes=True
    )


class Origin(Base):
    """A path, member or URL that a capture came from; the same bytes may come from many."""

    __tablename__ = "origin"
    __table_args__ = (UniqueConstraint("capture_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    capture_id: Mapped[int] = mapped_column(ForeignKey("capture.id", ondelete="CASCADE"))
    path: Mapped[str] = mapped_column(index=True)
    url: Mapped[str | None]
    seen: Mapped[str]

    capture: Mapped[Capture] = relationship(back_populates="origins")


class Duplicate(Base):
    """A further capture of an article: other bytes that say the same."""

    __tablename__ = "duplicate"

    capture_id: Mapped[int] = mapped_column(
        ForeignKey("capture.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), index=True
    )


class Article(Base):
    """What one capture says. ``published`` is an ISO 8601 prefix; its length is its precision."""

    __tablename__ = "article"
    # an id is never given twice, so that a ref never comes to mean another article
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it once

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(16), unique=True)
    capture_id: Mapped[int] = mapped_column(
        ForeignKey("capture.id", ondelete="CASCADE"), unique=True
    )
    title: Mapped[str] = mapped_column(Text)
    published: Mapped[str | None] = mapped_column(index=True)
    source: Mapped[str | None] = mapped_column(index=True)
    author: Mapped[str | None] = mapped_column(index=True)
    editor: Mapped[str | None] = mapped_column(index=True)
    channel: Mapped[list[str]] = mapped_column(JSON, index=True)
    url: Mapped[str | None] = mapped_column(index=True)
    captions: Mapped[list[str]] = mapped_column(JSON)
    original_title: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    identity: Mapped[str | None] = mapped_column(String(64), index=True)
    story: Mapped[str | None] = mapped_column(String(32), index=True)
    reader: Mapped[int]
    superseded_by: Mapped[int | None] = mapped_column(
        ForeignKey("article.id", ondelete="SET NULL"), index=True
    )

    capture: Mapped[Capture] = relationship()
    sections: Mapped[list["Section"]] = relationship(
        back_populates="article", order_by="Section.number", passive_deletes=True
    )


OF_CAPTURE = or_(
    Article.capture_id == Capture.id,
    Article.id
    == select(Duplicate.article_id).where(Duplicate.capture_id == Capture.id).scalar_subquery(),
)
"""The condition that an article is the one that a capture leads to, be it a further capture."""


class Section(Base):
    """A stretch of an article under one heading, 0 the lead; line breaks part its paragraphs."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    number: Mapped[int]
    heading: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    spans: Mapped[Spans] = mapped_column(JSON)

    article: Mapped[Article] = relationship(back_populates="sections")


class Failure(Base):
    """A path that gave no article when it was last ingested; it goes when it succeeds."""

    __tablename__ = "failure"

    path: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    failed: Mapped[str]
    tries: Mapped[int]


class Removal(Base):
    """Bytes that were removed on purpose, so that a later ingest of them can say so."""

    __tablename__ = "removal"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    removed: Mapped[str]


class SectionIndexArticle(Base):
    """Search only: the article of each section, slim, so that whole-article matching is fast."""

    __tablename__ = "section_index_article"

    section_id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int]
    alone: Mapped[bool] = mapped_column(server_default=false())
    """Whether it is the only section of its article."""


class SectionIndexVersion(Base):
    """Search only: one row, the versions of the rules that filled the index.

    ``version`` is that of ``text.py``; ``levels`` that of ``density.py`` and the weights
    of ``bm25.py``, ``None`` while ``section_index_levels`` is empty; ``near`` names the way in
    which signatures were made, ``None`` while there are none.
    """

    __tablename__ = "section_index_version"

    version: Mapped[int] = mapped_column(primary_key=True)
    levels: Mapped[int | None]
    near: Mapped[str | None]


class SectionIndexSignature(Base):
    """Search only: the signature of an article's text; empty where the text is not compared.

    The index is slim beside the signatures: by it they are counted.
    """

    __tablename__ = "section_index_signature"

    article_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
