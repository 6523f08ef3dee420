"""What a sample says of all stations: only of a random one, and only with its design.

Where nothing varies (all say yes, or none does) the linearised error is 0 and
would claim certainty. Of a simple random sample the stations then give their
own Wilson interval; of any other nothing is said, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from observer_kit.missions.model import Sampling
from observer_kit.statistics.columns import Column, Columns
from observer_kit.statistics.designs import design_of_columns, needs_design
from observer_kit.statistics.estimates import Design, ratio
from observer_kit.statistics.factors import Mask
from observer_kit.statistics.intervals import wilson
from observer_kit.statistics.model import Inferred, Tally


def inferred(
    columns: Columns,
    rows: Sequence[Tally],
    sampling: Sampling | None,
    *,
    by: str | None,
    where: Mapping[str, Any],
    above: Mapping[str, str] | None = None,
    shares: Mapping[str, tuple[str, ...]] | None = None,
) -> list[dict[str, Inferred]]:
    """Give for each row of a tally an interval for each of its choices, in their order.

    `above` names the place that each station lies in, for a sample of such
    places. `shares` asks for others instead: by name the choices that are one
    share together.
    """
    if sampling is None:
        nothing = Inferred(None, None, None, None, "purposive")
        return [dict.fromkeys(shares or row.counts, nothing) for row in rows]
    if not needs_design(columns, sampling):
        return [_random(row, columns.size, sampling.population, shares) for row in rows]
    simple = sampling.population if sampling.strata is None and sampling.clusters is None else None
    design = design_of_columns(columns, sampling, above)
    chosen = columns.select(where)
    return [
        {name: _designed(columns.columns[row.question], codes, chosen & _group(columns, by, row), design, simple)
         for name, codes in _asked(row, shares).items()}
        for row in rows
    ]  # fmt: skip


def _asked(row: Tally, shares: Mapping[str, tuple[str, ...]] | None) -> Mapping[str, tuple[str, ...]]:
    return {code: (code,) for code in row.counts} if shares is None else shares


def _random(
    row: Tally, size: int, population: int, shares: Mapping[str, tuple[str, ...]] | None
) -> dict[str, Inferred]:
    """Take those who answered for a random sample of those in all stations who could have."""
    whole = max(round(population * row.answered / size), row.answered) if size else 0
    found = {}
    for name, codes in _asked(row, shares).items():
        count = sum(row.counts.get(code, 0) for code in codes)
        interval = wilson(count, row.answered, population=whole) if row.answered else None
        found[name] = (
            Inferred(None, None, None, None, "nothing_answered")
            if interval is None
            else Inferred(count / row.answered, interval.low, interval.high, "wilson")
        )
    return found


def _group(columns: Columns, by: str | None, row: Tally) -> Mask:
    if by is None:
        return np.ones(columns.size, dtype=bool)
    factor = columns.dimensions[by]
    texts = [None if value is None else str(value) for value in factor.values]
    mask: Mask = factor.codes == texts.index(row.group)
    return mask


def _designed(column: Column, codes: tuple[str, ...], mask: Mask, design: Design | str, simple: int | None) -> Inferred:
    """Estimate one share; `simple` is the number of stations that a sample without strata or clusters is of."""
    if isinstance(design, str):
        return Inferred(None, None, None, None, design)
    met = (column.holds(codes) & mask).astype(float)
    answered = column.answered & mask
    found = ratio(met, answered.astype(float), design)
    if found.interval is None:
        return Inferred(found.value, None, None, None, found.reason)
    if not found.error and not design.complete:
        return _of_stations(found.value or 0.0, answered, design, simple)
    low, high = max(found.interval.low, 0.0), min(found.interval.high, 1.0)
    return Inferred(found.value, low, high, "linearised")


def _of_stations(share: float, answered: Mask, design: Design, simple: int | None) -> Inferred:
    """Give the interval of a share that does not vary, by the number of stations that say so."""
    stations, every = design.clusters_of(answered), len(design.groups()[1])
    if simple is None or share not in (0, 1):
        return Inferred(share, None, None, None, "no_variation")
    interval = wilson(share * stations, stations, population=max(round(simple * stations / every), stations))
    return Inferred(share, interval.low, interval.high, "wilson") if interval else Inferred(share, None, None, None)
