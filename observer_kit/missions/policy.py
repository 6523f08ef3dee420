"""The [policy] of mission.toml: what a mission asks of its phones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Policy

PINS: Final = ("off", "offered", "required")
_HUB: Final = re.compile(r"https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?")


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_between(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _are_hubs(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) and _HUB.fullmatch(one) for one in value)


_CHECKS: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "pin": (lambda value: value in PINS, "one of " + ", ".join(PINS)),
    "seal": (_is_flag, "true or false"),
    "protocol_open": (_is_flag, "true or false"),
    "photos": (_is_flag, "true or false"),
    "photo_side": (_is_between(400, 6000), "pixels from 400 to 6000"),
    "photo_budget": (_is_between(1, 2000), "megabytes from 1 to 2000"),
    "position": (_is_flag, "true or false"),
    "keyed_twice": (_is_flag, "true or false"),
    "hubs": (_are_hubs, "a list of addresses as https://name:port"),
}


def read_policy(values: Mapping[str, Any]) -> Policy:
    """Give the policy that these keys describe; raises MissionInvalid naming the key."""
    known = {each.name for each in fields(Policy)}
    if unknown := sorted(set(values) - known):
        raise MissionInvalid(
            f"{unknown[0]!r} is not one of {', '.join(sorted(known))}", place="mission.toml, key policy"
        )
    for name, value in values.items():
        fits, expected = _CHECKS[name]
        if not fits(value):
            raise MissionInvalid(
                f"expected {expected}, found {str(value)[:60]!r}", place=f"mission.toml, key policy.{name}"
            )
    return Policy(**{**values, "hubs": tuple(values.get("hubs", ()))})
