"""Versions of one checklist, joined by the names of their questions; what changed its choices is counted apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from observer_kit.checklists.model import Checklist, Question
from observer_kit.statistics.columns import Column, Columns
from observer_kit.statistics.encoding import kind_of_answer
from observer_kit.statistics.factors import Mask
from observer_kit.statistics.model import Tally
from observer_kit.statistics.tallies import counted, tally

Shape = tuple[str, tuple[str, ...]]
"""What an answer can be: the type of the question, and its choices."""


def per_version(
    columns: Columns,
    checklist: Checklist,
    *,
    by: str | None = None,
    question: str | None = None,
    where: Mapping[str, Any] | None = None,
    only: Mask | None = None,
) -> list[Tally]:
    """Count as `tally` does, but a question whose choices changed once for each shape that reports answered.

    The rows of a shape name its latest version; a report whose version lacks
    the question stands with the shape that is asked now. What is no longer
    asked at all comes last.
    """
    where = where or {}
    known = question is None or question in columns.columns
    rows = tally(columns, checklist, by=by, question=question, where=where, only=only) if known else []
    former = [key for key, column in columns.earlier.items() if key == column.question.name]
    names = [question] if question else [*columns.columns, *former]
    changed = {name: found for name in names if len(found := shapes(columns, name)) > 1 or name in former}
    if not changed:
        return rows
    kept = [row for row in rows if row.question not in changed]
    for name, found in changed.items():
        for shape, versions in found.items():
            mask = _of(columns, versions)
            mask = mask if only is None else mask & only
            asked = _asked(columns, name, versions[-1])
            apart = counted(columns, [_column(columns, name, asked)], by, where, mask, versions[-1])
            kept += [row._replace(counts=_own(row.counts, shape[1])) for row in apart if row.reports]
    order = {name: place for place, name in enumerate(names)}
    return sorted(kept, key=lambda row: order[row.question]) if by is None else kept


def shapes(columns: Columns, name: str) -> dict[Shape, list[str]]:
    """Give each shape of a question with its versions, the oldest first; only what is asked now or was answered."""
    present = {value for value in columns.dimensions["version"].values if value is not None}
    found: dict[Shape, list[str]] = {}
    without: list[str] = []
    for version in columns.versions:
        asked = next((each for each in version.questions() if each.name == name), None)
        if version.version not in present and version is not columns.versions[-1]:
            continue
        if asked is None:
            without.append(version.version)
        else:
            found.setdefault((asked.type, asked.codes), []).append(version.version)
    if found and without:
        last = list(found)[-1]
        found[last] = [*without, *found[last]]
    return found


def _of(columns: Columns, versions: list[str]) -> Mask:
    factor = columns.dimensions["version"]
    places = [place for place, value in enumerate(factor.values) if value in versions]
    mask: Mask = np.isin(factor.codes, places)
    return mask


def _asked(columns: Columns, name: str, version: str) -> Question:
    return next(each for each in columns.versions if each.version == version).question(name)


def _column(columns: Columns, name: str, asked: Question) -> Column:
    own = columns.columns.get(name)
    if own is not None and kind_of_answer(own.question) == kind_of_answer(asked):
        return own
    return columns.earlier[name] if name in columns.earlier else columns.earlier[f"{name}:{kind_of_answer(asked)}"]


def _own(counts: Mapping[str, int], codes: tuple[str, ...]) -> dict[str, int]:
    """Keep the choices of this shape, and any other that was made all the same."""
    return {code: count for code, count in counts.items() if code in codes or count}
