"""New databases of the present schema: migrated once for a process, and copied for each test that begins with one."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine

from observer_kit.storage import schema


def sqlite(folder: Path, name: str = "kit.sqlite") -> str:
    """Put a new database into a folder and give its address; it holds tables, and no rows or keys."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_template(), folder / name)
    return f"sqlite:///{folder / name}"


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="kit-schema-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "kit.sqlite"
    migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return file


def migrate(url: str) -> None:
    """Bring a database to the present schema by its migrations, as the first opening of a store does."""
    engine = create_engine(url)
    with engine.begin() as connection:
        schema.upgrade(connection)
    engine.dispose()
