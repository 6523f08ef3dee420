"""The sheet from which a coordinator calls: one row for each team that owes a report, with room to write by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from observer_kit.statements.forms import template
from observer_kit.statements.pdf import render_pdf as to_pdf
from observer_kit.words import words


@dataclass(frozen=True, slots=True)
class Owed:
    """One report that a team owes, as it is written: of what, from where, since when, and how it stands."""

    stage: str
    station: str
    due: str
    state: str


@dataclass(frozen=True, slots=True)
class CallRow:
    """One team on the sheet."""

    team: str
    name: str
    region: str
    phone: str
    owed: tuple[Owed, ...]
    heard: str
    last_call: str


def render_html(
    mission: str,
    rows: Sequence[CallRow],
    language: str,
    *,
    at: str,
    filters: str = "",
    notice: str | None = None,
    on_screen: bool = False,
) -> str:
    """Set the sheet as HTML; `on_screen` for a browser that prints it, with links to the styles."""
    return template("calls.html").render(
        mission=mission, rows=rows, language=language, at=at, filters=filters, notice=notice, on_screen=on_screen,
        say=partial(_say, language),
    )  # fmt: skip


def render_pdf(
    mission: str, rows: Sequence[CallRow], language: str, *, at: str, filters: str = "", notice: str | None = None
) -> bytes:
    """Set the sheet as a tagged PDF."""
    return to_pdf(render_html(mission, rows, language, at=at, filters=filters, notice=notice), "calls.css")


def _say(language: str, key: str, **values: Any) -> str:
    return words(language)(f"chase.{key}", **values)
