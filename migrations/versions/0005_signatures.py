"""Signatures of articles' texts, by which near ones are found; they are made when first asked for.

A row of ``section_index_near`` is an article's bands, a token each; its rowid is the article's id.
``near`` names the way in which the signatures were made, while there are any.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HASH_SIZE = 64 * 1024 * 1024


def upgrade() -> None:
    op.create_table(
        "section_index_signature",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_section_index_signature")),
    )
    # slim beside the signatures: by it they are counted
    op.create_index(
        op.f("ix_section_index_signature_article_id"), "section_index_signature", ["article_id"]
    )
    op.execute(
        "CREATE VIRTUAL TABLE section_index_near USING fts5"
        "(bands, content='', tokenize='ascii', detail=none, columnsize=0)"
    )
    op.execute(
        f"INSERT INTO section_index_near(section_index_near, rank) VALUES ('hashsize', {HASH_SIZE})"  # noqa: S608 - a number
    )
    op.add_column("section_index_version", sa.Column("near", sa.String()))


def downgrade() -> None:
    op.drop_column("section_index_version", "near")
    op.drop_table("section_index_near")
    op.drop_table("section_index_signature")
