"""The sheet from which a coordinator calls: one row for each team that owes a report, with room to write by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from observer_kit.statements.papers.frame import STYLES, Paper, render, say

OWN: Final = ("calls.css",)


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
    remark: str = "",
    on_screen: bool = False,
) -> str:
    """Set the sheet as HTML; `on_screen` for a browser that prints it, with links to the styles."""
    title = say(language, "chase", "sheet_title")
    said = " · ".join(filter(None, (say(language, "chase", "sheet_as_of", at=at), filters)))
    return render(
        "calls.html", language, room="chase", styles=OWN, title=title, mission=mission, sub=said, rows=rows,
        notice=notice, remark=remark, on_screen=on_screen,
    )  # fmt: skip


def paper(
    mission: str,
    rows: Sequence[CallRow],
    language: str,
    *,
    at: str,
    filters: str = "",
    notice: str | None = None,
    remark: str = "",
) -> Paper:
    """Give the sheet, ready to be set."""
    html = render_html(mission, rows, language, at=at, filters=filters, notice=notice, remark=remark)
    return Paper((html,), (*STYLES, *OWN))
