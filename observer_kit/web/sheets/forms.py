"""Gather a checklist for paper: blank, as a report answered it, or as a clerk has typed it so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.papers import checklist as form
from observer_kit.statements.papers.checklist import Mark
from observer_kit.statements.papers.frame import Paper
from observer_kit.storage import checklists, register, submissions
from observer_kit.web.sheets import submission as sheet
from observer_kit.web.sheets.head import notice_of, numbered, place_name, zone_of
from observer_kit.web.speech import day, language, region_name, tell, text
from observer_kit.web.telling import answers as said

WAYS_OUT = (NOT_APPLICABLE, NOT_OBSERVED)


def blank(mission: Mission, checklist: Checklist) -> Paper:
    """Give a checklist's empty form with the mission's name on it."""
    return form.paper(checklist, language(), **_header(mission))


def filled(tx: Session, mission: Mission, id: str) -> Paper:
    """Give the form as a report answered it; raises NotFound."""
    stored = submissions.get(tx, mission.code, id)
    judged = stored.submission
    asked = checklists.get(tx, judged.version)
    place = register.get(tx, mission.code, judged.location) if judged.location else None
    region = register.get(tx, mission.code, place.region) if place and place.region else None
    zone = zone_of(place, mission)
    marks = {
        line.name: _mark(line, judged.answers.get(line.name))
        for _, found in said.set_out(asked, judged, zone)
        for line in found
    }
    arrived = judged.arrived or stored.row.received
    return form.paper(
        asked, language(), marks, **_header(mission), number=judged.id, state=sheet.standing_of(stored),
        station=_station(place) or place_name(place, judged.location, judged.location_name), team=judged.team,
        region=region_name(region) if region else None, date=day(arrived.astimezone(ZoneInfo(zone)).date()),
    )  # fmt: skip


def drafted(mission: Mission, checklist: Checklist, pairs: Iterable[tuple[str, str]], head: Mapping[str, str]) -> Paper:
    """Give the form as a clerk has typed it so far: nobody's report yet, and the paper says so."""
    given: dict[str, list[str]] = {}
    comments: dict[str, str] = {}
    for name, value in pairs:
        if name.startswith("comment:"):
            comments[name.removeprefix("comment:")] = value
        elif ":" not in name and value.strip():
            given.setdefault(name, []).append(value.strip())
    questions = {question.name: question for question in checklist.questions()}
    marks = {
        name: _typed(questions.get(name.partition("[")[0]), given.get(name, []), comments.get(name, ""))
        for name in {*given, *comments}
    }
    return form.paper(
        checklist, language(), marks, **_header(mission), state=tell("paper.form_draft"),
        station=head.get("station"), team=head.get("team"),
    )  # fmt: skip


def _header(mission: Mission) -> dict[str, Any]:
    return {"mission": text(mission.name), "mission_code": mission.code, "notice": notice_of(mission)}


def _mark(line: said.Answer, value: Any) -> Mark:
    codes = frozenset(str(each) for each in (value if isinstance(value, list) else [value]))
    raw = next((str(each.value) for each in line.problems if each.value is not None), "")
    words = {"answered": line.words, "problem": raw}.get(line.state, "")
    return Mark(line.state, codes if line.state == "answered" else frozenset(), words, line.comment)


def _typed(question: Question | None, values: list[str], comment: str) -> Mark:
    if not values:
        return Mark("blank", comment=comment)
    if values[0] in WAYS_OUT:
        return Mark(values[0], comment=comment)
    codes = frozenset(values) & frozenset(question.codes if question else ())
    return Mark("answered", codes, ", ".join(values), comment)


def _station(place: Location | None) -> str | None:
    """Give what stands behind "Station No." of a place whose name is its number and where it lies."""
    return place.number if place and numbered(place.name, place.number) else None
