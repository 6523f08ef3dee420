"""Typing in at the desk: what came by voice or on paper goes the ordinary way, marked, and is never lost or doubled."""

import json
import re
from dataclasses import replace

import pytest

from observer_kit.checklists.versions import seal
from observer_kit.storage import checklists, listing, submissions, typed, typing_drafts, whole
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from tests.builders import question
from tests.web.conftest import INCIDENT, PROTOCOL, VOTING

PAGE = f"/desk/m-1/typing/{VOTING.version}"
FULL = {
    "head:team": "t01", "head:station": "R-1", "head:source": "phone", "arrival": "745", "departure": "8:20",
    "env_urban_rural": "urban", "vo_stuffing": "yes", "vo_boxes_sealed": "not_observed", "vo_woman_chair": "no",
    "vo_present": ["party", "press"], "vo_women": "3", "vo_overall": "bad", "vo_remarks": "crowded",
    "comment:vo_stuffing": "three people with bundles",
}  # fmt: skip


def fields(page):
    """Give the page's hidden fields as a browser would send them."""
    return dict(re.findall(r'type="hidden" name="(csrf_token|ticket)" value="([^"]*)"', page))


def stored(store):
    with store.reading() as tx:
        return [submissions.get(tx, "m-1", row.id) for row in reversed(listing.page(tx, "m-1", Filters(), 0, 50).rows)]


def type_in(browser, answers, act="send", page=PAGE, **more):
    shown = fields(browser.get(page).text)
    return browser.client.post(page.partition("?")[0], data={**shown, **answers, "act": act}, **more)


def test_a_phoned_in_report_is_stored_as_the_team_s_and_says_who_typed_it(coordinator, store):
    answer = type_in(coordinator, FULL)
    assert answer.status_code == 303, answer.text
    [one] = stored(store)
    judged = one.submission
    assert (judged.team, judged.location, one.via, one.row.device_kind) == ("T01", "R-1", "phoned", "desk")
    assert judged.answers["vo_stuffing"] == "yes"
    assert judged.answers["vo_boxes_sealed"] == "not_observed"
    assert judged.answers["vo_present"] == ["party", "press"]
    assert judged.answers["vo_women"] == 3
    assert judged.answers["arrival"].startswith("2011-04-03T07:45")
    assert judged.comments == {"vo_stuffing": "three people with bundles"}
    assert (judged.problems, judged.findings, one.row.state) == ((), (), "counted")
    with store.reading() as tx:
        mark = typed.of(tx, [judged.id])[judged.id]
    assert (mark.source, mark.name) == ("phone", "coordinator")
    assert "typed in from the telephone by coordinator" in coordinator.get(f"/desk/m-1/submissions/{judged.id}").text
    assert "typed in, telephone" in coordinator.get("/desk/m-1/submissions").text
    exported = coordinator.get("/desk/m-1/submissions?format=csv").text.splitlines()
    assert exported[1].endswith("telephone,coordinator")
    assert check(store) == []


def test_the_same_page_sent_twice_is_one_report(coordinator, store):
    data = {**fields(coordinator.get(PAGE).text), **FULL, "act": "send"}
    for _ in range(2):
        assert coordinator.client.post(PAGE, data=data).status_code == 303
    assert len(stored(store)) == 1


def test_the_same_page_sent_again_with_other_answers_corrects_itself(coordinator, store):
    data = {**fields(coordinator.get(PAGE).text), **FULL, "act": "send"}
    coordinator.client.post(PAGE, data=data)
    coordinator.client.post(PAGE, data={**data, "vo_women": "4"})
    first, second = stored(store)
    assert (first.row.state, first.row.successor) == ("superseded", second.submission.id)
    assert second.submission.answers["vo_women"] == 4


def test_who_corrects_what_another_page_has_corrected_is_told_and_may_take_its_place(coordinator, store):
    data = {**fields(coordinator.get(PAGE).text), **FULL, "act": "send"}
    for women in ("3", "4"):
        assert coordinator.client.post(PAGE, data={**data, "vo_women": women}).status_code == 303
    first, second = (each.submission.id for each in stored(store))
    # A double click is no second correction.
    assert coordinator.client.post(PAGE, data={**data, "vo_women": "4"}).status_code == 303
    told = coordinator.client.post(PAGE, data={**data, "vo_women": "5"})
    assert told.status_code == 409
    assert f'value="{second}"' in told.text
    assert 'value="5"' in told.text
    # A page that was opened to correct the first is told of the same.
    other = fields(coordinator.get(f"{PAGE}?correct={first}").text)
    beside = coordinator.client.post(PAGE, data={**other, **FULL, "vo_women": "6", "act": "send"})
    assert (beside.status_code, len(stored(store))) == (409, 2)
    coordinator.client.post(PAGE, data={**data, "vo_women": "5", "act": "store", "told": second})
    third = stored(store)[2].submission
    assert (third.supersedes, third.answers["vo_women"]) == (second, 5)
    assert [each.row.state for each in stored(store)] == ["superseded", "superseded", "counted"]
    assert all(len(each.successors) < 2 for each in stored(store))
    # What the other was told of is no longer the latest.
    again = coordinator.client.post(PAGE, data={**other, **FULL, "vo_women": "6", "act": "store", "told": second})
    assert again.status_code == 409
    assert third.id in again.text


def test_what_the_judge_doubts_is_asked_about_once_and_then_stored_as_it_stands(coordinator, store):
    doubtful = {**FULL, "vo_women": "1,6970", "arrival": "quarter to eight"}
    answer = type_in(coordinator, doubtful)
    assert answer.status_code == 422
    assert 'id="q-vo_women-rule"' in answer.text
    assert answer.text.count('class="line wrong"') == 2
    assert "1,6970" in answer.text
    assert stored(store) == []
    again = {**fields(answer.text), **doubtful, "act": "store"}
    assert coordinator.client.post(PAGE, data=again).status_code == 303
    [one] = stored(store)
    assert {problem.question for problem in one.submission.problems} == {"vo_women", "arrival"}


@pytest.mark.parametrize(("name", "said"), [
    ("head:team", "The team is missing"), ("head:station", "The station or commission is missing"),
    ("head:source", "Telephone or paper?"),
])  # fmt: skip
def test_without_team_station_or_source_nothing_is_stored(coordinator, store, name, said):
    answer = type_in(coordinator, {**FULL, name: ""}, act="store")
    assert (answer.status_code, stored(store)) == (422, [])
    assert said in answer.text


def test_a_draft_outlives_the_page_and_is_its_clerk_s_alone(coordinator, admin, store):
    data = {**fields(coordinator.get(PAGE).text), "head:team": "T01", "vo_women": "three", "vo_stuffing": "no"}
    answer = coordinator.client.post(f"{PAGE}/draft", data=data)
    assert answer.status_code == 200
    said = answer.get_json()
    assert list(said["problems"]) == ["vo_women"]
    again = coordinator.get(f"{PAGE}?draft={said['draft']}").text
    assert 'value="three"' in again
    assert re.search(r'name="vo_stuffing" value="no"[^>]*checked', again)
    assert said["draft"] in coordinator.get("/desk/m-1/typing").text
    assert admin.get(f"{PAGE}?draft={said['draft']}").status_code == 404
    assert said["draft"] not in admin.get("/desk/m-1/typing").text
    assert stored(store) == []


def test_a_draft_is_gone_once_it_is_stored_and_its_last_word_does_not_bring_it_back(coordinator, store):
    data = {**fields(coordinator.get(PAGE).text), **FULL}
    coordinator.client.post(f"{PAGE}/draft", data=data)
    coordinator.client.post(PAGE, data={**data, "act": "send"})
    coordinator.client.post(f"{PAGE}/draft", data=data)
    with store.reading() as tx:
        account = json.loads(stored(store)[0].envelope.payload)["typed"]["by"]
        assert typing_drafts.all(tx, "m-1", account) == []


def test_a_correction_begins_with_what_the_report_says_and_keeps_what_no_key_can_give(coordinator, sender, store):
    answers = {"vo_stuffing": "yes", "vo_women": "many", "vo_present": ["press"], "vo_overall": "good"}
    id, _ = sender.send(answers, comments={"vo_stuffing": "seen"}, hour=9)
    page = coordinator.get(f"{PAGE}?correct={id}").text
    assert re.search(r'name="vo_stuffing" value="yes"[^>]*checked', page)
    assert 'value="many"' in page
    assert 'value="09:00"' in page
    assert ">seen</textarea>" in page
    answer = type_in(
        coordinator,
        {"head:team": "T01", "head:station": "R-1", "head:source": "phone", "arrival": "9:00", "vo_stuffing": "no"},
        act="store", page=f"{PAGE}?correct={id}",
    )  # fmt: skip
    assert answer.status_code == 303
    old, new = stored(store)
    assert (old.row.state, old.row.successor, new.submission.supersedes) == ("superseded", new.submission.id, id)
    assert (new.submission.answers["vo_stuffing"], new.row.state) == ("no", "counted")


def test_a_number_that_two_stations_share_asks_for_the_code(coordinator, store):
    data = {**fields(coordinator.get(PAGE).text), "head:station": "Station", "head:team": "9"}
    said = coordinator.client.post(f"{PAGE}/draft", data=data).get_json()["said"]
    assert said == {"team": "No such team: the code, or its number.",
                    "station": "Not in the register: stored under the name as typed."}  # fmt: skip


def test_a_second_report_of_the_same_team_and_place_is_pointed_out(coordinator, sender):
    id, _ = sender.send({"vo_stuffing": "no"})
    assert id in coordinator.get(f"{PAGE}?team=1&station=R-1").text


def test_a_protocol_whose_numbers_do_not_add_up_is_asked_about(coordinator, store):
    page = f"/desk/m-1/typing/{PROTOCOL.version}"
    numbers = {"b_received": "100", "b_issued": "60", "b_cancelled": "30", "valid": "59", "invalid": "1"}
    head = {"head:team": "T01", "head:station": "R-1", "head:source": "paper"}
    answer = type_in(coordinator, {**head, **numbers}, page=page)
    assert answer.status_code == 422
    assert "the numbers differ by 10" in answer.text
    mended = type_in(coordinator, {**head, **numbers, "b_cancelled": "40"}, page=page)
    assert "the numbers differ by 10" not in mended.text
    assert type_in(coordinator, {**head, **numbers}, act="store", page=page).status_code == 303
    assert [one.via for one in stored(store)] == ["paper"]


@pytest.mark.parametrize("checklist", [VOTING, INCIDENT, PROTOCOL], ids=lambda each: each.name)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_checklist_has_its_page_in_every_language(coordinator, checklist, language):
    coordinator.get(f"/language/{language}")
    page = coordinator.get(f"/desk/m-1/typing/{checklist.version}")
    assert page.status_code == 200
    assert "typing." not in re.sub(r"typing\.(css|js)", "", page.text)


def test_only_coordinators_and_administrators_type(staff, head):
    for browser in (staff, head):
        assert browser.get("/desk/m-1/typing").status_code == 403
        assert browser.get(PAGE).status_code == 403


def test_a_ticket_from_elsewhere_is_refused_and_nothing_is_stored(coordinator, store):
    answer = type_in(coordinator, {**FULL, "ticket": "made-up"})
    assert answer.status_code == 400
    assert stored(store) == []


def test_whoever_takes_the_whole_away_sees_what_was_typed_in(coordinator, sender, store):
    sender.send({"vo_stuffing": "no"})
    type_in(coordinator, FULL)
    with store.reading() as tx:
        rows = [about for block in whole.submissions(tx, "m-1", "voting") for about, _, _ in block]
    assert [(row["via"], row["typed_by"]) for row in rows] == [("demo", None), ("phoned", "coordinator")]


def test_a_correction_at_the_desk_carries_the_photos_over(coordinator, sender, store):
    """A clerk can type no photo; what the phone took stays with the report, each part of it, in its place."""
    photos = {"vo_photo": "a" * 64, "vo_pages[0]": "b" * 64, "vo_pages[1]": "c" * 64}
    asked = (
        *VOTING.sections[1].questions,
        question("vo_photo", "photo"),
        question("vo_pages", "photo", repeat="pages"),
    )
    form = seal(replace(VOTING, sections=(VOTING.sections[0], replace(VOTING.sections[1], questions=asked))))
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", form)
    id, _ = sender.send({"vo_stuffing": "yes", **photos}, checklist=form)
    page = f"/desk/m-1/typing/{form.version}?correct={id}"
    keyed = {"head:team": "T01", "head:station": "R-1", "head:source": "phone", "vo_stuffing": "no"}
    assert type_in(coordinator, keyed, act="store", page=page).status_code == 303
    _, new = stored(store)
    assert new.submission.supersedes == id
    assert new.submission.answers["vo_stuffing"] == "no"
    assert {name: new.submission.answers.get(name) for name in photos} == photos
    assert not new.submission.problems
