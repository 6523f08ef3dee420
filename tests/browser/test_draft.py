"""Filling in: every answer is on disk before the page says so, and nothing but the observer takes it back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.conftest import Field, Phone, phone_on_disk

pytestmark = pytest.mark.browser


def payload(stored: dict[str, object]) -> dict[str, dict[str, object]]:
    return json.loads(str(stored["payload"]))  # type: ignore[no-any-return]


def test_every_answer_is_there_after_a_reload(phone: Phone) -> None:
    phone.begin()
    phone.station("151")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    phone.answer("env_interference", "not_observed")
    phone.page.fill("#q-env_members_present-value", "11")
    phone.page.locator("#q-env_members_present summary").click()
    phone.page.fill("[name='comment:env_members_present']", "Один опоздал; біреуі кешікті")
    phone.answer("env_parties_represented", "p2")
    phone.saved()
    phone.page.reload()
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert phone.page.locator("section[data-section=people]").is_visible()
    assert phone.page.is_checked("#q-env_unauthorised_present-yes")
    assert phone.page.is_checked("#q-env_interference-not_observed")
    assert phone.page.input_value("#q-env_members_present-value") == "11"
    assert phone.page.input_value("[name='comment:env_members_present']") == "Один опоздал; біреуі кешікті"
    assert phone.page.is_checked("#q-env_parties_represented-p2")
    assert "Station 151" in phone.page.inner_text(".bar-title")
    phone.day()
    assert "Station 151" in phone.page.inner_text("#today")
    assert "draft" in phone.page.inner_text("#today")


def test_every_answer_is_there_after_the_browser_is_killed(
    field: Field, playwright: Playwright, tmp_path: Path
) -> None:
    phone = phone_on_disk(playwright, tmp_path, field).enrol()
    phone.begin()
    phone.station("152")
    phone.turn("people")
    phone.page.fill("#q-env_members_present-value", "9")
    phone.answer("env_unauthorised_present", "no")
    expect(phone.page.locator("#saved")).not_to_be_empty()
    phone.page.wait_for_timeout(200)
    address = phone.page.url
    kill_browser_of(tmp_path / "profile")
    field.stop()
    again = phone_on_disk(playwright, tmp_path, field)
    again.page.goto(address)
    expect(again.page.locator("#progress")).not_to_be_empty()
    assert again.page.input_value("#q-env_members_present-value") == "9"
    assert again.page.is_checked("#q-env_unauthorised_present-no")
    again.context.close()


def kill_browser_of(profile: Path) -> None:
    """Kill, without warning, the browser that this test started with this profile."""
    lock = os.readlink(profile / "SingletonLock")
    os.kill(int(lock.rsplit("-", 1)[1]), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = subprocess.run(["pgrep", "-f", str(profile)], capture_output=True, text=True, check=False)
        if not found.stdout.strip():
            break
        time.sleep(0.1)
    (profile / "SingletonLock").unlink(missing_ok=True)


def test_a_question_that_is_not_asked_keeps_its_answer_in_the_draft_and_is_not_sent(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.station()
    phone.turn("people")
    expect(phone.page.locator("#q-env_interference")).to_be_hidden()
    phone.answer("env_unauthorised_present", "yes")
    expect(phone.page.locator("#q-env_interference")).to_be_visible()
    phone.answer("env_interference", "no")
    phone.answer("env_unauthorised_present", "no")
    expect(phone.page.locator("#q-env_interference")).to_be_hidden()
    phone.saved()
    phone.page.wait_for_timeout(200)
    assert phone.records("drafts")[0]["answers"]["env_interference"] == "no"
    phone.finish()
    phone.wait_state("delivered")
    answers = payload(field.stored()[0])["answers"]
    assert answers["env_unauthorised_present"] == "no"
    assert "env_interference" not in answers


def test_what_is_sent_is_what_was_answered(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.station("144")
    phone.turn("frame")
    assert phone.page.input_value("#q-arrival-value") != ""
    phone.page.locator("#q-departure [data-now]").click()
    phone.answer("env_urban_rural", "rural")
    phone.turn("people")
    phone.page.fill("#q-env_members_present-value", "0")
    phone.page.locator("#q-env_women_members-not_observed").click()
    for party in ("p1", "p3"):
        phone.answer("env_parties_represented", party)
    phone.turn("overall")
    phone.answer("vo_overall", "very_good")
    phone.page.fill("#q-comments-value", "  «Тыныш» 😀 ")
    phone.finish()
    phone.wait_state("delivered")
    [stored] = field.stored()
    sent = payload(stored)
    answers = sent["answers"]
    assert sent["location"] == "R-0144"
    assert sent["team"] == "T01"
    assert answers["env_members_present"] == 0
    assert answers["env_women_members"] == "not_observed"
    assert answers["env_parties_represented"] == ["p1", "p3"]
    assert answers["vo_overall"] == "very_good"
    assert answers["comments"] == "«Тыныш» 😀"
    assert str(answers["departure"])[16:19] == ":00"
    assert set(answers) == {
        "arrival", "departure", "env_urban_rural", "env_members_present", "env_women_members",
        "env_parties_represented", "vo_overall", "comments",
    }  # fmt: skip


def test_an_answer_tapped_again_is_taken_back(phone: Phone) -> None:
    phone.begin()
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    assert phone.page.is_checked("#q-env_unauthorised_present-yes")
    phone.answer("env_unauthorised_present", "yes")
    assert not phone.page.is_checked("#q-env_unauthorised_present-yes")
    phone.page.wait_for_timeout(200)
    assert phone.records("drafts")[0]["answers"]["env_unauthorised_present"] == ""


def test_a_soft_rule_is_explained_and_can_be_overridden_with_a_reason(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.turn("people")
    phone.page.fill("#q-env_members_present-value", "5")
    phone.page.fill("#q-env_women_members-value", "6")
    question = phone.page.locator("#q-env_women_members")
    expect(question.locator("[data-rule]")).to_have_text("More women than members: is it so?")
    phone.page.fill("[name='override:env_women_members']", "one came later")
    phone.page.fill("#q-env_members_present-value", "x5")
    expect(phone.page.locator("#q-env_members_present [data-rule]")).to_have_text("This is not a whole number.")
    phone.finish()
    phone.wait_state("delivered")
    sent = payload(field.stored()[0])
    assert sent["overrides"] == {"env_women_members": "one came later"}
    assert sent["answers"]["env_members_present"] == "x5"


def test_an_unlisted_station_goes_by_the_name_that_was_typed(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.page.fill("#station-query", "Дом культуры, 3-й этаж")
    expect(phone.page.locator("#station-none")).to_be_visible()
    phone.page.click("#station-unlisted")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    phone.finish()
    phone.wait_state("delivered")
    sent = payload(field.stored()[0])
    assert (sent["location"], sent["location_name"]) == (None, "Дом культуры, 3-й этаж")


def test_the_language_can_be_changed_in_the_middle_of_a_draft(phone: Phone) -> None:
    phone.begin()
    phone.station("147")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    phone.saved()
    phone.context.set_offline(True)
    phone.page.locator("a[data-language]", has_text="Қазақша").click()
    phone.page.wait_for_url("**/o/kk/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert phone.page.is_checked("#q-env_unauthorised_present-no")
    assert "№ 147 учаске" in phone.page.inner_text(".bar-title")
    assert "Учаскеде бөгде адамдар болды ма?" in phone.page.inner_text("#q-env_unauthorised_present")


def test_danger_offers_the_emergency_card_and_the_incident_report_without_a_network(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.station("149")
    phone.turn("frame")
    phone.saved()
    phone.context.set_offline(True)
    assert phone.page.locator("#emergency").is_hidden()
    phone.answer("env_observer_expelled", "yes")
    expect(phone.page.locator("#emergency")).to_be_visible()
    assert "Leave first, then call" in phone.page.inner_text("#emergency")
    assert phone.page.get_attribute("#calls a", "href") == "tel:+70000000001"
    draft = phone.page.url
    phone.page.click("#emergency-incident")
    phone.page.wait_for_url(f"**/checklist/{field.version('incident')}#*")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert "Station 149" in phone.page.inner_text(".bar-title")
    phone.turn("what")
    phone.page.fill("#q-in_text-value", "Нас попросили уйти")
    phone.turn("review")
    phone.page.wait_for_timeout(800)
    phone.page.click("#next")
    phone.page.wait_for_url(draft)
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert phone.page.is_checked("#q-env_observer_expelled-yes")
    phone.context.set_offline(False)
    phone.finish()
    phone.wait_state("delivered", 2)
    incident, voting = field.stored()
    assert incident["checklist"] == "incident"
    assert incident["visit"] == voting["visit"]


def test_an_answer_that_was_restored_does_not_open_the_emergency_card(phone: Phone) -> None:
    phone.begin()
    phone.turn("frame")
    phone.answer("env_observer_expelled", "yes")
    phone.page.click("#emergency-close")
    phone.saved()
    phone.page.reload()
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert phone.page.locator("#emergency").is_hidden()


def test_the_button_at_the_bottom_leads_through_what_is_open_to_the_review(phone: Phone) -> None:
    phone.begin()
    phone.station()
    seen = []
    for _ in range(20):
        phone.page.click("#next")
        if phone.page.locator("section[data-section=review]").is_visible():
            break
        here = phone.page.locator(".question.here")
        seen.append(here.get_attribute("data-question"))
        way_out = here.locator(".ways-out input")
        if way_out.count():
            way_out.last.click()
    assert seen == [
        "departure", "env_urban_rural", "env_observer_expelled", "env_unauthorised_present", "env_members_present",
        "env_women_members", "env_parties_represented", "vo_overall",
    ]  # fmt: skip
    left = phone.page.locator("#review .open-list").first.locator("button").all_inner_texts()
    assert left == ["Where is the station?"]


def test_rows_of_members_and_candidates_are_answered_by_index(field: Field, phone: Phone) -> None:
    phone.begin("protocol")
    phone.station()
    phone.turn("result")
    members = phone.page.locator("[data-repeat=members] .row:visible")
    assert members.count() == 1
    phone.page.click("[data-repeat=members] [data-add]")
    expect(members).to_have_count(2)
    assert phone.page.locator("[data-repeat=candidates] .row:visible h3").all_inner_texts() == [
        "Candidate 1",
        "Candidate 2",
    ]
    phone.page.fill("#q-issued-value", "1 622")
    phone.page.fill("#q-member_issued-0-value", "800")
    phone.page.fill("#q-member_issued-1-value", "822")
    phone.page.fill("#q-cand_votes-1-value", "0")
    phone.saved()
    phone.page.reload()
    expect(members).to_have_count(2)
    phone.finish()
    phone.wait_state("delivered")
    assert payload(field.stored()[0])["answers"] == {
        "issued": 1622,
        "member_issued[0]": 800,
        "member_issued[1]": 822,
        "cand_votes[1]": 0,
    }
