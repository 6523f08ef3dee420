"""A report being keyed in: what stands on the page, whom and where it names, and what the judge says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist
from observer_kit.collection.forms import ROWS, answers_from_form, form_class
from observer_kit.collection.keyed import local_minute, read_day, read_time
from observer_kit.collection.model import Submission
from observer_kit.missions.model import Location, Mission, Team
from observer_kit.protocols import reconcile, rules_for
from observer_kit.protocols.reconcile import FAIL
from observer_kit.storage import register
from observer_kit.web.speech import text

Pairs = Sequence[tuple[str, str]]
AFTER_CLOSE: Final = ("counting", "protocol", "tabulation")
HEAD: Final = ("head:team", "head:station", "head:source")
"""The fields of the page that are no question's; no question has a colon in its name."""
_BESIDE: Final = ("csrf_token", "act", "ticket", "told")


@dataclass(frozen=True, slots=True)
class Place:
    """What a clerk typed for the station: the location, or several that it might be, or a name of its own."""

    location: Location | None
    name: str | None
    several: tuple[Location, ...] = ()


def find_place(tx: Session, mission: Mission, typed: str, region: str | None) -> Place:
    """Find a station by code or number; of one number in several regions, the one of the team's own."""
    wanted = typed.strip()
    if not wanted:
        return Place(None, None)
    found = register.get(tx, mission.code, wanted) or register.get(tx, mission.code, wanted.upper())
    if found is not None:
        return Place(found, None)
    kinds = ("polling_station", "commission")
    same = [each for each in register.numbered(tx, mission.code, wanted) if each.kind in kinds]
    if not same:  # looks through the whole register, which the few who type a name wait for
        same = [
            each
            for each in register.find(tx, mission.code, search=wanted)
            if each.kind in kinds
            and wanted.casefold() in {name.casefold() for name in (each.number or "", *each.names.values())}
        ]
    at_home = [each for each in same if each.region == region]
    if len(same) == 1 or len(at_home) == 1:
        return Place((same if len(same) == 1 else at_home)[0], None)
    return Place(None, wanted, tuple(same[:12]))


def find_team(teams: Iterable[Team], typed: str) -> Team | None:
    """Find a team by its code, however its letters are written, or by the digits of it: 7 for T007."""
    wanted = typed.strip().casefold()
    every = list(teams)
    for team in every:
        if team.code.casefold() == wanted:
            return team
    same = [team for team in every if wanted.isdecimal() and _digits(team.code) == int(wanted)]
    return same[0] if len(same) == 1 else None


def _digits(code: str) -> int | None:
    digits = "".join(sign for sign in code if sign.isdecimal())
    return int(digits) if digits else None


def pairs_of(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what was posted of questions and head, in order, without the page's own fields."""
    items = form.items(multi=True) if isinstance(form, MultiDict) else form.items()
    return [(name, value) for name, value in items if name not in _BESIDE]


def bind(checklist: Checklist, pairs: Pairs, day: date, language: str) -> Any:
    """Give the checklist's form filled with what was keyed, times and days read as people say them."""
    types = {question.name: question.type for question in checklist.questions()}
    read: list[tuple[str, str]] = []
    for name, value in pairs:
        kind = types.get(name.partition("[")[0])
        if value.strip() and value not in (NOT_APPLICABLE, NOT_OBSERVED):
            if kind == "datetime":
                value = read_time(value, day, checklist.stage in AFTER_CLOSE)
            elif kind == "date":
                value = read_day(value, day)
        read.append((name, value))
    return form_class(checklist, language, rows=rows_of(pairs, checklist))(MultiDict(read))


def rows_of(pairs: Pairs, checklist: Checklist) -> dict[str, int]:
    """Say how many rows of each repeat the page needs: as usual, and no fewer than were keyed."""
    repeats = {question.name: question.repeat for question in checklist.questions() if question.repeat}
    rows = dict(ROWS)
    for name, _ in pairs:
        stem, bracket, index = name.partition("[")
        repeat = repeats.get(stem)
        if bracket and repeat in rows and index.rstrip("]").isdecimal() and len(index) < 5:
            rows[repeat] = max(rows[repeat], int(index.rstrip("]")) + 1)
    return rows


def pairs_from(checklist: Checklist, judged: Submission, zone: str, source: str) -> list[tuple[str, str]]:
    """Write a stored report as it would have been keyed, so that its correction begins with what it says."""
    types = {question.name: question.type for question in checklist.questions()}
    raw = {problem.question: problem.value for problem in judged.problems}
    where = judged.location or judged.location_name or ""
    pairs = list(zip(HEAD, (judged.team or "", where, source), strict=True))
    for name, value in judged.answers.items():
        if isinstance(value, dict):  # a problem: what was sent stands with it
            value = raw.get(name)
        kind = types.get(name.partition("[")[0])
        several = value if isinstance(value, list) else [value]
        if kind == "geopoint":
            several = [" ".join(str(each) for each in several if each is not None)]
        said = [str(each) for each in several if each is not None and each != ""]
        pairs += [(name, local_minute(each, zone) if kind == "datetime" else each) for each in said]
    pairs += [(f"comment:{name}", said) for name, said in judged.comments.items()]
    pairs += [
        (f"override:{each.question}", str(each.detail["reason"]))
        for each in judged.findings
        if each.code == "constraint_overridden" and each.detail.get("reason")
    ]
    return pairs


def failing_rules(checklist: Checklist, form: Any) -> list[tuple[str, int | None]]:
    """Name the rules of a results protocol that the numbers break, with their differences: mistyped, or so on paper."""
    if checklist.stage != "protocol":
        return []
    labels = {rule.id: text(rule.label) for rule in rules_for(checklist)}
    results = reconcile(answers_from_form(form)["answers"], checklist.event, rules_for(checklist))
    return [(labels.get(each.rule, each.rule), each.difference) for each in results if each.state == FAIL]
