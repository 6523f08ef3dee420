"""Judge a submission answer by answer: what is impossible is set aside and counted, what is questionable is flagged.

Nothing here refuses a report. The rules of a checklist are compiled once per
version; a report of sixty questions then costs some tens of microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from observer_kit.checklists.document import node_text
from observer_kit.checklists.expressions import Expression, compile_expression
from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Checklist, Question
from observer_kit.clock import read_stamp
from observer_kit.collection.model import Envelope, Finding, Problem, Submission
from observer_kit.collection.values import Check, check_of
from observer_kit.protocols import reconcile, rules_for

CLOCK_SLACK: Final = timedelta(minutes=10)
LONGEST_VISIT: Final = timedelta(hours=24)
MOST_REPEATS: Final = 500
LONGEST_TEXT: Final = 200
"""Characters of a location, a typed name or a team; what is longer is cut, and flagged."""
_INDEXED: Final = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\[(0|[1-9][0-9]{0,3})\]")
"""One way to write an index: `name[7]`, never `name[07]` or with other digits."""
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


@dataclass(frozen=True, slots=True)
class _Rule:
    question: Question
    check: Check
    allowed: frozenset[str]
    relevant: Expression | None
    constraint: Expression | None


@dataclass(frozen=True, slots=True)
class Judge:
    """A checklist's rules, compiled."""

    checklist: Checklist
    rules: tuple[_Rule, ...]
    names: frozenset[str]
    used: Mapping[str, str]  # questions that some expression looks at, with their types


_JUDGES: Final[dict[str, Judge]] = {}
_MOST_JUDGES: Final = 256


def judge_of(checklist: Checklist) -> Judge:
    """Compile a checklist's rules, once per version; raises ExpressionInvalid."""
    if checklist.version not in _JUDGES:
        if len(_JUDGES) >= _MOST_JUDGES:
            _JUDGES.clear()
        _JUDGES[checklist.version] = _compile(checklist)
    return _JUDGES[checklist.version]


def _compile(checklist: Checklist) -> Judge:
    types = {q.name: q.type for q in checklist.questions()}
    codes = {q.name: q.codes for q in checklist.questions() if q.codes}
    rules, used = [], dict[str, str]()
    for question in checklist.questions():
        if question.type == "note":
            continue
        place = f"{checklist.name}, {question.name}"
        relevant = compile_expression(question.relevant, types, place, codes=codes) if question.relevant else None
        constraint = (
            compile_expression(
                question.constraint,
                types,
                place,
                self_type=question.type,
                codes={**codes, ".": question.codes} if question.codes else codes,
            )
            if question.constraint
            else None
        )
        for expression in (relevant, constraint):
            if expression is not None:
                used |= expression.uses
        offered = [NOT_APPLICABLE] * question.not_applicable + [NOT_OBSERVED] * question.not_observed
        rules.append(_Rule(question, check_of(question), frozenset(offered), relevant, constraint))
    return Judge(checklist, tuple(rules), frozenset(rule.question.name for rule in rules), used)


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
    repeats = _repeats(given)
    taken = 0
    for rule in compiled.rules:
        name = rule.question.name
        parts = _parts(rule.question, repeats.get(name, 0)) if rule.question.repeat else (name,)
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
        [name for name in given if name not in answers and not _asked(name, compiled)] if taken < len(given) else []
    )
    return answers, surplus


def _flags(
    rule: _Rule, part: str, value: Any, texts: Mapping[str, str], overrides: Mapping[str, str]
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


def _asked(name: str, compiled: Judge) -> bool:
    """Tell whether a name belongs to a question, asked or hidden."""
    if name in compiled.names:
        return not compiled.checklist.question(name).repeat
    matched = _INDEXED.fullmatch(name)
    if not matched or matched[1] not in compiled.names:
        return False
    question = compiled.checklist.question(matched[1])
    most = len(question.choices) if question.repeat and question.choices else MOST_REPEATS
    return bool(question.repeat) and int(matched[2]) < most


def _rule(name: str, said: Any, compiled: Judge) -> bool:
    """Tell whether this is a rule of the protocol, with an answer that it may have."""
    asked = compiled.checklist
    known = {rule.id for rule in rules_for(asked)} if asked.stage == "protocol" else ()
    return name in known and said in CONFIRMED


def _repeats(given: Mapping[str, Any]) -> dict[str, int]:
    """Count the repeats of each indexed name: one more than its highest index."""
    found: dict[str, int] = {}
    for name in given:
        if name[-1:] == "]" and (matched := _INDEXED.fullmatch(name)):
            found[matched[1]] = min(max(found.get(matched[1], 0), int(matched[2]) + 1), MOST_REPEATS)
    return found


def _parts(question: Question, count: int) -> tuple[str, ...]:
    if question.repeat and question.choices:
        count = len(question.choices)
    return tuple(f"{question.name}[{index}]" for index in range(max(count, 1)))


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
        elif name == "attachments":
            if not isinstance(value, list):
                yield Problem(name, "not_a_list", value)
        elif name == "typed":
            if not isinstance(value, Mapping):
                yield Problem(name, "not_an_object", value)
        elif name in ("confirmed", "again"):
            if value is not None and not isinstance(value, Mapping):
                yield Problem(name, "not_an_object", value)
                continue
            for about, said in (value or {}).items():
                if not (_asked(about, compiled) if name == "again" else _rule(about, said, compiled)):
                    yield Problem(f"{name}.{about}", "unknown_field", said)
        elif name in ("comments", "overrides") and value is not None:
            if not isinstance(value, Mapping):
                yield Problem(name, "not_an_object", value)
                continue
            for question, text in value.items():
                if text is not None and not isinstance(text, str):
                    yield Problem(f"{name}.{question}", "not_a_text", text)
                elif question not in compiled.names and not _asked(question, compiled):
                    yield Problem(f"{name}.{question}", "unknown_question", text)


def _text(value: Any) -> str | None:
    return value[:LONGEST_TEXT] if isinstance(value, str) and value else None


def _texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str) and text}
