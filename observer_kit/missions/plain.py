"""Plain answers for what no source prints: the good answer, an ordinary number, nothing that says more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from observer_kit.checklists.model import Question
from observer_kit.missions.draw import pick, unit, whole
from observer_kit.missions.model import Mission
from observer_kit.missions.plan import Plan
from observer_kit.missions.visits import CLOSES, OPENS

if TYPE_CHECKING:
    from observer_kit.checklists.expressions import Expression
    from observer_kit.missions.sheet import Sheet

_REASONS: Final = ("procedures_not_followed", "lack_of_transparency", "poor_organisation")
"""The main reasons the 2011 report names for negative ratings."""
_SHARES: Final = {
    "op_registered_voters": (1.0, 1.0),
    "op_ballots_received": (1.0, 1.01),
    "co_signatures_number": (0.82, 0.95),
    "co_unused_number": (0.05, 0.15),
}
_AT_OPENING: Final = ("op_voting_start_time",)
_AT_CLOSE: Final = ("co_closed_on_time",)


def plain(mission: Mission, plan: Plan, question: Question, sheet: Sheet, constraint: Expression | None) -> Any:
    """Give the answer that an uneventful report would hold; None where there is nothing to say."""
    names = (mission.code, "plain", question.name, sheet.observation.checklist, sheet.place)
    match question.type:
        case "yes_no":
            if question.good:
                return question.good[0]
            return "yes" if unit(*names) < plan.likely.get(question.name, 0.7) else "no"
        case "rating":
            return _rating(question, sheet, unit(*names))
        case "select_one":
            return _one(question, sheet, names)
        case "select_multiple":
            return _several(question, names)
        case "integer" | "decimal":
            return _number(plan, question, sheet, constraint, names)
        case "datetime":
            return _moment(mission, question, sheet)
        case "date":
            return mission.day.isoformat()
        case _:
            return None


def _rating(question: Question, sheet: Sheet, drawn: float) -> str | None:
    codes = question.codes
    if sheet.negative and not question.name.endswith("_overall") and drawn < 0.4 and "bad" in codes:
        return "bad"
    if "good" in codes:
        return "very_good" if drawn > 0.65 and "very_good" in codes else "good"
    return question.good[0] if question.good else None


def _one(question: Question, sheet: Sheet, names: tuple[str, ...]) -> str | None:
    location = sheet.observation.location
    if question.name == "env_urban_rural":
        return location.setting
    if question.name == "env_station_type":
        wanted = location.special or ("ordinary" if location.made_up else None)
        return wanted if wanted in question.codes else None
    if question.name == "ta_level":
        return question.codes[0]
    if question.good:
        return question.good[0]
    usual = [code for code in question.codes if code != "other"]
    return pick(usual, *names) if usual else None


def _several(question: Question, names: tuple[str, ...]) -> list[str] | None:
    usual = [code for code in question.codes if code != "other"]
    if question.name.endswith("_overall_reasons"):
        usual = [code for code in _REASONS if code in question.codes] or usual
        count = whole(1, min(3, len(usual)), *names)
        return sorted(usual, key=lambda code: unit(*names, code))[:count]
    if question.good:
        return [question.good[0]]
    return [pick(usual, *names)] if usual else None


def _number(
    plan: Plan, question: Question, sheet: Sheet, constraint: Expression | None, names: tuple[str, ...]
) -> int | None:
    low, high = _of_voters(question.name, sheet) or plan.numbers.get(question.name, (0, 3))
    low = max(low, question.minimum or 0)
    high = max(low, high if question.maximum is None else min(high, question.maximum))
    for attempt in range(4):
        value = whole(low, high, *names, str(attempt)) if attempt < 3 else low
        if constraint is None or constraint.evaluate({**sheet.answers, question.name: value}, value):
            return value
    return None


def _of_voters(name: str, sheet: Sheet) -> tuple[int, int] | None:
    """Give the range of a number that follows from how many voters the place has and what time it is."""
    seen = sheet.observation
    voters = seen.location.voters
    if not voters:
        return None
    if name == "vo_voted_so_far":
        hours = seen.arrived.hour + seen.arrived.minute / 60 - OPENS.hour
        share = min(max(hours / (CLOSES.hour - OPENS.hour), 0.01), 1) * 0.85
        return int(voters * share * 0.9), int(voters * share)
    low, high = _SHARES.get(name, (0.0, 0.0))
    return (int(voters * low), int(voters * high)) if high else None


def _moment(mission: Mission, question: Question, sheet: Sheet) -> str:
    observation = sheet.observation
    if question.name == "arrival":
        return observation.arrived.isoformat()
    if question.name == "departure":
        return observation.departed.isoformat()
    location, zone = observation.location, observation.arrived.tzinfo
    if question.name in _AT_OPENING:
        return datetime.combine(mission.day, location.opens or OPENS, zone).isoformat()
    if question.name in _AT_CLOSE:
        return datetime.combine(mission.day, location.closes or CLOSES, zone).isoformat()
    return (observation.arrived + timedelta(minutes=5)).isoformat()
