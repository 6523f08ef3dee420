"""The [sampling] of mission.toml: from what a random sample was drawn, and with which chances.

    sample = "random"            every station had the same chance
    population = 5362            stations in all
    drawn = 541                  those that were to be visited; by stratum as drawn = { A = 40, B = 12 }

    sample = "stratified"        so many stations drawn in each stratum
    strata = "region"            or setting
    populations = { A = 90, B = 10 }

    sample = "clustered"         places drawn first, stations within them
    clusters = "parent"          the place that a station lies in; or region
    of_clusters = 160            such places in all; with strata, populations counts them by stratum

`weights` may say for how many stations one report of a stratum (or, without
strata, of a cluster) stands, where the chances differ otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from observer_kit.errors import MissionInvalid
from observer_kit.missions.model import Sampling

STRATA: Final = ("region", "setting")
CLUSTERS: Final = ("parent", "region")
_SETTINGS: Final = ("urban", "rural")
_KEYS: Final = ("population", "drawn", "strata", "populations", "clusters", "of_clusters", "weights")


class SampleWeightInvalid(MissionInvalid):
    """A design weight is not above 0: a station that could not be drawn is not in the sample."""

    code = "sample_weight_invalid"


class SampleStratumUnknown(MissionInvalid):
    """A stratum is none of those that the reports can lie in."""

    code = "sample_stratum_unknown"


def read_sampling(sample: str, values: Mapping[str, Any]) -> Sampling | None:
    """Give what a random, stratified or clustered sample was drawn from; raises MissionInvalid naming the key."""
    if sample == "purposive":
        if values:
            raise _refuse("sampling", "no [sampling] where sample is purposive: teams chose where to go")
        return None
    if unknown := sorted(set(values) - set(_KEYS)):
        raise _refuse(f"sampling.{unknown[0]}", f"one of {', '.join(_KEYS)}")
    population = _count(values, "population")
    if population is None:
        raise _refuse("sampling.population", "the number of stations that the sample was drawn from")
    drawn, by_stratum = _drawn(values)
    if drawn is not None and drawn > population:
        raise _refuse("sampling.drawn", f"at most the population, {population}")
    counted = _counts(values, "populations", "sampling.populations")
    _check_strata(sample, values, counted, population)
    if set(by_stratum) - set(counted):
        raise _unknown("sampling.drawn", sorted(set(by_stratum) - set(counted))[0], counted)
    of_clusters = _count(values, "of_clusters")
    _check_clusters(sample, values, of_clusters)
    return Sampling(
        population,
        drawn,
        values.get("strata"),
        counted,
        clusters=values.get("clusters"),
        of_clusters=of_clusters,
        weights=_weights(sample, values, counted),
        drawn_by=by_stratum,
    )


def check_sampling(sampling: Sampling | None, kind: Callable[[str], str | None]) -> None:
    """Hold the strata against the register, which gives a code's kind; raises SampleStratumUnknown for the first."""
    if sampling is None or sampling.strata != "region":
        return
    for name in sampling.populations:
        if kind(name) != "region":
            raise _unknown("sampling.populations", name, ("the codes of the regions of locations.csv",))


def _check_strata(sample: str, values: Mapping[str, Any], counted: Mapping[str, int], population: int) -> None:
    stratified = sample == "stratified" or (sample == "clustered" and "strata" in values)
    if stratified != ("strata" in values) or stratified != bool(counted):
        raise _refuse("sampling.strata", "strata with populations for a stratified sample, and for no other")
    if stratified and values["strata"] not in STRATA:
        raise _refuse("sampling.strata", f"one of {', '.join(STRATA)}")
    if values.get("strata") == "setting" and set(counted) - set(_SETTINGS):
        raise _unknown("sampling.populations", sorted(set(counted) - set(_SETTINGS))[0], _SETTINGS)
    if sample == "stratified" and sum(counted.values()) != population:
        raise _refuse("sampling.populations", f"numbers that add up to {population}, not {sum(counted.values())}")


def _check_clusters(sample: str, values: Mapping[str, Any], of_clusters: int | None) -> None:
    if (sample == "clustered") != ("clusters" in values):
        raise _refuse("sampling.clusters", "clusters for a clustered sample, and for no other")
    if sample == "clustered" and values["clusters"] not in CLUSTERS:
        raise _refuse("sampling.clusters", f"one of {', '.join(CLUSTERS)}")
    if of_clusters is not None and (sample != "clustered" or "strata" in values):
        raise _refuse("sampling.of_clusters", "of_clusters only where clusters were drawn without strata")


def _drawn(values: Mapping[str, Any]) -> tuple[int | None, dict[str, int]]:
    """Give how many stations were drawn, and how many in each stratum where that is said."""
    if not isinstance(values.get("drawn"), Mapping):
        return _count(values, "drawn"), {}
    found = _counts(values, "drawn", "sampling.drawn")
    return sum(found.values()), found


def _counts(values: Mapping[str, Any], key: str, at: str) -> dict[str, int]:
    found = values.get(key, {})
    if not isinstance(found, Mapping):
        raise _refuse(at, "a number for each stratum")
    return {str(name): _count(found, name, at) or 0 for name in found}


def _weights(sample: str, values: Mapping[str, Any], strata: Collection[str]) -> dict[str, float]:
    found = values.get("weights", {})
    if not isinstance(found, Mapping) or (found and sample == "random"):
        raise _refuse("sampling.weights", "a weight for each stratum or cluster, where the sample has such")
    for name, weight in found.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise SampleWeightInvalid(
                f"expected a number above 0, found {weight!r}: what could not be drawn is not in the sample",
                place=f"mission.toml, key sampling.weights.{name}",
            )
        if strata and name not in strata:
            raise _unknown("sampling.weights", name, strata)
    if strata and found and (left := sorted(set(strata) - set(found))):
        raise _refuse(f"sampling.weights.{left[0]}", "a weight for each stratum, or for none")
    return {str(name): float(weight) for name, weight in found.items()}


def _count(values: Mapping[str, Any], key: str, at: str = "sampling") -> int | None:
    found = values.get(key)
    if found is not None and (type(found) is not int or found < 1):
        raise _refuse(f"{at}.{key}", "a whole number above 0")
    return found


def _refuse(key: str, expected: str) -> MissionInvalid:
    return MissionInvalid(f"expected {expected}", place=f"mission.toml, key {key}")


def _unknown(key: str, name: str, known: Collection[str]) -> SampleStratumUnknown:
    return SampleStratumUnknown(f"{name!r} is no stratum: {', '.join(known)}", place=f"mission.toml, key {key}")
