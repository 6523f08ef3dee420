"""A checklist on paper, blank or filled in: A4, made for hands and clipboards, its code names checklist and version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.statements.papers import codes
from observer_kit.statements.papers.frame import STYLES, Paper, render, say
from observer_kit.statements.pdf import render_pdf as to_pdf

_NAME = re.compile(r"\$\{(\w+)\}\s*=\s*'(\w+)'")
HEADER: Final = ("mission", "mission_code", "notice", "station", "region", "team", "date", "number", "state")
OWN: Final = ("checklist.css",)
REPEATS: Final = 8
"""Rows printed for a question that repeats (members, boxes); candidates have as many as there are."""
SHORT: Final = 24
"""Characters of a text that still fit on its line; a longer one stands below the question."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer says: its state, the choices that are ticked, and what stands in the boxes.

    `state` is answered, not_applicable, not_observed, missing, problem or
    not_asked; of a problem `words` are what was sent.
    """

    state: str
    codes: frozenset[str] = frozenset()
    words: str = ""
    comment: str = ""


def code_of(checklist: Checklist, mission: str | None = None, number: str | None = None) -> str:
    """Give the text of the paper's QR code: what it is, whose, its version, and of a filled one its number."""
    parts = ("observer-kit", mission or "", checklist.name, checklist.version)
    return ":".join((*parts, number) if number else parts)


def _conditions(question: Question, numbers: Mapping[str, int], checklist: Checklist, language: str) -> list[str]:
    """Say a simple condition as "14: yes" or "37: bad / very bad", so that a reader of paper can follow it."""
    found: dict[int, list[str]] = {}
    for name, value in _NAME.findall(question.relevant or ""):
        if name not in numbers:
            continue
        other = checklist.question(name)
        label = next((c.label.get(language, value) for c in other.choices if c.name == value), None)
        if label is None:
            own = value in ("yes", "no", NOT_APPLICABLE, NOT_OBSERVED)
            label = say(language, "paper", value) if own else value
        found.setdefault(numbers[name], []).append(label)
    return [f"{number}: {' / '.join(labels)}" for number, labels in found.items()]


def render_html(
    checklist: Checklist, language: str, marks: Mapping[str, Mark] | None = None, *, on_screen: bool = False,
    **header: Any,
) -> str:  # fmt: skip
    """Set a checklist as HTML for paper: blank, or with the answers of `marks` in it.

    `header` may name mission, mission_code, notice, station, region, team,
    date, and of a filled one number and state; what is not given becomes a
    line to write on.
    """
    known: dict[str, Any] = dict.fromkeys(HEADER) | header
    title = checklist.title.get(language) or checklist.title.get("en", "")
    numbers = {
        question.name: place
        for place, question in enumerate((q for q in checklist.questions() if q.type != "note"), start=1)
    }
    given = marks or {}
    code = code_of(checklist, known["mission_code"], known["number"])
    return render(
        "checklist.html",
        language,
        styles=OWN,
        title=title,
        mission=known["mission"] or "",
        notice=known["notice"],
        on_screen=on_screen,
        checklist=checklist,
        header=known,
        numbers=numbers,
        qr=codes.drawn(code, border=0, title=code, omitsize=False),
        conditions={
            question.name: _conditions(question, numbers, checklist, language)
            for question in checklist.questions()
            if question.relevant
        },
        filled=marks is not None,
        mark=lambda name: given.get(name, Mark("blank")),
        parts=lambda question: _parts(question, given),
        comments=list(_comments(checklist, numbers, given)),
        short=SHORT,
        t=lambda text: text.get(language) or text.get("en", ""),
    )


def _parts(question: Question, given: Mapping[str, Mark]) -> int:
    """Say how many parts of a repeated question stand on the paper: the usual rows, or as many as were given."""
    return max(REPEATS, 1 + max((_place(name) for name in given if name.startswith(f"{question.name}[")), default=0))


def _comments(checklist: Checklist, numbers: Mapping[str, int], given: Mapping[str, Mark]) -> Iterable[tuple[str, str]]:
    """Give every comment with its question's number, in the order of asking."""
    order = {question.name: place for place, question in enumerate(checklist.questions())}
    for name, mark in sorted(given.items(), key=lambda item: (order.get(_stem(item[0]), -1), _place(item[0]))):
        if mark.comment:
            place = f" [{_place(name) + 1}]" if "[" in name else ""
            yield f"{numbers.get(_stem(name), '–')}{place}", mark.comment


def _stem(name: str) -> str:
    return name.partition("[")[0]


def _place(name: str) -> int:
    index = name.partition("[")[2].rstrip("]")
    return int(index) if index.isdecimal() and len(index) < 5 else 0


def render_pdf(checklist: Checklist, language: str, **header: Any) -> bytes:
    """Set a checklist as a tagged PDF; takes what render_html takes."""
    return to_pdf(render_html(checklist, language, **header), *STYLES, *OWN)


def paper(checklist: Checklist, language: str, marks: Mapping[str, Mark] | None = None, **header: Any) -> Paper:
    """Give a checklist, ready to be set."""
    return Paper((render_html(checklist, language, marks, **header),), (*STYLES, *OWN))
