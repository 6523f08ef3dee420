"""Small things to test with, each with only what the test says and sane values for the rest."""

from __future__ import annotations

from typing import Any

from observer_kit.checklists.model import Checklist, Choice, Question, Section
from observer_kit.collection.model import Report


def text(words: str) -> dict[str, str]:
    return {"en": words, "ru": words, "kk": words}


def question(name: str, type: str = "yes_no", choices: tuple[str, ...] = (), **more: Any) -> Question:
    more.setdefault("not_applicable", type == "yes_no")
    more.setdefault("not_observed", True)
    return Question(name, type, text(f"{name}?"), choices=tuple(Choice(code, text(code)) for code in choices), **more)


def checklist(*questions: Question, name: str = "voting", version: str = "v1") -> Checklist:
    return Checklist(
        name, name, "election", "core", text(name), (Section("all", text("All"), questions),), version, version
    )


def report(answers: dict[str, Any], id: str = "r1", **more: Any) -> Report:
    values: dict[str, Any] = {
        "checklist": "voting", "version": "v1", "location": f"L-{id}", "region": None, "setting": None,
        "special": None, "team": None, "hour": None, "review": "received", "comments": {},
    }  # fmt: skip
    return Report(id=id, answers=answers, **(values | more))
