"""Intervals of shares against published worked examples, and against counting every possible sample."""

from __future__ import annotations

from itertools import combinations
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from observer_kit.statistics.intervals import bounds, exact, wilson


def test_wilson_gives_the_published_examples() -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 857: 81/263, 15/148, 0/20, 1/29 at 95 per cent."""
    for (hits, base), (low, high) in {
        (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718),
    }.items():  # fmt: skip
        found = wilson(hits, base)
        assert found is not None
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_clopper_pearson_gives_the_published_examples() -> None:
    """The same table of Newcombe (1998), method 5."""
    for (hits, base), (low, high) in {
        (81, 263): (0.2527, 0.3676), (15, 148): (0.0578, 0.1617), (0, 20): (0.0, 0.1684), (1, 29): (0.0009, 0.1776),
    }.items():  # fmt: skip
        found = exact(hits, base)
        assert found is not None
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 400), st.data())
def test_both_agree_with_scipy_where_the_population_is_endless(base: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, base))
    for mine, name in ((wilson, "wilson"), (exact, "exact")):
        theirs = stats.binomtest(hits, base).proportion_ci(0.95, method=name)
        found = mine(hits, base)
        assert found is not None
        assert isclose(found.low, theirs.low, abs_tol=1e-9)
        assert isclose(found.high, theirs.high, abs_tol=1e-9)


@given(st.integers(1, 300), st.integers(0, 5000), st.data())
def test_a_finite_population_never_widens_an_interval(base: int, more: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, base))
    for interval in (wilson, exact):
        endless, finite = interval(hits, base), interval(hits, base, population=base + more)
        assert endless is not None
        assert finite is not None
        assert finite.low >= endless.low - 1e-12
        assert finite.high <= endless.high + 1e-12
        assert finite.low - 1e-12 <= hits / base <= finite.high + 1e-12


def test_when_all_was_seen_nothing_is_uncertain() -> None:
    for interval in (wilson, exact):
        found = interval(9, 33, population=33)
        assert found is not None
        assert found.low == found.high == 9 / 33


def test_every_sample_of_a_small_population_is_covered_as_often_as_said() -> None:
    """All 4,368 samples of 5 from 16, for each number of hits among the 16: 95 per cent on average over them."""
    population, size = 16, 5
    covered = total = 0
    for hits in range(population + 1):
        for sample in combinations(range(population), size):
            found = wilson(sum(one < hits for one in sample), size, population=population)
            assert found is not None
            total += 1
            covered += found.low - 1e-12 <= hits / population <= found.high + 1e-12
    assert covered / total > 0.93


def test_no_answer_has_no_interval_and_nonsense_is_refused() -> None:
    assert wilson(0, 0) is None
    assert exact(0, 0, population=10) is None
    for numerator, base, population in ((5, 4, None), (-1, 4, None), (2, 10, 9)):
        with pytest.raises(ValueError, match="share|population"):
            wilson(numerator, base, population=population)


def test_missing_answers_bound_a_share() -> None:
    assert bounds(60, 90, 100) == (0.6, 0.7)
    assert bounds(0, 0, 0) is None
    assert bounds(0, 0, 5) == (0, 1)
    with pytest.raises(ValueError, match="can't be"):
        bounds(3, 2, 10)
