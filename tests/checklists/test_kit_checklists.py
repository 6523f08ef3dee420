"""The kit's own catalogue and checklists: complete, within their numbers, in the words of each event."""

import re

import pytest

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.checklists.coverage import coverage
from observer_kit.checklists.generate import generate, generate_protocol
from observer_kit.checklists.model import EVENTS, LANGUAGES, LENGTHS, Choice
from observer_kit.checklists.rewriting import KINDS
from observer_kit.checklists.versions import from_json, seal, to_json
from tests.builders import text

CATALOGUE = load_catalogue()
PARTIES = {"parties": [Choice("p1", text("One")), Choice("p2", text("Two"))]}
ALL = [(stage, event, length) for stage in CATALOGUE.definitions for event in EVENTS for length in LENGTHS]

BOUND = {
    "opening": "op_overall op_stationary_boxes_sealed op_observers_restricted op_on_time op_opening_protocol "
    "op_ballots_counted op_unauthorised_present",
    "voting": "vo_overall vo_procedures_understood env_free_movement env_information_given env_party_observers_present "
    "env_civil_society_present env_unauthorised_present env_interference vo_identical_signatures vo_stuffing "
    "vo_proxy_voting vo_group_voting vo_multiple_voting vo_boxes_sealed vo_no_id_allowed vo_secrecy_breached "
    "env_official_contest_info_posted env_organised_groups env_members_present env_women_members env_woman_chair "
    "env_urban_rural env_station_type vo_photographing env_voter_list_viewable",
    "counting": "co_overall co_proxies_present env_parties_represented co_unauthorised_present co_interference "
    "co_unused_cancelled_first co_unused_packed_sealed co_signatures_counted co_signatures_announced "
    "co_per_member_issued co_avc_counted co_figures_checked_first co_mobile_requests_counted "
    "co_mobile_opening_procedure co_clumps co_clump_boxes co_choice_announced co_marks_visible co_validity_disputed "
    "co_validity_voted co_crosschecked_before_protocol co_clear_view co_observers_restricted co_cooperation "
    "co_protocol_difficulty co_protocol_posted co_protocol_presigned co_procedures_followed co_stayed_to_end",
    "tabulation": "ta_overall ta_observers_restricted ta_clear_view ta_protocols_completed_here "
    "ta_corrected_without_decision ta_figures_reconcile ta_copy_given ta_data_entry_visible ta_level",
}
FULL = (
    "env_braille_stencil env_sign_language env_medical_point env_access_granted env_station_chosen_freely "
    "env_special_transport env_complaints_lodged vo_procedures_followed vo_voters_rights_respected "
    "env_local_authority_steering env_technical_faults env_campaign_material env_voters_coerced "
    "env_procedural_info_posted env_media_present env_public_order"
)


def made(stage, event="election", length="core"):
    return generate(CATALOGUE, stage, event, length, lists=PARTIES)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("stage", ["opening", "voting", "counting", "tabulation"])
def test_a_core_checklist_has_25_to_40_questions(stage, event):
    assert 25 <= sum(1 for _ in made(stage, event).questions()) <= 40


@pytest.mark.parametrize("event", EVENTS)
def test_the_readiness_checklist_is_short(event):
    assert sum(1 for _ in made("readiness", event).questions()) <= 20


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("stage", BOUND)
def test_the_core_asks_every_question_that_a_published_figure_counts(stage, event):
    assert set(BOUND[stage].split()) <= {question.name for question in made(stage, event).questions()}
    if stage == "voting":
        assert set(FULL.split()) <= {question.name for question in made(stage, event, "full").questions()}


@pytest.mark.parametrize("stage", ["readiness", "opening", "voting", "counting", "tabulation"])
def test_every_visit_begins_with_arrival_and_ends_with_rating_reasons_remarks_and_departure(stage):
    names = [question.name for question in made(stage).questions()]
    assert names[0] == "arrival"
    assert names[-1] == "departure"
    prefix = {"readiness": "rd", "opening": "op", "voting": "vo", "counting": "co", "tabulation": "ta"}[stage]
    assert names[-4:-1] == [f"{prefix}_overall", f"{prefix}_overall_reasons", "env_remarks"]
    reasons = made(stage).question(f"{prefix}_overall_reasons")
    assert reasons.maximum == 3
    assert "very_bad" in (reasons.relevant or "")


@pytest.mark.parametrize(("stage", "event", "length"), ALL)
def test_every_checklist_is_whole_in_three_languages_and_comes_back_from_its_json(stage, event, length):
    found = made(stage, event, length)
    assert from_json(to_json(found)) == found
    assert seal(found).version == found.version
    names = [question.name for question in found.questions()]
    assert len(names) == len(set(names))
    for question in found.questions():
        assert question.sources
        for wording in (question.label, question.procedure, *(choice.label for choice in question.choices)):
            assert all(wording[language].strip() for language in LANGUAGES)


@pytest.mark.parametrize(("stage", "event", "length"), ALL)
def test_every_good_answer_is_one_of_the_answers(stage, event, length):
    for question in made(stage, event, length).questions():
        assert set(question.good) <= set(question.codes), question.name


@pytest.mark.parametrize("stage", CATALOGUE.definitions)
def test_a_referendum_does_not_speak_of_an_election(stage):
    found = generate(CATALOGUE, stage, "referendum", "full")
    said = [section.label for section in found.sections] + [found.title]
    for question in found.questions():
        said += [question.label, question.hint, question.not_applicable_when, question.constraint_message]
        said += [choice.label for choice in question.choices]
    electoral = {"ru": re.compile(r"избирател|выбор(?:а|ах|ы|ов|ам|ами)\b", re.I), "kk": re.compile("сайла", re.I)}
    for wording in said:
        for language, pattern in electoral.items():
            # choosing a helper or an answer is no election
            assert not pattern.search(wording.get(language, "")), wording[language]


@pytest.mark.parametrize("event", EVENTS)
def test_no_checklist_exposes_the_good_answer_in_the_order_of_its_choices(event):
    for stage in CATALOGUE.definitions:
        for question in made(stage, event, "full").questions():
            if question.type == "yes_no":
                assert question.codes == ("yes", "no")


def test_every_procedure_is_asked_somewhere():
    assert coverage(CATALOGUE, []).unasked == ()


def test_both_kinds_of_good_answer_occur_so_that_yes_is_not_always_right():
    for stage in ("opening", "voting", "counting", "tabulation"):
        good = {question.good for question in made(stage).questions() if question.type == "yes_no"}
        assert {("yes",), ("no",)} <= good


def test_what_endangers_people_interrupts_and_everything_else_only_goes_first():
    calls = {procedure.id for procedure in CATALOGUE.procedures() if procedure.call_now}
    assert {"env_violence", "env_observer_expelled", "env_observers_threatened", "vo_voting_suspended"} <= calls
    assert "env_unauthorised_present" not in calls


@pytest.mark.parametrize("event", EVENTS)
def test_the_protocol_asks_every_field_that_a_formula_needs(event):
    lists = {"candidates": [Choice("a", text("A")), Choice("b", text("B"))]}
    found = generate_protocol(event, lists)
    names = {question.name for question in found.questions()}
    assert {"reg_open", "reg_close", "b_received", "b_issued", "b_issued_member", "b_cancelled", "valid", "invalid",
            "box_mobile", "box_fixed", "signatures", "m_requests"} <= names  # fmt: skip
    assert ({"v"} if event == "election" else {"v_yes", "v_no", "both_marked"}) <= names
    assert [section.name for section in found.sections].index("issued") < [s.name for s in found.sections].index(
        "boxes"
    )
    if event == "election":
        assert [choice.name for choice in found.question("v").choices] == ["a", "b"]


def test_every_type_that_has_an_answer_is_known_to_the_expressions():
    types = {procedure.type for procedure in CATALOGUE.procedures()}
    assert types - {"note"} <= set(KINDS)
