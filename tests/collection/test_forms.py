"""A page's form: the same rules as the intake, answers read as typed, errors in the page's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from observer_kit.collection.forms import answers_from_form, form_class
from observer_kit.collection.judge import examine
from observer_kit.collection.typed import read_decimal, read_integer, read_moment, read_place
from tests.builders import checklist, question, text

FORM = checklist(
    question("arrival", "datetime", required=True, not_observed=False, not_applicable=False),
    question("strangers"),
    question("interfered", relevant="${strangers} = 'yes'", required=True),
    question("overall", "rating", ("good", "bad")),
    question("reasons", "select_multiple", ("late", "secrecy", "order", "lists"), maximum=3),
    question("members", "integer", minimum=0, maximum=30, hint=text("Count them")),
    question("women", "integer", minimum=0, constraint=". <= ${members}", constraint_message=text("More than all")),
    question("share", "decimal"),
    question("issued", "integer", minimum=0, repeat="members"),
    question("v", "integer", ("a", "b"), minimum=0, repeat="candidates"),
    question("day", "date"),
    question("remarks", "text"),
    question("note", "note"),
    version="page-form",
)  # fmt: skip


def posted(*pairs, language="en", **values):
    data = MultiDict([("arrival", "2026-11-22T07:05"), *pairs, *values.items()])
    return form_class(FORM, language)(data)


def errors(form):
    assert form.validate() is not bool(form.errors)
    return form.errors


def test_a_whole_page_is_read_as_a_payload():
    form = posted(
        ("reasons", "late"), ("reasons", "secrecy"), ("issued[0]", "10"), ("issued[2]", "0"), ("v[1]", "5"),
        ("comment:strangers", " Two men "), ("override:women", "Counted twice"), strangers="no", overall="bad",
        members="1", women="2", share="2,5", day="2026-11-22", remarks="Calm",
    )  # fmt: skip
    assert errors(form) == {}
    assert answers_from_form(form, "Asia/Almaty") == {
        "answers": {
            "arrival": "2026-11-22T07:05:00+05:00", "strangers": "no", "overall": "bad",
            "reasons": ["late", "secrecy"], "members": 1, "women": 2, "share": 2.5, "issued[0]": 10, "issued[2]": 0,
            "v[1]": 5, "day": "2026-11-22", "remarks": "Calm",
        },
        "comments": {"strangers": "Two men"},
        "overrides": {"women": "Counted twice"},
    }  # fmt: skip


def test_zero_is_an_answer_and_a_blank_is_none():
    found = answers_from_form(posted(members="0", women=""))["answers"]
    assert found["members"] == 0
    assert "women" not in found


def test_an_answer_is_required_only_where_the_question_is_asked():
    assert "interfered" not in errors(posted(strangers="no"))
    assert errors(posted(strangers="yes")) == {"interfered": ["This question needs an answer."]}
    assert errors(form_class(FORM, "ru")(MultiDict({"members": "3"}))) == {"arrival": ["На этот вопрос нужен ответ."]}


@pytest.mark.parametrize(
    ("values", "question", "says"),
    [
        ({"members": "-1"}, "members", "outside the possible range"),
        ({"members": "31"}, "members", "outside the possible range"),
        ({"members": "1,6970"}, "members", "whole number"),
        ({"members": "many"}, "members", "whole number"),
        ({"members": "٣"}, "members", "whole number"),
        ({"share": "half"}, "share", "number in digits"),
        ({"strangers": "perhaps"}, "strangers", "not one of the answers"),
        ({"members": "not_applicable"}, "members", "whole number"),
        ({"day": "tomorrow"}, "day", "date is expected"),
        ({"members": "1", "women": "2"}, "women", "More than all"),
        ({"issued[1]": "x"}, "issued[1]", "whole number"),
        ({"v[0]": "-4"}, "v[0]", "outside"),
    ],
)
def test_what_the_intake_would_record_as_a_problem_the_page_asks_again(values, question, says):
    found = errors(posted(**values))
    assert list(found) == [question]
    assert says in found[question][0]


def test_more_choices_than_asked_for_are_asked_again_unless_a_reason_is_given():
    many = [("reasons", code) for code in ("late", "secrecy", "order", "lists")]
    assert errors(posted(*many)) == {"reasons": ["Fewer answers are asked for."]}
    assert errors(posted(*many, ("override:reasons", "All four weighed alike"))) == {}


def test_not_observed_is_ticked_under_the_questions_own_name_and_stands_alone():
    assert (
        answers_from_form(posted(("members", ""), ("members", "not_observed")))["answers"]["members"] == "not_observed"
    )
    assert answers_from_form(posted(("reasons", "not_observed")))["answers"]["reasons"] == "not_observed"
    assert errors(posted(("members", "4"), ("members", "not_observed")))["members"]
    assert errors(posted(("reasons", "late"), ("reasons", "not_observed")))["reasons"]


def test_fields_carry_the_limits_choices_and_words_of_their_question():
    form = form_class(FORM, "kk", rows={"members": 7})()
    assert (form["members"].flags.min, form["members"].flags.max) == (0, 30)
    assert 'inputmode="numeric"' in form["members"]()
    assert "required" in form["arrival"]()
    assert "required" not in form["interfered"]()
    assert [choice.value for choice in form["strangers"].choices] == ["yes", "no", "not_applicable", "not_observed"]
    assert form["strangers"].choices[3].label == "Байқау мүмкін болмады"
    assert form["members"].description == "Count them"
    assert form["v[1]"].label.text == "v? – b"
    assert "issued[6]" in form._fields
    assert "issued[7]" not in form._fields
    assert "note" not in form._fields
    assert "v[2]" not in form._fields


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0", 0), (" 12 ", 12), ("1 234", 1234), ("1,234,567", 1234567), ("1\u00a0234", 1234), ("1\u202f234", 1234),
        ("-3", -3), ("007", 7), ("1,6970", "1,6970"), ("1 23", "1 23"), ("12 345,678", "12 345,678"),
        ("1.234", "1.234"), ("1e5", "1e5"), ("٣", "٣"), ("１２", "１２"), ("+5", "+5"), ("1_000", "1_000"), ("", ""),
        ("9" * 50, "9" * 50),
    ],
)  # fmt: skip
def test_whole_numbers_are_read_as_typed_and_malformed_thousands_are_not_guessed(typed, value):
    found = read_integer(typed)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("2,5", 2.5), ("2.5", 2.5), ("1 234,5", 1234.5), ("-0.25", -0.25), ("3", 3), ("2,5,1", "2,5,1"), ("nan", "nan"),
     ("1e3", "1e3"), (".5", ".5")],
)  # fmt: skip
def test_decimals_take_a_point_or_a_comma(typed, value):
    assert read_decimal(typed) == value


def test_a_moment_takes_the_offset_of_its_station_and_keeps_its_own():
    assert read_moment("2011-04-03T07:05", "Asia/Almaty") == "2011-04-03T07:05:00+06:00"
    assert read_moment("2026-04-03T07:05+03:00", "Asia/Almaty") == "2026-04-03T07:05:00+03:00"
    assert read_moment("2026-04-03", "Asia/Almaty") == "2026-04-03"
    assert read_moment("noon", "Asia/Almaty") == "noon"
    assert read_place("43.25, 76.95") == [43.25, 76.95]
    assert read_place("here") == "here"


ANY = st.text(max_size=6) | st.sampled_from(["yes", "no", "good", "late", "3", "1 234", "not_observed", "-1"])


@given(
    st.lists(st.tuples(st.sampled_from([q.name for q in FORM.questions()] + ["issued[0]", "v[1]"]), ANY), max_size=8)
)
def test_a_page_without_errors_makes_a_report_without_problems_and_the_other_way_round(pairs):
    form = posted(*pairs)
    found = answers_from_form(form)
    _, problems, findings = examine(FORM, found["answers"], found["overrides"])
    faulty = {problem.question for problem in problems} | {
        finding.question for finding in findings if finding.code in ("constraint_failed", "too_many_choices")
    }
    required = {name for name, said in errors(form).items() if said == ["This question needs an answer."]}
    assert set(form.errors) - required == faulty
