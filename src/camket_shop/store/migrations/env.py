"""Run by Alembic: migrates over the connection that it is handed, inside that connection's transaction."""

from alembic import context

from camket_shop.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
