"""The observers' code of conduct: the kit's own, or the mission's in the [conduct] of its mission.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from observer_kit.checklists.model import LANGUAGES
from observer_kit.config import resources
from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Conduct, Mission

LONGEST: Final = 6000
"""Characters in one language: it is read on a phone, standing."""
LONGEST_VERSION: Final = 40


def read_conduct(values: Mapping[str, Any], place: str = "mission.toml, key conduct") -> Conduct:
    """Give the code of conduct that these keys hold; raises MissionInvalid naming the key."""
    if unknown := sorted(set(values) - {"version", "text"}):
        raise MissionInvalid(f"{unknown[0]!r} is not one of text, version", place=place)
    version, text = values.get("version"), values.get("text")
    if not isinstance(version, str) or not version.strip() or len(version) > LONGEST_VERSION:
        raise _refused(place, "version", f"a text of at most {LONGEST_VERSION} characters", version)
    if not version.isprintable():
        raise _refused(place, "version", "one line", version)
    if not isinstance(text, dict) or set(text) != set(LANGUAGES):
        raise _refused(place, "text", f"a text in each of {', '.join(LANGUAGES)}", text)
    for language, said in text.items():
        if not isinstance(said, str) or not said.strip() or len(said) > LONGEST:
            raise _refused(place, f"text.{language}", f"a text of at most {LONGEST} characters", said)
    return Conduct(version, {language: text[language].strip() for language in LANGUAGES})


def conduct_of(mission: Mission) -> Conduct:
    """Give the code of conduct that this mission's observers accept."""
    return mission.conduct or kit_conduct()


@cache
def kit_conduct() -> Conduct:
    """Give the kit's own code of conduct."""
    values = tomllib.loads((resources("forms") / "conduct.toml").read_text("utf-8"))
    return read_conduct(values, "forms/conduct.toml")


def _refused(place: str, key: str, expected: str, found: Any) -> MissionInvalid:
    said = "found nothing" if found is None else f"found {str(found)[:60]!r}"
    return MissionInvalid(f"expected {expected}, {said}", place=f"{place}.{key}")
