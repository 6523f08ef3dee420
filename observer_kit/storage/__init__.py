"""Where everything lies: tables, the only commit, and a repository for each kind of thing."""

from observer_kit.storage.engine import Store, open_store

__all__ = ["Store", "open_store"]
