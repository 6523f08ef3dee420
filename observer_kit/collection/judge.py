"""Judge a submission answer by answer: what is impossible is set aside and counted, what is questionable is flagged.

Nothing here refuses a report. The rules of a checklist are compiled once per
version; a report of sixty questions then costs some tens of microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from observer_kit.checklists.document import node_text
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist
from observer_kit.clock import read_stamp
from observer_kit.collection.compiled import CompiledRule, Judge, belongs, judge_of, parts_of, repeats_of
from observer_kit.collection.model import Envelope, Finding, Problem, Submission
from observer_kit.protocols import reconcile, rules_for

CLOCK_SLACK: Final = timedelta(minutes=10)
LONGEST_VISIT: Final = timedelta(hours=24)
LONGEST_TEXT: Final = 200
"""Characters of a location, a typed name or a team; what is longer is cut, and flagged."""
_TEXTS: Final = ("location", "location_name", "team", "started", "finished")
_PAYLOAD: Final = frozenset(("answers", "comments", "overrides", "confirmed", "again", "attachments", "typed", *_TEXTS))
CONFIRMED: Final = ("on_paper", "mistyped")
"""What an observer may say of a rule that the numbers break: so it stands on the paper, or I mistyped something."""
_RESERVED: Final = (NOT_APPLICABLE, NOT_OBSERVED)


@dataclass(frozen=True, slots=True)
class Context:
    """What the intake knows beside the envelope.

    `not_before` is a moment before which the device can't have reported (its
    enrolment); None for both moments leaves the clock unjudged, as for a
    report typed in or rebuilt. The `_known` say whether register and team list
    hold what the payload names; `device_team` is the team that the phone was
    enrolled for.
    """

    received: datetime | None = None
    not_before: datetime | None = None
    location_known: bool = True
    team_known: bool = True
    device_team: str | None = None


def judge(envelope: Envelope, payload: Mapping[str, Any], checklist: Checklist, context: Context) -> Submission:
    """Judge one payload against the checklist version it answers; never raises for what a phone sent."""
    compiled = judge_of(checklist)
    problems: list[Problem] = []
    findings: list[Finding] = []
    given = payload.get("answers")
    if not isinstance(given, Mapping):
        given = {}
        problems.append(Problem("answers", "not_an_object"))
    overrides = _texts(payload.get("overrides"))
    comments = _texts(payload.get("comments"))
    answers, surplus = _answers(compiled, given, overrides, problems, findings)
    problems += [Problem(name, "unknown_question", given[name]) for name in surplus]
    problems += _strays(payload, compiled)
    moment = read_stamp(envelope.clock)
    arrived, departed = _moment(answers.get("arrival")), _moment(answers.get("departure"))
    findings += _times(moment, arrived, departed, context)
    location, location_name, team = (_text(payload.get(name)) for name in ("location", "location_name", "team"))
    if location is None or not context.location_known:
        findings.append(Finding("location_unknown", None, {"location": location, "name": location_name}))
    if team is None or not context.team_known:
        findings.append(Finding("team_unknown", None, {"team": team}))
    elif context.device_team not in (None, team):
        findings.append(Finding("team_not_its_own", None, {"team": team, "device_team": context.device_team}))
    if checklist.stage == "protocol":
        findings += _protocol(answers, payload, checklist)
    return Submission(
        id=envelope.id,
        mission=envelope.mission,
        checklist=envelope.checklist,
        version=envelope.version,
        visit=envelope.visit,
        supersedes=envelope.supersedes,
        device=envelope.device,
        team=team,
        location=location,
        location_name=location_name,
        clock=moment,
        arrived=arrived,
        departed=departed,
        answers=answers,
        comments=comments,
        problems=tuple(problems),
        findings=tuple(findings),
    )


def _protocol(answers: Mapping[str, Any], payload: Mapping[str, Any], checklist: Checklist) -> Iterable[Finding]:
    """Hold a protocol against its rules; keep what the observer said of those that fail, and entries that differ."""
    confirmed, again = payload.get("confirmed"), payload.get("again")
    said = confirmed if isinstance(confirmed, Mapping) else {}
    for result in reconcile(answers, checklist.event, rules_for(checklist)):
        if result.state == "fail":
            detail = {"rule": result.rule, "difference": result.difference}
            if said.get(result.rule) in CONFIRMED:
                detail["confirmed"] = said[result.rule]
            yield Finding("protocol_fails", None, detail)
    for name, second in again.items() if isinstance(again, Mapping) else ():
        if name in answers and isinstance(second, int | str) and second != answers[name]:
            yield Finding("keyed_differently", name, {"again": str(second)[:LONGEST_TEXT]})


def examine(
    checklist: Checklist, given: Mapping[str, Any], overrides: Mapping[str, str]
) -> tuple[dict[str, Any], list[Problem], list[Finding]]:
    """Judge answers alone: what was asked with its value, the problems and the findings; for a page before sending."""
    problems: list[Problem] = []
    findings: list[Finding] = []
    answers, _ = _answers(judge_of(checklist), given, overrides, problems, findings)
    return answers, problems, findings


def _answers(
    compiled: Judge,
    given: Mapping[str, Any],
    overrides: Mapping[str, str],
    problems: list[Problem],
    findings: list[Finding],
) -> tuple[dict[str, Any], list[str]]:
    """Give the judged answers of every question that was asked, and the names that belong to none."""
    answers: dict[str, Any] = {}
    used = compiled.used
    texts = {name: node_text(given.get(name), type) for name, type in used.items()}
    repeats = repeats_of(given)
    taken = 0
    for rule in compiled.rules:
        name = rule.question.name
        parts = parts_of(rule.question, repeats.get(name, 0)) if rule.question.repeat else (name,)
        if rule.relevant is not None and not rule.relevant.holds(texts):
            for part in parts:
                if part in given:
                    taken += 1
                    if given[part] not in (None, ""):
                        findings.append(Finding("answered_but_not_asked", part))
            if name in used:
                texts[name] = ""
            continue
        for part in parts:
            value = given.get(part)
            taken += part in given
            if value is None or value == "" or value == []:
                answers[part] = None
                continue
            code = None if isinstance(value, str) and value in rule.allowed else rule.check(value)
            if code is not None:
                problems.append(Problem(part, code, value))
                answers[part] = {"problem": code}
                if name in used:
                    texts[name] = ""
                continue
            answers[part] = value
            if rule.constraint is not None or rule.question.type == "select_multiple":
                findings += _flags(rule, part, value, texts, overrides)
    surplus = (
        [name for name in given if name not in answers and not belongs(name, compiled)] if taken < len(given) else []
    )
    return answers, surplus


def _flags(
    rule: CompiledRule, part: str, value: Any, texts: Mapping[str, str], overrides: Mapping[str, str]
) -> Iterable[Finding]:
    question = rule.question
    if isinstance(value, list) and question.type == "select_multiple" and len(value) > (question.maximum or len(value)):
        yield Finding("too_many_choices", part, {"chosen": len(value), "most": question.maximum})
    if rule.constraint is None or value in _RESERVED:
        return
    if not rule.constraint.holds(texts, node_text(value, question.type)):
        reason = overrides.get(part)
        code = "constraint_overridden" if reason else "constraint_failed"
        yield Finding(code, part, {"reason": reason} if reason else {})


def _rule(name: str, said: Any, compiled: Judge) -> bool:
    """Tell whether this is a rule of the protocol, with an answer that it may have."""
    asked = compiled.checklist
    known = {rule.id for rule in rules_for(asked)} if asked.stage == "protocol" else ()
    return name in known and said in CONFIRMED


def _times(
    moment: datetime, arrived: datetime | None, departed: datetime | None, context: Context
) -> Iterable[Finding]:
    if arrived and departed:
        if departed < arrived:
            yield Finding("times_out_of_order", "departure")
        elif departed - arrived > LONGEST_VISIT:
            yield Finding("times_far_apart", "departure")
    # A report may wait for hours, so only a clock that is ahead, or older than the device itself, says anything.
    if context.received and moment > context.received + CLOCK_SLACK:
        ahead = int((moment - context.received).total_seconds())
        yield Finding("clock_off", None, {"seconds": ahead})
    elif context.not_before and moment < context.not_before - CLOCK_SLACK:
        behind = int((moment - context.not_before).total_seconds())
        yield Finding("clock_off", None, {"seconds": behind})


def _moment(value: Any) -> datetime | None:
    return read_stamp(value) if isinstance(value, str) and value not in _RESERVED else None


def _strays(payload: Mapping[str, Any], compiled: Judge) -> Iterable[Problem]:
    """Name what a payload holds beside its answers that no one could use."""
    for name, value in payload.items():
        if name not in _PAYLOAD:
            yield Problem(name, "unknown_field", value)
        elif name in _TEXTS and value is not None and not isinstance(value, str):
            yield Problem(name, "not_a_text", value)
        elif name in _TEXTS and isinstance(value, str) and len(value) > LONGEST_TEXT:
            yield Problem(name, "too_long", value)
        elif name == "attachments" and not isinstance(value, list):
            yield Problem(name, "not_a_list", value)
        elif name == "typed" and not isinstance(value, Mapping):
            yield Problem(name, "not_an_object", value)
        elif name in ("confirmed", "again"):
            if value is not None and not isinstance(value, Mapping):
                yield Problem(name, "not_an_object", value)
                continue
            for about, said in (value or {}).items():
                if not (belongs(about, compiled) if name == "again" else _rule(about, said, compiled)):
                    yield Problem(f"{name}.{about}", "unknown_field", said)
        elif name in ("comments", "overrides") and value is not None:
            if not isinstance(value, Mapping):
                yield Problem(name, "not_an_object", value)
                continue
            for question, text in value.items():
                if text is not None and not isinstance(text, str):
                    yield Problem(f"{name}.{question}", "not_a_text", text)
                elif question not in compiled.names and not belongs(question, compiled):
                    yield Problem(f"{name}.{question}", "unknown_question", text)


def _text(value: Any) -> str | None:
    return value[:LONGEST_TEXT] if isinstance(value, str) and value else None


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str) and text}
