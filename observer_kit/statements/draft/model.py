"""A data set frozen with everything that is said from it, as one document that stands on its own."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from observer_kit import clock
from observer_kit.missions.model import DiaryEntry, Location
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text.model import SectionPlan, Style

SHAPE: Final = 2
"""The shape of the document; a later one reads the earlier ones, which held figures and tables alone."""
Dimensions = tuple[str | None, str | None, str | None, str | None]
"""Region, setting, special kind and kind of the place that a report came from."""
FOOTNOTE: Final = "footnote"
WITHHELD: Final = "withheld"


@dataclass(frozen=True, slots=True)
class Frozen:
    """Everything a statement is drafted and set from.

    `mission` is the mission's document as it stood. `locations` are the
    stations behind the figures, `regions` their names, `checklists` the
    versions that define the questions, `tables` the rows of the tables that the
    program lays out. `weight` says of a figure that counts a
    breach how severe it is, or that it is a rating.

    What is printed beside the figures is frozen too, so that a published paper
    can be made again whatever the mission brings later: `styles` whole, by
    name; `names` of the regions, by language; `placed`, what the register said
    of the place of each report; `rules`, what the mission changes in the
    reconciliation rules; its `shapes` and `logo`; `printed`, the rows that a
    rebuild's source prints. `whole` is False for a document of before, which
    has none of these.
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
    styles: Mapping[str, Style] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    placed: Mapping[str, Dimensions] = field(default_factory=dict)
    rules: Any = None
    shapes: str | None = None
    logo: bytes | None = None
    printed: tuple[Mapping[str, Any], ...] = ()
    whole: bool = True

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
        "styles": {name: _style_document(style) for name, style in frozen.styles.items()},
        "names": {language: dict(names) for language, names in frozen.names.items()},
        "placed": _by_place(frozen.placed),
        "rules": _plain(frozen.rules),
        "shapes": frozen.shapes,
        "logo": None if frozen.logo is None else base64.b64encode(frozen.logo).decode(),
        "printed": [_plain(dict(row)) for row in frozen.printed],
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
        styles={name: _style(each) for name, each in document.get("styles", {}).items()},
        names=document.get("names", {}),
        placed={id: tuple(place) for *place, ids in document.get("placed", ()) for id in ids},
        rules=document.get("rules"),
        shapes=document.get("shapes"),
        logo=None if document.get("logo") is None else base64.b64decode(document["logo"]),
        printed=tuple(document.get("printed", ())),
        whole=document["shape"] >= SHAPE,
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


def _by_place(placed: Mapping[str, Dimensions]) -> list[list[Any]]:
    """Write each kind of place once, with the reports that came from it."""
    found: dict[Dimensions, list[str]] = {}
    for id, place in placed.items():
        found.setdefault(place, []).append(id)
    return [[*place, ids] for place, ids in found.items()]


def _style_document(style: Style) -> dict[str, Any]:
    """Write a style whole; where its folder lay is of no use to anybody."""
    said = {each.name: getattr(style, each.name) for each in fields(style) if each.name != "folder"}
    return {name: _plain(value) for name, value in {**said, "sections": [*map(asdict, style.sections)]}.items()}


def _style(values: Mapping[str, Any]) -> Style:
    said = _known(Style, values)
    said["sections"] = tuple(SectionPlan(**_known(SectionPlan, each)) for each in said["sections"])
    said["numbers"] = tuple(said.get("numbers", ()))
    return Style(**{**said, "charts": tuple(said.get("charts", ())), "folder": Path(said["id"])})


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
