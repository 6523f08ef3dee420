"""A map on paper: in which regions the stations behind a figure lie."""

from __future__ import annotations

from dataclasses import replace

from observer_kit.missions.model import Location
from observer_kit.statements.model import Definition, Figure
from observer_kit.statements.plans import Drawn, Plan, draw_all

REGIONS = {"AKM": "Акмолинская область", "AKT": "Актюбинская область", "ALM": "Алматинская область"}
PLAN = Plan("where", "Где наблюдалось голосование", "Число участков.", map=("openings_observed", "voting_observed"))


def drawn(*stations: str) -> Drawn:
    definition = Definition("m", "voting_observed", {"ru": "Участки"}, "observed", "station", "stations", None)
    figure = Figure(definition, len(stations), None, None, 0, 0, 0, 0, stations=stations)
    openings = replace(figure, stations=stations[:1])  # seen twice, one station all the same
    places = {
        f"{region}{n}": Location(f"{region}{n}", "polling_station", "", str(n), region=region)
        for region in REGIONS
        for n in range(9)
    }
    return Drawn({"openings_observed": openings, "voting_observed": figure}, "ru", REGIONS, locations=places)


def test_each_region_shows_how_many_of_all_stations_lie_in_it():
    picture = draw_all([PLAN], drawn("AKM1", "AKM2", "AKM3", "AKT1", "elsewhere"))["where"]
    assert picture is not None
    assert [row[:3] for row in picture.rows] == [
        ("Акмолинская область", "3", "4"),
        ("Актюбинская область", "1", "4"),
        ("Алматинская область", "0", "4"),
    ]
    assert "Где наблюдалось голосование" in picture.svg("paper")


def test_one_region_is_no_map_and_a_rebuild_has_none():
    several = drawn("AKM1", "AKT1")
    assert draw_all([PLAN], several)["where"] is not None
    assert draw_all([PLAN], drawn("AKM1", "AKM2"))["where"] is None
    assert draw_all([PLAN], replace(several, reconstruction=True))["where"] is None
    assert draw_all([replace(PLAN, map=("nothing",))], several)["where"] is None
