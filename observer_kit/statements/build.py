"""Figures → a statement's HTML → its PDF."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from observer_kit.checklists.model import Checklist
from observer_kit.config import resources
from observer_kit.errors import NotFound, OutputUnwritable
from observer_kit.missions.model import Location, Mission
from observer_kit.statements.model import Figure
from observer_kit.statements.pdf import render_pdf
from observer_kit.statements.pictures import Picture
from observer_kit.statements.plans import draw_all, load_plans
from observer_kit.statements.printer import Printer
from observer_kit.statements.snapshot import Snapshot

STAGES: Final = ("opening", "voting", "counting", "tabulation")


class StyleUnknown(NotFound):
    """There is no such style of statement, or not in this language."""

    code = "style_unknown"


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One figure of the annex, with everything a reader needs to check it."""

    place: int
    figure: Figure
    label: str
    question: str
    procedure: str
    sources: str
    regions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Document:
    """All that a statement's template sees."""

    mission: Mission
    title: str
    language: str
    notice: str | None
    day: str
    drafted: str
    p: Printer
    charts: Mapping[str, Picture | None]  # None where fewer than two bars could be drawn
    snapshot: Snapshot
    others: Sequence[Figure]
    annex: Any  # called by the template after its text, when every figure has its number
    contest: str


def available() -> list[tuple[str, str]]:
    """List the styles and languages there are, by folder."""
    folder = resources("templates") / "statements"
    return sorted((p.parent.parent.name, p.parent.name) for p in folder.glob("*/*/statement.html"))


def render_html(
    mission: Mission,
    figures: Sequence[Figure],
    *,
    snapshot: Snapshot,
    style: str = "odihr",
    language: str = "en",
    locations: Mapping[str, Location] | None = None,
    regions: Mapping[str, str] | None = None,
    checklists: Mapping[str, Checklist] | None = None,
) -> str:
    """Write a statement's HTML; raises StyleUnknown for a style or language without a folder."""
    if (style, language) not in available():
        known = ", ".join(f"{a}/{b}" for a, b in available())
        raise StyleUnknown(f"no statement style {style}/{language}; there are {known}")
    printer = Printer(figures, language, locations, regions, reconstruction=bool(mission.reconstruction))
    folder = resources("templates") / "statements" / style / language
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = ZoneInfo(mission.zone)
    name = {"en": "election", "ru": "выборы", "kk": "сайлау"} if mission.event == "election" else {"en": "referendum"}
    document = Document(
        mission=mission,
        title=mission.event_name.get(language, mission.code),
        language=language,
        notice=(
            f"Reconstruction from published figures; not issued by {mission.issued_by(language)}"
            if mission.reconstruction
            else None
        ),
        day=format_date(mission.day, "d MMMM y", locale=language),
        drafted=format_datetime(snapshot.taken.astimezone(zone), "d MMMM y, HH:mm", locale=language),
        p=printer,
        charts=draw_all(load_plans(folder), printer),
        snapshot=snapshot,
        others=[figure for figure in printer.figures.values() if figure.numerator is not None],
        annex=lambda: _annex(printer, language, checklists or {}, locations or {}, regions or {}),
        contest=name.get(language, name["en"]),
    )
    return environment.get_template("statement.html").render(d=document, p=printer)


def build_statement(
    mission: Mission,
    figures: Sequence[Figure],
    out: Path,
    **evidence: Any,
) -> Path:
    """Write a statement's PDF to `out` (whole or not at all); takes what render_html takes.

    Raises OutputUnwritable before the long work where nothing can be written.
    """
    html = render_html(mission, figures, **evidence)
    part = out.with_suffix(out.suffix + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        try:
            part.write_bytes(render_pdf(html, "statement.css"))
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(out)) from error
    return out


def _annex(
    printer: Printer,
    language: str,
    checklists: Mapping[str, Checklist],
    locations: Mapping[str, Location],
    regions: Mapping[str, str],
) -> Iterable[AnnexRow]:
    for place, figure in printer.numbered():
        definition = figure.definition
        checklist = checklists.get(definition.checklist or "")
        question = None
        if checklist is not None and definition.question:
            question = next((q for q in checklist.questions() if q.name == definition.question), None)
        spread: dict[str, int] = {}
        for code in figure.stations:
            location = locations.get(code)
            name = regions.get(location.region or "", "–") if location else "–"
            spread[name] = spread.get(name, 0) + 1
        yield AnnexRow(
            place=place,
            figure=figure,
            label=definition.label.get(language, definition.id),
            question=question.label.get(language, "") if question else "",
            procedure=question.procedure.get(language, "") if question else "",
            sources="; ".join(f"{s.ref} {s.place}" for s in question.sources) if question else definition.locator,
            regions={} if printer.reconstruction else spread,
        )
