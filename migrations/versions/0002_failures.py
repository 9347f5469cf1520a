"""Failures, kept until they succeed, and the title that a page gives as the original one.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failure",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("failed", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_failure"),
    )
    op.add_column("article", sa.Column("original_title", sa.Text()))


def downgrade() -> None:
    op.drop_column("article", "original_title")
    op.drop_table("failure")
