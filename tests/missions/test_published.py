"""Every published figure that can be counted comes out of the rebuilt envelopes exactly as printed."""

import pytest

from tests.missions.counting import Count
from tests.missions.samples import opened, places, rebuilt

REBUILT = ("eom-2011", "ram-2022", "sco-2024", "ots-2024")


def figures_with(check):
    found = []
    for name in REBUILT:
        published = {entry["id"]: entry for entry in opened(name).published()}
        for figure in opened(name).mission.figures:
            printed = published.get(figure["id"], {})
            if check(printed):
                found.append(pytest.param(name, figure, printed, id=figure["id"]))
    return found


def count(name):
    return Count(opened(name), rebuilt(name), places(name))


@pytest.mark.parametrize(
    ("name", "figure", "printed"), figures_with(lambda printed: isinstance(printed.get("numerator"), int))
)
def test_printed_numerator_comes_out(name, figure, printed):
    assert count(name).of(figure)[0] == printed["numerator"]


@pytest.mark.parametrize(
    ("name", "figure", "printed"),
    figures_with(lambda printed: printed.get("base_printed") and isinstance(printed.get("denominator"), int)),
)
def test_printed_base_comes_out(name, figure, printed):
    assert count(name).of(figure)[1] == printed["denominator"]


@pytest.mark.parametrize(
    ("name", "figure", "printed"),
    figures_with(lambda printed: isinstance(printed.get("percent_as_printed"), int)),
)
def test_printed_per_cent_comes_out(name, figure, printed):
    numerator, denominator = count(name).of(figure)
    assert round(100 * numerator / denominator) == printed["percent_as_printed"]


@pytest.mark.parametrize("name", [*REBUILT, "cis-2024", "cica-2024"])
def test_every_observed_figure_that_can_be_counted_has_a_definition(name):
    uncountable = {
        "ots24_deployed", "ots24_conclusion", "sco24_conclusion", "ram22_dates", "khb24_ots_quote",
    }  # fmt: skip
    defined = {figure["id"] for figure in opened(name).mission.figures}
    observed = {entry["id"] for entry in opened(name).published() if entry["kind"] == "observed"}
    assert observed - defined <= uncountable


@pytest.mark.parametrize("name", [*REBUILT, "cis-2024", "cica-2024"])
def test_every_published_figure_says_its_unit_and_base(name):
    for entry in opened(name).published():
        assert all(entry.get(key) for key in ("unit", "base", "locator")), entry["id"]


def test_openings_and_voting_are_added_not_distinct():
    figure = next(one for one in opened("eom-2011").mission.figures if one["id"] == "eom11_openings_and_voting")
    assert count("eom-2011").of(figure) == (161 + 1622, 9725)


def test_negative_ratings_are_as_common_in_town_as_in_the_country():
    figures = {one["id"]: one for one in opened("eom-2011").mission.figures}
    shares = [
        round(100 * numerator / denominator)
        for numerator, denominator in (
            count("eom-2011").of(figures[name]) for name in ("eom11_voting_urban_rural", "eom11_voting_rural")
        )
    ]
    assert shares == [10, 10]


def test_missions_that_printed_no_counts_have_no_submissions():
    assert rebuilt("cis-2024") == []
    assert rebuilt("cica-2024") == []
