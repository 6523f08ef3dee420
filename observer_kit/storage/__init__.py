"""Where everything lies: tables, the only commit, and a repository for each kind of thing."""

from observer_kit.storage import desk_tables as desk_tables  # before any store is opened, every table is known
from observer_kit.storage import statement_tables as statement_tables
from observer_kit.storage.engine import Store, open_store

__all__ = ["Store", "open_store"]
