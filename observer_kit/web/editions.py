"""Fetch what an edition of a statement is printed from; for the pages of the office and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from observer_kit.config import Config
from observer_kit.errors import OutputUnwritable
from observer_kit.missions.model import Mission
from observer_kit.statements.edition.logo import checked
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.figures import Evidence, compute
from observer_kit.statements.model import Figure
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text import SectionText, Style, context_of, draft, draftable, set_text
from observer_kit.storage import checklists, diary, register
from observer_kit.trust.keys import statement_key
from observer_kit.web import numbers
from observer_kit.web.papers import region_names

LOGOS = ("logo.png", "logo.jpg", "logo.jpeg")
"""What a mission's logo may be called, beside its own styles."""


def edition_of(
    tx: Session,
    config: Config,
    mission: Mission,
    style: Style,
    language: str,
    *,
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
    notes: Any = "inline",
) -> Edition:
    """Gather an edition: from what is stored now, or from what the caller has frozen.

    `sections` are the words that people have edited; without them the style
    drafts its own.
    """
    if figures is None:
        wanted = numbers.definitions(mission)
        evidence = evidence or numbers.evidence(tx, mission, wanted)
        figures = compute(wanted, evidence)
    counted = list(figures)
    regions = region_names(tx, mission, language)
    places = {place.code: place for place in register.find(tx, mission.code, visited=True)}
    open_to_name = [figure for figure in counted if figure.definition.name not in withheld]
    behind = {code for figure in open_to_name if figure.definition.footnote for code in figure.stations}
    if sections is None:
        charts = [plan.name for plan in style.plans(language)]
        entries = diary.all(tx, mission.code)
        seen = draftable(mission, counted, language, diary=entries, regions=regions, charts=charts)
        sections = draft(style, language, seen)
    context = context_of(
        mission,
        counted,
        locations={code: place for code, place in places.items() if code in behind},
        regions=regions,
        signed_on=signed_on,
        draft=state in ("draft", "approved"),
        notes=notes,
    )
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
        logo=_logo(config, mission, logo),
        key=statement_key(config),
        signed_on=signed_on,
    )


def _logo(config: Config, mission: Mission, given: Path | None) -> bytes | None:
    folder = config.data / "styles" / mission.code
    found = given or next((folder / name for name in LOGOS if (folder / name).is_file()), None)
    if found is None:
        return None
    try:
        return checked(found.read_bytes(), found.name)
    except OSError as error:
        raise OutputUnwritable(f"can't be read: {error.strerror}", place=str(found)) from None


def file_of(config: Config, edition: Edition, kind: str) -> Path:
    """Name the file of an edition."""
    return config.exports / f"{edition.mission.code}-{edition.style.id}-{edition.language}.{kind}"


def write(out: Path, make: Any) -> Path:
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
