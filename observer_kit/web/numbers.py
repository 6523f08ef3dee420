"""Fetch from storage and hand over: tallies, figures and snapshots, for the pages and the command line alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from observer_kit import clock
from observer_kit.checklists.model import STAGES, Checklist, Question
from observer_kit.errors import ChecklistUnknown, KitError
from observer_kit.missions.maps import region_names
from observer_kit.missions.model import Mission
from observer_kit.statements.definitions import by_region, mission_definitions
from observer_kit.statements.figures import Evidence, compute, counted_at_all
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statistics import Tally, tally
from observer_kit.statistics.model import Inferred
from observer_kit.statistics.versions import per_version, shapes
from observer_kit.storage import chain, checklists, diary, register, submissions
from observer_kit.storage.filters import Filters
from observer_kit.web.columns import columns_of, dimensions_of, only
from observer_kit.web.protocols import check_states, rule_states, rules_of, table_checks, table_rows
from observer_kit.web.sampled import above

INTAKE: Final = "intake"
"""The kind of the chain's rows whose content is the hash of a stored submission."""


class FilterNotInferred(KitError):
    """A filter that the columns do not know leaves no design to infer from."""

    code = "filter_not_inferred"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as one version of its checklist asks it: since when, and in which versions (with commas between)."""

    question: Question
    since: datetime | None
    versions: str


def in_order(current: Mapping[str, Checklist]) -> dict[str, Checklist]:
    """Put a mission's checklists in the order of the day."""
    return dict(sorted(current.items(), key=lambda item: (STAGES.index(item[1].stage), item[0])))


def checklist_named(tx: Session, mission_code: str, name: str) -> Checklist:
    """Give a mission's current checklist of this name; raises ChecklistUnknown."""
    current = checklists.current(tx, mission_code)
    if name not in current:
        raise ChecklistUnknown(f"{mission_code} has no checklist {name!r}; it has {', '.join(sorted(current))}")
    return current[name]


def tallies(
    tx: Session,
    mission_code: str,
    checklist: Checklist,
    *,
    filters: Filters | None = None,
    by: str | None = None,
    question: str | None = None,
    apart: bool = False,
) -> list[Tally]:
    """Count one checklist's questions over the reports that count and that the filters let through.

    `apart` counts a question whose choices changed once for each of its versions.
    """
    where = dimensions_of(filters)
    columns = columns_of(tx, mission_code, checklist)
    mask = (
        None
        if where is not None
        else only(columns, tx, mission_code, replace(filters or Filters(), checklist=checklist.name))
    )
    count = per_version if apart else tally
    return count(columns, checklist, by=by, question=question, where=where, only=mask)


def asked_then(tx: Session, mission_code: str, checklist: Checklist, rows: Iterable[Tally]) -> dict[str, Asked]:
    """Give each row of a version, by `then`, the question as that version asks it; nothing where no row is of one."""
    wanted = {(row.question, row.version) for row in rows if row.version is not None}
    if not wanted:
        return {}
    columns = columns_of(tx, mission_code, checklist)
    known = {each.version: each for each in columns.versions}
    published = checklists.published_at(tx, mission_code, checklist.name)
    found = {}
    for name, version in wanted:
        alike = next(one for one in shapes(columns, name).values() if one[-1] == version)
        asked = known[version].question(name)
        asking = [each for each in alike if any(one.name == name for one in known[each].questions())]
        since = min((published[each] for each in asking if each in published), default=None)
        found[then(name, version)] = Asked(asked, since, ",".join(alike))
    return found


def then(question: str, version: str | None) -> str:
    """Name a question of one version."""
    return f"{question} {version}"


def intervals(
    tx: Session,
    mission: Mission,
    checklist: Checklist,
    rows: list[Tally],
    *,
    filters: Filters | None = None,
    by: str | None = None,
    shares: Mapping[str, tuple[str, ...]] | None = None,
) -> list[dict[str, Inferred]]:
    """Give the interval of every share of these rows; a sample that is not random has none, and says so.

    `shares` asks for others than those of each choice: by name the choices that are one share together.
    A filter that no column knows has none either: raises FilterNotInferred.
    """
    from observer_kit.statistics.inferred import inferred  # scipy: not for a server that is never asked

    where = dimensions_of(filters)
    if where is None:
        raise FilterNotInferred("an interval needs a filter by region, setting, team, hour or review")
    columns = columns_of(tx, mission.code, checklist)
    return inferred(columns, rows, mission.sampling, by=by, where=where, above=above(tx, mission), shares=shares)


def definitions(mission: Mission) -> list[Definition]:
    """Give the figures that this mission's statement may print."""
    return mission_definitions(mission.figures, mission.code, event=mission.event)


def every_definition(tx: Session, mission: Mission) -> list[Definition]:
    """Give them with the parts of each region; a rebuild has the regions that its source prints."""
    whole = definitions(mission)
    if mission.reconstruction:
        return whole
    regions = {region.code: region_names(region) for region in register.regions(tx, mission.code)}
    return [*whole, *by_region(whole, regions)]


def evidence(tx: Session, mission: Mission, wanted: list[Definition] | None = None) -> Evidence:
    """Fetch everything that a mission's figures are counted from."""
    current = in_order(checklists.current(tx, mission.code))
    reports = {name: list(submissions.reports(tx, mission.code, name, filters=None)) for name in current}
    protocols = reports.get("protocol", [])
    wanted = wanted or definitions(mission)
    checks = {each.question for each in wanted if each.measure == "check" and each.question}
    rows = table_rows(tx, mission, protocols)
    return Evidence(
        reports=reports,
        checklists=current,
        register=register_counts(tx, mission, wanted),
        rules=rule_states(mission, protocols, rules_of(tx, mission)),
        checks=check_states(tx, mission, protocols, rows, checks),
        tables=table_checks(rows),
        diary=diary.all(tx, mission.code),
        facts=mission.facts,
    )


def register_counts(tx: Session, mission: Mission, wanted: list[Definition]) -> dict[str, int]:
    """Count in the register what the figures ask of it: a kind, a special kind, or the stations with shifted hours."""
    names = {each.question or "polling_station" for each in wanted if each.measure == "register"}
    names |= {each.of.partition(":")[2] for each in wanted if each.of and each.of.startswith("register:")}
    names |= {
        f"{each.question or 'polling_station'}:{each.where['region']}"
        for each in wanted
        if each.measure == "register" and each.where.get("region")
    }
    return {name: _register_count(tx, mission.code, name) for name in sorted(names)}


def _register_count(tx: Session, code: str, name: str) -> int:
    kind, _, region = name.partition(":")
    if kind == "shifted":
        return register.count(tx, code, shifted=True, region=region or None)
    if kind in ("country", "region", "district", "polling_station", "commission"):
        return register.count(tx, code, kind=kind, region=region or None)
    return register.count(tx, code, special=kind, region=region or None)


def counted(tx: Session, mission: Mission) -> tuple[list[Figure], Evidence]:
    """Count every figure of the mission from what is stored now; gives also what it was counted from.

    A region has a part in a figure only where something came from it.
    """
    wanted = every_definition(tx, mission)
    found = evidence(tx, mission, wanted)
    every = compute(wanted, found)
    return [each for each in every if each.definition.part_of is None or counted_at_all(each)], found


def figures(tx: Session, mission: Mission) -> list[Figure]:
    """Count every figure of the mission from what is stored now."""
    return counted(tx, mission)[0]


def snapshot(tx: Session, mission: Mission) -> Snapshot:
    """Freeze which submissions count at this moment."""
    counted = list(submissions.counted(tx, mission.code))
    ids = {report.id for report in counted}
    versions: dict[str, set[str]] = {}
    for report in counted:
        versions.setdefault(report.checklist, set()).add(report.version)
    kept = {
        link.subject: link.content for link in chain.links(tx, kind=INTAKE, mission=mission.code) if link.subject in ids
    }
    return Snapshot(
        mission=mission.code,
        taken=clock.now(),
        submissions=kept,
        versions={name: tuple(sorted(found)) for name, found in sorted(versions.items())},
        standing=submissions.standing(tx, mission.code),
        chain_head=chain.head(tx)[1],
    )
