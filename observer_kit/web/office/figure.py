"""One figure: what it is made of, the stations behind it by region with what observers wrote, and where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from observer_kit.checklists.model import Checklist, Question
from observer_kit.collection.model import Report
from observer_kit.errors import Conflict, NotFound
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.figures import compute
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.text.marks import figures_of
from observer_kit.storage import accounts, checklists, figure_notes, register, statements, submissions
from observer_kit.storage.figure_notes import Translation
from observer_kit.web import numbers
from observer_kit.web.access import audience, config, may, store
from observer_kit.web.access import mission as this_mission
from observer_kit.web.frozen_sets import bench
from observer_kit.web.office import bp
from observer_kit.web.office.drafts import me
from observer_kit.web.office.figures import behind
from observer_kit.web.office.parts import title_of
from observer_kit.web.speech import language, region_name, tell

MOST: Final = 400
"""Reports that the page lists; beyond them the desk's list serves better."""


@dataclass(frozen=True, slots=True)
class Said:
    """An observer's comment, and what was typed beside it in other languages."""

    question: str
    text: str
    translations: tuple[Translation, ...] = ()

    def in_language(self, wanted: str) -> str:
        """Give the translation into a language, empty where there is none."""
        return next((each.text for each in self.translations if each.language == wanted), "")


@dataclass(frozen=True, slots=True)
class Behind:
    """One report behind a figure."""

    id: str
    team: str | None
    comments: tuple[Said, ...]


@dataclass(slots=True)
class Station:
    """One station with the reports from it."""

    code: str
    location: Location | None
    reports: list[Behind] = field(default_factory=list)


@bp.get("/figures/<figure>")
@audience("staff", "administrator", "head")
def figure(mission: str, figure: str) -> str:
    """Show one figure."""
    return _page(mission, figure)


def _page(mission: str, name: str, refusal: Conflict | None = None) -> str:
    found = this_mission()
    with store().reading() as tx:
        definition = named(tx, found, name)
        counted = compute([definition], numbers.evidence(tx, found, [definition]))[0]
        current = checklists.current(tx, mission)
        question = _question(definition, current)
        reports, total = _reports(tx, found, definition)
        places = register.some(tx, mission, {*counted.stations, *(each.location for each in reports if each.location)})
        regions = register.regions(tx, mission)
        translated = figure_notes.translations(tx, [each.id for each in reports])
        note = figure_notes.latest(tx, mission).get(definition.name)
        past = figure_notes.history(tx, mission, definition.name)
        people = {each.id: each.name for each in accounts.all(tx)}
        used = _used(tx, found, definition.name)
    titles = {each.code: region_name(each) for each in regions}
    return render_template(
        "office/figure.html",
        mission=found,
        figure=counted,
        definition=definition,
        question=question,
        checklist=current.get(definition.checklist or ""),
        groups=_grouped(counted, reports, places, titles, translated, definition),
        shown=len(reports),
        total=total,
        note=note,
        past=past,
        people=people,
        used=used,
        behind=behind(mission, definition),
        refusal=refusal,
        acts=figure_notes.ACTS,
        others=list(found.languages),
        language_here=language(),
        writes=may("staff", "administrator"),
    )


def named(tx: Session, mission: Mission, name: str) -> Definition:
    """Give the definition of a figure, or of a region's part of one, by the name that marks use; raises NotFound."""
    for each in numbers.every_definition(tx, mission):
        if name == each.name:
            return each
    raise NotFound(tell("office.figure_unknown"))


def _question(definition: Definition, current: Mapping[str, Checklist]) -> Question | None:
    checklist = current.get(definition.checklist or "")
    if checklist is None or not definition.question:
        return None
    return next((each for each in checklist.questions() if each.name == definition.question), None)


def _reports(tx: Session, mission: Mission, definition: Definition) -> tuple[list[Report], int]:
    """Give the reports behind a figure, and how many there are; none where it is counted from something else."""
    if definition.measure not in ("answers", "reports", "stations") or not definition.checklist:
        return [], 0
    found: list[Report] = []
    total = 0
    for name in definition.checklist.split("+"):
        for report in submissions.reports(tx, mission.code, name):
            if _counts(report, definition):
                total += 1
                if len(found) < MOST:
                    found.append(report)
    return found, total


def _counts(report: Report, definition: Definition) -> bool:
    if any(getattr(report, key) != value for key, value in definition.where.items()):
        return False
    if definition.measure != "answers":
        return True
    return any(_hit(value, definition) for value in _values(report.answers, definition.question or ""))


def _values(answers: Mapping[str, Any], question: str) -> Iterator[Any]:
    for name, value in answers.items():
        if name == question or name.startswith(f"{question}["):
            yield from value if isinstance(value, list) else [value]


def _hit(value: Any, definition: Definition) -> bool:
    return isinstance(value, str) and value in definition.counted


def _grouped(
    figure: Figure,
    reports: list[Report],
    places: Mapping[str, Location],
    regions: Mapping[str, str],
    translated: Mapping[tuple[str, str, str], Translation],
    definition: Definition,
) -> dict[str, list[Station]]:
    """Put the stations behind a figure under their regions, each with its reports and what was written."""
    stations = {code: Station(code, places.get(code)) for code in figure.stations}
    for report in reports:
        code = report.location or ""
        station = stations.setdefault(code, Station(code, places.get(code)))
        comments = [
            Said(name, said, tuple(each for key, each in translated.items() if key[:2] == (report.id, name)))
            for name, said in report.comments.items()
            if said and (not definition.question or name.partition("[")[0] == definition.question)
        ]
        station.reports.append(Behind(report.id, report.team, tuple(comments)))
    groups: dict[str, list[Station]] = {}
    for station in stations.values():
        region = station.location.region if station.location else None
        groups.setdefault(regions.get(region or "", tell("office.no_region")), []).append(station)
    for group in groups.values():
        group.sort(key=lambda each: (each.location.number or each.location.name) if each.location else each.code)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _used(tx: Session, mission: Mission, name: str) -> list[tuple[statements.StoredStatement, str, str]]:
    """Name the open drafts and their sections that say a figure."""
    found = []
    for each in statements.all(tx, mission.code):
        if not each.open:
            continue
        draft = bench(tx, config(), mission.code, each.id)
        words = draft.texts()
        found += [
            (each, plan.id, title_of(plan, each.language))
            for plan in draft.style.sections
            if name in figures_of(words[plan.id])
        ]
    return found


@bp.post("/figures/<figure>/note")
@audience("staff", "administrator")
def note_figure(mission: str, figure: str) -> str | Response | tuple[str, int]:
    """Name the stations behind a figure in a footnote, withhold them, or let its definition stand again."""
    act = request.form.get("act", "")
    try:
        with store().atomic() as tx:
            found = named(tx, this_mission(), figure)
            figure_notes.decide(tx, mission, found.name, act, request.form.get("reason", ""), me())
    except Conflict as refusal:
        return _page(mission, figure, Conflict(tell("office.note_refused"))), refusal.status
    flash(tell(f"office.noted_{act}"))
    return redirect(url_for("office.figure", mission=mission, figure=figure, _anchor="stations"), code=303)


@bp.post("/figures/<figure>/translation")
@audience("staff", "administrator")
def translate_comment(mission: str, figure: str) -> str | Response | tuple[str, int]:
    """Type an observer's comment in another language beside the original."""
    report, question = request.form.get("submission", ""), request.form.get("question", "")
    try:
        with store().atomic() as tx:
            named(tx, this_mission(), figure)
            if question not in submissions.get(tx, mission, report).submission.comments:
                raise NotFound(tell("doors.error_not_found"))
            figure_notes.translate(
                tx, mission, report, question, request.form.get("language", ""), request.form.get("text", ""), me()
            )
    except Conflict as refusal:
        return _page(mission, figure, Conflict(tell("office.translation_refused"))), refusal.status
    flash(tell("office.translated"))
    return redirect(url_for("office.figure", mission=mission, figure=figure, _anchor=f"r-{report}"), code=303)
