"""A visit as it is filled in: its times, what interrupts it, several at once, what its review shows, who goes first."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser

EVENING = datetime.fromisoformat("2026-11-22T21:05:00+05:00")


def answers(stored: dict[str, Any]) -> dict[str, Any]:
    return json.loads(stored["payload"])["answers"]  # type: ignore[no-any-return]


@pytest.fixture
def evening(field: Field, phones: Callable[..., Phone]) -> Phone:
    """Give a phone whose clock shows the evening of the day."""
    phone = phones(field, timezone_id="Asia/Almaty").enrol()
    phone.context.clock.install(time=EVENING)
    return phone


def test_arrival_is_stamped_with_the_first_thing_noted_and_departure_with_the_review(
    field: Field, evening: Phone
) -> None:
    evening.begin()
    evening.station()
    assert evening.page.input_value("#q-arrival-value") == "2026-11-22T21:05"
    evening.context.clock.set_system_time("2026-11-22T21:50:00+05:00")
    evening.turn("people")
    evening.answer("env_unauthorised_present", "no")
    assert evening.page.input_value("#q-departure-value") == ""
    evening.finish()
    evening.wait_state("delivered")
    sent = answers(field.stored()[0])
    assert sent["arrival"] == "2026-11-22T21:05:00+05:00"
    assert sent["departure"] == "2026-11-22T21:50:00+05:00"


def test_times_can_be_changed_and_are_then_left_alone(field: Field, evening: Phone) -> None:
    evening.begin()
    evening.station()
    evening.turn("frame")
    evening.page.fill("#q-arrival-value", "2026-11-22T20:30")
    evening.turn("review")
    evening.context.clock.set_system_time("2026-11-22T22:00:00+05:00")
    evening.page.go_back()
    evening.page.click("#progress")
    evening.page.locator("#contents-list button", has_text="Visit").click()
    assert evening.page.input_value("#q-departure-value") == "2026-11-22T21:05"
    evening.page.fill("#q-departure-value", "2026-11-22T21:40")
    evening.finish()
    evening.wait_state("delivered")
    sent = answers(field.stored()[0])
    assert sent["arrival"] == "2026-11-22T20:30:00+05:00"
    assert sent["departure"] == "2026-11-22T21:40:00+05:00"


def test_a_departure_that_was_taken_out_is_not_put_in_again(field: Field, evening: Phone) -> None:
    evening.begin()
    evening.station()
    evening.turn("review")
    evening.page.click("#progress")
    evening.page.locator("#contents-list button", has_text="Visit").click()
    evening.page.fill("#q-departure-value", "")
    evening.finish()
    evening.wait_state("delivered")
    assert "departure" not in answers(field.stored()[0])


def test_a_count_runs_over_midnight_and_its_protocol_belongs_to_the_same_visit(field: Field, evening: Phone) -> None:
    evening.begin()
    evening.station("144")
    evening.turn("people")
    evening.answer("env_unauthorised_present", "no")
    evening.saved()
    draft = evening.page.url
    evening.context.clock.set_system_time("2026-11-23T02:40:00+05:00")
    evening.begin("protocol")
    evening.station("144")
    evening.turn("result")
    evening.page.fill("#q-issued-value", "512")
    evening.finish()
    evening.page.goto(draft)
    expect(evening.page.locator("#progress")).not_to_be_empty()
    evening.finish()
    evening.wait_state("delivered", 2)
    protocol, count = sorted(field.stored(), key=lambda each: each["checklist"])
    assert protocol["visit"] == count["visit"]
    assert answers(count if count["checklist"] == "voting" else protocol)["departure"] == "2026-11-23T02:40:00+05:00"
    evening.day()
    assert evening.page.locator("#today li").count() == 2


def test_after_midnight_the_evenings_receipts_are_still_in_sight(field: Field, evening: Phone) -> None:
    evening.fill_voting("144")
    evening.finish()
    evening.wait_state("delivered")
    evening.context.clock.set_system_time("2026-11-23T02:40:00+05:00")
    evening.day()
    expect(evening.page.locator("#today li")).to_have_count(1)
    expect(evening.page.locator("#today")).to_contain_text("Receipt")
    evening.context.clock.set_system_time("2026-11-24T09:00:00+05:00")
    evening.day()
    expect(evening.page.locator("#today li")).to_have_count(0)


def test_a_visit_that_an_incident_interrupts_is_resumed_at_the_same_question(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.station("149")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    phone.page.fill("#q-env_members_present-value", "9")
    phone.saved()
    phone.context.set_offline(True)
    draft = phone.page.url
    phone.page.click("#incident")
    phone.page.wait_for_url(f"**/checklist/{field.version('incident')}#*")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.turn("what")
    phone.page.fill("#q-in_text-value", "Электр жарығы сөнді")
    phone.turn("review")
    phone.page.wait_for_timeout(800)
    phone.page.click("#next")
    phone.page.wait_for_url(draft)
    expect(phone.page.locator(".question.here")).to_have_attribute("data-question", "env_members_present")
    expect(phone.page.locator("#q-env_members_present")).to_be_in_viewport()


def test_several_drafts_stand_side_by_side_with_station_stage_and_how_far(field: Field, phone: Phone) -> None:
    for number in ("151", "152"):
        phone.begin()
        phone.station(number)
        phone.turn("people")
        phone.answer("env_unauthorised_present", "no")
        phone.page.wait_for_timeout(200)
    phone.begin("protocol")
    phone.station("152")
    phone.turn("result")
    phone.page.fill("#q-issued-value", "512")
    phone.page.wait_for_timeout(200)
    phone.day()
    rows = phone.page.locator("#today li")
    expect(rows).to_have_count(3)
    texts = rows.all_inner_texts()
    assert "Station 152" in texts[0]
    assert "Results protocol · 1 of" in texts[0]
    assert "Voting · 2 of 9" in texts[1]
    assert "Station 151" in texts[2]
    rows.nth(2).locator("a").click()
    expect(phone.page.locator(".bar-title")).to_contain_text("Station 151")
    assert phone.page.is_checked("#q-env_unauthorised_present-no")


def test_the_review_lists_what_a_comment_may_help_and_forces_none(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.station()
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    phone.answer("env_interference", "no")
    assert phone.page.locator("#q-env_unauthorised_present details").get_attribute("open") is None
    phone.turn("review")
    card = phone.page.locator("#review .review", has_text="A comment may help here")
    assert card.locator("button").all_inner_texts() == ["Did you see unauthorised people in the station?"]
    card.locator("button").click()
    expect(phone.page.locator("[name='comment:env_unauthorised_present']")).to_be_focused()
    phone.finish()
    phone.wait_state("delivered")
    assert json.loads(field.stored()[0]["payload"])["comments"] == {}


def test_every_question_takes_a_comment(phone: Phone) -> None:
    phone.begin()
    without = phone.page.eval_on_selector_all(
        "[data-question]",
        "all => all.filter((each) => !each.querySelector('[name^=\"comment:\"]')).map((each) => each.dataset.question)",
    )
    assert without == ["comments"]


def test_a_rule_is_explained_in_the_readers_language(phone: Phone) -> None:
    for language, sentence in (
        ("ru", "Женщин больше, чем членов комиссии. Так и есть?"),
        ("kk", "Әйелдер мүшелерден көп. Солай ма?"),
    ):
        phone.language = language
        phone.begin()
        phone.turn("people")
        phone.page.fill("#q-env_members_present-value", "5")
        phone.page.fill("#q-env_women_members-value", "6")
        expect(phone.page.locator("#q-env_women_members [data-rule]")).to_have_text(sentence)


def test_an_answer_that_must_be_known_at_once_goes_first_without_a_word(field: Field, phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.fill_voting("144")
    phone.finish()
    phone.begin()
    phone.station("145")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    before = phone.page.inner_text("body")
    phone.answer("env_interference", "yes")
    phone.page.wait_for_timeout(200)
    assert phone.page.locator("#emergency").is_hidden()
    after = phone.page.inner_text("body")
    assert len(set(after.splitlines()) - set(before.splitlines())) <= 3  # the counts of what is answered, nothing else
    phone.finish()
    phone.context.set_offline(False)
    phone.day()
    phone.wait_state("delivered", 2)
    assert [json.loads(each["payload"])["location"] for each in field.stored()] == ["R-0145", "R-0144"]
