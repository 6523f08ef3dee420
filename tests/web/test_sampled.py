"""How many stations are expected in each region or setting: those drawn, else those of the plan, else nothing said."""

from dataclasses import replace

import pytest

from observer_kit.missions.deployment import Deployed
from observer_kit.missions.model import Sampling
from observer_kit.storage import deployment, missions
from observer_kit.web import sampled
from tests.web.conftest import VOTING

PLAN = [
    Deployed("T01", "voting", "R-1"), Deployed("T02", "voting", "R-1"), Deployed("T02", "voting", "R-2"),
    Deployed("T01", "opening", "R-2"), Deployed("T03", "voting"), Deployed("T03", "voting", "X-9"),
]  # fmt: skip


@pytest.fixture
def expected(store):
    def of(by, **more):
        with store.atomic() as tx:
            missions.save(tx, replace(missions.get(tx, "m-1"), **more))
        with store.reading() as tx:
            found = missions.get(tx, "m-1")
            return sampled.expected_by(tx, found, VOTING, by), sampled.planned_by(tx, found, VOTING, by)

    return of


def test_where_nothing_is_said_nothing_is_expected(expected):
    assert expected("region") == ({}, {})


def test_the_plan_counts_each_station_of_the_stage_once(expected, store):
    """Two teams at one station are one station; another stage, no station and one that is unknown count for none."""
    with store.atomic() as tx:
        deployment.replace(tx, "m-1", PLAN)
    assert expected("region") == ({"A": 1, "B": 1}, {"R-1": "A", "R-2": "B"})
    assert expected("setting") == ({"urban": 1, "rural": 1}, {"R-1": "urban", "R-2": "rural"})


def test_the_sample_says_how_many_were_drawn_in_its_own_strata(expected, store):
    with store.atomic() as tx:
        deployment.replace(tx, "m-1", PLAN)
    drawn = Sampling(100, 52, "region", {"A": 90, "B": 10}, drawn_by={"A": 40, "B": 12})
    assert expected("region", sample="stratified", sampling=drawn) == ({"A": 40, "B": 12}, {})
    assert expected("setting", sample="stratified", sampling=drawn)[0] == {"urban": 1, "rural": 1}
