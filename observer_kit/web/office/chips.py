"""Figures in a draft's preview: each as a chip that says what it is made of and leads to its own page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import url_for
from markupsafe import Markup

from observer_kit.missions.model import Mission
from observer_kit.statements.model import Figure
from observer_kit.web.office import bp
from observer_kit.web.speech import number, tell, text

MADE_UP = "°"
"""What stands at a number of a rebuild that no source prints, here as on the page of all figures."""
_LINK = re.compile(r'<sup class="mark"><a href="#figure-(\d+)"[^>]*>\d+</a></sup>')


def chips(html: str, used: Mapping[str, int], figures: Mapping[str, Figure], mission: Mission) -> Markup:
    """Put the number and base behind each figure, in place of the number of its line in the annex."""
    names = {place: name for name, place in used.items()}

    def chip(found: re.Match[str]) -> str:
        name = names.get(int(found.group(1)), "")
        figure = figures.get(name)
        if figure is None:
            return ""
        address = url_for("office.figure", mission=mission.code, figure=name)
        made, label = made_of(figure, mission), text(figure.definition.label)
        about = f"{label}; {MADE_UP} {tell('desk.made_up')}" if MADE_UP in made else label
        return str(Markup('<a class="behind" href="{}" title="{}">{}</a>').format(address, about, made))

    return Markup(_LINK.sub(chip, html))  # noqa: S704 -- set by the text room, escaped there


def made_of(figure: Figure, mission: Mission) -> str:
    """Say a figure in numbers: number and base, with a sign at each that was made up for a rebuild."""
    if figure.numerator is None:
        return tell("office.gap")
    number_printed, base_printed, _ = printed(mission, figure)
    said = number(figure.numerator) + ("" if number_printed else MADE_UP)
    if figure.denominator is None:
        return said
    return f"{said}/{number(figure.denominator)}{'' if base_printed else MADE_UP}"


@bp.app_template_global("printed")
def printed(mission: Mission, figure: Figure) -> tuple[bool, bool, bool]:
    """Tell whether a source prints a figure's number, base and share; of a mission that is no rebuild, everything."""
    if not mission.reconstruction:
        return True, True, True
    definition = figure.definition
    number = definition.printed and definition.shows == "number"
    # Of a base that is the reports themselves, or another figure, the source gives the number elsewhere.
    return number, definition.printed and (number or definition.base != "answered"), definition.printed
