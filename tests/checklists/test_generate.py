"""From catalogue to checklist: what is asked, in which order, in whose words."""

import pytest

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.checklists.coverage import coverage
from observer_kit.checklists.generate import generate, generate_protocol
from observer_kit.checklists.model import Choice
from observer_kit.errors import ChecklistUnknown, FormsInvalid
from tests.checklists.small import CALM, DEFAULT, FRAME, LATE, definition, forms, procedure, section, toml, words


def made(tmp_path, *procedures, checklist=None, stage="voting", event="election", length="full", **more):
    catalogue = load_catalogue(forms(tmp_path, *procedures, checklist=checklist))
    return generate(catalogue, stage, event, length, **more)


def names(checklist):
    return [question.name for question in checklist.questions()]


def test_core_asks_its_list_and_full_asks_everything_of_the_stage(tmp_path):
    assert names(made(tmp_path, length="core")) == ["arrival", "calm"]
    assert names(made(tmp_path)) == ["arrival", "calm", "late"]


def test_the_order_is_the_core_lists_and_the_rest_stand_beside_their_neighbours(tmp_path):
    procedures = (FRAME, *(procedure(name) for name in "abcdef"))
    checklist = definition(section("frame", "arrival"), section("voting", "e", "b"))
    assert names(made(tmp_path, *procedures, checklist=checklist)) == ["arrival", "e", "f", "a", "b", "c", "d"]
    assert names(made(tmp_path, *procedures, checklist=checklist, length="core")) == ["arrival", "e", "b"]


def test_the_same_catalogue_gives_the_same_version(tmp_path):
    first, second = made(tmp_path / "a"), made(tmp_path / "b")
    assert (first.version, first.meaning) == (second.version, second.meaning)
    assert first == second


def test_a_section_may_hold_several_of_the_catalogue(tmp_path):
    procedures = (*DEFAULT, procedure("hidden", section="secrecy"), procedure("boxed", section="boxes"))
    checklist = definition(section("frame", "arrival"), section("voting", "calm", holds=["voting", "secrecy"]))
    found = made(tmp_path, *procedures, checklist=checklist)
    assert [s.name for s in found.sections] == ["frame", "voting"]
    assert names(found) == ["arrival", "calm", "late", "hidden"]
    unasked = coverage(load_catalogue(tmp_path), []).unasked
    assert [p.id for p in unasked] == ["boxed"]


def test_chosen_sections_keep_the_frame_and_bring_what_they_depend_on(tmp_path):
    child = procedure("child", section="secrecy", relevant="${calm} = 'no'")
    checklist = definition(section("frame", "arrival"), section("voting", "calm"), section("secrecy", "child"))
    assert names(made(tmp_path, *DEFAULT, child, checklist=checklist, sections=["secrecy"])) == [
        "arrival", "calm", "child",
    ]  # fmt: skip
    assert names(made(tmp_path, *DEFAULT, child, checklist=checklist, sections=["voting"])) == [
        "arrival", "calm", "late",
    ]  # fmt: skip
    with pytest.raises(FormsInvalid, match="no section is called 'attic'; expected frame, secrecy, voting"):
        made(tmp_path, *DEFAULT, child, checklist=checklist, sections=["attic"])


def test_a_core_list_must_name_what_it_depends_on(tmp_path):
    child = procedure("child", relevant="${late} = 'no'")
    checklist = definition(section("frame", "arrival"), section("voting", "child"))
    with pytest.raises(FormsInvalid, match="child depends on late, which no core list names"):
        made(tmp_path, *DEFAULT, child, checklist=checklist, length="core")


def test_a_question_stands_after_those_that_decide_whether_it_is_asked(tmp_path):
    child = procedure("child", relevant="${calm} = 'no'")
    assert names(made(tmp_path, FRAME, child, CALM, LATE)) == ["arrival", "calm", "late", "child"]
    checklist = definition(section("frame", "arrival"), section("voting", "child", "calm"))
    with pytest.raises(FormsInvalid, match="depends on calm, which is asked later"):
        made(tmp_path, FRAME, child, CALM, LATE, checklist=checklist)


def test_yes_no_offers_not_applicable_only_with_a_reason_and_not_observed_unless_told(tmp_path):
    found = made(tmp_path, *DEFAULT, procedure("seen", not_observed=False))
    assert (found.question("late").not_applicable, found.question("late").not_observed) == (True, True)
    assert (found.question("calm").not_applicable, found.question("calm").not_observed) == (False, True)
    assert found.question("seen").not_observed is False
    assert found.question("arrival").not_observed is False
    assert found.question("late").not_applicable_when["en"] == "At dawn"


def test_a_rating_has_the_standard_scale_unless_it_brings_its_own(tmp_path):
    own = [{"name": name, "label": words(name)} for name in ("good", "neutral", "bad")]
    found = made(tmp_path, *DEFAULT, procedure("mood", type="rating", good=["very_good", "good"]),
                 procedure("skill", type="rating", choices=own))  # fmt: skip
    assert found.question("mood").codes == ("very_good", "good", "bad", "very_bad")
    assert found.question("mood").choices[3].label == {"en": "Very bad", "ru": "Очень плохо", "kk": "Өте нашар"}
    assert found.question("skill").codes == ("good", "neutral", "bad")


def test_a_list_of_the_mission_becomes_choices_and_without_one_a_text_is_asked(tmp_path):
    parties = procedure("parties", type="select_multiple", choices_from="parties")
    lists = {"parties": [Choice("p1", words("One")), Choice("p2", words("Two"))]}
    assert made(tmp_path, *DEFAULT, parties, lists=lists).question("parties").codes == ("p1", "p2")
    plain = made(tmp_path, *DEFAULT, parties).question("parties")
    assert (plain.type, plain.choices, plain.not_observed) == ("text", (), False)
    with pytest.raises(FormsInvalid, match="no list is called 'friends'"):
        made(tmp_path, *DEFAULT, parties, lists={"friends": []})


def test_required_and_limits_and_sources_come_along(tmp_path):
    count = procedure(
        "count", type="integer", minimum=0, maximum=9, send_first=True, unit="person", hint=words("Count")
    )
    found = made(tmp_path, *DEFAULT, count)
    question = found.question("count")
    assert (question.minimum, question.maximum, question.send_first, question.unit) == (0, 9, True, "person")
    assert question.hint["kk"] == "Count (kk)"
    assert question.sources[0].place == "I para 1"
    assert question.procedure["en"] == "Procedure of count"
    assert [q.name for q in found.questions() if q.required] == ["arrival"]


def test_what_belongs_to_the_other_kind_of_event_is_not_asked(tmp_path):
    only = procedure("both_marked", events=["referendum"])
    assert "both_marked" not in names(made(tmp_path, *DEFAULT, only))
    assert "both_marked" in names(made(tmp_path, *DEFAULT, only, event="referendum"))


@pytest.mark.parametrize(
    ("stage", "event", "length", "says"),
    [
        ("party", "election", "core", "no checklist is called 'party'; expected one of voting"),
        ("voting", "coronation", "core", "'coronation' is not one of election, referendum"),
        ("voting", "election", "medium", "'medium' is not one of core, full"),
    ],
)
def test_an_unknown_stage_event_or_length_is_refused(tmp_path, stage, event, length, says):
    with pytest.raises(ChecklistUnknown, match=says):
        made(tmp_path, stage=stage, event=event, length=length)


def test_coverage_runs_both_ways(tmp_path):
    catalogue = load_catalogue(forms(tmp_path))
    found = coverage(catalogue, [("voting", "calm"), ("voting", "gone")], [("protocol", "valid")])
    assert found.unasked == ()
    assert [p.id for p in found.only_full] == ["late"]
    assert found.unused == (("voting", "arrival"), ("voting", "late"), ("protocol", "valid"))
    assert found.unbound == (("voting", "gone"),)


def protocol(tmp_path, *fields):
    folder = forms(tmp_path)
    content = {"event": "election", "title": words("Protocol"),
               "section": [{"name": "result", "label": words("Result")}], "field": list(fields)}  # fmt: skip
    path = folder / "protocols" / "election.toml"
    path.parent.mkdir()
    path.write_text("\n".join(f"{key} = {toml(value)}" for key, value in content.items()), "utf-8")
    return load_catalogue(folder)


def field(code, **more):
    return {"code": code, "section": "result", "type": "integer", "label": words(code), "minimum": 0,
            "sources": [{"ref": "EOM", "document": "A report", "place": "Annex"}], **more}  # fmt: skip


def test_a_protocol_repeats_over_the_candidates_of_the_mission(tmp_path):
    catalogue = protocol(tmp_path, field("valid"), field("v", repeat="candidates"), field("issued", repeat="members"))
    lists = {"candidates": [Choice("c1", words("One")), Choice("c2", words("Two"))]}
    found = generate_protocol("election", lists, catalogue)
    assert (found.name, found.stage) == ("protocol", "protocol")
    assert [choice.name for choice in found.question("v").choices] == ["c1", "c2"]
    assert found.question("issued").choices == ()
    assert found.question("valid").not_applicable
    assert found.question("valid").not_observed
    assert found.version


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ((field("valid"), field("valid")), "code: expected a code that is not yet used"),
        ((field("valid", sources=[]),), "sources: expected at least one source"),
        ((field("v", repeat="voters"),), "repeat: expected one of members"),
        ((field("valid", section="cellar"),), "section: expected one of result"),
        ((field("valid", colour="red"),), "unknown key 'colour'"),
        ((field("valid", relevant="${gone} = 1"),), "no question is named 'gone'"),
        ((field("errors"),), "reserved word"),
    ],
)
def test_a_protocol_layout_is_held_to_its_schema(tmp_path, fields, says):
    with pytest.raises(FormsInvalid, match=says.replace("$", r"\$")):
        generate_protocol("election", None, protocol(tmp_path, *fields))
