"""A mission's sampling as the design of the reports at hand: each weighed by the stations for which it stands.

The station is what was drawn: several reports of one station are one cluster,
never several stations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from observer_kit.missions.model import Sampling
from observer_kit.statistics.columns import Columns
from observer_kit.statistics.estimates import Design

Place = str | None


def design_of(
    sampling: Sampling,
    size: int,
    strata: Sequence[Place] | None,
    clusters: Sequence[Place] | None,
    stations: Sequence[Hashable] | None = None,
) -> Design | str:
    """Give the design of reports that lie in these strata and clusters; where there is none, the reason.

    `stations` names the station of each report, for a sample of stations that
    reported more than once.

    Reasons: stratum_unknown (a report lies in no stratum of the sample),
    stratum_silent (a stratum has no report, so that the others can't speak
    for the whole), cluster_unknown, weight_unknown, more_than_population.
    """
    if not size:
        return "nothing_answered"
    reason = _missing(sampling, strata, clusters)
    if reason is not None:
        return reason
    lie = [None] * size if strata is None else list(strata)
    units: Sequence[Hashable] | None = clusters if clusters is not None else stations
    drawn = units if units is not None else range(size)
    met = Counter(stratum for stratum, _ in set(zip(lie, drawn, strict=True)))
    wholes: dict[Place, int] = {}
    if strata is not None:
        wholes.update(sampling.populations)
    if clusters is not None and strata is None and sampling.of_clusters:
        wholes = {None: sampling.of_clusters}
    if clusters is None and strata is None:
        wholes = {None: sampling.population}
    if any(wholes.get(stratum, number) < number for stratum, number in met.items()):
        return "more_than_population"
    if sampling.weights:
        names = lie if strata is not None else list(clusters or ())
        if set(names) - set(sampling.weights):
            return "weight_unknown"
        weights = [sampling.weights[str(name)] for name in names]
    else:
        weights = [wholes[stratum] / met[stratum] if stratum in wholes else 1.0 for stratum in lie]
    return Design(np.array(weights, dtype=np.float64), lie, units, populations=wholes)


def design_of_columns(columns: Columns, sampling: Sampling, above: Mapping[str, str] | None = None) -> Design | str:
    """Give the design of every report of these columns; `above` names the place that each station lies in."""
    strata = None if sampling.strata is None else _values(columns, sampling.strata)
    clusters = None
    if sampling.clusters == "region":
        clusters = _values(columns, "region")
    elif sampling.clusters is not None:
        clusters = [(above or {}).get(place or "") for place in _values(columns, "location")]
    stations = _stations(columns) if clusters is None and repeated(columns) else None
    return design_of(sampling, columns.size, strata, clusters, stations)


def needs_design(columns: Columns, sampling: Sampling) -> bool:
    """Say whether the reports are more than so many independent draws: strata, clusters, a station reporting twice."""
    return sampling.strata is not None or sampling.clusters is not None or repeated(columns)


def repeated(columns: Columns) -> bool:
    """Say whether any station has more than one report."""
    places = columns.dimensions["location"]
    return bool(np.any(np.bincount(places.codes, minlength=1)[: places.known] > 1))


def _stations(columns: Columns) -> list[Hashable]:
    """Name each report's station; a report of no known place stands for one of its own."""
    places = columns.dimensions["location"]
    return [code if code < places.known else ("", row) for row, code in enumerate(places.codes.tolist())]


def _missing(sampling: Sampling, strata: Sequence[Place] | None, clusters: Sequence[Place] | None) -> str | None:
    if sampling.strata is not None and strata is not None:
        if set(strata) - set(sampling.populations):
            return "stratum_unknown"
        if set(sampling.populations) - set(strata):
            return "stratum_silent"
    if clusters is not None and None in clusters:
        return "cluster_unknown"
    return None


def _values(columns: Columns, name: str) -> list[Place]:
    factor = columns.dimensions[name]
    return [None if (value := factor.values[code]) is None else str(value) for code in factor.codes.tolist()]
