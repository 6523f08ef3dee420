"""Places from which reports of one checklist count more than once: of two teams, or of one team twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from observer_kit.statistics.columns import Columns


@dataclass(frozen=True, slots=True)
class Doubled:
    """One place with the team where it is of one (None: of no named team), and the latest report's place in order."""

    location: str
    team: str | None
    latest: int


def two_teams(columns: Columns) -> list[Doubled]:
    """Give each place from which several teams report; reports of no named team are of none."""
    places, teams = columns.dimensions["location"], columns.dimensions["team"]
    known = np.flatnonzero((places.codes < places.known) & (teams.codes < teams.known))
    pairs = np.unique(places.codes[known].astype(np.int64) * max(len(teams.values), 1) + teams.codes[known])
    several = np.flatnonzero(np.bincount(pairs // max(len(teams.values), 1), minlength=len(places.values)) > 1)
    latest = _latest(columns, places.codes.astype(np.int64), len(places.values))
    return [Doubled(str(places.values[place]), None, int(latest[place])) for place in several.tolist()]


def one_team_twice(columns: Columns) -> list[Doubled]:
    """Give each place from which one team reports several times, or nobody who is named does."""
    places, teams = columns.dimensions["location"], columns.dimensions["team"]
    width = max(len(teams.values), 1)
    keys = places.codes.astype(np.int64) * width + teams.codes
    met, at, times = np.unique(keys, return_inverse=True, return_counts=True)
    latest = _latest(columns, at, len(met))
    return [
        Doubled(str(places.values[key // width]), teams.values[key % width], int(latest[place]))
        for place, (key, number) in enumerate(zip(met.tolist(), times.tolist(), strict=True))
        if number > 1 and key // width < places.known
    ]


def _latest(columns: Columns, groups: np.ndarray[tuple[int], np.dtype[np.int64]], size: int) -> list[int]:
    """Give the place in the order of receipt of each group's last report: columns stand in that order."""
    found = np.zeros(size, dtype=np.int64)
    found[groups] = columns.sequence if columns.sequence is not None else np.arange(columns.size)
    return found.tolist()
