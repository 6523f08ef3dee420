"""Choosing which reports carry a finding: by region and setting where the source says so, else by a fixed draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from observer_kit.missions.draw import in_turn, unit
from observer_kit.missions.plan import Place

if TYPE_CHECKING:
    from observer_kit.missions.sheet import Sheet


def choose(
    sheets: Sequence[Sheet],
    need: int,
    place: Place | None,
    quotas: Mapping[str | None, int] | None,
    names: tuple[str, ...],
) -> list[Sheet]:
    """Choose `need` reports (fewer, where there are not enough); negative reports are chosen first by a fair way."""
    place = place or Place()

    def weight(sheet: Sheet) -> tuple[float, str]:
        drawn = unit(*names, sheet.place)
        if sheet.place in place.at:
            return -1.0, sheet.place
        if sheet.negative:
            drawn *= 0.35
        if sheet.observation.location.region in place.first:
            drawn *= 0.2
        return drawn, sheet.place

    pool = sorted(
        (sheet for sheet in sheets if not place.regions or sheet.observation.location.region in place.regions),
        key=weight,
    )
    if quotas is not None:
        return _by_quota(pool, quotas, balanced=place.balance == "setting")
    if place.each:
        by_place = {sheet.place: sheet for sheet in pool}
        return [by_place[code] for code in in_turn(by_place, {code: _region(one) for code, one in by_place.items()})][
            :need
        ]
    return pool[: max(need, 0)]


def _region(sheet: Sheet) -> str | None:
    return sheet.observation.location.region


def _by_quota(pool: Sequence[Sheet], quotas: Mapping[str | None, int], *, balanced: bool) -> list[Sheet]:
    """Take each region's number; `balanced` holds the share of urban and rural stations equal over all regions."""
    groups: dict[tuple[str | None, bool], list[Sheet]] = {}
    for sheet in pool:
        groups.setdefault((_region(sheet), sheet.observation.location.setting == "urban"), []).append(sheet)
    size = {key: len(group) for key, group in groups.items()}
    urban = {}
    for region, quota in quotas.items():
        towns, villages = size.get((region, True), 0), size.get((region, False), 0)
        wanted = round(quota * towns / (towns + villages)) if towns + villages else 0
        urban[region] = min(max(wanted, quota - villages), towns, quota)
    if balanced:
        in_towns = sum(count for (_, town), count in size.items() if town)
        goal = round(sum(quotas.values()) * in_towns / (len(pool) or 1))
        _move(urban, quotas, size, goal)
    found = []
    for region, quota in quotas.items():
        found += groups.get((region, True), [])[: urban[region]]
        found += groups.get((region, False), [])[: quota - urban[region]]
    return found


def _move(
    urban: dict[str | None, int],
    quotas: Mapping[str | None, int],
    size: Mapping[tuple[str | None, bool], int],
    goal: int,
) -> None:
    """Shift findings between town and country inside regions, one at a time, until the towns have their goal."""
    while (gap := goal - sum(urban.values())) != 0:
        step = 1 if gap > 0 else -1
        room = {
            region: (
                min(size.get((region, True), 0) - urban[region], urban_left)
                if step > 0
                else min(urban[region], size.get((region, False), 0) - urban_left)
            )
            for region, quota in quotas.items()
            for urban_left in (quota - urban[region],)
        }
        region = max(room, key=lambda key: (room[key], str(key)))
        if room[region] <= 0:
            return
        urban[region] += step
