"""What the program is told from outside: the only reader of the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from observer_kit.errors import SetupIncomplete

PACKAGE = Path(__file__).resolve().parent
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Config:
    """Where things lie and how the server behaves.

    `data` holds the database, attachments and keys; nothing else is needed to
    move a mission to another machine. `exports` is where finished PDFs and
    data files land. `lan` says that this machine's own authority vouches for it;
    `origin` is where others find it, when it is known.
    """

    data: Path
    exports: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    https: bool = False
    max_request_bytes: int = 1_000_000
    demo: bool = False
    lan: bool = False
    origin: str = ""

    @property
    def keys(self) -> Path:
        """Folder of the mission's and the server's keys (mode 0700)."""
        return self.data / "keys"

    @property
    def attachments(self) -> Path:
        """Folder of attachments, each named by its SHA-256."""
        return self.data / "attachments"


def from_environment(data: Path | str | None = None, **changes: object) -> Config:
    """Read OBSERVER_KIT_DATA, _DATABASE_URL, _EXPORTS, _HOST, _PORT, _HTTPS, _DEMO.

    An explicit `data` (the command line's --data) wins over the environment.
    Raises SetupIncomplete for a port that is none.
    """
    folder = Path(data or os.environ.get("OBSERVER_KIT_DATA") or "data").resolve()
    url = os.environ.get("OBSERVER_KIT_DATABASE_URL") or f"sqlite:///{folder / 'observer-kit.sqlite'}"
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    values: dict[str, object] = {
        "data": folder,
        "exports": Path(os.environ.get("OBSERVER_KIT_EXPORTS") or folder / "exports").resolve(),
        "database_url": url,
        "host": os.environ.get("OBSERVER_KIT_HOST", "127.0.0.1"),
        "port": _port(os.environ.get("OBSERVER_KIT_PORT") or "8000"),
        "https": os.environ.get("OBSERVER_KIT_HTTPS", "") == "1",
        "demo": os.environ.get("OBSERVER_KIT_DEMO", "") == "1",
    }
    return Config(**{**values, **changes})  # type: ignore[arg-type]  # values are built just above


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= LAST_PORT):
        raise SetupIncomplete(f"expected a port from 1 to {LAST_PORT}, found {text!r}", place="OBSERVER_KIT_PORT")
    return int(text)


def resources(name: str) -> Path:
    """Find a data folder (forms, templates, static): inside an installed wheel, or beside the package in a checkout."""
    for place in (PACKAGE / "resources" / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name} is neither in the package nor beside it")
