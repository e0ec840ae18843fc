"""Alembic's entry: runs migrations on the connection that `misi.web.database.migrate` hands over."""

from alembic import context

from misi.web.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
