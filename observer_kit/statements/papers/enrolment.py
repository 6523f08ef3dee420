"""The sheet by which a team's phones join: one A4 page, a code for each phone, what to do, in the team's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from observer_kit.statements.papers import codes
from observer_kit.statements.papers.frame import STYLES, Paper, render, say

OWN: Final = ("enrolment.css",)


@dataclass(frozen=True, slots=True)
class Slip:
    """One phone's part of a sheet: its label, its code as it is typed, and the address with it."""

    label: str
    code: str
    address: str

    def picture(self) -> Markup:
        """Draw the address as a QR code."""
        return codes.drawn(self.address)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One team's page; `home` is the address to type by hand, `expires` the last day, as it is written."""

    team: str
    name: str
    slips: tuple[Slip, ...]
    home: str
    expires: str


def render_html(
    mission: str, sheets: Sequence[Sheet], language: str, *, notice: str | None = None, on_screen: bool = False
) -> str:
    """Set the sheets as HTML; `on_screen` for a browser that prints them, with links to the styles."""
    title = say(language, "paper", "enrol_title")
    return render(
        "enrolment.html", language, styles=OWN, title=title, mission=mission, sheets=sheets, notice=notice,
        on_screen=on_screen,
    )  # fmt: skip


def paper(mission: str, sheets: Sequence[Sheet], language: str, *, notice: str | None = None) -> Paper:
    """Give the sheets, ready to be set."""
    addresses = {slip.code: slip.address for sheet in sheets for slip in sheet.slips}
    return Paper((render_html(mission, sheets, language, notice=notice),), (*STYLES, *OWN), codes=addresses)


def render_pdf(mission: str, sheets: Sequence[Sheet], language: str, *, notice: str | None = None) -> bytes:
    """Set the sheets as a tagged PDF."""
    return paper(mission, sheets, language, notice=notice).pdf()
