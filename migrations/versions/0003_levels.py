"""Impact levels for ranking, which sections stand alone in their article, and room to build.

The levels of an archive that has sections already are filled by indexing it anew; until then FTS5
ranks alone. FTS5 keeps what a transaction adds in memory up to ``hashsize`` bytes.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HASH_SIZE = 64 * 1024 * 1024
DEFAULT_HASH_SIZE = 1024 * 1024
HOLD = "INSERT INTO {table}({table}, rank) VALUES ('hashsize', {size})"


def upgrade() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE section_index_levels USING fts5"
        "(levels, content='', tokenize='ascii', detail=none, columnsize=0)"
    )
    for table in ("section_index", "section_index_levels"):
        op.execute(HOLD.format(table=table, size=HASH_SIZE))
    op.add_column("section_index_version", sa.Column("levels", sa.Integer()))
    op.add_column(
        "section_index_article",
        sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute("""
        UPDATE section_index_article SET alone = 1 WHERE article_id IN (
            SELECT article_id FROM section_index_article GROUP BY article_id HAVING count(*) = 1
        )
    """)


def downgrade() -> None:
    op.drop_column("section_index_article", "alone")
    op.drop_column("section_index_version", "levels")
    op.drop_table("section_index_levels")
    op.execute(HOLD.format(table="section_index", size=DEFAULT_HASH_SIZE))
