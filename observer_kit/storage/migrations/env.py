"""Alembic's entry: runs in the connection and transaction that the store handed over."""

from __future__ import annotations

from alembic import context

from observer_kit.storage.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=False)
context.run_migrations()
