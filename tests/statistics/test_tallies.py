"""Tallies against a slow reference, and the states of an answer kept apart."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.statistics import build, share, tally
from observer_kit.statistics.model import Share
from observer_kit.statistics.tallies import GroupUnknown
from tests.builders import checklist, question, report

FORM = checklist(
    question("sealed"),
    question("overall", "rating", ("very_good", "good", "bad", "very_bad")),
    question("queue", "integer"),
    question("reasons", "select_multiple", ("late", "secrecy")),
    question("remarks", "text"),
)

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "sealed": st.sampled_from(["yes", "no", "not_applicable", "not_observed", None, {"problem": "not_a_choice"}]),
        "overall": st.sampled_from(["very_good", "good", "bad", "very_bad", "not_observed", None]),
        "queue": st.one_of(st.none(), st.integers(0, 5000), st.just("not_observed")),
        "reasons": st.one_of(st.none(), st.lists(st.sampled_from(["late", "secrecy"]), unique=True)),
    },
)
REPORTS = st.lists(
    st.builds(
        lambda answers, region, hour: (answers, region, hour),
        ANSWERS,
        st.sampled_from(["A", "B", None]),
        st.one_of(st.none(), st.integers(0, 23)),
    ),
    max_size=30,
).map(lambda rows: [report(a, f"r{i}", region=r, hour=h) for i, (a, r, h) in enumerate(rows)])


def state(answers, name):
    if name not in answers:
        return "not_asked"
    value = answers[name]
    if value is None or value == []:
        return "missing"
    if isinstance(value, dict):
        return "problems"
    return value if value in ("not_applicable", "not_observed") else "answered"


@given(REPORTS)
def test_columns_count_as_a_slow_reference_does(reports):
    for row in tally(reports, FORM):
        states = Counter(state(r.answers, row.question) for r in reports)
        for name in ("answered", "not_applicable", "not_observed", "missing", "problems", "not_asked"):
            assert getattr(row, name) == states[name], name
        assert row.reports == len(reports)
        for code, count in row.counts.items():
            given_answers = [r.answers.get(row.question) for r in reports]
            assert count == sum(v == code or (isinstance(v, list) and code in v) for v in given_answers)
        if row.numbers is not None:
            values = [r.answers["queue"] for r in reports if state(r.answers, "queue") == "answered"]
            assert row.numbers["count"] == len(values)
            assert row.numbers["sum"] == (sum(values) if values else None)


@given(REPORTS, st.sampled_from(["region", "hour"]))
def test_groups_add_up_to_the_whole(reports, by):
    whole = {row.question: row for row in tally(reports, FORM)}
    parts: Counter[str] = Counter()
    for row in tally(reports, FORM, by=by):
        parts[row.question] += row.answered
    assert all(whole[name].answered == parts[name] for name in whole)


def test_a_question_that_is_absent_was_not_asked_and_a_blank_is_missing():
    row = tally([report({"sealed": None}, "a"), report({}, "b")], FORM, question="sealed")[0]
    assert (row.missing, row.not_asked, row.answered) == (1, 1, 0)


def test_no_data_is_none_never_zero():
    row = tally([report({})], FORM, question="sealed")[0]
    assert share(row, ["no"], "answered") == Share(None, None, "answered")
    assert share(row, ["no"], "answered").percent is None


def test_zero_is_an_answer():
    row = tally([report({"queue": 0})], FORM, question="queue")[0]
    assert row.answered == 1
    assert row.numbers is not None
    assert row.numbers["sum"] == 0


def test_a_choice_that_this_version_no_longer_has_is_answered_but_is_no_other_choice():
    row = tally([report({"overall": "neutral"})], FORM, question="overall")[0]
    assert row.answered == 1
    assert not any(row.counts.values())


def test_repeated_answers_are_summed_and_missing_when_a_part_is_blank():
    form = checklist(question("issued", "integer", repeat="members"))
    full = report({"issued[0]": 10, "issued[1]": 5}, "a")
    partly = report({"issued[0]": 10, "issued[1]": None}, "b")
    row = tally([full, partly], form)[0]
    assert row.numbers is not None
    assert (row.numbers["sum"], row.missing) == (15, 1)


@pytest.mark.parametrize(("base", "expected"), [("answered", (1, 2)), ("reports", (1, 5)), ("subset", (1, 4))])
def test_the_three_bases_are_kept_apart(base, expected):
    answers = ["no", "yes", "not_observed", "not_applicable"]
    reports = [report({"sealed": value}, value) for value in answers] + [report({}, "none")]
    divided = share(tally(reports, FORM, question="sealed")[0], ["no"], base)
    assert (divided.numerator, divided.denominator) == expected


def test_an_unknown_grouping_is_refused_by_name():
    with pytest.raises(GroupUnknown, match="weather"):
        tally([], FORM, by="weather")


def test_a_filter_selects_by_dimension():
    columns = build([report({"sealed": "no"}, "a", region="A"), report({"sealed": "no"}, "b", region="B")], FORM)
    assert tally(columns, FORM, question="sealed", where={"region": "A"})[0].counts["no"] == 1


def test_stations_are_counted_once_beside_reports():
    reports = [report({"sealed": "no"}, "a", location="X"), report({"sealed": "yes"}, "b", location="X")]
    row = tally(reports, FORM, question="sealed")[0]
    assert (row.reports, row.stations) == (2, 1)
