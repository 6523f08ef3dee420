"""One part of the reports against all the rest: a region, town or country, an hour, always with its teams.

Where the sample is random every comparison is a test, and all of them together
are held to one rate of false discoveries: Y. Benjamini and Y. Hochberg, J. R.
Statist. Soc. B 57 (1995), 289. Where teams chose where to go nothing can be
tested: such a comparison is only `Screened`, and no statement can be made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from scipy.stats import false_discovery_control, fisher_exact

from observer_kit.checklists.model import Checklist
from observer_kit.missions.model import Sampling
from observer_kit.statistics.cases import cases_in
from observer_kit.statistics.columns import Columns
from observer_kit.statistics.compared import Compared, Screened, Side, Teams, Tested
from observer_kit.statistics.designs import design_of_columns, needs_design
from observer_kit.statistics.estimates import Design, contrast
from observer_kit.statistics.factors import Factor, Mask
from observer_kit.statistics.funnel import Limits, many_limits
from observer_kit.statistics.model import Tally
from observer_kit.statistics.tallies import tally

BY: Final = ("region", "setting", "hour")


def compare(
    columns: Columns,
    checklist: Checklist,
    sampling: Sampling | None,
    *,
    by: str,
    where: Mapping[str, Any] | None = None,
    question: str | None = None,
    above: Mapping[str, str] | None = None,
) -> list[Screened] | list[Tested]:
    """Hold every part against the rest, question by question, the farthest from the whole first.

    A random sample is tested, any other screened. `question` leaves one;
    discoveries are then controlled among its own comparisons.
    """
    cases = {name: codes for name, codes in cases_in(checklist).items() if question in (None, name)}
    where = where or {}
    found = _compared(columns, checklist, cases, by, where, question)
    found.sort(key=lambda each: -_distance(each))
    if sampling is None:
        return [Screened(each, *where_to) for each, where_to in zip(found, _placed(found), strict=True)]
    return _tested(columns, found, sampling, where, above)


def _compared(
    columns: Columns,
    checklist: Checklist,
    cases: Mapping[str, tuple[str, ...]],
    by: str,
    where: Mapping[str, Any],
    question: str | None,
) -> list[Compared]:
    rows: dict[str, list[Tally]] = {}
    for row in tally(columns, checklist, by=by, where=where, question=question):
        if row.question in cases:
            rows.setdefault(row.question, []).append(row)
    chosen = columns.select(where)
    counts = _team_counts(columns, by, chosen)
    found = []
    for name, parts in rows.items():
        sides = [_side(part, cases[name]) for part in parts]
        teams = _teams(columns, by, chosen & columns.columns[name].holds(cases[name]))
        for part, here in zip(parts, sides, strict=True):
            if part.group is None:
                continue  # reports of no known part are in the rest, and no part themselves
            first, number, total = teams.get(part.group, (None, 0, 0))
            rest = _rest(sides, here)
            behind = Teams(counts.get(part.group, 0), first, number, total)
            found.append(Compared(name, cases[name], by, part.group, here, rest, part.stations, behind))
    return found


def _side(row: Tally, counted: tuple[str, ...]) -> Side:
    cases = sum(row.counts.get(code, 0) for code in counted)
    states = (row.not_applicable, row.not_observed, row.missing, row.problems)
    return Side(cases, row.answered, *states, row.reports)


def _rest(sides: list[Side], here: Side) -> Side:
    names = Side.__dataclass_fields__
    return Side(*(sum(getattr(side, name) for side in sides) - getattr(here, name) for name in names))


def _keys(columns: Columns, by: str, mask: Mask) -> tuple[Factor[Any], Factor[Any], Any]:
    """Number the part and the team of each of these reports together."""
    parts, teams = columns.dimensions[by], columns.dimensions["team"]
    rows = np.flatnonzero(mask)
    return parts, teams, parts.codes[rows].astype(np.int64) * max(len(teams.values), 1) + teams.codes[rows]


def _team_counts(columns: Columns, by: str, mask: Mask) -> dict[str, int]:
    """Count the different teams behind each part."""
    parts, teams, keys = _keys(columns, by, mask)
    group, team = np.divmod(np.flatnonzero(np.bincount(keys)), max(len(teams.values), 1))
    sizes = np.bincount(group[team < teams.known], minlength=len(parts.values))
    return {str(value): int(sizes[place]) for place, value in enumerate(parts.values) if value is not None}


def _teams(columns: Columns, by: str, mask: Mask) -> dict[str, tuple[str | None, int, int]]:
    """Name for each part the team with the most cases, its cases, and those of all, of no known team too."""
    parts, teams, keys = _keys(columns, by, mask)
    every = np.bincount(keys)
    met = np.flatnonzero(every)
    times = every[met]
    group, team = np.divmod(met, max(len(teams.values), 1))
    known = teams.known
    found: dict[str, tuple[str | None, int, int]] = {}
    for place, one, number in zip(group.tolist(), team.tolist(), times.tolist(), strict=True):
        part = str(parts.values[place])
        first, most, total = found.get(part, (None, 0, 0))
        if one < known and number > most:
            first, most = str(teams.values[one]), number
        found[part] = (first, most, total + number)
    return found


def _distance(each: Compared) -> float:
    """Say how many standard deviations the part lies from the whole; what has no base stands last."""
    share, whole = each.here.share, each.whole
    if share is None or whole is None or not 0 < whole < 1:
        return -1.0
    return float(abs(share - whole) / np.sqrt(whole * (1 - whole) / each.here.answered))


def _placed(found: list[Compared]) -> list[tuple[Limits | None, str | None]]:
    """Lay each part to the limits around its whole; what has no base, or nothing beside it, has none."""
    whole = [each.whole if each.here.answered and each.rest.answered else None for each in found]
    known = [(share, each.here.answered) for share, each in zip(whole, found, strict=True) if share is not None]
    around = iter(many_limits([share for share, _ in known], [base for _, base in known]) if known else ())
    placed: list[tuple[Limits | None, str | None]] = []
    for share, each in zip(whole, found, strict=True):
        limits = None if share is None else next(around)
        placed.append((limits, limits.outside(each.here.share or 0.0) if limits else None))
    return placed


def _tested(
    columns: Columns,
    found: list[Compared],
    sampling: Sampling,
    where: Mapping[str, Any],
    above: Mapping[str, str] | None,
) -> list[Tested]:
    design: Design | str | None = None
    if needs_design(columns, sampling):
        design = design_of_columns(columns, sampling, above)
    chosen = columns.select(where)
    tried = [_try(columns, each, design, chosen) for each in found]
    known = [p for p, _ in tried if p is not None]
    left = iter(false_discovery_control(known, method="bh").tolist() if known else ())
    return [
        Tested(each, *placed, p, None if p is None else next(left), reason)
        for each, placed, (p, reason) in zip(found, _placed(found), tried, strict=True)
    ]


def _try(
    columns: Columns, each: Compared, design: Design | str | None, chosen: Mask
) -> tuple[float | None, str | None]:
    """Give the p-value of one difference, or why it can't be computed.

    Of a simple random sample with one report of a station by Fisher's exact
    test, which holds at every base; of any other by the linearised error that
    its design gives.
    """
    here, rest = each.here, each.rest
    if isinstance(design, str):
        return None, design
    if not here.answered or not rest.answered:
        return None, "nothing_answered"
    if design is None:
        table = np.array([[here.cases, here.answered - here.cases], [rest.cases, rest.answered - rest.cases]])
        return float(fisher_exact(table).pvalue), None
    column = columns.columns[each.question]
    factor = columns.dimensions[each.by]
    inside = np.isin(factor.codes, [place for place, value in enumerate(factor.values) if str(value) == each.group])
    y = (column.holds(each.counted) & chosen).astype(float)
    tested = contrast(y, (column.answered & chosen).astype(float), inside, design)
    return tested.p, tested.reason
