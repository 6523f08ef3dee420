"""The sheet by which a team's phones join: one A4 page, a code for each phone, what to do, in the team's language."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import segno
from markupsafe import Markup

from observer_kit.statements.forms import template
from observer_kit.statements.pdf import render_pdf as to_pdf
from observer_kit.words import words


@dataclass(frozen=True, slots=True)
class Slip:
    """One phone's part of a sheet: its label, its code as it is typed, and the address with it."""

    label: str
    code: str
    address: str

    def picture(self) -> Markup:
        """Draw the address as a QR code."""
        out = io.BytesIO()
        segno.make(self.address, error="m", micro=False).save(
            out, kind="svg", xmldecl=False, svgns=True, border=4, svgclass=None, lineclass=None, omitsize=True
        )
        # segno draws only its own markup, and no text of ours is in it.
        return Markup(out.getvalue().decode())  # noqa: S704


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
    return template("enrolment.html").render(
        mission=mission, sheets=sheets, language=language, notice=notice, on_screen=on_screen,
        say=partial(_say, language),
    )  # fmt: skip


def render_pdf(mission: str, sheets: Sequence[Sheet], language: str, *, notice: str | None = None) -> bytes:
    """Set the sheets as a tagged PDF."""
    return to_pdf(render_html(mission, sheets, language, notice=notice), "enrolment.css")


def _say(language: str, key: str, **values: Any) -> str:
    return words(language)(f"paper.{key}", **values)
