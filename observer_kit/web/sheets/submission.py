"""Gather a submission for paper: its page at the desk, with the photos themselves and the proof of its receipt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.collection.model import Finding, Problem, Submission
from observer_kit.config import Config
from observer_kit.errors import NotFound
from observer_kit.missions.model import Location, Mission
from observer_kit.protocols import load_rules
from observer_kit.statements.papers.submission import Line, Part, Remark, Told
from observer_kit.storage import accounts, checklists, devices, listing, notes, register, submissions, typed
from observer_kit.storage.listing import Row
from observer_kit.storage.notes import Note
from observer_kit.storage.submissions import StoredSubmission
from observer_kit.web.sheets.head import head_of, place_name, zone_of
from observer_kit.web.sheets.photos import labels_of, numbered, opened_photos
from observer_kit.web.speech import moment, number, region_name, tell, tell_or, text
from observer_kit.web.telling import answers as said
from observer_kit.web.telling.histories import Step, histories

SHORT: Final = 300
"""Characters of what another version of the report says, or of what could not be read."""
STATES: Final = ("answered", "not_applicable", "not_observed", "missing", "problem", "not_asked")


def gather(tx: Session, config: Config, mission: Mission, id: str) -> Told:
    """Put the whole submission into words; raises NotFound."""
    stored = submissions.get(tx, mission.code, id)
    judged = stored.submission
    asked = checklists.get(tx, judged.version)
    place = register.get(tx, mission.code, judged.location) if judged.location else None
    region = register.get(tx, mission.code, place.region) if place and place.region else None
    zone = zone_of(place, mission)
    visit = listing.visit(tx, mission.code, judged.visit)
    people = {each.id: each.name for each in accounts.all(tx)}
    rules = {rule.id: text(rule.label) for rule in load_rules(asked.event)} if asked.stage == "protocol" else {}
    hashes = numbered(said.photos_named(asked, judged))
    sections = said.set_out(asked, judged, zone)
    lines = [line for _, found in sections for line in found]
    counted = Counter(line.state for line in lines)
    beside = _beside(notes.of(tx, id), histories(tx, mission.code, stored, visit, zone), id, mission, zone, people)
    problems, findings = said.loose(asked, judged)
    photos, pictures = opened_photos(tx, config, mission, hashes, labels_of(lines, judged))
    return Told(
        **head_of(mission),
        title=f"{text(asked.title)}: {place_name(place, judged.location, judged.location_name)}",
        sub=" · ".join(filter(None, (
            moment(stored.row.received, zone) + f" ({zone})",
            tell("paper.team_n", team=judged.team) if judged.team else "", judged.id[:8],
        ))),
        standing=standing_of(stored),
        facts=tuple(_facts(tx, mission, stored, place, region, zone)),
        counts=tuple((tell(f"desk.state_{name}"), counted[name]) for name in STATES),
        parts=tuple(
            Part(text(section.label), tuple(_line(line, rules, beside, hashes) for line in found))
            for section, found in sections
            if found
        ),
        loose=(*(_problem(each, named=True) for each in problems), *(_finding(each, rules) for each in findings)),
        photos=photos,
        reviews=tuple(
            Remark(
                tell(f"desk.review_{each.state}"), each.reason,
                f"{moment(each.at, mission.zone)} · {people.get(each.by or '', '–')}",
            )
            for each in stored.reviews
        ),
        history=tuple(_step(row, judged, zone) for row in visit if row.checklist == judged.checklist),
        visit=tuple(
            Remark(tell_or(f"desk.stage_{row.checklist}", row.checklist), row.id[:8], moment(row.received, zone))
            for row in visit
            if row.checklist != judged.checklist
        ),
        proofs=tuple(_proofs(stored)),
        made_up=tell("desk.made_up_reports") if mission.reconstruction else "",
        pictures=pictures,
    )  # fmt: skip


def standing_of(stored: StoredSubmission) -> str:
    """Say whether a submission counts, and what became of it."""
    row = stored.row
    if row.state == "superseded":
        return f"{tell('desk.superseded_by')} {tell('paper.sub_replaced', id=(row.successor or '')[:8])}"
    if row.state == "quarantined":
        why = tell_or(f"desk.quarantine_{row.quarantine}", row.quarantine or "")
        return f"{tell('desk.quarantined')} {why}"
    if row.state == "excluded":
        return tell("desk.excluded_note")
    words = f"{tell('desk.standing_counted')} · {tell('desk.reviews')}: {tell(f'desk.review_{row.review}')}"
    if len(stored.successors) > 1:
        ids = ", ".join(each[:8] for each in stored.successors)
        words += f" · {tell('desk.two_corrections')} {ids}"
    return words


def _facts(
    tx: Session, mission: Mission, stored: StoredSubmission, place: Location | None, region: Location | None, zone: str
) -> Iterable[tuple[str, str]]:
    judged = stored.submission
    where = place_name(place, judged.location, judged.location_name)
    code = f" ({judged.location})" if judged.location and judged.location not in where else ""
    yield tell("desk.location"), where + code + (f", {region_name(region)}" if region else "")
    yield tell("desk.team"), judged.team or "–"
    if judged.arrived or judged.departed:
        yield tell("desk.visit_time"), f"{moment(judged.arrived, zone)} – {moment(judged.departed, zone, 'time')}"
    keyed = typed.of(tx, [judged.id]).get(judged.id)
    way = tell(f"typing.by_{keyed.source}", name=keyed.name) if keyed else tell_or(f"desk.via_{stored.via}", stored.via)
    yield tell("desk.received"), f"{moment(stored.row.received, zone)}, {way}"
    yield tell("desk.phone_clock"), moment(judged.clock, zone)
    try:
        device = devices.get(tx, judged.device).label
    except NotFound:
        device = judged.device
    yield tell("desk.device"), device
    signed = tell("desk.signed") if stored.envelope.signature else tell("desk.unsigned")
    yield tell("desk.signature"), signed + (f", {tell('desk.came_sealed')}" if stored.envelope.sealed else "")
    yield tell("desk.version"), judged.version[:12]


def _line(
    line: said.Answer, rules: Mapping[str, str], beside: Mapping[str, list[Remark]], hashes: Mapping[str, int]
) -> Line:
    breach = ""
    if line.breach:
        severity = line.question.severity
        breach = tell("desk.breach") + (f", {tell(f'desk.severity_{severity}')}" if severity else "")
    words = line.words
    if line.question.type == "photo" and line.state == "answered":
        words = tell("paper.photo_of", n=hashes.get(words, 0), question=words[:12])
    return Line(
        question=text(line.question.label) + (f": {line.part}" if line.part else ""),
        state=line.state,
        words=words,
        breach=breach,
        comment=line.comment,
        remarks=(
            *(_problem(each) for each in line.problems), *(_finding(each, rules) for each in line.findings),
            *beside.get(line.name, ()),
        ),
    )  # fmt: skip


def _problem(each: Problem, *, named: bool = False) -> Remark:
    words = tell_or(f"desk.problem_{each.code}", each.code) + (f" · {each.question}" if named else "")
    return Remark(f"{tell('desk.problem')}:", words, "" if each.value is None else f"«{_short(str(each.value))}»")


def _finding(each: Finding, rules: Mapping[str, str]) -> Remark:
    details = "; ".join(
        f"{tell_or(f'desk.detail_{key}', key)} {_detail(key, value, rules)}"
        for key, value in each.detail.items()
        if value is not None
    )
    return Remark(f"{tell('desk.finding')}:", tell_or(f"desk.finding_{each.code}", each.code), details)


def _detail(key: str, value: Any, rules: Mapping[str, str]) -> str:
    if key in ("supersedes", "correction"):
        return str(value)[:8]
    if key == "rule":
        return rules.get(str(value), str(value))
    return tell_or(f"desk.confirmed_{value}", str(value)) if key == "confirmed" else _short(str(value))


def _short(words: str) -> str:
    """Cut what stands whole in a report of its own, or was never an answer, visibly."""
    return words if len(words) <= SHORT else words[: SHORT - 1].rstrip() + "…"


def _beside(
    written: Iterable[Note], steps: Mapping[str, Sequence[Step]], own: str, mission: Mission, zone: str,
    people: Mapping[str, str],
) -> dict[str, list[Remark]]:  # fmt: skip
    """Gather what stands beside each answer: the desk's notes, and what its other versions say."""
    found: dict[str, list[Remark]] = {}
    for each in written:
        about = f"{moment(each.at, mission.zone)} · {people.get(each.by or '', '–')}"
        found.setdefault(each.question, []).append(Remark(tell("paper.sub_note"), each.text, about))
    for name, line in steps.items():
        for step in line:
            if step.id != own:
                words = _short(step.words) + (f" «{_short(step.comment)}»" if step.comment else "")
                kind = tell("paper.sub_earlier", id=step.id[:8])
                found.setdefault(name, []).append(Remark(kind, words, moment(step.at, zone)))
    return found


def _step(row: Row, judged: Submission, zone: str) -> Remark:
    words = []
    if row.id == judged.id and judged.supersedes:
        words.append(tell("paper.sub_corrects", id=judged.supersedes[:8]))
    if row.state == "superseded" and row.successor:
        words.append(tell("paper.sub_replaced", id=row.successor[:8]))
    elif row.state != "counted":
        words.append(tell(f"desk.standing_{row.state}"))
    name = f"{row.id[:8]} ({tell('paper.sub_this')})" if row.id == judged.id else row.id[:8]
    return Remark(name, ", ".join(words), moment(row.received, zone))


def _proofs(stored: StoredSubmission) -> Iterable[tuple[str, str]]:
    receipt = stored.receipt
    yield tell("paper.sub_id"), receipt.id
    yield tell("paper.sub_payload_hash"), stored.envelope.hash
    yield tell("desk.receipt_number"), number(receipt.sequence)
    received = receipt.received
    yield tell("desk.received"), received if isinstance(received, str) else clock.stamp(received)
    yield tell("desk.receipt_key"), receipt.key
    yield tell("paper.sub_receipt_signature"), str(receipt.signature)
