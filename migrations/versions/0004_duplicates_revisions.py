"""Further captures of an article, and what is equal in all captures and versions of one.

The two hashes are of text folded by rules that revisions do not import; ``archive db upgrade``
fills them in for the articles that are there, in the same transaction.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duplicate",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("capture_id", name="pk_duplicate"),
        sa.ForeignKeyConstraint(
            ["capture_id"],
            ["capture.id"],
            name="fk_duplicate_capture_id_capture",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name="fk_duplicate_article_id_article",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_duplicate_article_id", "duplicate", ["article_id"])
    op.add_column("article", sa.Column("identity", sa.String(64)))
    op.add_column("article", sa.Column("story", sa.String(32)))
    op.create_index("ix_article_identity", "article", ["identity"])
    op.create_index("ix_article_story", "article", ["story"])


def downgrade() -> None:
    op.drop_index("ix_article_story", "article")
    op.drop_index("ix_article_identity", "article")
    op.drop_column("article", "story")
    op.drop_column("article", "identity")
    op.drop_table("duplicate")
