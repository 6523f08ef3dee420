"""Gather the incident digest: the desk's inbox, with every answer and every step, in the order of what matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.missions.model import Mission
from observer_kit.statements.papers.incidents import Case, Digest, Group, Step
from observer_kit.statistics.cases import cases_of
from observer_kit.storage import accounts, checklists, handlings, listing, register, whole
from observer_kit.storage.filters import Filters
from observer_kit.storage.handlings import Handling
from observer_kit.storage.listing import Row
from observer_kit.web.sheets.head import head_of, moment_of, place_name, zone_of
from observer_kit.web.speech import moment, region_name, tell, text
from observer_kit.web.telling import answers as said

SEVERITIES: Final = ("critical", "serious", "minor", "")
"""As the checklist rates the breaches that were answered; the last for a report that answered none."""
MOST: Final = 1000
"""Incidents of one digest: about two hundred pages."""


@dataclass(frozen=True, slots=True)
class Told:
    """One incident in words; `at` on its station's clock."""

    row: Row
    state: str
    severity: str
    headline: str
    detail: str
    facts: tuple[str, ...]
    at: str
    place: str
    region: str
    steps: tuple[Handling, ...]


def severity_said(severity: str) -> str:
    """Say a severity."""
    return tell(f"paper.severity_{severity or 'none'}")


def severity_of(checklist: Checklist, answers: Mapping[str, Any]) -> str:
    """Give the gravest severity among the breaches that were answered; empty where there is none."""
    found = {
        severity
        for question in checklist.questions()
        for severity in _severities(question, _one(answers.get(question.name)))
    }
    return next((each for each in SEVERITIES if each in found), "")


def gathered(
    tx: Session, mission: Mission, filters: Filters, state: str | None = None, *, most: int = MOST,
    stood: Sequence[tuple[str, str]] | None = None, until: datetime | None = None,
) -> list[Told]:  # fmt: skip
    """Give the incidents that count and fit, new ones first, of equals the newest.

    Of a moment gone by (`until`) the caller says which counted, and in what state they `stood`.
    """
    ids = handlings.inbox(tx, mission.code, filters, state=state, limit=most).ids if stood is None else stood[:most]
    lines = listing.some(tx, mission.code, [id for id, _ in ids])
    answers = _answers(tx, mission, filters, set(lines))
    places = register.some(tx, mission.code, {row.location for row in lines.values() if row.location})
    names = {each.code: region_name(each) for each in register.regions(tx, mission.code)}
    steps = handlings.many(tx, mission.code)
    versions: dict[str, Checklist] = {}
    found = []
    for id, at in ids:
        row, given = lines[id], answers.get(id, {})
        asked = versions.get(row.version) or versions.setdefault(row.version, checklists.get(tx, row.version))
        place = places.get(row.location or "")
        zone = zone_of(place, mission)
        headline, detail, facts = _words(asked, given, zone)
        found.append(
            Told(
                row, at, severity_of(asked, given), headline, detail, facts, _moment(row, zone, mission),
                place_name(place, row.location, row.location_name), names.get(row.region or "", ""),
                tuple(step for step in steps.get(id, ()) if until is None or step.at <= until),
            )
        )  # fmt: skip
    return found


def _answers(tx: Session, mission: Mission, filters: Filters, wanted: set[str]) -> dict[str, Mapping[str, Any]]:
    """Read the answers of all these incidents in few questions to the database."""
    found: dict[str, Mapping[str, Any]] = {}
    for block in whole.submissions(tx, mission.code, handlings.INCIDENT, filters):
        found |= {about["id"]: answers for about, answers, _ in block if about["id"] in wanted}
    return found


def gather(
    tx: Session, mission: Mission, now: datetime, filters: Filters, state: str | None = None, *, narrowed: str = "",
    most: int = MOST,
) -> Digest:  # fmt: skip
    """Put the whole digest into words."""
    told = gathered(tx, mission, filters, state, most=most)
    total = handlings.inbox(tx, mission.code, filters, state=state, limit=1).total
    people = {each.id: each.name for each in accounts.all(tx)}
    groups: dict[tuple[str, str], list[Told]] = {
        (name, severity): [] for name in handlings.STATES for severity in SEVERITIES
    }
    for each in told:
        groups[each.state, each.severity].append(each)
    counted = Counter((each.state, each.severity) for each in told)
    return Digest(
        **head_of(mission),
        at=moment_of(now, mission),
        filters=narrowed,
        severities=tuple(severity_said(each) for each in SEVERITIES),
        counts=tuple(
            (tell(f"desk.incident_{name}"), tuple(counted[name, severity] for severity in SEVERITIES))
            for name in handlings.STATES
            if state in (None, name)
        ),
        groups=tuple(
            Group(
                tell(f"desk.incident_{name}"), severity_said(severity),
                tuple(_case(each, mission, people) for each in found),
            )
            for (name, severity), found in groups.items()
            if found
        ),
        total=total,
        left_out=total - len(told),
        made_up=tell("desk.made_up_reports") if mission.reconstruction else "",
    )  # fmt: skip


def narrowed_by(tx: Session, mission: Mission, filters: Filters, state: str | None) -> str:
    """Say by what the inbox is narrowed."""
    names = {each.code: region_name(each) for each in register.regions(tx, mission.code)}
    parts = (
        tell(f"desk.incident_{state}") if state else "",
        names.get(filters.region, filters.region) if filters.region else "",
        tell(f"desk.setting_{filters.setting}") if filters.setting in ("urban", "rural") else "",
        tell("paper.team_n", team=filters.team) if filters.team else "",
        f"«{filters.search}»" if filters.search else "",
    )
    return ", ".join(filter(None, parts))


def _case(each: Told, mission: Mission, people: Mapping[str, str]) -> Case:
    mark = "phone" if each.row.via == "phoned" else "paper"
    return Case(
        id=each.row.id,
        headline=each.headline,
        detail=each.detail,
        at=each.at,
        place=each.place,
        region=each.region,
        team=each.row.team or "",
        facts=each.facts,
        steps=tuple(
            Step(
                tell(f"desk.incident_{step.state}"), step.note, moment(step.at, mission.zone),
                people.get(step.by or "", "–"),
            )
            for step in each.steps
        ),
        typed=tell(f"typing.mark_{mark}") if each.row.via in ("phoned", "paper") else "",
    )  # fmt: skip


def _moment(row: Row, zone: str, mission: Mission) -> str:
    """Write when the report came, on the station's clock; the clock is named where it is not the mission's."""
    return moment(row.received, zone) + (f" ({zone})" if zone != mission.zone else "")


def _words(checklist: Checklist, answers: Mapping[str, Any], zone: str) -> tuple[str, str, tuple[str, ...]]:
    """Give headline, detail and the other answers in words: what the inbox shows, but whole."""
    choice = detail = ""
    facts = []
    for question in checklist.questions():
        value = answers.get(question.name)
        if value in (None, "", [], NOT_APPLICABLE, NOT_OBSERVED) or isinstance(value, Mapping):
            continue
        if not choice and question.type in ("select_one", "select_multiple") and question.choices:
            choice = said.written(question, value, zone)
        elif question.type == "text" and not detail:
            detail = str(value)
        elif question.type != "photo":
            facts.append(f"{text(question.label)} {said.written(question, value, zone)}")
    if not choice:
        choice = text(checklist.title)
    return choice[: said.HEADLINE], detail, tuple(facts)


def _severities(question: Question, answer: Any) -> Iterator[str]:
    """Give the severity of the breach that an answer is: its question's, or its own where it alone names one."""
    if question.severity and question.good and answer in cases_of(question):
        yield question.severity
    yield from (each.severity for each in question.choices if each.severity and each.name == answer)


def _one(value: Any) -> Any:
    return None if isinstance(value, list | Mapping) else value
