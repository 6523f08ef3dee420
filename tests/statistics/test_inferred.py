"""What a stratified sample says: each report weighed by the stations that it stands for."""

import numpy as np
import pytest

from observer_kit.missions.model import Sampling
from observer_kit.statistics import tally
from observer_kit.statistics.encoding import build
from observer_kit.statistics.inferred import inferred
from tests.builders import checklist, question, report

FORM = checklist(question("sealed"))


def reports(spread):
    """Make reports: region → answers."""
    return [
        report({"sealed": answer}, f"r{region}{place}", region=region)
        for region, answers in spread.items()
        for place, answer in enumerate(answers)
    ]


def first(spread, sampling, by=None, where=None):
    columns = build(reports(spread), FORM)
    rows = tally(columns, FORM, by=by, question="sealed", where=where)
    return inferred(columns, rows, sampling, by=by, where=where or {})


STRATIFIED = Sampling(100, None, "region", {"A": 90, "B": 10})


def test_a_stratified_share_weighs_each_stratum_by_its_stations():
    [found] = first({"A": ["yes", "yes", "no", "no"], "B": ["yes", "yes"]}, STRATIFIED)
    assert found["yes"].share == pytest.approx(0.9 * 0.5 + 0.1 * 1)
    variance = 0.9**2 * (1 - 4 / 90) * np.var([1, 1, 0, 0], ddof=1) / 4
    half = 2.7764451051977987 * variance**0.5  # t of 4 degrees at 95 per cent
    assert found["yes"].high - found["yes"].share == pytest.approx(min(half, 1 - found["yes"].share))
    assert found["yes"].method == "linearised"
    assert found["yes"].share + found["no"].share == pytest.approx(1)


def test_a_stratum_of_one_station_is_said_and_not_guessed():
    [found] = first({"A": ["yes", "no"], "B": ["yes"]}, STRATIFIED)
    assert (found["yes"].low, found["yes"].reason) == (None, "stratum_of_one")


def test_a_report_outside_every_stratum_leaves_nothing_to_infer():
    [found] = first({"A": ["yes", "no"], "C": ["yes", "no"]}, STRATIFIED)
    assert (found["yes"].share, found["yes"].reason) == (None, "stratum_unknown")


def test_where_nobody_answered_there_is_no_share():
    for sampling in (STRATIFIED, Sampling(100)):
        [found] = first({"A": ["not_observed", None], "B": [None, None]}, sampling)
        assert (found["yes"].share, found["yes"].low, found["yes"].reason) == (None, None, "nothing_answered")


def test_a_group_is_a_part_of_the_whole_design():
    found = first({"A": ["yes", "no", "yes", "no"], "B": ["yes", "no"]}, STRATIFIED, by="region")
    assert [each["yes"].share for each in found] == [0.5, 0.5]
    assert all(each["yes"].high - each["yes"].low > 0 for each in found)


def several(spread):
    """Make reports of stations: station → answers, one for each report."""
    return [
        report({"sealed": answer}, f"{station}-{place}", location=station)
        for station, answers in spread.items()
        for place, answer in enumerate(answers)
    ]


def of_all(reports, sampling):
    columns = build(reports, FORM)
    [found] = inferred(columns, tally(columns, FORM, question="sealed"), sampling, by=None, where={})
    return found["yes"]


def test_several_reports_of_one_station_are_one_draw_as_an_independent_package_has_it():
    statsmodels = pytest.importorskip("statsmodels.api")
    draws = np.random.default_rng(7)
    spread = {
        f"S{place:02d}": ["yes" if draws.random() < chance else "no" for _ in range(draws.integers(1, 5))]
        for place, chance in enumerate(draws.random(40))
    }
    found = of_all(several(spread), Sampling(10**9))
    stations = np.repeat(range(40), [len(answers) for answers in spread.values()])
    met = np.array([answer == "yes" for answers in spread.values() for answer in answers], float)
    fitted = statsmodels.OLS(met, np.ones(len(met))).fit(
        cov_type="cluster", cov_kwds={"groups": stations, "use_correction": False}
    )
    error = float(fitted.bse[0]) * (40 / 39) ** 0.5  # the package leaves the finite number of clusters to its user
    assert found.share == pytest.approx(float(fitted.params[0]), rel=1e-6)
    assert found.high - found.share == pytest.approx(2.0226909200367604 * error, rel=1e-6)  # t of 39 degrees
    assert found.method == "linearised"
    single = of_all(
        several({f"{place}": [answer] for place, answer in enumerate(sum(spread.values(), []))}), Sampling(10**9)
    )
    assert found.high - found.low > single.high - single.low  # as if they were independent it would be too narrow


def test_stations_that_all_say_the_same_are_counted_once_each():
    """10 stations with 3 reports each, all yes: Wilson of 10 of 10, not of 30 of 30, and never certainty."""
    twice = of_all(several({f"S{place}": ["yes"] * 3 for place in range(10)}), Sampling(5000))
    once = of_all(several({f"S{place}": ["yes"] for place in range(10)}), Sampling(5000))
    assert (twice.share, twice.method) == (1, "wilson")
    assert (twice.low, twice.high) == pytest.approx((once.low, once.high))
    seen = of_all(several({f"S{place}": ["yes"] * 3 for place in range(10)}), Sampling(10))
    assert (seen.low, seen.high) == (1, 1)  # every station was visited: nothing is left to estimate


def test_where_nothing_varies_in_strata_no_certainty_is_claimed():
    [found] = first({"A": ["yes", "yes"], "B": ["yes", "yes"]}, STRATIFIED)
    assert (found["yes"].share, found["yes"].low, found["yes"].reason) == (1, None, "no_variation")


def test_reports_of_one_station_do_not_make_a_sample_larger_than_its_stations():
    found = of_all(several({"S1": ["yes", "no"], "S2": ["no", "no"], "S3": ["yes"]}), Sampling(3))
    assert (found.share, found.low, found.high) == (pytest.approx(0.4),) * 3
