"""One part against the rest: what is compared, what is only screened, and what no statement may ever take."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from observer_kit.missions.model import Sampling
from observer_kit.statistics import compared, comparisons
from observer_kit.statistics.compared import Screened, ScreeningOnly, publishable
from observer_kit.statistics.comparisons import compare
from observer_kit.statistics.encoding import build
from observer_kit.statistics.estimates import Design, contrast
from observer_kit.statistics.funnel import limits
from tests.builders import checklist, question, report

FORM = checklist(question("sealed", good=("yes",), severity="critical"), question("chair_woman"))


def columns(spread):
    """Make columns: (region, team) → answers to `sealed`."""
    return build(
        [
            report({"sealed": answer, "chair_woman": "no"}, f"{region}{team}{place}", region=region, team=team)
            for (region, team), answers in spread.items()
            for place, answer in enumerate(answers)
        ],
        FORM,
    )


FAR = {
    ("A", "T1"): ["no"] * 9 + ["yes"] * 3, ("A", "T2"): ["yes"] * 6 + ["no"] * 2 + ["not_observed", None],
    ("B", "T3"): ["yes"] * 60 + ["no"], (None, "T4"): ["yes"] * 4,
}  # fmt: skip


def of(found, group, name="sealed"):
    return next(each for each in found if (each.found.group, each.found.question) == (group, name))


def test_a_region_stands_against_all_the_others_with_its_base_its_non_answers_and_its_teams():
    one = of(compare(columns(FAR), FORM, None, by="region"), "A").found
    assert (one.here.cases, one.here.answered, one.here.not_observed, one.here.missing) == (11, 20, 1, 1)
    assert (one.rest.cases, one.rest.answered, one.rest.reports) == (1, 65, 65)  # those of no region are in the rest
    assert one.difference == pytest.approx(100 * (11 / 20 - 1 / 65))
    assert (one.teams.count, one.teams.first, one.teams.first_cases) == (2, "T1", 9)
    assert one.teams.one_dominates
    assert {each.found.group for each in compare(columns(FAR), FORM, None, by="region")} == {"A", "B"}


def test_half_of_a_finding_is_not_over_half():
    spread = {("A", "T1"): ["no", "yes"], ("A", "T2"): ["no"], ("B", "T3"): ["yes"] * 3}
    one = of(compare(columns(spread), FORM, None, by="region"), "A").found
    assert (one.teams.first_cases, one.teams.cases, one.teams.one_dominates) == (1, 2, False)


def test_where_teams_chose_a_comparison_is_a_screening_that_no_statement_takes():
    found = compare(columns(FAR), FORM, None, by="region")
    assert all(type(each) is Screened for each in found)
    assert of(found, "A").outside == "99.8"
    assert not {"p", "q", "discovered"} & set(dir(found[0]))
    with pytest.raises(ScreeningOnly):
        publishable(found)


def test_no_module_of_the_statements_reaches_a_comparison():
    for folder in ("statements", "web/office"):
        for path in (Path(comparisons.__file__).parents[1] / folder).rglob("*.py"):
            names = {
                name
                for node in ast.walk(ast.parse(path.read_text("utf-8")))
                for name in (
                    [node.module or ""] if isinstance(node, ast.ImportFrom)
                    else [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                )
            }  # fmt: skip
            assert not [name for name in names if name.endswith(("statistics.comparisons", "web.comparing"))], path


def test_a_random_sample_is_tested_and_all_tests_share_one_rate_of_false_discoveries():
    found = compare(columns(FAR), FORM, Sampling(500), by="region")
    assert all(type(each) is compared.Tested for each in found)
    known = [each for each in found if each.p is not None]
    assert of(found, "A").p == pytest.approx(stats.fisher_exact([[11, 9], [1, 64]]).pvalue)
    adjusted = stats.false_discovery_control([each.p for each in known], method="bh")
    assert [each.q for each in known] == pytest.approx(list(adjusted))
    assert [each.found.group for each in publishable(found)] == ["A", "B"]
    alone = of(compare(columns(FAR), FORM, Sampling(500), by="region", question="sealed"), "A")
    assert alone.p == of(found, "A").p
    assert alone.q < of(found, "A").q  # fewer were asked, fewer may be chance


def test_the_published_rate_is_controlled():
    """Benjamini and Hochberg (1995), section 4.1: of these 15 p-values the first four are discoveries at 0.05."""
    given_p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    assert (stats.false_discovery_control(given_p, method="bh") <= compared.RATE).sum() == 4


def test_nothing_answered_is_said_and_never_tested():
    found = of(compare(columns({("A", "T1"): [None], ("B", "T2"): ["yes", "no"]}), FORM, Sampling(9), by="region"), "A")
    assert (found.p, found.q, found.reason, found.outside) == (None, None, "nothing_answered", None)
    assert found.found.difference is None


def test_a_stratified_sample_is_tested_with_its_design():
    strata = Sampling(1000, None, "region", {"A": 900, "B": 100})
    found = of(compare(columns({key: FAR[key] for key in FAR if key[0]}), FORM, strata, by="region"), "A")
    assert found.reason is None
    assert 0 < found.p < 0.001
    unknown = of(compare(columns(FAR), FORM, strata, by="region"), "A")
    assert (unknown.p, unknown.reason) == (None, "stratum_unknown")


def test_a_part_without_a_case_is_not_taken_for_certain():
    y, x = np.array([0.0] * 6 + [1.0] + [0.0] * 33), np.ones(40)
    here = np.arange(40) < 6
    found = contrast(y, x, here, Design(np.ones(40)))
    assert found.difference == pytest.approx(-1 / 34)
    assert found.p > 0.3  # unpooled, 0 of 6 would have no error of its own


@given(st.integers(1, 500), st.floats(0.01, 0.99))
def test_past_a_limit_of_the_funnel_lies_no_more_than_the_part_it_names(base, share):
    around = limits(share, base)
    assert 0 <= around.outer_low <= around.low <= around.high <= around.outer_high <= 1
    chances = stats.binom.pmf(range(base + 1), base, share)
    past = [around.outside(cases / base) for cases in range(base + 1)]
    assert sum(chance for chance, each in zip(chances, past, strict=True) if each) <= 0.05 + 1e-9
    assert sum(chance for chance, each in zip(chances, past, strict=True) if each == "99.8") <= 0.002 + 1e-9


def test_a_share_of_none_or_all_has_no_width():
    assert (limits(0, 20).low, limits(0, 20).high, limits(1, 20).outer_low) == (0, 0, 1)
    with pytest.raises(ValueError, match="no limits"):
        limits(0.5, 0)


def test_a_filter_that_matches_nothing_compares_nothing():
    assert compare(columns(FAR), FORM, None, by="region", where={"team": "T9"}) == []
