"""Figures from evidence: every number with its base, a gap where nothing was counted."""

import pytest

from observer_kit.errors import FormsInvalid
from observer_kit.missions.figures import whole_figures
from observer_kit.missions.model import DiaryEntry
from observer_kit.statements import Evidence, TableCheck, compute, load_definitions
from observer_kit.statements.definitions import define, mission_definitions
from observer_kit.statements.model import Definition
from tests.builders import checklist, question, report, text

FORM = checklist(
    question("sealed"),
    question("strangers"),
    question("interfered", relevant="${strangers} = 'yes'"),
    question("boxes", "integer"),
    question("members", "integer"),
    question("women", "integer"),
    question("parties", "select_multiple", ("a", "b")),
)


def figure(reports, **definition):
    values = {"id": "f", "name": "f", "label": text("F"), "kind": "observed", "unit": "station", "measure": "answers",
              "base": "answered", "checklist": "voting"} | definition  # fmt: skip
    evidence = Evidence({"voting": reports}, {"voting": FORM}, register={"polling_station": 9725})
    return compute([Definition(**values)], evidence)[0]


def test_a_share_carries_numerator_base_and_non_answers():
    reports = [report({"sealed": value}, str(i)) for i, value in enumerate(["no", "yes", "not_observed", None])]
    found = figure(reports, question="sealed", counted=("no",))
    assert (found.numerator, found.denominator, found.percent) == (1, 2, 50.0)
    assert (found.not_observed, found.missing, found.not_applicable, found.not_asked) == (1, 1, 0, 0)
    assert found.stations == ("L-0",)


def test_a_conditional_question_has_the_subset_as_its_base():
    reports = [
        report({"strangers": "yes", "interfered": "yes"}, "a"),
        report({"strangers": "yes", "interfered": "no"}, "b"),
        report({"strangers": "no"}, "c"),
    ]
    found = figure(reports, question="interfered", counted=("yes",), base="subset")
    assert (found.numerator, found.denominator, found.not_asked) == (1, 2, 1)


def test_a_question_nobody_was_asked_leaves_a_gap():
    found = figure([report({}, "a")], question="sealed", counted=("no",))
    assert (found.numerator, found.denominator, found.percent) == (None, None, None)


def test_a_checklist_the_mission_does_not_have_leaves_a_gap():
    found = figure([], checklist="counting", question="sealed", counted=("no",))
    assert found.numerator is None


def test_several_choices_count_reports_not_ticks():
    reports = [report({"parties": ["a", "b"]}, "x"), report({"parties": ["b"]}, "y")]
    assert figure(reports, question="parties", counted=("a", "b")).numerator == 2
    assert figure(reports, question="parties", counted=("a",)).numerator == 1


def test_boxes_are_summed_and_people_divided_by_people():
    reports = [report({"boxes": 2, "members": 7, "women": 5}, "a"), report({"boxes": 0, "members": 7}, "b")]
    assert figure(reports, measure="sum", question="boxes", base=None).numerator == 2
    ratio = figure(reports, measure="ratio", question="women", over="members")
    assert (ratio.numerator, ratio.denominator) == (5, 7)


def test_reports_and_stations_stand_over_the_register():
    reports = [report({}, "a", location="X"), report({}, "b", location="X")]
    count = figure(reports, measure="reports", of="register:polling_station", question=None)
    assert (count.numerator, count.denominator) == (2, 9725)
    assert figure(reports, measure="stations", question=None).numerator == 1


def test_a_region_is_a_filter():
    reports = [report({"sealed": "no"}, "a", region="A"), report({"sealed": "no"}, "b", region="B")]
    found = figure(reports, question="sealed", counted=("no",), where={"region": "B"})
    assert (found.numerator, found.denominator) == (1, 1)


def test_a_rule_counts_failing_protocols_and_shows_what_could_not_be_computed():
    rows = [report({}, name, checklist="protocol") for name in ("a", "b", "c")]
    rules = {"a": {"S1": "fail", "S13": "fail"}, "b": {"S1": "pass"}, "c": {}}
    evidence = Evidence({"protocol": rows}, {"protocol": FORM}, rules=rules)
    s1 = Definition("f", "f", text("F"), "observed", "protocol", "rule", "reports", "protocol", "S1")
    inner = Definition("g", "g", text("G"), "observed", "protocol", "rule", "subset", "protocol", "S13", within="S1")
    first, second = compute([s1, inner], evidence)
    assert (first.numerator, first.denominator, first.missing) == (1, 3, 1)
    assert (second.numerator, second.denominator) == (1, 1)


def test_tables_and_diary_are_gaps_until_there_is_one():
    tables = Definition("t", "t", text("T"), "observed", "table", "tables", "reports")
    complaints = Definition("c", "c", text("C"), "observed", "case", "diary", None, where={"kind": "complaint"})
    empty = compute([tables, complaints], Evidence({}, {}))
    assert [each.numerator for each in empty] == [None, None]
    from datetime import date

    diary = [DiaryEntry("1", date(2011, 4, 3), "meeting", "Met")]
    kept = Evidence({}, {}, tables=[TableCheck("x", True, ("L",)), TableCheck("y", None)], diary=diary)
    found = compute([tables, complaints], kept)
    assert (found[0].numerator, found[0].denominator, found[0].missing) == (1, 2, 1)
    assert found[1].numerator == 0


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "needs an id"),
        ({"id": "x", "measure": "guess", "unit": "form", "label": text("X")}, "measure: expected one of answers"),
        ({"id": "x", "measure": "reports", "unit": "form", "label": {"en": "X"}}, "label: ru: expected a text"),
        ({"id": "x", "measure": "answers", "unit": "form", "label": text("X")}, "the checklist and the question"),
        ({"id": "x", "measure": "reports", "unit": "form", "label": text("X"), "colour": 1}, "unknown key 'colour'"),
    ],
)
def test_a_faulty_definition_is_refused_with_its_place(entry, said):
    with pytest.raises(FormsInvalid, match=said) as caught:
        define(entry, "figures.toml")
    assert caught.value.place is not None
    assert "figures.toml" in caught.value.place


def test_a_mission_takes_a_general_figure_and_changes_what_it_says_itself():
    (entry,) = whole_figures([{"figure": "stuffing", "id": "my_stuffing", "base": "reports"}], "figures.toml")
    found = define(entry, "figures.toml")
    assert (found.id, found.name, found.question, found.base) == ("my_stuffing", "stuffing", "vo_stuffing", "reports")
    with pytest.raises(FormsInvalid, match="names no general figure"):
        whole_figures([{"figure": "nowhere", "id": "x"}], "figures.toml")


def test_a_figure_may_stand_only_once():
    entry = {"id": "x", "measure": "reports", "unit": "form", "label": text("X")}
    with pytest.raises(FormsInvalid, match="twice"):
        mission_definitions([entry, entry])


def test_the_general_figures_load():
    definitions = load_definitions()
    assert {"voting_negative", "count_negative", "tab_negative"} <= set(definitions)


@pytest.mark.parametrize(("unit", "share"), [("form", None), ("station", pytest.approx(0.0206))])
def test_reports_over_stations_are_no_share(unit, share):
    """A station has a report of its opening and one of its voting: their number over the stations is no per cent."""
    reports = [report({}, str(each)) for each in range(2)]
    found = figure(reports, unit=unit, measure="reports", base=None, of="register:polling_station")
    assert (found.numerator, found.denominator) == (2, 9725)
    assert found.percent == share
