"""Fetch from storage and hand over: comparisons, the quick count, two missions, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Final

from sqlalchemy.orm import Session

from observer_kit.checklists.model import Checklist
from observer_kit.checklists.protocol import NAME as PROTOCOL
from observer_kit.collection.model import Report
from observer_kit.errors import KitError
from observer_kit.missions.model import Mission
from observer_kit.statistics import Columns, tally
from observer_kit.statistics.beside import Beside, beside
from observer_kit.statistics.compared import Screened, Tested
from observer_kit.statistics.comparisons import compare
from observer_kit.statistics.convergence import Count, Station, converge
from observer_kit.storage import checklists, listing, submissions
from observer_kit.storage.filters import Filters
from observer_kit.web.columns import columns_of, dimensions_of
from observer_kit.web.sampled import above

TURNOUT: Final = (("b_issued",), ("reg_close",))
"""Ballots issued over the voters on the list at the close: whom the commission counts as having come."""
VALID: Final = ("valid",)
SHOWN: Final = 3
"""The candidates with the most votes whose share is followed."""


KEPT: Final = 16
_kept: dict[Any, tuple[Columns, Any, list[Screened] | list[Tested]]] = {}
_keeping: Final = Lock()


class FilterNotCompared(KitError):
    """A filter that no column knows leaves no part to compare."""

    code = "filter_not_compared"


@dataclass(frozen=True, slots=True)
class Followed:
    """One ratio of the quick count: its name (turnout, or a field of the protocol) and how it settled."""

    name: str
    label: Mapping[str, str] | None
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class QuickCount:
    """The protocols that came, of how many drawn, and the ratios followed; none where the sample is not random.

    `upto` says of each step the place in the chain at which so many stations' protocols had come.
    """

    protocols: int
    drawn: int | None
    followed: tuple[Followed, ...]
    upto: Mapping[int, int] = field(default_factory=dict)
    earlier: int = 0  # protocols that stand in the lists behind a point, though their station sent a later one


def where_of(filters: Filters | None, checklist: str) -> Mapping[str, object]:
    """Give the filters as values of dimensions; raises FilterNotCompared for what only the database can tell."""
    where = dimensions_of(replace(filters or Filters(), checklist=checklist))
    if where is None:
        raise FilterNotCompared("a comparison needs a filter by region, setting, team, hour or review")
    return where


def compared(
    tx: Session,
    mission: Mission,
    checklist: Checklist,
    *,
    by: str,
    filters: Filters | None = None,
    question: str | None = None,
) -> list[Screened] | list[Tested]:
    """Hold each part of one checklist's reports against the rest; tested only where the sample is random.

    What was compared is kept as long as the same columns stand.
    """
    columns = columns_of(tx, mission.code, checklist)
    where = where_of(filters, checklist.name)
    lies_in = above(tx, mission)
    asked = (mission.code, checklist.version, by, question, tuple(sorted(where.items(), key=str)))
    rest = (mission.sampling, lies_in)
    with _keeping:
        kept = _kept.get(asked)
        if kept is not None and kept[0] is columns and kept[1] == rest:
            return kept[2]
    found = compare(columns, checklist, mission.sampling, by=by, where=where, question=question, above=lies_in)
    with _keeping:
        # What rests on columns that were left behind would hold them in memory.
        for old in [key for key, each in _kept.items() if key[:2] == asked[:2] and each[0] is not columns]:
            del _kept[old]
        while len(_kept) >= KEPT:
            del _kept[next(iter(_kept))]
        _kept[asked] = (columns, rest, found)
    return found


def two_missions(tx: Session, mission: Mission, other: Mission, name: str) -> list[Beside] | None:
    """Set the questions of one checklist beside those of another mission's; None where it has no such checklist."""
    ours, theirs = (checklists.current(tx, each.code).get(name) for each in (mission, other))
    if ours is None or theirs is None:
        return None
    our_rows = tally(columns_of(tx, mission.code, ours), ours)
    return beside(ours, our_rows, theirs, tally(columns_of(tx, other.code, theirs), theirs))


def quick_count(tx: Session, mission: Mission) -> QuickCount | None:
    """Follow turnout and the largest vote shares as the stations' protocols came in; None where none is asked for."""
    asked = checklists.current(tx, mission.code).get(PROTOCOL)
    if asked is None:
        return None
    latest: dict[str, Report] = {}
    came = 0
    for report in submissions.reports(tx, mission.code, PROTOCOL):
        if report.kind in (None, "polling_station"):
            key = report.location or report.id
            latest.pop(key, None)  # the one received last stands, where it stands in the order
            latest[key] = report
            came += 1
    drawn = mission.sampling.drawn if mission.sampling else None
    if mission.sampling is None or not latest:
        return QuickCount(len(latest), drawn, ())
    lies_in = above(tx, mission) or {}
    stations = [_station(report, mission, lies_in) for report in latest.values()]
    followed = tuple(
        Followed(name, label, tuple(converge(stations, over, under, mission.sampling)))
        for name, label, over, under in _ratios(asked, stations)
    )
    ids = [report.id for report in latest.values()]
    last_of = {step.at: ids[step.at - 1] for each in followed for step in each.counts}
    lines = listing.some(tx, mission.code, sorted(set(last_of.values())))
    upto = {at: lines[id].sequence for at, id in last_of.items()}
    return QuickCount(len(stations), drawn, followed, upto, came - len(stations))


def _station(report: Report, mission: Mission, lies_in: Mapping[str, str]) -> Station:
    sampling = mission.sampling
    numbers = {
        name: float(value)
        for name, value in report.answers.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    stratum = getattr(report, sampling.strata) if sampling and sampling.strata else None
    cluster = report.region if sampling and sampling.clusters == "region" else lies_in.get(report.location or "")
    return Station(numbers, stratum, cluster)


def _ratios(
    asked: Checklist, stations: list[Station]
) -> list[tuple[str, Mapping[str, str] | None, tuple[str, ...], tuple[str, ...]]]:
    """Name what is followed: turnout, then the shares of the most voted for among the valid ballots."""
    questions = {question.name: question for question in asked.questions()}
    found: list[tuple[str, Mapping[str, str] | None, tuple[str, ...], tuple[str, ...]]] = []
    if {*TURNOUT[0], *TURNOUT[1]} <= questions.keys():
        found.append(("turnout", None, *TURNOUT))
    votes: dict[str, Mapping[str, str]] = {}
    votes.update((name, questions[name].label) for name in ("v_yes", "v_no") if name in questions)
    if (rows := questions.get("v")) is not None:
        votes = {f"v[{place}]": choice.label for place, choice in enumerate(rows.choices)}
    if VALID[0] in questions:
        total = {name: sum(station.numbers.get(name) or 0 for station in stations) for name in votes}
        most = sorted(votes, key=lambda name: -total[name])[:SHOWN]
        found += [(name, votes[name], (name,), VALID) for name in most]
    return found
