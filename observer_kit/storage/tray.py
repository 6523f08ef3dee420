"""What lies at the desk between the look and the taking in: handed-over files as they came, for a day at most.

Files of phones are sealed, and stay so here; nothing in this folder is a
submission, and `check` does not ask after it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import orjson

from observer_kit import clock
from observer_kit.config import Config
from observer_kit.errors import NotFound

KEPT: Final = 24 * 3600
"""Seconds after which what nobody took in is cleared away."""


@dataclass(frozen=True, slots=True)
class Lying:
    """One handing-over: its files under the names they had, its codes, and what became of it once it was taken in."""

    token: str
    files: Sequence[tuple[str, Path]]
    codes: Sequence[str]
    result: dict[str, Any] | None


def put(config: Config, mission: str, files: Iterable[tuple[str, IO[bytes]]], codes: Sequence[str]) -> str:
    """Lay files and codes down; gives the token under which they lie."""
    _clear(_root(config))
    token = clock.new_id()
    folder = _root(config) / token
    folder.mkdir(mode=0o700, parents=True)
    names = []
    for number, (name, stream) in enumerate(files):
        with os.fdopen(os.open(folder / f"{number}.file", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            shutil.copyfileobj(stream, out)
        names.append(name)
    _note(folder, {"mission": mission, "names": names, "codes": list(codes), "result": None})
    return token


def get(config: Config, mission: str, token: str) -> Lying:
    """Give what lies under a token of this mission; raises NotFound."""
    folder = _root(config) / token
    try:
        note = orjson.loads((folder / "note.json").read_bytes())
    except (OSError, orjson.JSONDecodeError):
        note = None
    if note is None or note["mission"] != mission:
        raise NotFound("nothing lies here any more")
    files = [(name, folder / f"{number}.file") for number, name in enumerate(note["names"])]
    return Lying(token, files, note["codes"], note["result"])


def settle(config: Config, mission: str, lying: Lying, result: dict[str, Any]) -> None:
    """Keep what became of it, and let the files go: their content is stored now."""
    folder = _root(config) / lying.token
    _note(folder, {"mission": mission, "names": [], "codes": [], "result": result})
    for _, path in lying.files:
        path.unlink(missing_ok=True)


def _root(config: Config) -> Path:
    return config.data / "tray"


def _note(folder: Path, note: dict[str, Any]) -> None:
    fresh = folder / f".{clock.new_id()}"
    fresh.write_bytes(orjson.dumps(note))
    fresh.replace(folder / "note.json")


def _clear(root: Path) -> None:
    now = clock.now().timestamp()
    for folder in root.iterdir() if root.is_dir() else ():
        with contextlib.suppress(OSError):
            if now - folder.stat().st_mtime > KEPT:
                shutil.rmtree(folder)
