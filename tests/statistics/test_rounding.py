"""Rounding: half up from integers, and never 0 or 100 where something or something else was seen."""

from decimal import Decimal

import pytest

from observer_kit.statistics.rounding import edge, screen_percent, two_decimals, whole_percent


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [(1, 200, 1), (1, 201, 0), (27, 123, 22), (24, 151, 16), (35, 151, 23), (145, 1000, 15), (0, 5, 0)],
)
def test_whole_per_cent_is_rounded_half_up(numerator, denominator, percent):
    assert whole_percent(numerator, denominator) == percent


def test_nothing_to_divide_by_gives_nothing():
    assert whole_percent(0, 0) is None
    assert whole_percent(None, 10) is None
    assert screen_percent(0, 0) == "–"


def test_a_share_near_the_edge_is_not_written_as_none_or_all():
    assert screen_percent(1, 1000) == "< 1 %"
    assert screen_percent(999, 1000) == "> 99 %"
    assert screen_percent(0, 1000) == "0 %"
    assert edge(1000, 1000) is None


@pytest.mark.parametrize(
    ("numerator", "denominator", "printed"),
    [(7985769, 11734642, "68.05"), (6163516, 7985769, "77.18"), (1490470, 7985769, "18.66"), (205924, 7985769, "2.58"),
     (125859, 7985769, "1.58"), (8279227, 9200298, "89.99")],
)  # fmt: skip
def test_official_results_have_two_decimals_as_the_annex_of_2022_prints_them(numerator, denominator, printed):
    """The 2011 annex prints 89.98 for the last: it cuts where we round."""
    assert two_decimals(numerator, denominator) == Decimal(printed)
