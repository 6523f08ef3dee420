"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from observer_kit import clock


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, as the very text that receipts sign; text sorts as time does, on both databases."""

    impl = String(24)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write an aware moment; a naive one is refused."""
        return None if value is None else clock.stamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read the moment back, aware."""
        return None if value is None else clock.read_stamp(value)


class Json(TypeDecorator[Any]):
    """A value as JSON text, readable by people and by both databases' JSON functions."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write the value; None is JSON's null, not the database's."""
        return orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Read the value back."""
        return None if value is None else orjson.loads(value)
