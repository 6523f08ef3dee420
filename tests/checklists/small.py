"""A catalogue small enough to read: a forms folder written for one test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def toml(value: Any) -> str:
    """Write a value as TOML writes it inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def words(text: str) -> dict[str, str]:
    return {"en": text, "ru": f"{text} (ru)", "kk": f"{text} (kk)"}


def procedure(identifier: str, **more: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": identifier, "origin": "seed", "asked_in": ["voting"], "section": "voting", "type": "yes_no",
        "procedure": words(f"Procedure of {identifier}"), "question": words(f"{identifier}?"),
        "sources": [{"ref": "EOM", "document": "A report", "place": "I para 1"}],
    }  # fmt: skip
    entry.update(more)
    return {key: value for key, value in entry.items() if value is not None}


def definition(*sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": words("Voting"), "section": list(sections), **more}


def section(name: str, *core: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "label": words(name.title()), "core": list(core), **more}


FRAME = procedure("arrival", section="frame", type="datetime", not_observed=False)
CALM = procedure("calm", good="yes", severity="minor")
LATE = procedure("late", not_applicable_when=words("At dawn"))
DEFAULT = (FRAME, CALM, LATE)


def forms(folder: Path, *procedures: dict[str, Any], checklist: dict[str, Any] | None = None) -> Path:
    """Write procedures/voting.toml and checklists/voting.toml, and give the folder."""
    entries = procedures or DEFAULT
    chosen = checklist or definition(section("frame", "arrival"), section("voting", "calm"), required=["arrival"])
    for path, content in (
        (folder / "procedures" / "voting.toml", {"procedure": list(entries)}),
        (folder / "checklists" / "voting.toml", chosen),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in content.items()), "utf-8")
    return folder
