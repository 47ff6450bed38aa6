"""Runs the revisions on the connection that `opening` hands over, inside its transaction."""

from alembic import context

from onrecord.ledger import servers
from onrecord.ledger.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
context.run_migrations()
if connection.dialect.name == "postgresql":
    servers.sort_plainly(connection)
