"""A mission's folder: mission.toml and the CSV and TOML files beside it.

    mission.toml      what is observed, when, by whom; facts of no form
    locations.csv     the register
    teams.csv         the teams and where they work
    diary.csv         meetings, complaints made to the mission (optional)
    figures.toml      the named figures of its statements (optional)
    published.toml    figures as a source printed them (optional; never computed with)
    aggregation.csv   rows of aggregation tables (optional)

Every error names the file, the line or key, and what is expected.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.model import EVENTS, LANGUAGES, LENGTHS, STAGES, Text
from observer_kit.errors import MissionInvalid
from observer_kit.missions.figures import whole_figures
from observer_kit.missions.model import DiaryEntry, Item, Mission, Team
from observer_kit.missions.register import Register, known_zone
from observer_kit.missions.rows import read_rows

FILE: Final = "mission.toml"
DIARY_KINDS: Final = ("meeting", "complaint", "visit", "media")
SAMPLES: Final = ("purposive", "random", "stratified")
FACT_KINDS: Final = ("observed", "official", "reported", "rule")
_TEAM_COLUMNS: Final = (("code", "name"), ("region",))
_TABLE_COLUMNS: Final = ("table", "commission", "location", "field", "value")
_CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_KEYS: Final = {
    "code", "name", "event", "event_name", "day", "organisation", "country", "zone", "languages", "sample",
    "candidates", "options", "parties", "checklists", "facts", "expected", "reconstruction", "emergency",
    "small_cell", "opens", "closes", "results",
}  # fmt: skip


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
            if code in seen:
                raise row.refuse("code", "a code that stands only once")
            seen.add(code)
            yield Team(code, row.needed("name", "a name"), row.text("region"))

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

    def digest(self) -> str:
        """Give one hash over the folder's files, so that what was imported can be told from what is there now."""
        total = hashlib.sha256()
        for path in sorted(path for path in self.path.iterdir() if path.suffix in (".toml", ".csv")):
            with path.open("rb") as file:
                total.update(f"{path.name}:{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        return total.hexdigest()

    def check(self) -> int:
        """Read every file once, with what they say of each other; give the number of locations."""
        count = self.register.check()
        for row in read_rows(self.path / "teams.csv", *_TEAM_COLUMNS):
            if (region := row.text("region")) and self.register.kind(region) != "region":
                raise row.refuse("region", "the code of a region of locations.csv (or nothing)")
        for _ in (*self.teams(), *self.diary()):
            pass
        if (self.path / "aggregation.csv").exists():
            for row in read_rows(self.path / "aggregation.csv", _TABLE_COLUMNS):
                if self.register.kind(row.needed("location", "a location's code")) is None:
                    raise row.refuse("location", "the code of a location of locations.csv")
        for _ in self.aggregation():
            pass
        self.published()
        return count

    def published(self) -> list[dict[str, Any]]:
        """Give the figures as a source printed them, for comparison only."""
        return _entries(self.path / "published.toml", "figure")

    def aggregation(self) -> Iterator[dict[str, Any]]:
        """Go through the rows of aggregation tables: table, commission, location, field, value."""
        path = self.path / "aggregation.csv"
        for row in read_rows(path, _TABLE_COLUMNS) if path.exists() else ():
            row.needed("table", "a table's name")
            row.needed("field", "a field of the results protocol")
            value = row.whole("value")
            if value is None:
                raise row.refuse("value", "a whole number")
            yield {**row.cells, "value": value}


def open_folder(path: Path) -> MissionFolder:
    """Read a mission's folder; raises MissionInvalid naming what is wrong and where."""
    if not path.is_dir():
        raise MissionInvalid("expected a folder with a mission.toml", place=str(path))
    values = _toml(path / FILE)
    if unknown := sorted(set(values) - _KEYS):
        raise MissionInvalid(f"key {unknown[0]!r} is not one of {', '.join(sorted(_KEYS))}", place=FILE)
    read = _Reader(values)
    opens, closes = read.clock("opens"), read.clock("closes")
    figures = whole_figures(_entries(path / "figures.toml", "figure"), "figures.toml")
    return MissionFolder(path, _mission(read, figures), opens, closes)


def _mission(read: _Reader, figures: tuple[Mapping[str, Any], ...]) -> Mission:
    zone = read.string("zone")
    if not known_zone(zone):
        raise read.refuse("zone", "an IANA time zone such as Asia/Almaty")
    if not _CODE.fullmatch(read.string("code")):
        raise read.refuse("code", "letters, digits, - _ . without spaces (at most 60)")
    languages = tuple(read.values.get("languages", LANGUAGES))
    if not languages or not set(languages) <= set(LANGUAGES):
        raise read.refuse("languages", "a list of " + ", ".join(LANGUAGES))
    small_cell = read.values.get("small_cell", 10)
    if not isinstance(small_cell, int) or isinstance(small_cell, bool) or small_cell < 0:
        raise read.refuse("small_cell", "a whole number")
    return Mission(
        code=read.string("code"),
        name=read.text("name"),
        event=read.choice("event", EVENTS),
        event_name=read.text("event_name"),
        day=read.day("day"),
        organisation=read.string("organisation"),
        country=read.text("country"),
        zone=zone,
        languages=languages,
        sample=read.choice("sample", SAMPLES, "purposive"),
        candidates=read.items("candidates"),
        options=read.items("options"),
        parties=read.items("parties"),
        checklists=read.checklists(),
        facts=read.facts(),
        figures=figures,
        expected=read.expected(),
        reconstruction=read.values.get("reconstruction"),
        emergency=tuple(read.values.get("emergency", ())),
        small_cell=small_cell,
        opens=_hour(read.clock("opens")),
        closes=_hour(read.clock("closes")),
        results=read.values.get("results", {}),
    )


def _hour(moment: time | None) -> str | None:
    return None if moment is None else f"{moment:%H:%M}"


class _Reader:
    """Reads the keys of mission.toml; each refusal names the key and what is expected."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def refuse(self, key: str, expected: str) -> MissionInvalid:
        found = self.values.get(key)
        said = "found nothing" if found is None else f"found {str(found)[:60]!r}"
        return MissionInvalid(f"expected {expected}, {said}", place=f"{FILE}, key {key}")

    def string(self, key: str) -> str:
        found = self.values.get(key)
        if not isinstance(found, str) or not found.strip():
            raise self.refuse(key, "a text in quotation marks")
        return found

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        found = self.values.get(key, default)
        if found not in allowed:
            raise self.refuse(key, "one of " + ", ".join(allowed))
        return str(found)

    def day(self, key: str) -> date:
        found = self.values.get(key)
        if type(found) is not date:
            raise self.refuse(key, "a day without quotation marks, as 2026-11-22")
        return found

    def clock(self, key: str) -> time | None:
        found = self.values.get(key)
        if found is not None and not isinstance(found, time):
            raise self.refuse(key, "a time without quotation marks, as 07:00:00")
        return found

    def text(self, key: str) -> Text:
        return self._text(self.values.get(key), key)

    def _text(self, found: Any, key: str) -> Text:
        if not isinstance(found, dict) or not all(isinstance(found.get(one), str) for one in LANGUAGES):
            raise self.refuse(key.split(".")[0], f"{key} in each of {', '.join(LANGUAGES)}")
        return dict(found)

    def items(self, key: str) -> tuple[Item, ...]:
        found = []
        for index, entry in enumerate(self.values.get(key, ())):
            if not isinstance(entry, dict) or not isinstance(entry.get("code"), str):
                raise self.refuse(key, "entries with code and name")
            found.append(Item(entry["code"], self._text(entry.get("name"), f"{key}.{index}.name")))
        if len({item.code for item in found}) != len(found):
            raise self.refuse(key, "codes that stand only once")
        return tuple(found)

    def checklists(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for stage, settings in self.values.get("checklists", {}).items():
            if stage not in STAGES or not isinstance(settings, dict):
                raise self.refuse("checklists", "stages among " + ", ".join(STAGES))
            if settings.get("length", "core") not in LENGTHS:
                raise self.refuse("checklists", f"length of {stage} to be one of {', '.join(LENGTHS)}")
            found[stage] = {"length": "core", **settings}
        return found

    def facts(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for name, fact in self.values.get("facts", {}).items():
            if not isinstance(fact, dict) or "value" not in fact or fact.get("kind") not in FACT_KINDS:
                raise self.refuse("facts", f"fact {name} with value, kind ({', '.join(FACT_KINDS)}) and locator")
            found[name] = fact
        return found

    def expected(self) -> dict[str, int]:
        found = self.values.get("expected", {})
        if not isinstance(found, dict) or not all(stage in STAGES and type(n) is int for stage, n in found.items()):
            raise self.refuse("expected", "a whole number of reports for each stage")
        return found


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise MissionInvalid("this file is missing from the mission's folder", place=path.name) from None
    except UnicodeDecodeError:
        raise MissionInvalid("expected UTF-8", place=path.name) from None
    except tomllib.TOMLDecodeError as error:
        raise MissionInvalid(f"expected TOML: {error}", place=path.name) from None


def _entries(path: Path, key: str) -> list[dict[str, Any]]:
    """Give the [[key]] tables of an optional TOML file."""
    if not path.exists():
        return []
    found = _toml(path).get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) and entry.get("id") for entry in found):
        raise MissionInvalid(f"expected [[{key}]] tables, each with an id", place=path.name)
    return found
