"""A data set frozen with everything that is said from it, as one document that stands on its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, time
from typing import Any, Final

from observer_kit import clock
from observer_kit.missions.model import DiaryEntry, Location
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text.model import SectionPlan

SHAPE: Final = 1
"""The shape of the document; a later one reads the earlier ones."""
FOOTNOTE: Final = "footnote"
WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Everything a statement is drafted and set from.

    `mission` is the mission's document as it stood. `locations` are the
    stations behind the figures, `regions` their names, `checklists` the
    versions that define the questions, `tables` the rows of the tables that the
    program lays out. `weight` says of a figure that counts a
    breach how severe it is, or that it is a rating. `sections` are those of
    the style that was begun with, by its name, with their titles.
    """

    snapshot: Snapshot
    mission: Mapping[str, Any]
    figures: tuple[Figure, ...]
    locations: Mapping[str, Location] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    checklists: Mapping[str, str] = field(default_factory=dict)
    diary: tuple[DiaryEntry, ...] = ()
    weight: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[str, tuple[SectionPlan, ...]] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Figure]:
        """Give the figures by the name that marks use."""
        return {figure.definition.name: figure for figure in self.figures}


def to_document(frozen: Frozen) -> dict[str, Any]:
    """Write a frozen data set as what JSON can hold."""
    snapshot = frozen.snapshot
    return {
        "shape": SHAPE,
        "snapshot": {
            "mission": snapshot.mission, "taken": clock.stamp(snapshot.taken), "chain_head": snapshot.chain_head,
            "submissions": dict(snapshot.submissions), "standing": _plain(dict(snapshot.standing)),
            "versions": {name: list(versions) for name, versions in snapshot.versions.items()},
        },
        "mission": _plain(dict(frozen.mission)),
        "figures": [_plain(asdict(figure)) for figure in frozen.figures],
        "locations": {code: _plain(asdict(place)) for code, place in frozen.locations.items()},
        "regions": dict(frozen.regions),
        "checklists": dict(frozen.checklists),
        "diary": [_plain(asdict(entry)) for entry in frozen.diary],
        "weight": dict(frozen.weight),
        "tables": _plain(dict(frozen.tables)),
        "sections": {style: [_plain(asdict(each)) for each in plans] for style, plans in frozen.sections.items()},
    }  # fmt: skip


def from_document(document: Mapping[str, Any]) -> Frozen:
    """Read a frozen data set; what a later program adds to a figure has its ordinary value in an older document."""
    said = document["snapshot"]
    return Frozen(
        snapshot=Snapshot(
            said["mission"], clock.read_stamp(said["taken"]), said["submissions"],
            {name: tuple(versions) for name, versions in said["versions"].items()},
            said["standing"], said["chain_head"],
        ),
        mission=document["mission"],
        figures=tuple(_figure(each) for each in document["figures"]),
        locations={code: _location(each) for code, each in document["locations"].items()},
        regions=document["regions"],
        checklists=document["checklists"],
        diary=tuple(
            DiaryEntry(**{**_known(DiaryEntry, each), "day": date.fromisoformat(each["day"])})
            for each in document["diary"]
        ),
        weight=document["weight"],
        tables=document.get("tables", {}),
        sections={
            style: tuple(SectionPlan(**_known(SectionPlan, each)) for each in plans)
            for style, plans in document.get("sections", {}).items()
        },
    )  # fmt: skip


def noted(figures: Sequence[Figure], notes: Mapping[str, str]) -> tuple[Figure, ...]:
    """Let a person's decision about the stations behind a figure stand: named in a footnote, or nowhere."""
    found = []
    for figure in figures:
        act = notes.get(figure.definition.name)
        if act == WITHHELD:
            figure = replace(figure, stations=(), definition=replace(figure.definition, footnote=False))
        elif act == FOOTNOTE:
            figure = replace(figure, definition=replace(figure.definition, footnote=True))
        found.append(figure)
    return tuple(found)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return clock.stamp(value)
    return value.isoformat() if isinstance(value, date | time) else value


def _known(kind: type[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in values.items() if name in names}


def _figure(values: Mapping[str, Any]) -> Figure:
    said = _known(Definition, values["definition"])
    whole: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in said.items()}
    definition = Definition(**whole)
    rest = {**_known(Figure, values), "definition": definition, "stations": tuple(values.get("stations", ()))}
    return Figure(**rest)


def _location(values: Mapping[str, Any]) -> Location:
    said = _known(Location, values)
    for name in ("opens", "closes"):
        said[name] = None if said.get(name) is None else time.fromisoformat(said[name])
    return Location(**said)
