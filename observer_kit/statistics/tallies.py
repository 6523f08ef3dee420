"""Columns counted: every question's answers with their base and their non-answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import Checklist
from observer_kit.collection.model import Report
from observer_kit.errors import KitError
from observer_kit.statistics.columns import ANSWERED, STATES, Column, Columns, Mask, build
from observer_kit.statistics.model import Share, Tally

GROUPS: Final = ("region", "setting", "hour", "team", "special", "review")


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
    base = columns.select(where or {})
    rows = []
    for group, mask in _groups(columns, by, base):
        stations = len({columns.reports[row].location for row in np.flatnonzero(mask)} - {None})
        rows += [_count(columns.checklist, column, group, mask, stations) for column in chosen]
    return rows


def _groups(columns: Columns, by: str | None, base: Mask) -> list[tuple[str | None, Mask]]:
    if by is None:
        return [(None, base)]
    values = columns.dimensions[by]
    present = {value for value, inside in zip(values, base, strict=True) if inside}
    ordered = sorted((value for value in present if value is not None), key=lambda value: (str(type(value)), value))
    groups: list[tuple[str | None, Mask]] = [(str(value), base & (values == value)) for value in ordered]
    if None in present:
        groups.append((None, base & np.array([value is None for value in values], dtype=bool)))
    return groups


def _count(checklist: str, column: Column, group: str | None, mask: Mask, stations: int) -> Tally:
    codes = column.codes[mask]
    places = np.bincount(codes, minlength=ANSWERED + len(column.question.codes) + 1)
    states = {name: int(places[index]) for index, name in enumerate(STATES)}
    if column.several is not None:
        counts = {code: int(np.count_nonzero(chosen[mask])) for code, chosen in column.several.items()}
    else:
        counts = {code: int(places[ANSWERED + index]) for index, code in enumerate(column.question.codes)}
    answered = int(places[ANSWERED:].sum())
    return Tally(
        checklist=checklist,
        question=column.question.name,
        group=group,
        reports=len(codes),
        stations=stations,
        answered=answered,
        counts=counts,
        numbers=None if column.numbers is None else _numbers(column.numbers[mask][codes >= ANSWERED]),
        **states,
    )


def _numbers(values: npt.NDArray[np.float64]) -> dict[str, float | int | None]:
    if not len(values):
        return {"count": 0, "min": None, "q1": None, "median": None, "q3": None, "max": None, "sum": None}
    low, q1, median, q3, high = (float(v) for v in np.percentile(values, [0, 25, 50, 75, 100]))
    total = float(values.sum())
    return {
        "count": len(values), "min": low, "q1": q1, "median": median, "q3": q3, "max": high,
        "sum": int(total) if total.is_integer() else total,
    }  # fmt: skip


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
