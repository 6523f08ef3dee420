"""The answers that every checklist shares, and why one can't be counted, in words: forms/checklists/answers.toml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from observer_kit.checklists.entries import Entry, read_toml
from observer_kit.checklists.model import Text
from observer_kit.config import resources


@cache
def _table(name: str) -> Mapping[str, Text]:
    path = resources("forms") / "checklists" / "answers.toml"
    entry = Entry(read_toml(path), f"checklists/{path.name}")
    table = Entry(entry.take(name, dict, "a table of texts", required=True), f"{entry.place}, {name}")
    return {key: table.text(key, required=True)["election"] for key in table.table}


def answer_label(code: str, language: str) -> str:
    """Say yes, no, not_applicable or not_observed."""
    return _table("answer")[code][language]


def problem_text(code: str, language: str) -> str:
    """Say why an answer can't be counted or should be looked at; the code itself where there is no sentence."""
    return _table("problem").get(code, {}).get(language, code)
