"""The typing page set out: the checklist's controls, each answer with the key that gives it, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from flask import current_app, render_template
from itsdangerous import URLSafeSerializer

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist
from observer_kit.collection.keyed import say_time
from observer_kit.missions.model import Mission
from observer_kit.storage import register
from observer_kit.storage.typed import SOURCES
from observer_kit.web.access import store
from observer_kit.web.desk.keyed import Pairs, bind, failing_rules
from observer_kit.web.desk.typing_head import Head, already_sent, station_said, team_said
from observer_kit.web.desk.typing_send import Ticket
from observer_kit.web.observer.controls import Control, Leaf, leaves
from observer_kit.web.speech import language

YES_NO_KEYS: Final = {"yes": "1", "no": "2", NOT_APPLICABLE: "3", NOT_OBSERVED: "4"}
WAY_OUT_KEYS: Final = {NOT_APPLICABLE: "n", NOT_OBSERVED: "o"}
KEYS: Final = "123456789abdefghijklmpqrstuvwxyz"
"""Keys of choices, in their order; c (comment), n and o (the ways out) are left free."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a question with the key that gives it; `reserved` is a way out."""

    key: str
    code: str
    label: str
    reserved: bool


def page(
    mission: Mission,
    checklist: Checklist,
    ticket: Ticket,
    pairs: Pairs,
    head: Head,
    form: Any = None,
    act: str | None = None,
    latest: str | None = None,
) -> str:
    """Set the page out, with what the judge says of it once something was sent."""
    bound = form if form is not None else bind(checklist, pairs, mission.day, language())
    with store().reading() as tx:
        already = already_sent(tx, mission, checklist, head, ticket)
        teams = register.teams(tx, mission.code)
    sections = leaves(checklist, bound, scripted=False)
    controls = [each for each in _controls(sections) if each.kind != "note"]
    return render_template(
        "desk/typing_page.html",
        mission=mission,
        checklist=checklist,
        sections=sections,
        numbers=_numbers(checklist),
        wrong=[control for control in controls if control.errors],
        rules=failing_rules(checklist, bound) if form is not None else [],
        act=act,
        latest=latest,
        ticket=signer().dumps(asdict(ticket)),
        draft=ticket.id,
        supersedes=ticket.supersedes,
        head=head,
        head_missing=head.missing if act in ("send", "store", "check") else (),
        said={"team": team_said(head), "station": station_said(head.place)},
        already=already,
        teams=teams,
        sources=tuple(SOURCES),
        options=options_of,
        value=lambda control: say_time(control.text, mission.day) if control.type == "datetime" else control.text,
    )


def options_of(control: Control) -> list[Option]:
    """Give each answer its key: 1 to 4 for yes, no and the ways out; digits and then letters for choices."""
    if control.type == "yes_no":
        every = (*control.options, *control.ways_out)
        return [Option(YES_NO_KEYS[code], code, label, code in WAY_OUT_KEYS) for code, label in every]
    found = [Option(key, *option, False) for key, option in zip(KEYS, control.options, strict=False)]
    found += [Option("", code, label, False) for code, label in control.options[len(KEYS) :]]
    return found + [Option(WAY_OUT_KEYS[code], code, label, True) for code, label in control.ways_out]


def _numbers(checklist: Checklist) -> dict[str, int]:
    """Number the questions as the paper form does, so that a voice can say "14: yes"."""
    asked = (question.name for question in checklist.questions() if question.type != "note")
    return {name: place for place, name in enumerate(asked, start=1)}


def _controls(sections: Iterable[Leaf]) -> Iterator[Control]:
    for section in sections:
        for group in section.groups:
            for row in (group.controls, *group.rows):
                yield from row


def signer() -> URLSafeSerializer:
    """Give what signs a page's ticket."""
    return URLSafeSerializer(str(current_app.secret_key), salt="typing-ticket")
