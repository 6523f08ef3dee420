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
