"""Alembic's environment: runs on the connection that archive.schema hands it.

From a checkout, ``alembic -x db=PATH …`` works too; the path's archive must be there.
"""

from pathlib import Path

from alembic import context
from sqlalchemy import Connection

from archive import database
from archive.models import Base

DECLARED = frozenset(Base.metadata.tables)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the FTS5 table and its shadow tables, which SQLAlchemy cannot describe."""
    return kind != "table" or name in DECLARED or not str(name).startswith("section_index")


def migrate(connection: Connection) -> None:
    """Run the revisions that the command asks for, in the transaction it is in."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=include_name,
        transactional_ddl=True,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Take the connection from archive.schema, or open the file named by ``-x db=PATH``."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    path = Path(context.get_x_argument(as_dictionary=True).get("db", "archive.db"))
    engine = database.make_engine(path)
    with engine.connect().execution_options(**{database.WRITE: True}) as own, own.begin():
        migrate(own)
    engine.dispose()


main()
