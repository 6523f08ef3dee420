"""Figures in a draft's preview: each as a chip that says what it is made of and leads to its own page."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import url_for
from markupsafe import Markup

from observer_kit.statements.model import Figure
from observer_kit.web.speech import number, tell, text

_LINK = re.compile(r'<sup class="mark"><a href="#figure-(\d+)">\d+</a></sup>')


def chips(html: str, used: Mapping[str, int], figures: Mapping[str, Figure], mission: str) -> Markup:
    """Put the number and base behind each figure, in place of the number of its line in the annex."""
    names = {place: name for name, place in used.items()}

    def chip(found: re.Match[str]) -> str:
        name = names.get(int(found.group(1)), "")
        figure = figures.get(name)
        if figure is None:
            return ""
        address = url_for("office.figure", mission=mission, figure=name)
        return str(
            Markup('<a class="behind" href="{}" title="{}">{}</a>').format(
                address, text(figure.definition.label), made_of(figure)
            )
        )

    return Markup(_LINK.sub(chip, html))  # noqa: S704 -- set by the text room, escaped there


def made_of(figure: Figure) -> str:
    """Say a figure in numbers: number and base, with what could not be told of."""
    if figure.numerator is None:
        return tell("office.gap")
    if figure.denominator is None:
        return number(figure.numerator)
    return f"{number(figure.numerator)}/{number(figure.denominator)}"
