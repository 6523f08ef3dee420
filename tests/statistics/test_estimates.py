"""Estimates of a designed sample against an independent survey package, and against worked examples."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from observer_kit.statistics.estimates import Design, ratio


@pytest.fixture(scope="module")
def survey() -> Any:
    """The NHANES II data that the package ships: 31 strata of two clusters, 10,337 persons."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from samplics.datasets import load_nhanes2

        return load_nhanes2()["data"]


def theirs(survey: Any, parameter: str, y: str, x: str | None = None) -> tuple[float, float, float, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from samplics.estimation import TaylorEstimator
        from samplics.utils.types import PopParam

        taylor = TaylorEstimator(getattr(PopParam, parameter))
        more = {"x": survey[x]} if x else {}
        taylor.estimate(
            y=survey[y], samp_weight=survey["finalwgt"], stratum=survey["stratid"], psu=survey["psuid"], **more
        )
    values = (taylor.point_est, taylor.stderror, taylor.lower_ci, taylor.upper_ci)
    return tuple(float(value[1.0] if isinstance(value, dict) else value) for value in values)  # type: ignore[return-value]


def design(survey: Any) -> Design:
    return Design(survey["finalwgt"].to_numpy(float), survey["stratid"].tolist(), survey["psuid"].tolist())


@pytest.mark.parametrize(
    ("parameter", "y", "x"), [("mean", "zinc", None), ("prop", "diabetes", None), ("ratio", "highlead", "highbp")]
)
def test_a_stratified_clustered_sample_gives_the_packages_figures_to_six_digits(
    survey: Any, parameter: str, y: str, x: str | None
) -> None:
    whole = survey.dropna(subset=[y, x] if x else [y])
    over = whole[x].to_numpy(float) if x else np.ones(len(whole))
    found = ratio(whole[y].to_numpy(float), over, design(whole))
    value, error, low, high = theirs(whole, parameter, y, x)
    assert found.value == pytest.approx(value, rel=1e-6)
    assert found.error == pytest.approx(error, rel=1e-6)
    if parameter == "mean":  # for a share the package turns to logits, for a ratio it may
        assert found.interval is not None
        assert (found.interval.low, found.interval.high) == pytest.approx((low, high), rel=1e-6)
    assert found.degrees == 31


def test_a_stratified_sample_of_a_finite_population_gives_the_worked_example() -> None:
    """Two strata by hand: N 40 and 60, n 4 and 6; Cochran (1977), equation 5.14 with W² s² (1 − f) / n."""
    y = np.array([1, 0, 0, 1, 1, 1, 1, 0, 1, 1], float)
    strata = ["urban"] * 4 + ["rural"] * 6
    weights = np.array([10.0] * 10)
    found = ratio(y, np.ones(10), Design(weights, strata, populations={"urban": 40, "rural": 60}))
    urban = 0.4**2 * (1 - 4 / 40) * np.var(y[:4], ddof=1) / 4
    rural = 0.6**2 * (1 - 6 / 60) * np.var(y[4:], ddof=1) / 6
    assert found.value == pytest.approx(0.7)
    assert found.error == pytest.approx(float(np.sqrt(urban + rural)))
    assert found.degrees == 8


def test_a_turnout_is_a_ratio_of_totals_not_a_mean_of_turnouts() -> None:
    voted, listed = np.array([900.0, 10.0]), np.array([1000.0, 100.0])
    found = ratio(voted, listed, Design(np.ones(2)))
    assert found.value == pytest.approx(910 / 1100)


def test_a_stratum_seen_whole_adds_no_uncertainty() -> None:
    y = np.array([1.0, 0, 1, 1])
    found = ratio(y, np.ones(4), Design(np.ones(4), populations={None: 4}))
    assert (found.value, found.error) == (0.75, 0.0)


def test_what_cannot_be_computed_is_said_and_never_0() -> None:
    one = ratio(np.array([1.0, 0, 1]), np.ones(3), Design(np.ones(3), ["a", "a", "b"]))
    assert (one.error, one.interval, one.reason) == (None, None, "stratum_of_one")
    nothing = ratio(np.zeros(3), np.zeros(3), Design(np.ones(3)))
    assert (nothing.value, nothing.error, nothing.reason) == (None, None, "nothing_answered")


def test_a_domain_keeps_the_reports_outside_it_in_its_uncertainty() -> None:
    """Cochran (1977), section 2.13: a domain's size is estimated too."""
    y, here = np.array([1.0, 0, 1, 0, 0, 0]), np.array([1.0, 1, 1, 0, 0, 0])
    inside = ratio(y, here, Design(np.ones(6)))
    alone = ratio(y[:3], here[:3], Design(np.ones(3)))
    assert inside.value == alone.value == pytest.approx(2 / 3)
    assert inside.error == pytest.approx(float(np.sqrt(6 / 5 * ((y - 2 / 3 * here) ** 2).sum()) / 3))
    assert inside.error != alone.error


@pytest.mark.parametrize("weights", [[1.0, 0.0], [1.0, -2.0], [1.0, float("nan")]])
def test_a_weight_that_is_not_above_0_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Design(np.array(weights))


def test_a_stratum_smaller_than_its_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="3 sampled of 2"):
        ratio(np.ones(3), np.ones(3), Design(np.ones(3), ["a"] * 3, populations={"a": 2}))


def test_a_stratified_sample_gives_the_packages_error_with_its_finite_population(survey: Any) -> None:
    """Strata without clusters, each of its own population: as another design of the same data set."""
    from samplics.estimation import TaylorEstimator
    from samplics.utils.types import PopParam

    whole = survey.dropna(subset=["zinc"])
    strata = whole["stratid"].tolist()
    sizes = whole["stratid"].value_counts()
    populations = {stratum: int(size) * 3 + int(stratum) for stratum, size in sizes.items()}
    weights = np.array([populations[each] / int(sizes[each]) for each in strata])
    found = ratio(whole["zinc"].to_numpy(float), np.ones(len(whole)), Design(weights, strata, populations=populations))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        taylor = TaylorEstimator(PopParam.mean)
        seen = {stratum: 1 - int(sizes[stratum]) / populations[stratum] for stratum in sorted(populations)}
        taylor.estimate(y=whole["zinc"], samp_weight=weights, stratum=whole["stratid"], fpc=seen)
    assert found.value == pytest.approx(float(taylor.point_est), rel=1e-6)
    plain = ratio(whole["zinc"].to_numpy(float), np.ones(len(whole)), Design(weights, strata))
    assert found.error is not None
    assert plain.error is not None
    assert found.error == pytest.approx(float(taylor.stderror), rel=1e-6)
    assert found.error < plain.error
