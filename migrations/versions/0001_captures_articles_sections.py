"""Captures, the articles read from them, their sections, and the index.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPLICATION_ID = 0x4172634E


def upgrade() -> None:
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("encoding_evidence", sa.String(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("captured", sa.String()),
        sa.Column("ingested", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_capture"),
        sa.UniqueConstraint("sha256", name="uq_capture_sha256"),
    )
    op.create_table(
        "origin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("url", sa.String()),
        sa.Column("seen", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_origin"),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["capture.id"], name="fk_origin_capture_id_capture", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("capture_id", "path", name="uq_origin_capture_id"),
    )
    op.create_index("ix_origin_path", "origin", ["path"])
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.String()),
        sa.Column("source", sa.String()),
        sa.Column("author", sa.String()),
        sa.Column("editor", sa.String()),
        sa.Column("channel", sa.JSON(), nullable=False),
        sa.Column("url", sa.String()),
        sa.Column("captions", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("superseded_by", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["capture.id"], name="fk_article_capture_id_capture", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["article.id"],
            name="fk_article_superseded_by_article",
            ondelete="SET NULL",
        ),
        sa.UniqueConstraint("key", name="uq_article_key"),
        sa.UniqueConstraint("capture_id", name="uq_article_capture_id"),
        sqlite_autoincrement=True,
    )
    for column in (
        "published",
        "source",
        "author",
        "editor",
        "channel",
        "url",
        "superseded_by",
    ):
        op.create_index(f"ix_article_{column}", "article", [column])
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_section"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name="fk_section_article_id_article", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("article_id", "number", name="uq_section_article_id"),
    )
    op.create_table(
        "removal",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("removed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_removal"),
    )
    op.create_table(
        "section_index_article",
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("section_id", name="pk_section_index_article"),
    )
    op.create_table(
        "section_index_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_section_index_version"),
    )
    op.execute("""
        CREATE VIRTUAL TABLE section_index USING fts5(
            body, heading, title, caption, content='', tokenize='ascii', detail=full
        )
    """)
    op.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def downgrade() -> None:
    op.execute("PRAGMA application_id = 0")
    for table in (
        "section_index",
        "section_index_version",
        "section_index_article",
        "removal",
        "section",
        "article",
        "origin",
        "capture",
    ):
        op.drop_table(table)
