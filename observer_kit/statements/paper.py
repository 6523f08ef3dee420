"""A checklist on paper: A4, made for hands and clipboards, with a code that names checklist and version."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import segno
from markupsafe import Markup

from observer_kit.checklists.model import Checklist, Question
from observer_kit.statements.forms import template
from observer_kit.statements.pdf import render_pdf as to_pdf
from observer_kit.words import words

_NAME = re.compile(r"\$\{(\w+)\}\s*=\s*'(\w+)'")
HEADER = ("mission", "mission_code", "notice", "station", "region", "team", "date")
REPEATS = 8
"""Rows printed for a question that repeats (members, boxes); candidates have as many as there are."""


def code_of(checklist: Checklist, mission: str | None = None) -> str:
    """Give the text of the paper's QR code: what it is, whose, and its version."""
    return ":".join(("observer-kit", mission or "", checklist.name, checklist.version))


def _qr(text: str) -> Markup:
    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, svgns=True, border=0, title=text, svgclass=None, lineclass=None
    )
    # segno draws only its own markup, and escapes the title.
    return Markup(picture.getvalue().decode())  # noqa: S704


def _conditions(question: Question, numbers: Mapping[str, int], checklist: Checklist, language: str) -> list[str]:
    """Say a simple condition as "14: yes", so that a reader of paper can follow it; anything else as its numbers."""
    say = words(language)
    found = []
    for name, value in _NAME.findall(question.relevant or ""):
        if name not in numbers:
            continue
        other = checklist.question(name)
        label = next((c.label.get(language, value) for c in other.choices if c.name == value), None)
        if label is None:
            label = say(f"paper.{value}") if value in ("yes", "no", "not_applicable", "not_observed") else value
        found.append(f"{numbers[name]}: {label}")
    return found


def render_html(checklist: Checklist, language: str, **header: Any) -> str:
    """Set a checklist as HTML for paper.

    `header` may name mission, mission_code, notice, station, region, team and
    date; what is not given becomes a line to write on.
    """
    numbers = {
        question.name: place
        for place, question in enumerate((q for q in checklist.questions() if q.type != "note"), start=1)
    }
    return template("checklist.html").render(
        checklist=checklist,
        language=language,
        say=partial(_say, language),
        header=dict.fromkeys(HEADER) | header,
        numbers=numbers,
        qr=_qr(code_of(checklist, header.get("mission_code"))),
        conditions={
            question.name: _conditions(question, numbers, checklist, language)
            for question in checklist.questions()
            if question.relevant
        },
        repeats=REPEATS,
        t=lambda text: text.get(language) or text.get("en", ""),
    )


def _say(language: str, key: str, **values: Any) -> str:
    return words(language)(f"paper.{key}", **values)


def render_pdf(checklist: Checklist, language: str, **header: Any) -> bytes:
    """Set a checklist as a tagged PDF; takes what render_html takes."""
    return to_pdf(render_html(checklist, language, **header), "paper.css")
