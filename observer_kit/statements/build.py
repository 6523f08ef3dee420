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
from observer_kit.statements.charts import Chart, bars_of, draw
from observer_kit.statements.model import Figure
from observer_kit.statements.pdf import render_pdf
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
    charts: Mapping[str, Chart | None]  # None where fewer than two bars could be drawn
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
    environment = Environment(
        loader=FileSystemLoader(resources("templates") / "statements" / style / language),
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
            f"Reconstruction from published figures; not issued by {mission.reconstruction}"
            if mission.reconstruction
            else None
        ),
        day=format_date(mission.day, "d MMMM y", locale=language),
        drafted=format_datetime(snapshot.taken.astimezone(zone), "d MMMM y, HH:mm", locale=language),
        p=printer,
        charts=_charts(printer, language),
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


_CHARTS: Final[Mapping[str, tuple[str, str, bool, tuple[str, ...]]]] = {
    "voting": (
        "Irregularities seen during voting",
        "Number of reports, with the base at the right.",
        False,
        ("identical_signatures", "unauthorised_voting", "candidate_info_missing", "group", "voting_restricted",
         "unsealed", "no_id", "proxy", "multiple", "stuffing"),
    ),
    "steps": (
        "Steps left out before the ballot boxes were opened",
        "Per cent of the counts observed.",
        True,
        ("unused_not_cancelled", "unused_not_packed", "signatures_not_determined", "per_member_not_determined",
         "avc_not_determined", "mobile_requests_not_determined", "not_crosschecked_fn117"),
    ),
    "count": (
        "Shortcomings of the count",
        "Number of counts, with the base at the right.",
        False,
        ("not_announced", "validity_disputed", "not_crosschecked_44", "marks_not_visible", "not_posted",
         "protocol_problems", "presigned", "unauthorised_count", "count_no_clear_view", "count_restricted"),
    ),
    "protocols": (
        "Reconciliation formulas that did not hold",
        "Number of precinct protocols reviewed, with the base at the right.",
        False,
        ("recon_issued_blank", "recon_issued_sum", "recon_valid_invalid", "recon_received"),
    ),
    "tabulation": (
        "Shortcomings of tabulation",
        "Number of district commissions, with the base at the right.",
        False,
        ("tab_not_reconcile", "tab_completed_there", "tab_no_clear_view", "tab_corrected", "tab_negative",
         "tab_restricted"),
    ),
}  # fmt: skip
_LEAST_BARS: Final = 2


def _charts(printer: Printer, language: str) -> dict[str, Chart | None]:
    drawn: dict[str, Chart | None] = {}
    regional = [
        figure
        for figure in printer.figures.values()
        if figure.definition.question == "vo_overall" and "region" in figure.definition.where
    ]
    plans = {
        name: (title, note, shares, [printer.figures[n] for n in names if n in printer.figures])
        for name, (title, note, shares, names) in _CHARTS.items()
    }
    whole = printer.figures.get("voting_negative")
    overall = f" All regions: {round(whole.percent)} per cent." if whole and whole.percent is not None else ""
    plans["regions"] = (
        "Voting assessed negatively, by region",
        f"Per cent of polling stations visited in the region.{overall}",
        True,
        regional,
    )
    for name, (title, note, shares, figures) in plans.items():
        bars = bars_of(figures, language, shares=shares)
        if name == "regions":
            bars = [
                type(bar)(printer.regions.get(str(figure.definition.where["region"]), bar.label), bar.value, bar.text)
                for figure in regional
                for bar in bars_of([figure], language, shares=True)
            ]
            bars.sort(key=lambda bar: (-bar.value, bar.label))
        drawn[name] = draw(title, note, bars) if len(bars) >= _LEAST_BARS else None
    return drawn


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
