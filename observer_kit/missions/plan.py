"""What a rebuild must reach: the printed figures as targets, and how they spread.

Numbers come from the mission's own published.toml through the bindings of its
figures.toml; rebuild.toml adds only what no source prints: how many visits in
each region, how many reports stand behind "several", where a finding may lie.
named.toml holds what is printed of places by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from observer_kit.errors import MissionInvalid
from observer_kit.missions.load import MissionFolder

FILE = "rebuild.toml"


@dataclass(frozen=True, slots=True)
class Target:
    """A count to reach: reports whose answer to `question` is among `counted`.

    `count` is the numerator where one is printed (or chosen for a claim
    without a number), else `percent` is what must come out in whole per cent.
    `complete` leaves no report unanswered, because the claim is of all or none.
    """

    figure: str
    checklist: str
    question: str
    counted: tuple[str, ...]
    measure: str = "answers"
    over: str | None = None
    base: str | None = None
    count: int | None = None
    percent: float | None = None
    complete: bool = False
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the findings of a question may lie: at a place, in these regions only, in each, more in some."""

    at: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    each: bool = False
    first: tuple[str, ...] = ()
    balance: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """How many reports of a checklist, in which regions; `kind` is where they are made."""

    reports: int
    regions: Mapping[str, int] = field(default_factory=dict)
    kind: str = "polling_station"


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a rebuild needs to know beside register, teams and checklists."""

    mission: str
    stages: Mapping[str, Stage]
    targets: tuple[Target, ...]
    places: Mapping[tuple[str, str], Place]
    numbers: Mapping[str, tuple[int, int]]
    likely: Mapping[str, float]
    named: Mapping[tuple[str, str], Mapping[str, Any]]
    notes: Mapping[tuple[str, str], str]
    protocols: Mapping[str, Any]
    printed_protocols: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, Mapping[str, int]]

    def targets_of(self, checklist: str, question: str) -> list[Target]:
        """Give the targets over all reports of a question (those of one region apart)."""
        found = [
            target
            for target in self.targets
            if (target.checklist, target.question, target.region) == (checklist, question, None)
        ]
        # Those bound to regions choose first, then the rarer answers.
        return sorted(
            found,
            key=lambda target: (
                not self.regional(checklist, question, target.counted),
                target.percent if target.count is None else 0,
                target.count or 0,
            ),
        )

    def regional(self, checklist: str, question: str, counted: tuple[str, ...]) -> dict[str, Target]:
        """Give the targets of single regions for the same answers."""
        return {
            target.region: target
            for target in self.targets
            if (target.checklist, target.question, target.counted) == (checklist, question, counted) and target.region
        }


def read_plan(folder: MissionFolder) -> Plan | None:
    """Read the plan of a mission that can be rebuilt; None for one that reported no counts."""
    path = folder.path / FILE
    if not path.exists():
        return None
    values = _read(path)
    published = {entry["id"]: entry for entry in folder.published()}
    chosen = {entry["figure"]: entry["count"] for entry in values.get("choose", ()) if "figure" in entry}
    figures = {entry["id"]: entry for entry in folder.mission.figures}
    if unknown := sorted(set(chosen) - set(figures)):
        raise MissionInvalid(f"chooses a count for {unknown[0]!r}, which is no figure of this mission", place=FILE)
    stages = {name: _stage(entry, published) for name, entry in values.get("stage", {}).items()}
    targets: list[Target | None] = []
    for identifier, figure in figures.items():
        if figure.get("measure") not in ("answers", "sum", "ratio") or figure["checklist"] not in stages:
            continue
        where = dict(figure.get("where", {}))
        if set(where) - {"region"}:
            continue  # follows from the balance of its place, not a target of its own
        total = stages[figure["checklist"]].reports
        printed = published.get(identifier, {})
        targets.append(_target(figure, printed, chosen.get(identifier), total, where.get("region")))
    for entry in values.get("choose", ()):
        if "question" in entry:
            total = stages[entry["checklist"]].reports
            figure = {"id": "", "measure": "answers", "base": "reports", **entry}
            targets.append(_target(figure, {}, entry["count"], total, None))
    named_values = _read(folder.path / "named.toml") if (folder.path / "named.toml").exists() else {}
    named, notes = _named(named_values)
    return Plan(
        mission=folder.mission.code,
        stages=stages,
        targets=tuple(target for target in targets if target),
        places={(entry["checklist"], entry["question"]): _place(entry) for entry in values.get("place", ())},
        numbers={name: (low, high) for name, (low, high) in values.get("numbers", {}).items()},
        likely=values.get("likely", {}),
        named=named,
        notes=notes,
        protocols=_protocols(values.get("protocols", {}), published),
        printed_protocols=tuple(named_values.get("protocol", ())),
        tables=_tables(folder),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise MissionInvalid(f"expected TOML: {error}", place=path.name) from None


def _stage(entry: Mapping[str, Any], published: Mapping[str, Mapping[str, Any]]) -> Stage:
    regions = entry.get("regions", {})
    reports = entry.get("reports", sum(regions.values()))
    if isinstance(reports, str):
        reports = published[reports]["numerator"]
    if regions and sum(regions.values()) != reports:
        raise MissionInvalid(f"the regions' visits add up to {sum(regions.values())}, not {reports}", place=FILE)
    return Stage(reports, regions, entry.get("kind", "polling_station"))


def _target(
    figure: Mapping[str, Any], printed: Mapping[str, Any], chosen: int | str | None, total: int, region: str | None
) -> Target | None:
    numerator, percent = printed.get("numerator"), printed.get("percent_as_printed")
    count = numerator if isinstance(numerator, int) else None
    if count is None and chosen is not None:
        count = {"all": total, "none": 0}.get(str(chosen)) if isinstance(chosen, str) else chosen
    share = float(percent) if isinstance(percent, int | float) else None
    if count is None and share is None:
        return None
    return Target(
        figure=figure["id"],
        checklist=figure["checklist"],
        question=figure["question"],
        counted=tuple(figure.get("counted", ())),
        measure=figure["measure"],
        over=figure.get("over"),
        base=figure.get("base"),
        count=count,
        percent=share,
        complete=figure["measure"] == "answers" and count in (0, total) and region is None,
        region=region,
    )


def _tables(folder: MissionFolder) -> dict[str, dict[str, int]]:
    """Gather the rows of aggregation tables by station."""
    found: dict[str, dict[str, int]] = {}
    for row in folder.aggregation():
        found.setdefault(row["location"], {})[row["field"]] = row["value"]
    return found


def _protocols(entry: Mapping[str, Any], published: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Put the printed numerators in place of the figures' ids."""

    def number(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: number(one) for key, one in value.items()}
        return published[value]["numerator"] if isinstance(value, str) and value in published else value

    return {key: number(value) for key, value in entry.items()}


def _place(entry: Mapping[str, Any]) -> Place:
    return Place(
        at=tuple(entry.get("at", ())),
        regions=tuple(entry.get("regions", ())),
        each=entry.get("each", False),
        first=tuple(entry.get("first", ())),
        balance=entry.get("balance"),
    )


def _named(values: Mapping[str, Any]) -> tuple[dict[tuple[str, str], dict[str, Any]], dict[tuple[str, str], str]]:
    """Gather the printed findings by checklist and place, with the footnotes they stand in."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    notes: dict[tuple[str, str], str] = {}
    for entry in values.get("finding", ()):
        places = [f"{region}-{number}" for region, numbers in entry.get("stations", {}).items() for number in numbers]
        for place in (*places, *entry.get("commissions", ())):
            key = (entry["checklist"], place)
            if entry["checklist"]:
                found.setdefault(key, {}).update(entry["answers"])
            for question in entry.get("answers", ()):
                notes[place, question] = entry["locator"]
    return found, notes
