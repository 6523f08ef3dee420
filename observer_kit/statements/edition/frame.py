"""A set statement → one HTML page with its cover or letterhead, its contents and its annexes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from observer_kit.config import resources
from observer_kit.statements.edition.annexes import Annex, annexes
from observer_kit.statements.edition.figure_rows import counted_columns, silent_columns
from observer_kit.statements.edition.front import Notice, about, dated, notices, say_in, title_of
from observer_kit.statements.edition.lines import lined
from observer_kit.statements.edition.logo import kind_of
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.edition.running import LOGO, page_styles
from observer_kit.statements.papers.frame import visible
from observer_kit.statements.text.holding import held_in


@dataclass(frozen=True, slots=True)
class Part:
    """One section as the page shows it."""

    anchor: str
    number: str
    title: str
    level: int
    html: Markup
    kind: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the contents."""

    anchor: str
    number: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Page:
    """All that the frame's templates see."""

    language: str
    layout: str
    title: str
    event_name: str
    mission_name: str
    country: str
    dated: str
    head: Markup
    logo: str
    logo_words: str
    notices: Sequence[Notice]
    contents: Sequence[Entry]
    about: str
    sections: Sequence[Part]
    annexes: Sequence[Annex]
    notes: Sequence[tuple[int, Markup]]
    counted: Sequence[str]
    states: Sequence[str]
    reconstruction: bool


def render(edition: Edition, *, alone: bool = False) -> str:
    """Set the whole statement as HTML: for the press, or `alone` with its styles and pictures inside."""
    say = say_in(edition.language)
    mission, language = edition.mission, edition.language
    found = annexes(edition, say)
    parts = sections(edition)
    page = Page(
        language=language,
        layout=edition.style.layout,
        title=title_of(edition),
        event_name=mission.event_name.get(language, mission.code),
        mission_name=mission.name.get(language, mission.code),
        country=mission.country.get(language, ""),
        dated=dated(edition),
        head=page_styles(edition, say, alone=alone),
        logo=_logo(edition, alone),
        logo_words=say("logo", organisation=mission.name.get(language, mission.code)),
        notices=notices(edition, say),
        contents=_contents(parts, found) if edition.style.contents else (),
        about=about(edition, say),
        sections=parts,
        annexes=found,
        notes=[(number, Markup(note)) for number, note in edition.text.notes],  # noqa: S704 -- set by this kit
        counted=counted_columns(edition),
        states=silent_columns(edition),
        reconstruction=edition.reconstruction,
    )
    html = held_in(_templates().get_template("statement.html").render(d=page, say=say))
    return html if alone else lined(html)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources("templates") / "statements" / "frame"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def sections(edition: Edition) -> list[Part]:
    """Give the sections to print; what is still to be written stands in a draft's own text."""
    return [
        Part(f"s-{each.id}", each.number, each.title, each.level, Markup(each.html), each.kind)  # noqa: S704
        for each in edition.text.sections
        if each.title or not each.empty or each.kind == "signature"
    ]


def _contents(parts: Sequence[Part], found: Sequence[Annex]) -> list[Entry]:
    titled = [Entry(part.anchor, part.number, part.title, part.level) for part in parts if part.title]
    return [*titled, *(Entry(f"annex-{each.kind}", "", each.title, 2) for each in found)]


def _logo(edition: Edition, alone: bool) -> str:
    if edition.logo is None:
        return ""
    kind = kind_of(edition.logo)
    return f"data:{kind};base64,{base64.b64encode(edition.logo).decode()}" if alone else LOGO
