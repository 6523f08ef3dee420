"""Columns counted: every question's answers with their base and their non-answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.errors import KitError
from observer_kit.statistics.columns import (
    ANSWERED,
    APPLIES_NOT,
    MISSING,
    NOT_ASKED,
    OBSERVED_NOT,
    PROBLEM,
    Column,
    Columns,
    build,
)
from observer_kit.statistics.factors import Factor
from observer_kit.statistics.model import Share, Tally
from observer_kit.statistics.parts import Part, Whole, part_of

GROUPS: Final = ("region", "setting", "hour", "team", "special", "review")
_QUARTERS: Final = np.array([0, 0.25, 0.5, 0.75, 1])


class GroupUnknown(KitError):
    """A tally was asked for by something that is not a dimension."""

    code = "group_unknown"


def tally(
    reports: Iterable[Report] | Columns,
    checklist: Checklist,
    *,
    by: str | None = None,
    question: str | None = None,
    where: Mapping[str, Any] | None = None,
) -> list[Tally]:
    """Count every question (or one) over all reports, or group by group.

    `by` is one of GROUPS; reports without that dimension stand in the group
    None, so that the groups add up to the whole. Raises GroupUnknown, and
    KeyError for a question the checklist has not.
    """
    if by is not None and by not in GROUPS:
        raise GroupUnknown(f"{by!r} is not one of {', '.join(GROUPS)}")
    columns = reports if isinstance(reports, Columns) else build(reports, checklist)
    chosen = [columns.columns[question]] if question else list(columns.columns.values())
    part = part_of(columns, by, where or {})
    stations = part.different(columns.dimensions["location"]).tolist()
    counted = [_count(columns.checklist, column, part, stations) for column in chosen]
    return [row for rows in zip(*counted, strict=True) for row in rows]


def _count(checklist: str, column: Column, part: Part, stations: list[int]) -> list[Tally]:
    """Count one question in every group."""
    choices = column.choices
    table = part.table(column.codes, ANSWERED + len(choices) + 1).tolist()
    made = None if column.several is None else _made(column.offered, column.several, part)
    numbers = None if column.numbers is None else _numbers(column.numbers, part)
    return [
        Tally(
            checklist=checklist,
            question=column.question.name,
            group=label,
            reports=size,
            stations=stations[group],
            answered=sum(places[ANSWERED:]),
            counts=made[group] if made else dict(zip(choices, places[ANSWERED:-1], strict=True)),
            numbers=numbers[group] if numbers else None,
            not_asked=places[NOT_ASKED],
            missing=places[MISSING],
            not_applicable=places[APPLIES_NOT],
            not_observed=places[OBSERVED_NOT],
            problems=places[PROBLEM],
        )
        for group, (label, size, places) in enumerate(zip(part.labels, part.sizes.tolist(), table, strict=True))
    ]


def _made(choices: tuple[str, ...], several: Factor[tuple[str, ...]], part: Part) -> list[dict[str, int]]:
    """Count each choice of a select_multiple in every group, from the combinations that occur."""
    group, place, times = part.spread(several)
    counts = np.zeros((len(choices), len(part.labels)), dtype=np.intp)
    for row, code in enumerate(choices):
        holds = np.array([code in (combination or ()) for combination in several.values], dtype=bool)[place]
        np.add.at(counts[row], group[holds], times[holds])
    return [dict(zip(choices, column, strict=True)) for column in counts.T.tolist()]


def _numbers(factor: Factor[float], part: Part) -> list[dict[str, float | int | None]]:
    """Describe a question's numbers in every group, from the different numbers that occur."""
    group, place, times = part.spread(factor)
    known = np.array(factor.values[: factor.known], dtype=np.float64)
    starts = np.searchsorted(group, np.arange(len(part.labels) + 1)).tolist()
    return [_described(known[place[low:high]], times[low:high]) for low, high in pairwise(starts)]


def _described(values: npt.NDArray[np.float64], times: Whole) -> dict[str, float | int | None]:
    if not len(values):
        return {"count": 0, "min": None, "q1": None, "median": None, "q3": None, "max": None, "sum": None}
    upto = np.cumsum(times)
    count, total = int(upto[-1]), float(values @ times)
    low, q1, median, q3, high = _quartiles(values, upto, count)
    return {
        "count": count, "min": low, "q1": q1, "median": median, "q3": q3, "max": high,
        "sum": int(total) if total.is_integer() else total,
    }  # fmt: skip


def _quartiles(values: npt.NDArray[np.float64], upto: Whole, count: int) -> list[float]:
    """Read the quarters off the sorted answers, between two neighbours in proportion."""
    places = _QUARTERS * (count - 1)
    below = np.floor(places)
    first, second = values[np.searchsorted(upto, (below, np.ceil(places)), side="right")]
    found: list[float] = (first + (second - first) * (places - below)).tolist()
    return found


def share(row: Tally, counted: Iterable[str], base: str) -> Share:
    """Divide: the reports whose answer is among `counted` over those answered, all reports, or the subset asked.

    `subset` is every report in which the condition held: asked, whatever the
    answer. With nothing asked there is no share: both numbers are None.
    """
    if row.reports == row.not_asked:
        return Share(None, None, base)
    numerator = sum(row.counts.get(code, 0) for code in counted)
    denominator = {
        "answered": row.answered,
        "reports": row.reports,
        "subset": row.answered + row.missing + row.not_observed + row.not_applicable + row.problems,
    }[base]
    return Share(numerator, denominator, base)
