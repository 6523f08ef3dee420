"""A mission's folder: mission.toml and the CSV and TOML files beside it.

    mission.toml      what is observed, when, by whom; facts of no form
    locations.csv     the register
    teams.csv         the teams and where they work
    deployment.csv    which team is to send a report of which stage, and from where (optional)
    diary.csv         meetings, complaints made to the mission (optional)
    figures.toml      the named figures of its statements (optional)
    published.toml    figures as a source printed them (optional; never computed with)
    aggregation.csv   rows of aggregation tables (optional)
    regions.geojson   the shapes of its regions, as a FeatureCollection with properties.code (optional)
    checklist-*.toml  checklists that the mission brings itself (optional)
    protocol.toml     its own layout of the results protocol (optional)
    rules.toml        its own reconciliation rules and tolerances (optional)
    checks.toml       what it changes in the checks over several documents (optional)
    reports.csv       reports that were kept as a table, with reports.toml saying what its columns mean (optional)

Every error names the file, the line or key, and what is expected.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.model import Checklist
from observer_kit.checklists.own import read_own
from observer_kit.errors import MissionInvalid
from observer_kit.missions import aggregation_rows, deployment, maps
from observer_kit.missions.aggregation_rows import check_aggregation, read_aggregation
from observer_kit.missions.deployment import Deployed, check_deployment, read_deployment
from observer_kit.missions.figures import whole_figures
from observer_kit.missions.maps import MapInvalid
from observer_kit.missions.mission_file import CODE, FILE, read_mission, read_toml
from observer_kit.missions.model import DiaryEntry, Mission, Team
from observer_kit.missions.published_rows import check_printed, with_tellings
from observer_kit.missions.register import Register
from observer_kit.missions.rows import Row, read_rows
from observer_kit.missions.sampling import check_sampling

DIARY_KINDS: Final = ("meeting", "complaint", "visit", "media")
_TEAM_COLUMNS: Final = (("code", "name"), ("region", "phone", "name_ru", "name_kk"))
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.-]{2,28}(?:; ?\+?[0-9][0-9 ()/.-]{2,28})*")
_BESIDE: Final = ("result", "silence", "conflict", "remark", "document", "bases", "again", "relation")
"""What published.toml may hold beside its figures: notes for people, and what missions/relations.py reads."""


@dataclass(frozen=True)
class MissionFolder:
    """One folder, opened: the mission is read at once, long files in a stream when asked for."""

    path: Path
    mission: Mission
    opens: time | None
    closes: time | None

    @cached_property
    def register(self) -> Register:
        """Give the register; go through it to read the locations."""
        return Register(self.path / "locations.csv", self.mission.zone, self.opens, self.closes)

    def teams(self) -> Iterator[Team]:
        """Go through the teams; raises MissionInvalid for a code that stands twice."""
        seen: set[str] = set()
        for row in read_rows(self.path / "teams.csv", *_TEAM_COLUMNS):
            code = row.needed("code", "a code")
            if not CODE.fullmatch(code):
                raise row.refuse("code", "letters, digits, - _ . without spaces (at most 60)")
            if code in seen:
                raise row.refuse("code", "a code that stands only once")
            seen.add(code)
            yield Team(
                code, row.needed("name", "a name"), row.text("region"), _phone(row),
                row.text("name_ru"), row.text("name_kk"),
            )  # fmt: skip

    def deployment(self) -> Iterator[Deployed]:
        """Go through the deployment plan; a mission without one has none."""
        return read_deployment(self.path / deployment.FILE)

    def diary(self) -> Iterator[DiaryEntry]:
        """Go through the diary; a mission without one has none."""
        path = self.path / "diary.csv"
        seen: set[str] = set()
        columns = ("id", "day", "kind", "title")
        for row in read_rows(path, columns, ("detail", "count", "reference")) if path.exists() else ():
            identifier = row.needed("id", "an id")
            if identifier in seen:
                raise row.refuse("id", "an id that stands only once")
            seen.add(identifier)
            day = row.day("day")
            kind = row.choice("kind", DIARY_KINDS)
            if day is None or kind is None:
                raise row.refuse("day", "a day as YYYY-MM-DD") if day is None else row.refuse("kind", "a kind")
            count = row.whole("count")
            yield DiaryEntry(
                identifier, day, kind, row.needed("title", "a title"), row.text("detail") or "",
                1 if count is None else count, row.text("reference") or "",
            )  # fmt: skip

    def shapes(self) -> str | None:
        """Give the shapes of the regions as they stand in their file; raises MapInvalid for one that can't be drawn."""
        path = self.path / maps.FILE
        if not path.exists():
            return None
        content = path.read_bytes()
        for code, _ in maps.read_shapes(content).regions:
            if self.register.kind(code) != "region":
                raise MapInvalid(f"{code!r} is not the code of a region of locations.csv", place=maps.FILE)
        return content.decode("utf-8-sig")

    @property
    def layout(self) -> Path | None:
        """Name the file with the mission's own layout of the results protocol; None where it has none."""
        path = self.path / "protocol.toml"
        return path if path.exists() else None

    def rules(self) -> dict[str, Any] | None:
        """Give what the mission changes in the reconciliation rules, as it wrote it; None where it changes nothing."""
        path = self.path / "rules.toml"
        return read_toml(path) if path.exists() else None

    def checks(self) -> dict[str, Any] | None:
        """Give what the mission changes in the checks over several documents; None where it changes nothing."""
        path = self.path / "checks.toml"
        return read_toml(path) if path.exists() else None

    def own_checklists(self) -> dict[str, Checklist]:
        """Read the checklists that the mission brings itself, by stage; raises FormsInvalid and MissionInvalid."""
        found: dict[str, Checklist] = {}
        for path in sorted(self.path.glob("checklist-*.toml")):
            checklist = read_own(path, self.mission.event)
            if checklist.stage in found:
                raise MissionInvalid(f"a second checklist of the stage {checklist.stage}", place=path.name)
            found[checklist.stage] = checklist
        return found

    def styles(self) -> dict[str, bytes]:
        """Give what the mission brings for its statements, by paths below `styles/`: its own styles, and its logo."""
        folder = self.path / "styles"
        paths = (*sorted(folder.glob("*/style.toml")), *sorted(folder.glob("*/*/*.md")), *sorted(folder.glob("logo.*")))
        for path in paths:
            if not path.resolve().is_relative_to(folder.resolve()):
                raise MissionInvalid("leads out of the mission's folder", place=f"styles/{path.relative_to(folder)}")
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}

    def digest(self) -> str:
        """Give one hash over the folder's files, so that what was imported can be told from what is there now."""
        total = hashlib.sha256()
        for path in sorted(path for path in self.path.iterdir() if path.suffix in (".toml", ".csv", ".geojson")):
            with path.open("rb") as file:
                total.update(f"{path.name}:{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        for name, content in self.styles().items():
            total.update(f"styles/{name}:{hashlib.sha256(content).hexdigest()}\n".encode())
        return total.hexdigest()

    def check(self, fields: Collection[str] | None = None) -> int:
        """Read every file once, with what they say of each other; give the number of locations.

        `fields` are those of the results protocol, for the aggregation tables' cells.
        """
        count = self.register.check()
        check_sampling(self.mission.sampling, self.register.kind)
        for row in read_rows(self.path / "teams.csv", *_TEAM_COLUMNS):
            if (region := row.text("region")) and self.register.kind(region) != "region":
                raise row.refuse("region", "the code of a region of locations.csv (or nothing)")
        codes = {team.code for team in self.teams()}
        check_deployment(self.path / deployment.FILE, codes, self.register.kind)
        for _ in self.diary():
            pass
        self.shapes()
        check_aggregation(self.path / aggregation_rows.FILE, self.register.kind, fields)
        for _ in self.aggregation():
            pass
        self.published()
        return count

    def published(self) -> list[dict[str, Any]]:
        """Give the figures as a source printed them, for comparison only; `again` is how it tells one elsewhere."""
        path = self.path / "published.toml"
        found = _entries(path, _BESIDE)
        for entry in found:
            check_printed(entry)
        return with_tellings(found, read_toml(path)) if found else []

    def aggregation(self) -> Iterator[dict[str, Any]]:
        """Go through the cells of aggregation tables; a mission without them has none."""
        return read_aggregation(self.path / aggregation_rows.FILE)


def open_folder(path: Path) -> MissionFolder:
    """Read a mission's folder; raises MissionInvalid naming what is wrong and where."""
    if not path.is_dir():
        raise MissionInvalid("expected a folder with a mission.toml", place=str(path))
    values = read_toml(path / FILE)
    mission = read_mission(values, whole_figures(_entries(path / "figures.toml"), "figures.toml"))
    return MissionFolder(path, mission, values.get("opens"), values.get("closes"))


def _phone(row: Row) -> str | None:
    """Give a number that can be dialled, or several with a semicolon between them."""
    found = row.text("phone")
    if found is not None and not _PHONE.fullmatch(found):
        raise row.refuse("phone", "a number as +7 701 000 00 00, or several with ; between them")
    return found


def _entries(path: Path, beside: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Give the [[figure]] tables of an optional TOML file, each with its id; `beside` may stand there too."""
    if not path.exists():
        return []
    values = read_toml(path)
    if unknown := sorted(set(values) - {"figure", *beside}):
        raise MissionInvalid(f"expected [[figure]] tables, found {unknown[0]!r}", place=path.name)
    found = values.get("figure", [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise MissionInvalid("expected [[figure]] tables, each with an id", place=path.name)
    seen: set[str] = set()
    for number, entry in enumerate(found, 1):
        identifier = entry.get("id")
        if not isinstance(identifier, str) or not identifier:
            raise MissionInvalid("expected [[figure]] tables, each with an id", place=f"{path.name}, figure {number}")
        if identifier in seen:
            raise MissionInvalid("expected an id that stands only once", place=f"{path.name}, figure {identifier}")
        seen.add(identifier)
    return found
