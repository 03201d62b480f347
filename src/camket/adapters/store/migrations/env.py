"""Run by Alembic: migrates over the connection that it is handed, inside that connection's transaction."""

from alembic import context

from camket.adapters.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
