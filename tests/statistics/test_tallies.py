"""Tallies against a slow reference, and the states of an answer kept apart."""

import statistics
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observer_kit.statistics import build, share, tally
from observer_kit.statistics.model import Share
from observer_kit.statistics.tallies import GroupUnknown
from tests.builders import checklist, question, report

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

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
        lambda answers, region, hour, location: (answers, region, hour, location),
        ANSWERS,
        st.sampled_from(["A", "B", None]),
        st.one_of(st.none(), st.integers(7, 9)),
        st.sampled_from(["X", "Y", "Z", None]),
    ),
    max_size=30,
).map(lambda rows: [report(a, f"r{i}", region=r, hour=h, location=x) for i, (a, r, h, x) in enumerate(rows)])
WHERE = st.fixed_dictionaries(
    {}, optional={"region": st.sampled_from(["A", "B", "C", None]), "hour": st.sampled_from([7, 8, None])}
)


def state(answers, name):
    if name not in answers:
        return "not_asked"
    value = answers[name]
    if value is None or value == []:
        return "missing"
    if isinstance(value, dict):
        return "problems"
    return value if value in ("not_applicable", "not_observed") else "answered"


def slow_numbers(values):
    if not values:
        return dict.fromkeys(("min", "q1", "median", "q3", "max", "sum", "median_low", "median_high")) | {"count": 0}
    quarters = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    named = dict(zip(("q1", "median", "q3"), quarters, strict=True))
    named |= {"median_low": statistics.median_low(values), "median_high": statistics.median_high(values)}
    return named | {"count": len(values), "min": min(values), "max": max(values), "sum": sum(values)}


def assert_counted(row, reports):
    """Hold one tally against the reports it is of, counted one by one."""
    states = Counter(state(r.answers, row.question) for r in reports)
    for name in ("answered", "not_applicable", "not_observed", "missing", "problems", "not_asked"):
        assert getattr(row, name) == states[name], name
    assert row.reports == len(reports)
    assert row.stations == len({r.location for r in reports} - {None})
    for code, count in row.counts.items():
        given_answers = [r.answers.get(row.question) for r in reports]
        assert count == sum(v == code or (isinstance(v, list) and code in v) for v in given_answers)
    if row.question == "queue":
        values = [r.answers["queue"] for r in reports if state(r.answers, "queue") == "answered"]
        assert row.numbers == pytest.approx(slow_numbers(values))


@given(REPORTS, WHERE)
def test_columns_count_as_a_slow_reference_does(reports, where):
    kept = [r for r in reports if all(getattr(r, name) == value for name, value in where.items())]
    rows = tally(reports, FORM, where=where)
    assert [row.question for row in rows] == [each.name for each in FORM.questions()]
    for row in rows:
        assert_counted(row, kept)


@given(REPORTS, WHERE, st.sampled_from(["region", "hour", "team"]))
def test_groups_under_a_filter_count_as_a_slow_reference_does(reports, where, by):
    kept = [r for r in reports if all(getattr(r, name) == value for name, value in where.items())]
    rows = tally(reports, FORM, by=by, where=where)
    present = {getattr(r, by) for r in kept}
    labels = [str(value) for value in sorted(present - {None})] + [None] * (None in present)
    assert [(row.group, row.question) for row in rows] == [
        (label, each.name) for label in labels for each in FORM.questions()
    ]
    for row in rows:
        assert_counted(row, [r for r in kept if (getattr(r, by) is None) == (row.group is None)
                             and (row.group is None or str(getattr(r, by)) == row.group)])  # fmt: skip


@given(REPORTS, st.sampled_from(["region", "hour"]))
def test_groups_add_up_to_the_whole(reports, by):
    whole = {row.question: row for row in tally(reports, FORM)}
    parts: Counter[str] = Counter()
    for row in tally(reports, FORM, by=by):
        parts[row.question] += row.answered
    assert all(whole[name].answered == parts[name] for name in whole)


@given(REPORTS, st.sampled_from(["region", "hour", None]))
def test_sparse_groups_are_counted_as_dense_ones(reports, by):
    dense = tally(reports, FORM, by=by)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("observer_kit.statistics.parts._DENSE", 0)
        assert tally(reports, FORM, by=by) == dense


@given(REPORTS, WHERE, st.sets(st.sampled_from(["late", "secrecy", "none_such"])))
def test_reports_that_hold_one_of_several_choices_are_marked_once(reports, where, counted):
    columns = build(reports, FORM)
    hit = columns.columns["reasons"].holds(counted) & columns.select(where)
    kept = [r for r in reports if all(getattr(r, name) == value for name, value in where.items())]
    expected = [r for r in kept if counted & set(r.answers.get("reasons") or ())]
    assert int(hit.sum()) == len(expected)
    assert columns.stations(hit) == tuple(sorted({r.location for r in expected} - {None}))


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


def test_a_choice_that_this_version_no_longer_has_stays_an_answer_of_its_own():
    row = tally([report({"overall": "neutral"}, "a"), report({"overall": "good"}, "b")], FORM, question="overall")[0]
    assert row.answered == 2
    assert (row.counts["neutral"], row.counts["good"]) == (1, 1)
    assert sum(row.counts.values()) == row.answered


@pytest.mark.parametrize(
    ("name", "value"),
    [("queue", "twelve"), ("queue", True), ("overall", ["good"]), ("overall", 3), ("reasons", "late")],
)
def test_an_answer_of_another_type_belongs_to_another_version_and_was_not_asked_in_this(name, value):
    row = tally([report({name: value})], FORM, question=name)[0]
    assert (row.answered, row.not_asked) == (0, 1)
    assert not any(row.counts.values())


def test_several_choices_of_another_version_stay_visible():
    row = tally([report({"reasons": ["late", "weather"]})], FORM, question="reasons")[0]
    assert (row.answered, row.counts["late"], row.counts["weather"]) == (1, 1, 1)


def test_repeated_answers_are_summed_and_missing_when_a_part_is_blank():
    form = checklist(question("issued", "integer", repeat="members"))
    full = report({"issued[0]": 10, "issued[1]": 5}, "a")
    partly = report({"issued[0]": 10, "issued[1]": None}, "b")
    row = tally([full, partly], form)[0]
    assert row.numbers is not None
    assert (row.numbers["sum"], row.missing) == (15, 1)


@pytest.mark.parametrize(
    ("second", "state", "total"),
    [("not_observed", "not_observed", None), ("not_applicable", "answered", 10), ({"problem": "x"}, "problems", None)],
)
def test_a_sum_is_not_known_while_a_part_of_it_is_not(second, state, total):
    form = checklist(question("issued", "integer", repeat="members"))
    row = tally([report({"issued[0]": 10, "issued[1]": second})], form)[0]
    assert row.numbers is not None
    assert (getattr(row, state), row.numbers["sum"]) == (1, total)


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


def test_an_unknown_dimension_of_a_filter_is_refused():
    with pytest.raises(KeyError, match="weather"):
        tally([], FORM, where={"weather": "wet"})


@pytest.mark.parametrize(("choices", "size"), [(250, 1), (251, 2)])
def test_a_column_takes_a_second_byte_only_above_250_choices(choices, size):
    codes = tuple(f"c{place}" for place in range(choices))
    form = checklist(question("party", "select_one", codes), question("sealed"))
    columns = build([report({"party": codes[-1], "sealed": "no"}, "a"), report({"party": "gone"}, "b")], form)
    row = tally(columns, form, question="party")[0]
    assert (columns.columns["party"].codes.itemsize, columns.columns["sealed"].codes.itemsize) == (size, 1)
    assert (row.answered, row.counts[codes[-1]], row.counts["gone"]) == (2, 1, 1)


def test_numbers_with_named_rows_are_no_choices():
    form = checklist(question("votes", "integer", ("first", "second"), repeat="candidates"))
    row = tally([report({"votes[0]": 7, "votes[1]": 5})], form)[0]
    assert row.numbers is not None
    assert (row.counts, row.numbers["sum"]) == ({}, 12)


def test_columns_of_different_lengths_are_refused():
    columns = build([report({"sealed": "no"})], FORM)
    short = replace(columns.columns["sealed"], codes=np.zeros(0, dtype=np.uint8))
    with pytest.raises(ValueError, match="for 1 reports"):
        replace(columns, columns={"sealed": short})
