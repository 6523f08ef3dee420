"""Two teams at one station, ratings against answers, two missions, and what is not known for want of reports."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.statistics import tally
from observer_kit.statistics.agreement import agreements, differences, pairs
from observer_kit.statistics.beside import beside
from observer_kit.statistics.cases import cases_in
from observer_kit.statistics.contradictions import BAD_WITHOUT, GOOD_WITH_BREACH, contradictions
from observer_kit.statistics.encoding import build
from observer_kit.statistics.nonresponse import halves, responses, worst_cases
from tests.builders import checklist, question, report

RATING = ("very_good", "good", "neutral", "bad", "very_bad")
FORM = checklist(
    question("stuffing", good=("no",), severity="critical"),
    question("list_shown", good=("yes",), severity="minor"),
    question("women", "integer"),
    question("seen", "select_multiple", ("party", "press")),
    question("overall", "rating", RATING, good=("very_good", "good")),
)


def made(*rows):
    """Make columns of (location, team, answers)."""
    return build(
        [report(answers, f"r{place}", location=at, team=team) for place, (at, team, answers) in enumerate(rows)], FORM
    )


def test_two_teams_at_one_station_are_held_together_question_by_question():
    found = made(
        ("S1", "T1", {"stuffing": "yes", "women": 3, "seen": ["party", "press"]}),
        ("S1", "T1", {"stuffing": "no", "women": 3, "seen": ["press", "party"]}),  # the team's last counts
        ("S1", "T2", {"stuffing": "yes", "women": 4, "seen": ["party", "press"]}),
        ("S2", "T1", {"stuffing": "no"}),
        ("S2", "T2", {"stuffing": "not_observed"}),  # nothing to hold together
        ("S3", "T3", {"stuffing": "yes"}),
        (None, "T1", {"stuffing": "yes"}),
        (None, "T2", {"stuffing": "no"}),
    )
    known = {each.question: each for each in agreements(found)}
    assert (known["stuffing"].pairs, known["stuffing"].compared, known["stuffing"].differ) == (2, 1, 1)
    assert (known["women"].compared, known["women"].differ) == (1, 1)
    assert (known["seen"].compared, known["seen"].differ) == (1, 0)
    assert (known["overall"].compared, known["overall"].share) == (0, None)
    [one] = differences(found, "stuffing")
    assert (one.location, one.teams, one.answers) == ("S1", ("T1", "T2"), ("no", "yes"))
    assert differences(found, "women")[0].answers == (3.0, 4.0)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("123")), max_size=20))
def test_every_two_teams_at_a_station_are_paired_once(rows):
    found = made(*((at, team, {"stuffing": "no"}) for at, team in rows))
    one, other = pairs(found)
    met = {}
    for at, team in rows:
        met.setdefault(at, set()).add(team)
    assert len(one) == sum(len(teams) * (len(teams) - 1) // 2 for teams in met.values())
    teams, places = (found.dimensions[name].codes for name in ("team", "location"))
    assert all(places[a] == places[b] and teams[a] != teams[b] for a, b in zip(one, other, strict=True))


def test_a_rating_that_its_own_answers_do_not_bear_out_is_named_and_not_changed():
    found = contradictions(
        made(
            ("S1", "T1", {"stuffing": "yes", "list_shown": "yes", "overall": "very_good"}),
            ("S2", "T1", {"stuffing": "no", "list_shown": "no", "overall": "good"}),  # a minor breach may be good
            ("S3", "T2", {"stuffing": "no", "list_shown": "yes", "overall": "bad"}),
            ("S4", "T2", {"stuffing": "no", "list_shown": "no", "overall": "very_bad"}),
            ("S5", "T2", {"stuffing": "no", "overall": "neutral"}),
            ("S6", "T2", {"stuffing": "yes", "overall": None}),
        ),
        FORM,
    )
    assert (found.rating, found.rated, found.good, found.bad) == ("overall", 5, 2, 2)
    [good], [bad] = found.of(GOOD_WITH_BREACH), found.of(BAD_WITHOUT)
    assert (good.location, good.rating, good.breaches) == ("S1", "very_good", ("stuffing",))
    assert (bad.location, bad.rating) == ("S3", "bad")
    assert contradictions(build([], checklist(question("a"))), checklist(question("a"))) is None


def test_response_is_of_those_expected_and_unknown_where_nobody_said_how_many():
    found = build([
        report({}, "a", region="A", location="1"), report({}, "b", region="A", location="1"),
        report({}, "c", region="C", location="2"), report({}, "d", location="9"), report({}, "e", location=None),
    ], FORM)  # fmt: skip
    rows = {each.stratum: each for each in responses(found, "region", {"A": 4, "B": 2})}
    assert (rows["A"].heard, rows["A"].rate) == (1, 0.25)
    assert (rows["B"].heard, rows["B"].rate) == (0, 0)  # expected and silent: known to be none
    assert (rows["C"].expected, rows["C"].rate) == (None, None)
    assert (rows[None].heard, rows[None].rate) == (1, None)
    # Heard from elsewhere in A: none of the stations that were expected there.
    planned = {"1": "A", "3": "A", "4": "B"}
    told = {each.stratum: each.rate for each in responses(found, "region", {"A": 2, "B": 1}, planned)}
    assert told == {"A": 0.5, "B": 0}
    assert responses(found, "region", {"A": 2, "B": 1}, {"3": "A", "5": "A", "4": "B"})[0].rate == 0


def test_early_and_late_reports_each_have_their_own_base():
    answers = ["no", "no", "yes", None, "yes", "yes"]
    found = made(*((f"S{place}", "T", {"stuffing": each}) for place, each in enumerate(answers)))
    by_name = {each.question: each for each in halves(found, cases_in(FORM), {})}
    assert (by_name["stuffing"].early, by_name["stuffing"].late) == ((1, 3), (2, 2))
    assert by_name["stuffing"].difference == pytest.approx(100 * (1 - 1 / 3))
    assert by_name["list_shown"].difference is None


def test_the_worst_cases_are_what_the_silent_and_the_blank_could_have_said():
    """Manski (2003), section 1.2: with a part 1 − p unknown the share lies from p·s to p·s + 1 − p."""
    answers = ["yes", "no", "no", None, "not_applicable"]
    found = made(*((f"S{place}", "T", {"stuffing": each}) for place, each in enumerate(answers)))
    [one, *_] = worst_cases(found, cases_in(FORM), 8)  # three silent, one blank, one to whom it did not apply
    assert (one.cases, one.answered, one.low, one.high) == (1, 3, 1 / 7, 5 / 7)
    assert worst_cases(found, cases_in(FORM), None)[0].low is None
    assert worst_cases(found, cases_in(FORM), 4)[0].high is None  # more reports than expected


def test_the_same_question_of_two_missions_says_what_differs():
    theirs = checklist(question("stuffing", good=("no",)), question("list_shown", good=("no",)), question("women"))
    rows = [report({"stuffing": "yes", "list_shown": "yes"}), report({"stuffing": "no", "list_shown": "no"}, "r2")]
    found = {
        each.question: each
        for each in beside(FORM, tally(rows, FORM), theirs, tally([rows[0]], theirs))
    }  # fmt: skip
    assert (found["stuffing"].shares, found["stuffing"].differs) == (((1, 2), (1, 1)), ())
    assert found["stuffing"].difference == -50
    assert found["list_shown"].differs == ("good",)
    assert found["list_shown"].difference is None  # other answers are counted
    assert "women" not in found


def test_a_dimension_of_none_pairs_nobody():
    assert [len(each) for each in pairs(made())] == [0, 0]
    assert np.array_equal(*pairs(made(("S", None, {}), ("S", None, {}))))
