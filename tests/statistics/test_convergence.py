"""A quick count as its protocols come in, against a published worked example and against its own last step."""

import pytest

from observer_kit.missions.model import Sampling
from observer_kit.statistics.convergence import Station, converge

BASAL = (0.3, 0.5, 0.4, 0.9, 0.7, 0.2, 0.6, 0.5, 0.8, 0.4, 0.8, 0.6)
VOLUME = (6, 9, 7, 19, 15, 5, 12, 9, 20, 9, 18, 13)


def test_the_ratio_and_its_margin_are_those_of_the_published_example():
    """Scheaffer, Mendenhall, Ott, Elementary Survey Sampling (5th ed. 1996), exercise 6.1: 12 of 250 trees.

    Their total is 75 square feet: 1,589.55 cubic feet with a bound of 186.32,
    which takes the known mean of 0.3 in place of the sample's.
    """
    stations = [Station({"y": float(y), "x": x}) for y, x in zip(VOLUME, BASAL, strict=True)]
    counts = converge(stations, ["y"], ["x"], Sampling(250))
    assert [each.at for each in counts] == list(range(1, 13))
    last = counts[-1].estimate
    assert 75 * last.value == pytest.approx(1589.55, abs=0.005)
    assert 2 * 75 * last.error * (sum(BASAL) / 12) / 0.3 == pytest.approx(186.32, abs=0.005)
    first = counts[0].estimate
    assert (first.value, first.interval, first.reason) == (20, None, "stratum_of_one")  # one says nothing of its margin


def test_a_protocol_that_lacks_a_number_counts_for_neither_sum():
    stations = [
        Station({"issued": 90.0, "listed": 100.0}), Station({"issued": None, "listed": 900.0}),
        Station({"listed": 500.0}), Station({"issued": 30.0, "listed": 100.0}),
    ]  # fmt: skip
    last = converge(stations, ["issued"], ["listed"], Sampling(50))[-1]
    assert (last.at, last.used, last.above, last.below) == (4, 2, 120, 200)
    assert last.estimate.value == pytest.approx(0.6)


def test_until_every_stratum_is_heard_there_is_no_estimate():
    stations = [Station({"y": 1.0, "x": 2.0}, stratum) for stratum in "AAABB"]
    found = converge(stations, ["y"], ["x"], Sampling(30, None, "region", {"A": 20, "B": 10}))
    assert [(each.estimate.value, each.estimate.reason) for each in found] == [
        (None, "stratum_silent"), (None, "stratum_silent"), (None, "stratum_silent"),
        (0.5, "stratum_of_one"), (0.5, None),
    ]  # fmt: skip


def test_places_drawn_first_are_what_the_margin_is_counted_over():
    stations = [
        Station({"y": float(cluster), "x": 10.0}, None, f"C{cluster}") for cluster in (1, 2, 3) for _ in range(4)
    ]
    sampling = Sampling(400, None, None, {}, clusters="parent", of_clusters=30)
    last = converge(stations, ["y"], ["x"], sampling)[-1].estimate
    assert last.degrees == 2
    assert last.error == pytest.approx((0.1**2 * 2 / 2 * (1 - 3 / 30) / 3) ** 0.5)  # of 0.1, 0.2 and 0.3
    lost = [*stations, Station({"y": 1.0, "x": 10.0})]
    assert converge(lost, ["y"], ["x"], sampling)[-1].estimate.reason == "cluster_unknown"


def test_more_stations_than_there_are_is_said():
    stations = [Station({"y": 1.0, "x": 2.0})] * 3
    assert converge(stations, ["y"], ["x"], Sampling(2))[-1].estimate.reason == "more_than_population"
    assert converge([], ["y"], ["x"], Sampling(2)) == []
