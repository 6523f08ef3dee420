"""Judging: what is impossible is set aside and counted, what is questionable flagged, and the rest kept."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.collection.judge import Context, judge
from observer_kit.collection.model import Envelope
from tests.builders import checklist, question

FORM = checklist(
    question("sealed"),
    question("strangers"),
    question("interfered", relevant="${strangers} = 'yes'"),
    question("overall", "rating", ("good", "bad")),
    question("reasons", "select_multiple", ("late", "secrecy", "order", "lists"), maximum=3),
    question("members", "integer", minimum=0),
    question("women", "integer", minimum=0, constraint=". <= ${members}"),
    question("issued", "integer", minimum=0, repeat="members"),
    question("share", "decimal"),
    question("arrival", "datetime"),
    question("departure", "datetime"),
    question("remarks", "text"),
    version="judge-form",
)
RECEIVED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def envelope(clock="2026-11-22T16:30:00.000+05:00"):
    ids = "00000000-0000-4000-8000-00000000000"
    return Envelope(f"{ids}1", "m", "voting", "f" * 64, f"{ids}2", None, "d", clock, "0" * 64, None, None, "{}")


def judged(answers, clock="2026-11-22T16:30:00.000+05:00", context=None, **payload):
    values = {"location": "L1", "team": "T1", "answers": answers} | payload
    return judge(envelope(clock), values, FORM, context or Context(received=RECEIVED))


def problems(submission):
    return {problem.question: problem.code for problem in submission.problems}


def findings(submission):
    return {(finding.code, finding.question) for finding in submission.findings}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("sealed", "maybe", "not_a_choice"),
        ("sealed", True, "not_a_choice"),
        ("overall", 3, "not_a_choice"),
        ("members", -1, "out_of_range"),
        ("members", "1,6970", "not_an_integer"),
        ("members", 3.5, "not_an_integer"),
        ("members", True, "not_an_integer"),
        ("members", 2**60, "out_of_range"),
        ("share", 1e300, "out_of_range"),
        ("share", "2.5", "not_a_number"),
        ("reasons", "late", "not_a_choice"),
        ("reasons", ["late", "late"], "chosen_twice"),
        ("arrival", "2026-11-22 07:00", "not_a_moment"),
        ("remarks", 5, "not_a_text"),
        ("remarks", "x" * 30000, "too_long"),
        ("nonsense", "yes", "unknown_question"),
        ("issued[0]", "ten", "not_an_integer"),
    ],
)
def test_an_impossible_answer_is_a_problem_and_what_is_beside_it_is_kept(name, value, code):
    found = judged({name: value, "sealed" if name != "sealed" else "strangers": "no"})
    assert problems(found)[name] == code
    assert "no" in found.answers.values()
    if code != "unknown_question":
        assert found.answers[name] == {"problem": code}


@pytest.mark.parametrize("name", ["location", "location_name", "team"])
def test_a_name_that_is_too_long_is_cut_and_said_to_be(name):
    found = judged({"sealed": "no"}, **{name: "x" * 201})
    assert getattr(found, name) == "x" * 200
    assert problems(found) == {name: "too_long"}
    assert problems(judged({"sealed": "no"}, **{name: "x" * 200})) == {}


@pytest.mark.parametrize(
    ("team", "known", "own", "expected"),
    [
        ("T2", True, "T1", {("team_not_its_own", None)}),
        ("T1", True, "T1", set()),
        ("T2", True, None, set()),
        ("T9", False, "T1", {("team_unknown", None)}),
    ],
)
def test_a_report_for_another_team_than_the_phones_own_is_flagged(team, known, own, expected):
    context = Context(received=RECEIVED, team_known=known, device_team=own)
    assert findings(judged({"sealed": "no"}, context=context, team=team)) == expected


def test_zero_and_no_are_answers():
    found = judged({"members": 0, "women": 0, "sealed": "no"})
    assert (found.answers["members"], found.answers["sealed"]) == (0, "no")
    assert not found.problems
    assert not found.findings


def test_a_blank_that_was_asked_is_none_and_one_that_was_not_asked_is_absent():
    found = judged({"strangers": "no"})
    assert found.answers["sealed"] is None
    assert "interfered" not in found.answers


def test_could_not_observe_stands_for_any_type_that_offers_it():
    found = judged({"members": "not_observed", "sealed": "not_applicable"})
    assert found.answers["members"] == "not_observed"
    assert not found.problems
    assert problems(judged({"members": "not_applicable"})) == {"members": "not_an_integer"}


def test_an_answer_to_a_hidden_question_is_flagged_and_stays_out():
    found = judged({"strangers": "no", "interfered": "yes"})
    assert "interfered" not in found.answers
    assert ("answered_but_not_asked", "interfered") in findings(found)


def test_an_unreadable_answer_hides_what_depends_on_it():
    found = judged({"strangers": "perhaps", "interfered": "yes"})
    assert problems(found) == {"strangers": "not_a_choice"}
    assert "interfered" not in found.answers


def test_a_soft_constraint_counts_and_is_flagged_with_its_reason():
    assert ("constraint_failed", "women") in findings(judged({"members": 5, "women": 6}))
    overridden = judged({"members": 5, "women": 6}, overrides={"women": "Six came, five were listed"})
    assert ("constraint_overridden", "women") in findings(overridden)
    assert overridden.answers["women"] == 6


def test_more_reasons_than_asked_for_are_kept_and_flagged():
    found = judged({"reasons": ["late", "secrecy", "order", "lists"]})
    assert ("too_many_choices", "reasons") in findings(found)
    assert len(found.answers["reasons"]) == 4


def test_repeats_are_judged_one_by_one_and_a_gap_is_a_blank():
    found = judged({"issued[0]": 10, "issued[2]": 5})
    assert [found.answers[f"issued[{i}]"] for i in range(3)] == [10, None, 5]


def test_a_visit_may_cross_midnight_but_not_end_before_it_began():
    night = {"arrival": "2026-11-22T23:10:00+05:00", "departure": "2026-11-23T02:40:00+05:00"}
    found = judged(night)
    assert not findings(found)
    assert found.arrived == datetime(2026, 11, 22, 18, 10, tzinfo=UTC)
    backwards = {"arrival": night["departure"], "departure": night["arrival"]}
    assert ("times_out_of_order", "departure") in findings(judged(backwards))


def test_a_late_report_is_no_wrong_clock_but_one_from_the_future_is():
    assert not findings(judged({}, clock="2026-11-21T08:00:00.000+05:00"))
    assert ("clock_off", None) in findings(judged({}, clock="2026-11-22T18:00:00.000+05:00"))


def test_a_clock_older_than_the_device_is_off():
    context = Context(received=RECEIVED, not_before=RECEIVED - timedelta(days=1))
    assert ("clock_off", None) in findings(judged({}, clock="1970-01-01T00:00:00.000+00:00", context=context))


def test_a_station_or_team_that_nobody_knows_is_a_finding():
    found = judged({"sealed": "yes"}, context=Context(location_known=False, team_known=False))
    assert {code for code, _ in findings(found)} == {"location_unknown", "team_unknown"}
    assert found.answers["sealed"] == "yes"


def test_a_protocol_that_does_not_add_up_is_a_finding_with_its_difference():
    form = checklist(
        question("b_received", "integer"), question("b_issued", "integer"), question("b_cancelled", "integer"),
        name="protocol", version="protocol-form",
    )  # fmt: skip
    answers = {"b_received": 100, "b_issued": 80, "b_cancelled": 15}
    found = judge(envelope(), {"location": "L", "team": "T", "answers": answers}, form, Context())
    details = [finding.detail for finding in found.findings if finding.code == "protocol_fails"]
    assert {"rule": "S1", "difference": 5} in details


PROTOCOL = checklist(
    question("b_received", "integer"), question("b_issued", "integer"), question("b_cancelled", "integer"),
    name="protocol", version="protocol-form",
)  # fmt: skip


def protocol(**said):
    answers = {"b_received": 100, "b_issued": 80, "b_cancelled": 15}
    return judge(envelope(), {"location": "L", "team": "T", "answers": answers, **said}, PROTOCOL, Context())


def test_what_the_observer_says_of_a_rule_that_fails_stays_with_the_finding():
    found = protocol(confirmed={"S1": "on_paper"})
    assert {"rule": "S1", "difference": 5, "confirmed": "on_paper"} in [each.detail for each in found.findings]
    assert found.problems == ()


def test_two_entries_of_a_number_that_differ_are_a_finding_and_the_first_counts():
    found = protocol(again={"b_issued": 85})
    assert ("keyed_differently", "b_issued") in findings(found)
    assert found.answers["b_issued"] == 80


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"confirmed": {"S99": "on_paper"}}, "confirmed.S99"),
        ({"confirmed": {"S1": ["on_paper"]}}, "confirmed.S1"),
        ({"confirmed": ["S1"]}, "confirmed"),
        ({"again": {"nothing": 5}}, "again.nothing"),
        ({"again": 7}, "again"),
    ],
)
def test_what_is_said_of_no_rule_or_number_is_named(said, place):
    assert place in problems(protocol(**said))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from([q.name for q in FORM.questions()] + ["issued[0]", "issued[9999]", "issued[-1]", "x", ""])


@given(st.dictionaries(NAMES, JSON, max_size=8), JSON, JSON, JSON, JSON)
def test_no_payload_however_odd_stops_the_judge(answers, comments, overrides, location, more):
    found = judged(answers, comments=comments, overrides=overrides, location=location, confirmed=more, again=more)
    kept = set(found.answers) | set(problems(found)) | {question for _, question in findings(found)}
    blank = {name for name, value in answers.items() if value in (None, "")}
    for name in set(answers) - blank:
        assert name in kept, f"{name} was dropped in silence"


def test_answers_that_are_no_object_are_reported():
    assert problems(judged(["yes"])) == {"answers": "not_an_object"}


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ({"comments": {"sealed": 5}}, ("comments.sealed", "not_a_text")),
        ({"comments": {"nonsense": "Odd"}}, ("comments.nonsense", "unknown_question")),
        ({"overrides": ["why"]}, ("overrides", "not_an_object")),
        ({"location": 7}, ("location", "not_a_text")),
        ({"colour": "red"}, ("colour", "unknown_field")),
    ],
)
def test_a_stray_field_of_the_payload_is_reported(payload, problem):
    assert problem in problems(judged({"sealed": "yes"}, **payload)).items()


@pytest.mark.parametrize(
    "name", ["issued[01]", "issued[\u0663]", "issued[ 1]", "issued[-1]", "issued[99999]", "issued"]
)
def test_an_index_is_written_in_one_way_only_and_any_other_is_reported(name):
    found = judged({name: 3, "issued[0]": 1})
    assert problems(found) == {name: "unknown_question"}
    assert found.answers["issued[0]"] == 1


def test_a_comment_on_a_row_of_a_repeat_is_no_stray():
    found = judged({"issued[0]": 1}, comments={"issued[0]": "Smudged", "issued": "Seven members"})
    assert not found.problems
    assert set(found.comments) == {"issued[0]", "issued"}
