"""Columns counted: every question's answers with their base and their non-answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np

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
)
from observer_kit.statistics.encoding import build
from observer_kit.statistics.factors import Factor, Mask
from observer_kit.statistics.model import Share, Tally
from observer_kit.statistics.parts import Part, Whole, part_of

GROUPS: Final = ("region", "setting", "hour", "team", "special", "review")
_QUARTERS: Final = np.array([0, 0.25, 0.5, 0.75, 1])
_STATES: Final = ("superseded", "excluded", "quarantined")
_NOTHING_KNOWN: Final = (None, None, None)
Outside = tuple[int | None, int | None, int | None]
_NO_NUMBERS: Final[dict[str, float | int | None]] = {
    "count": 0, "min": None, "q1": None, "median": None, "q3": None, "max": None, "sum": None,
    "median_low": None, "median_high": None,
}  # fmt: skip


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
    only: Mask | None = None,
) -> list[Tally]:
    """Count every question (or one) over all reports, or group by group.

    `by` is one of GROUPS; reports without that dimension stand in the group
    None, so that the groups add up to the whole. `only` marks the reports of
    a filter that no dimension knows. Raises GroupUnknown, and KeyError for a
    question the checklist has not.
    """
    if by is not None and by not in GROUPS:
        raise GroupUnknown(f"{by!r} is not one of {', '.join(GROUPS)}")
    columns = reports if isinstance(reports, Columns) else build(reports, checklist)
    chosen = [columns.columns[question]] if question else list(columns.columns.values())
    return counted(columns, chosen, by, where or {}, only)


def counted(
    columns: Columns,
    chosen: Sequence[Column],
    by: str | None,
    where: Mapping[str, Any],
    only: Mask | None = None,
    version: str | None = None,
) -> list[Tally]:
    """Count these columns, group by group; `version` names the one that the rows are of."""
    part = part_of(columns, by, where, only)
    stations = part.different(columns.dimensions["location"]).tolist()
    # What lies outside has no answers: a filter that only answers can tell says nothing of it.
    outside = [*zip(*_outside(columns if only is None or version else None, part, by, where), strict=True)]
    tables = part.tables([(column.codes, ANSWERED + len(column.choices) + 1) for column in chosen])
    counts = [
        _count(columns.checklist, column, part, table, stations, outside, version)
        for column, table in zip(chosen, tables, strict=True)
    ]
    return [row for rows in zip(*counts, strict=True) for row in rows]


def _outside(columns: Columns | None, part: Part, by: str | None, where: Mapping[str, Any]) -> list[Outside]:
    """Count in each group what is superseded, excluded and in quarantine, where that is known."""
    rest = columns.outside if columns else None
    if rest is None:
        return [_NOTHING_KNOWN] * len(part.labels)
    mask = rest.select(where)
    states = rest.dimensions["state"]
    number = {state: place for place, state in enumerate(states.values)}
    if by is None:
        one, two, three = (int(np.count_nonzero(mask & (states.codes == number.get(state, -1)))) for state in _STATES)
        return [(one, two, three)]
    group = rest.dimensions[by]
    width = max(len(states.values), 1)
    table = np.bincount(group.codes[mask].astype(np.intp) * width + states.codes[mask],
                        minlength=len(group.values) * width).reshape(-1, width)  # fmt: skip
    place = {None if value is None else str(value): row for row, value in enumerate(group.values)}

    def met(label: str | None, state: str) -> int:
        return int(table[place[label], number[state]]) if label in place and state in number else 0

    return [(met(label, _STATES[0]), met(label, _STATES[1]), met(label, _STATES[2])) for label in part.labels]


def _count(
    checklist: str,
    column: Column,
    part: Part,
    table: Whole,
    stations: list[int],
    outside: list[tuple[int | None, ...]],
    version: str | None,
) -> list[Tally]:
    """Count one question in every group; its rows are put together column by column, as there may be thousands."""
    choices, groups = column.choices, len(part.labels)
    if column.several is not None:
        counts = _made(column.offered, column.several, part)
    elif choices:
        counts = [dict(zip(choices, made, strict=True)) for made in table[:, ANSWERED:-1].tolist()]
    else:
        counts = [{} for _ in range(groups)]
    numbers = repeat(None, groups) if column.numbers is None else _numbers(column.numbers, part)
    name, unit = column.question.name, column.question.unit
    states = table[:, :ANSWERED].T.tolist()
    rows = zip(
        repeat(checklist), repeat(name), part.labels, part.sizes.tolist(), stations,
        table[:, ANSWERED:].sum(axis=1).tolist(), states[APPLIES_NOT], states[OBSERVED_NOT], states[MISSING],
        states[PROBLEM], states[NOT_ASKED], counts, numbers, repeat(unit), repeat(version), *outside,
    )  # fmt: skip
    return [*map(tuple.__new__, repeat(Tally), rows)]


def _made(choices: tuple[str, ...], several: Factor[tuple[str, ...]], part: Part) -> list[dict[str, int]]:
    """Count each choice of a select_multiple in every group, from the combinations that occur."""
    group, place, times = part.spread(several)
    counts = np.zeros((len(choices), len(part.labels)), dtype=np.intp)
    for row, code in enumerate(choices):
        holds = np.array([code in (combination or ()) for combination in several.values], dtype=bool)[place]
        counts[row] = np.bincount(group[holds], weights=times[holds], minlength=len(part.labels))
    return [dict(zip(choices, column, strict=True)) for column in counts.T.tolist()]


def _numbers(factor: Factor[float], part: Part) -> list[dict[str, float | int | None]]:
    """Describe a question's numbers in every group, from the different numbers that occur."""
    group, place, times = part.spread(factor)
    values = np.array(factor.values[: factor.known], dtype=np.float64)[place]
    starts = np.searchsorted(group, np.arange(len(part.labels) + 1))
    upto = np.concatenate([[0], np.cumsum(times)])
    sizes = upto[starts[1:]] - upto[starts[:-1]]
    some = np.flatnonzero(sizes)
    # Quarters lie between two neighbours in proportion; all groups are read off one ascending list of counts.
    places = _QUARTERS * (sizes[some] - 1)[:, None]
    below = np.floor(places)
    before = upto[starts[some]][:, None]
    first, second = (
        values[np.minimum(np.searchsorted(upto[1:], before + edge, side="right"), max(len(values) - 1, 0))]
        for edge in (below, np.ceil(places))
    )
    quarters = (first + (second - first) * (places - below)).tolist()
    sums = np.add.reduceat(values * times, starts[some]).tolist() if len(some) else []
    described: list[dict[str, float | int | None]] = [_NO_NUMBERS] * len(part.labels)
    middles = zip(first[:, 2].tolist(), second[:, 2].tolist(), strict=True)
    for row, group_of, count, total, (lower, upper) in zip(
        quarters, some.tolist(), sizes[some].tolist(), sums, middles, strict=True
    ):
        low, q1, median, q3, high = row
        described[group_of] = {
            "count": count, "min": low, "q1": q1, "median": median, "q3": q3, "max": high,
            "sum": int(total) if total.is_integer() else total, "median_low": lower, "median_high": upper,
        }  # fmt: skip
    return described


def share(row: Tally, counted: Iterable[str], base: str) -> Share:
    """Divide: the reports whose answer is among `counted` over those answered, all reports, or the subset asked.

    `subset` is every report in which the condition held: asked, whatever the
    answer. With nothing asked there is no share: both numbers are None.
    """
    if row.reports == row.not_asked:
        return Share(None, None, base)
    numerator = sum(row.counts.get(code, 0) for code in counted)
    denominator = row.bases[base]
    return Share(numerator, denominator, base)
