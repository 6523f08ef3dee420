"""The [sampling] of mission.toml: from what a random sample was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Sampling

STRATA: Final = ("region", "setting")
_KEYS: Final = ("population", "drawn", "strata", "populations")


def read_sampling(sample: str, values: Mapping[str, Any]) -> Sampling | None:
    """Give what a random or stratified sample was drawn from; raises MissionInvalid naming the key."""
    if sample == "purposive":
        if values:
            raise _refuse("sampling", "no [sampling] where sample is purposive: teams chose where to go")
        return None
    if unknown := sorted(set(values) - set(_KEYS)):
        raise _refuse(f"sampling.{unknown[0]}", f"one of {', '.join(_KEYS)}")
    population = _count(values, "population")
    if population is None:
        raise _refuse("sampling.population", "the number of stations that the sample was drawn from")
    drawn = _count(values, "drawn")
    if drawn is not None and drawn > population:
        raise _refuse("sampling.drawn", f"at most the population, {population}")
    populations = values.get("populations", {})
    if not isinstance(populations, Mapping):
        raise _refuse("sampling.populations", "the number of stations of each stratum")
    counted = {str(name): _count(populations, name, "sampling.populations") or 0 for name in populations}
    stratified = sample == "stratified"
    if stratified != ("strata" in values) or stratified != bool(counted):
        raise _refuse("sampling.strata", "strata with populations for a stratified sample, and for no other")
    if stratified and values["strata"] not in STRATA:
        raise _refuse("sampling.strata", f"one of {', '.join(STRATA)}")
    if stratified and sum(counted.values()) != population:
        raise _refuse("sampling.populations", f"numbers that add up to {population}, not {sum(counted.values())}")
    return Sampling(population, drawn, values.get("strata"), counted)


def _count(values: Mapping[str, Any], key: str, at: str = "sampling") -> int | None:
    found = values.get(key)
    if found is not None and (type(found) is not int or found < 1):
        raise _refuse(f"{at}.{key}", "a whole number above 0")
    return found


def _refuse(key: str, expected: str) -> MissionInvalid:
    return MissionInvalid(f"expected {expected}", place=f"mission.toml, key {key}")
