"""mission.toml: every key read for what it is, or refused with its name and what is expected."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path
from typing import Any, Final

from observer_kit.checklists.model import EVENTS, LANGUAGES, LENGTHS, STAGES, Text
from observer_kit.errors import MissionInvalid
from observer_kit.missions.conduct import read_conduct
from observer_kit.missions.model import Item, Mission
from observer_kit.missions.official import read_official
from observer_kit.missions.policy import read_policy
from observer_kit.missions.register import known_zone
from observer_kit.missions.sampling import read_sampling
from observer_kit.missions.windows import read_windows

FILE: Final = "mission.toml"
CODE: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}")
SAMPLES: Final = ("purposive", "random", "stratified", "clustered")
FACT_KINDS: Final = ("observed", "official", "reported", "rule")
_KEYS: Final = {
    "code", "name", "event", "event_name", "day", "organisation", "country", "zone", "languages", "sample", "sampling",
    "candidates", "options", "parties", "checklists", "facts", "expected", "reconstruction", "issuer", "emergency",
    "small_cell", "policy", "conduct", "opens", "closes", "results", "windows", "statement",
}  # fmt: skip
_SPELLING: Final = "letters, digits, - _ . without spaces (at most 60)"


def read_mission(values: Mapping[str, Any], figures: tuple[Mapping[str, Any], ...]) -> Mission:
    """Give the mission that these keys describe; raises MissionInvalid naming the key."""
    if unknown := sorted(set(values) - _KEYS):
        raise MissionInvalid(f"key {unknown[0]!r} is not one of {', '.join(sorted(_KEYS))}", place=FILE)
    read = Keys(values)
    zone = read.string("zone")
    if not known_zone(zone):
        raise read.refuse("zone", "an IANA time zone such as Asia/Almaty")
    if not CODE.fullmatch(read.string("code")):
        raise read.refuse("code", _SPELLING)
    opens, closes = read.clock("opens"), read.clock("closes")
    if opens is not None and closes is not None and closes <= opens:
        raise read.refuse("closes", f"a time after {opens:%H:%M}, when stations open")
    return Mission(
        code=read.string("code"),
        name=read.text("name"),
        event=read.choice("event", EVENTS),
        event_name=read.text("event_name"),
        day=read.day("day"),
        organisation=read.string("organisation"),
        country=read.text("country"),
        zone=zone,
        languages=read.languages(),
        sample=read.choice("sample", SAMPLES, "purposive"),
        sampling=read_sampling(read.choice("sample", SAMPLES, "purposive"), read.table("sampling")),
        candidates=read.items("candidates"),
        options=read.items("options"),
        parties=read.items("parties"),
        checklists=read.checklists(),
        facts=read.facts(),
        figures=figures,
        expected=read.expected(),
        windows=read_windows(read.table("windows")),
        reconstruction=read.string("reconstruction") if "reconstruction" in values else None,
        issuer=read.text("issuer") if "issuer" in values else {},
        emergency=read.emergency(),
        small_cell=read.whole("small_cell", 10),
        policy=read_policy(read.table("policy")),
        conduct=read_conduct(read.table("conduct")) if "conduct" in values else None,
        opens=None if opens is None else f"{opens:%H:%M}",
        closes=None if closes is None else f"{closes:%H:%M}",
        results=read.results(),
        **read.statement(),
    )


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of a mission's folder, with or without a byte order mark; raises MissionInvalid."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise MissionInvalid("this file is missing from the mission's folder", place=path.name) from None
    except UnicodeDecodeError as error:
        raise MissionInvalid(f"expected UTF-8 (byte {error.start} is not)", place=path.name) from None
    except tomllib.TOMLDecodeError as error:
        raise MissionInvalid(f"expected TOML: {error}", place=path.name) from None


class Keys:
    """Reads the keys of mission.toml; each refusal names the key and what is expected."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def refuse(self, key: str, expected: str) -> MissionInvalid:
        """Make the error for this key."""
        found = self.values.get(key)
        said = "found nothing" if found is None else f"found {str(found)[:60]!r}"
        return MissionInvalid(f"expected {expected}, {said}", place=f"{FILE}, key {key}")

    def string(self, key: str) -> str:
        """Give a text that is not empty."""
        found = self.values.get(key)
        if not isinstance(found, str) or not found.strip():
            raise self.refuse(key, "a text in quotation marks")
        return found

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """Give one of the allowed words."""
        found = self.values.get(key, default)
        if found not in allowed:
            raise self.refuse(key, "one of " + ", ".join(allowed))
        return str(found)

    def whole(self, key: str, default: int) -> int:
        """Give a whole number from 0."""
        found = self.values.get(key, default)
        if type(found) is not int or found < 0:
            raise self.refuse(key, "a whole number")
        return found

    def day(self, key: str) -> date:
        """Give a day."""
        found = self.values.get(key)
        if type(found) is not date:
            raise self.refuse(key, "a day without quotation marks, as 2026-11-22")
        return found

    def clock(self, key: str) -> time | None:
        """Give a time of day, or None."""
        found = self.values.get(key)
        if found is not None and not isinstance(found, time):
            raise self.refuse(key, "a time without quotation marks, as 07:00:00")
        return found

    def table(self, key: str) -> Mapping[str, Any]:
        """Give a [table], empty where there is none."""
        found = self.values.get(key, {})
        if not isinstance(found, dict):
            raise self.refuse(key, f"one table, as [{key}]")
        return found

    def statement(self) -> dict[str, Any]:
        """Give what [statement] says: its style, whether a second person approves it, whether it lists stations."""
        found = self.table("statement")
        named = {"second_person": "second_person", "style": "style", "stations": "lists_stations"}
        kinds = {"second_person": bool, "style": str, "stations": bool}
        if any(key not in kinds or not isinstance(value, kinds[key]) for key, value in found.items()):
            raise self.refuse("statement", 'style = "…", second_person and stations = true or false, and nothing else')
        return {named[key]: value for key, value in found.items()}

    def results(self) -> Mapping[str, Any]:
        """Give the official results as they stand, once they can be read."""
        found = self.table("results")
        read_official(found)
        return found

    def tables(self, key: str) -> list[dict[str, Any]]:
        """Give the [[tables]] of this name, in their order."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise self.refuse(key, f"tables, as [[{key}]]")
        return found

    def text(self, key: str) -> Text:
        """Give a text in every language."""
        return self._text(self.values.get(key), key)

    def _text(self, found: Any, key: str) -> Text:
        whole = isinstance(found, dict) and all(
            isinstance(found.get(one), str) and found[one].strip() for one in LANGUAGES
        )
        if not whole:
            raise self.refuse(key.split(".")[0], f"{key} in each of {', '.join(LANGUAGES)}")
        if unknown := sorted(set(found) - set(LANGUAGES)):
            raise self.refuse(key.split(".")[0], f"{key} only in {', '.join(LANGUAGES)}, not {unknown[0]!r}")
        return dict(found)

    def languages(self) -> tuple[str, ...]:
        """Give the languages of the phones; all of them unless told."""
        found = self.values.get("languages", list(LANGUAGES))
        if not isinstance(found, list) or not found or not all(one in LANGUAGES for one in found):
            raise self.refuse("languages", "a list of " + ", ".join(LANGUAGES))
        return tuple(dict.fromkeys(found))

    def items(self, key: str) -> tuple[Item, ...]:
        """Give candidates, options or parties: a code and a name each."""
        found = []
        for index, entry in enumerate(self.tables(key)):
            if set(entry) != {"code", "name"} or not isinstance(entry["code"], str):
                raise self.refuse(key, "entries with code and name")
            if not CODE.fullmatch(entry["code"]):
                raise self.refuse(key, f"{key}.{index}.code of {_SPELLING}")
            found.append(Item(entry["code"], self._text(entry["name"], f"{key}.{index}.name")))
        if len({item.code for item in found}) != len(found):
            raise self.refuse(key, "codes that stand only once")
        return tuple(found)

    def checklists(self) -> dict[str, Mapping[str, Any]]:
        """Give each stage's length and sections."""
        found: dict[str, Mapping[str, Any]] = {}
        for stage, settings in self.table("checklists").items():
            if stage not in STAGES or not isinstance(settings, dict):
                raise self.refuse("checklists", "stages among " + ", ".join(STAGES))
            if unknown := sorted(set(settings) - {"length", "sections"}):
                raise self.refuse("checklists", f"only length and sections for {stage}, not {unknown[0]!r}")
            if settings.get("length", "core") not in LENGTHS:
                raise self.refuse("checklists", f"length of {stage} to be one of {', '.join(LENGTHS)}")
            sections = settings.get("sections", [])
            if not isinstance(sections, list) or not all(isinstance(name, str) for name in sections):
                raise self.refuse("checklists", f"sections of {stage} to be a list of names")
            found[stage] = {"length": "core", **settings}
        return found

    def facts(self) -> dict[str, Mapping[str, Any]]:
        """Give the facts of no form: value, kind and locator each."""
        found: dict[str, Mapping[str, Any]] = {}
        for name, fact in self.table("facts").items():
            if not isinstance(fact, dict) or "value" not in fact or fact.get("kind") not in FACT_KINDS:
                raise self.refuse("facts", f"fact {name} with value, kind ({', '.join(FACT_KINDS)}) and locator")
            found[name] = fact
        return found

    def expected(self) -> dict[str, int]:
        """Give the number of reports that the plan of deployment expects, by stage."""
        found = self.table("expected")
        if not all(stage in STAGES and type(count) is int and count >= 0 for stage, count in found.items()):
            raise self.refuse("expected", "a whole number of reports for each stage")
        return dict(found)

    def emergency(self) -> tuple[Mapping[str, Any], ...]:
        """Give whom an observer in danger calls; a phone shows each as label and number."""
        found = self.tables("emergency")
        for entry in found:
            label, phone = entry.get("label"), entry.get("phone")
            if set(entry) != {"label", "phone"} or not (isinstance(phone, str) and phone):
                raise self.refuse("emergency", "entries with label and phone, each a text")
            if isinstance(label, dict):
                self._text(label, "emergency.label")
            elif not isinstance(label, str) or not label:
                raise self.refuse("emergency", "entries with label and phone, each a text (label by language, or one)")
        return tuple(found)
