"""Fetch what an edition of a statement is printed from; for the pages of the office and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.config import Config
from observer_kit.errors import OutputUnwritable
from observer_kit.missions.model import Mission
from observer_kit.protocols import Rule
from observer_kit.statements.draft.model import Frozen
from observer_kit.statements.edition.logo import checked
from observer_kit.statements.edition.model import DRAFTS, Edition, LogoInvalid
from observer_kit.statements.edition.source import Quoted, differences
from observer_kit.statements.figures import Evidence, compute
from observer_kit.statements.model import Figure
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text import SectionText, Style, context_of, draft, draftable, set_text
from observer_kit.statements.text.listing import tables_html
from observer_kit.storage import checklists, diary, published, register, shapes, submissions
from observer_kit.trust.keys import statement_key
from observer_kit.web import numbers
from observer_kit.web.frozen import frozen_tables
from observer_kit.web.papers import own_styles, region_names
from observer_kit.web.protocols import rule_states

LOGOS: Final = ("logo.png", "logo.jpg", "logo.jpeg")
"""What a mission's logo may be called, beside its own styles."""
Notes = Literal["inline", "end"]


def notes_of(kind: str) -> Notes:
    """Say where footnotes stand: on paper under the page that calls them, elsewhere at the end."""
    return "inline" if kind == "pdf" else "end"


def edition_of(
    tx: Session,
    config: Config,
    mission: Mission,
    style: Style,
    language: str,
    *,
    kind: str = "pdf",
    sections: Sequence[SectionText] | None = None,
    figures: Iterable[Figure] | None = None,
    snapshot: Snapshot | None = None,
    evidence: Evidence | None = None,
    state: str = "draft",
    version: int = 1,
    reason: str = "",
    replaces: int | None = None,
    signed_on: date | None = None,
    withheld: frozenset[str] = frozenset(),
    logo: Path | None = None,
) -> Edition:
    """Gather an edition: from what is stored now, or from what the caller has frozen.

    `sections` are the words that people have edited; without them the style
    drafts its own.
    """
    if figures is None:
        if evidence is None:
            figures, evidence = numbers.counted(tx, mission)
        else:
            figures = compute(numbers.every_definition(tx, mission), evidence)
    counted = list(figures)
    regions = region_names(tx, mission, language)
    places = {place.code: place for place in register.find(tx, mission.code, visited=True)}
    tables = tables_html(frozen_tables(tx, mission), language)
    if sections is None:
        seen = draftable(
            mission, counted, language, diary=diary.all(tx, mission.code), regions=regions,
            charts=[plan.name for plan in style.plans(language)], tables=tables,
        )  # fmt: skip
        sections = draft(style, language, seen)
    rows = published.all(tx, mission.code)
    context = context_of(
        mission, counted, locations=places, regions=regions, tables=tables, shapes=shapes.of(tx, mission.code),
        signed_on=signed_on, draft=state in DRAFTS, notes=notes_of(kind),
    )  # fmt: skip
    return Edition(
        mission=mission,
        style=style,
        language=language,
        text=set_text(style, language, sections, context),
        figures={figure.definition.name: figure for figure in counted},
        snapshot=snapshot or numbers.snapshot(tx, mission),
        evidence=evidence,
        checklists=checklists.current(tx, mission.code),
        locations=places,
        regions=regions,
        state=state,
        version=version,
        reason=reason,
        replaces=replaces,
        withheld=withheld,
        stations=mission.lists_stations,
        differences=printed_otherwise(rows, style, language, counted),
        printed=rows,
        logo=logo_of(config, mission, logo),
        key=statement_key(config),
        signed_on=signed_on,
    )


def printed_otherwise(
    rows: Iterable[Mapping[str, Any]], style: Style, language: str, figures: Iterable[Figure]
) -> dict[str, Quoted]:
    """Quote by figure what the source of a rebuilt mission prints where the annex prints another number."""
    return differences(figures, rows, language, shares=style.shares != "counts")


def evidence_then(
    tx: Session, mission: Mission, frozen: Frozen, asked: Mapping[str, Checklist], rules: Iterable[Rule]
) -> Evidence:
    """Fetch the reports of a frozen data set, whatever has become of them or of their places since.

    `asked` are its checklists then, `rules` those that protocols were held against.
    """
    then = numbers.in_order(asked)
    ids = frozen.snapshot.submissions
    reports = {
        name: [_as_placed(each, frozen) for each in submissions.reports(tx, mission.code, name, ids=ids)]
        for name in then
    }
    states = rule_states(mission, reports.get("protocol", []), rules)
    return Evidence(reports=reports, checklists=then, rules=states)


def _as_placed(report: Report, frozen: Frozen) -> Report:
    """Let a report come from the kind of place that the register had then."""
    place = frozen.placed.get(report.id)
    if place is None:
        return report
    region, setting, special, kind = place
    return replace(report, region=region, setting=setting, special=special, kind=kind)


def logo_of(config: Config, mission: Mission, given: Path | None = None) -> bytes | None:
    """Read the mission's logo, where it brought one; raises LogoInvalid for what is no picture."""
    folder = own_styles(config, mission)
    found = given or next((folder / name for name in LOGOS if (folder / name).is_file()), None)
    if found is None:
        return None
    try:
        return checked(found.read_bytes(), found.name)
    except OSError as error:
        raise LogoInvalid(f"can't be read: {error.strerror}", place=str(found)) from None


def file_of(config: Config, mission: Mission, style: str, language: str, kind: str) -> Path:
    """Name the file of a mission's statement in this style, language and kind."""
    return config.exports / f"{mission.code}-{style}-{language}.{kind}"


def write(out: Path, make: Callable[[], bytes]) -> Path:
    """Write a file whole or not at all; raises OutputUnwritable before the long work where nothing can be written."""
    part = out.with_suffix(out.suffix + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        try:
            part.write_bytes(make())
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputUnwritable(f"can't be written: {error.strerror}", place=str(out)) from error
    return out
