"""Bring a database to the present schema, by its migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from observer_kit.errors import StorageFault

HEAD: Final = "0007"
"""The newest migration; a test holds it to the migrations folder."""

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x0B5E55


def is_current(connection: Connection) -> bool:
    """Tell whether the database has the present schema."""
    return _version(connection) == HEAD


def upgrade(connection: Connection) -> None:
    """Run what is missing, in the caller's transaction; raises StorageFault when the database is newer than this."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    version = _version(connection)
    if version == HEAD:
        return  # another process was quicker

    # Alembic takes a fifth of a second to import, and almost every start finds nothing to do.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if version is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(version)
        except CommandError:
            raise StorageFault(f"the database (schema {version}) was made by a newer version of Observer Kit") from None
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    value = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if value is None else str(value)
