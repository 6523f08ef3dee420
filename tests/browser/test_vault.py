"""The PIN: what it locks can't be read without it, and it never stands in the way of a delivery."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import Field, Phone, phone_on_disk
from tests.browser.pins import PIN, ask_for_pin, is_locked, set_pin, type_pin, unlock
from tests.browser.test_draft import kill_browser_of
from tests.browser.test_floor import OLDER

pytestmark = pytest.mark.browser

HELD = "if (location.host && localStorage.getItem('held')) Date.now = () => Number(localStorage.getItem('held'))"
LATER = "(more) => localStorage.setItem('held', Date.now() + more)"

READ = """
(shop) => new Promise((resolve) => {
  const request = indexedDB.open("observer-kit");
  request.onsuccess = () => {
    const all = request.result.transaction(shop).objectStore(shop).getAll();
    all.onsuccess = () => {
      request.result.close();
      const text = (value) => value instanceof ArrayBuffer ? String.fromCharCode(...new Uint8Array(value)) : value;
      resolve(JSON.stringify(all.result, (name, value) => text(value)));
    };
  };
})
"""

OUT_OF_SIGHT = """
(state) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""


@pytest.fixture
def locked_field(field: Field) -> Field:
    ask_for_pin(field)
    return field


@pytest.fixture
def phone(locked_field: Field, phones: Callable[..., Phone]) -> Phone:
    """Give an enrolled phone of a mission that offers a PIN."""
    return phones(locked_field).enrol()


def begin(phone: Phone) -> str:
    """Begin a report with an answer, a comment and a station; give its address."""
    phone.begin()
    phone.station("151")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    phone.page.locator("#q-env_members_present summary").click()
    phone.page.fill("[name='comment:env_members_present']", "біреуі кешікті")
    phone.saved()
    phone.page.wait_for_timeout(200)
    return phone.page.url


def kept(page: Page, shop: str) -> str:
    """Give everything that a store of the phone's database holds, as text."""
    return str(page.evaluate(READ, shop))


def test_with_a_pin_neither_drafts_nor_answers_can_be_read_from_the_phone_and_all_come_back_with_it(
    phone: Phone,
) -> None:
    phone.context.set_offline(True)
    phone.fill_voting("152", rating="bad")
    phone.finish()
    draft = begin(phone)
    assert "R-0151" in kept(phone.page, "drafts")
    set_pin(phone)
    drafts, queue = kept(phone.page, "drafts"), json.loads(kept(phone.page, "queue"))
    for word in ("R-0151", "кешікті", "env_unauthorised_present", phone.field.version("voting")):
        assert word not in drafts
    assert [queue[0][part] for part in ("raw", "location", "location_name")] == [None, None, None]
    assert "vo_overall" not in json.dumps({**queue[0], "envelope": None})
    # From page to page nobody is asked again.
    phone.day()
    expect(phone.page.locator("#today")).to_contain_text("Station 151")
    phone.page.goto(draft)
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert phone.page.is_checked("#q-env_unauthorised_present-yes")
    phone.page.fill("#q-env_women_members-value", "4")
    phone.page.wait_for_timeout(300)
    assert "env_women_members" not in kept(phone.page, "drafts")
    # A page that is reloaded is locked.
    phone.page.reload()
    is_locked(phone.page)
    expect(phone.page.locator("#pin")).to_be_focused()
    assert "151" not in phone.page.inner_text("body")
    unlock(phone.page, "кілт 2027")
    expect(phone.page.locator("#pin-said")).to_have_text("Wrong PIN.")
    unlock(phone.page)
    expect(phone.page.locator("#q-env_women_members-value")).to_be_visible()
    assert phone.page.input_value("#q-env_women_members-value") == "4"
    assert phone.page.input_value("[name='comment:env_members_present']") == "біреуі кешікті"
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator(".reports")).to_contain_text("Station 152")


def test_finished_reports_are_delivered_while_the_phone_is_locked(locked_field: Field, phone: Phone) -> None:
    set_pin(phone)
    phone.context.set_offline(True)
    phone.fill_voting("152")
    phone.finish()
    phone.page.reload()
    is_locked(phone.page)
    expect(phone.page.locator(".lock [role=status]")).to_contain_text("1 report waiting to be sent")
    phone.context.set_offline(False)
    expect(phone.page.locator(".lock [role=status]")).to_be_empty()
    is_locked(phone.page)
    assert [each["id"] for each in locked_field.stored()] == [phone.records()[0]["id"]]
    unlock(phone.page)
    phone.wait_state("delivered")
    expect(phone.page.locator("#today")).to_contain_text("Station 152")


def test_wrong_pins_are_slowed_over_a_reload_and_in_another_tab_and_wipe_nothing(phone: Phone) -> None:
    begin(phone)
    set_pin(phone)
    phone.context.add_init_script(HELD)  # five seconds are soon gone on a busy machine
    phone.page.evaluate("localStorage.setItem('held', Date.now())")
    phone.page.reload()
    for _ in range(3):
        expect(phone.page.locator(".lock .main")).to_be_enabled()
        unlock(phone.page, "wrong one")
        expect(phone.page.locator("#pin-said")).to_contain_text("Wrong PIN")
    expect(phone.page.locator("#pin-said")).to_contain_text("The next try is possible in 5 seconds")
    expect(phone.page.locator(".lock .main")).to_be_disabled()
    phone.page.reload()
    expect(phone.page.locator(".lock .main")).to_be_disabled()
    other = phone.context.new_page()
    other.goto(phone.address())
    expect(other.locator(".lock .main")).to_be_disabled()
    other.evaluate(LATER, 5000)
    expect(other.locator(".lock .main")).to_be_enabled()
    unlock(other, "wrong one")
    expect(other.locator("#pin-said")).to_contain_text("in 15 seconds")
    other.close()
    phone.page.reload()
    expect(phone.page.locator(".lock .main")).to_be_disabled()
    phone.page.evaluate(LATER, 15_000)
    phone.page.reload()
    expect(phone.page.locator(".lock .main")).to_be_enabled()
    unlock(phone.page)
    expect(phone.page.locator("#pin-state")).to_contain_text("encrypted with your PIN")
    assert len(phone.records("drafts")) == 1


def test_another_tab_is_not_opened_by_this_ones_pin(phone: Phone) -> None:
    begin(phone)
    set_pin(phone)
    phone.day()
    other = phone.context.new_page()
    other.goto(phone.address())
    is_locked(other)
    phone.page.click("#today a")
    phone.page.wait_for_url("**/checklist/**")
    other.goto(phone.address())
    is_locked(other)
    expect(phone.page.locator("#q-env_unauthorised_present")).to_be_visible()


def test_the_pin_is_changed_without_writing_a_draft_anew(phone: Phone) -> None:
    begin(phone)
    set_pin(phone)
    before = kept(phone.page, "drafts")
    page = phone.page
    page.locator("#pin-do summary", has_text="Change the PIN").click()
    page.fill("#pin-before", "not it at all")
    page.fill("#pin-new", "sonme other")
    page.fill("#pin-again", "some other")
    page.locator(".pin-form .main").click()
    expect(page.locator(".pin-form [role=alert]").first).to_have_text("The two entries differ.")
    page.fill("#pin-new", "some other")
    page.locator(".pin-form .main").click()
    expect(page.locator(".pin-form [role=alert]").first).to_have_text("Wrong PIN.")
    page.fill("#pin-before", PIN)
    page.locator(".pin-form .main").click()
    expect(page.locator("#pin-before")).to_be_hidden()
    assert kept(page, "drafts") == before
    page.reload()
    unlock(page)
    expect(page.locator("#pin-said")).to_have_text("Wrong PIN.")
    unlock(page, "some other")
    expect(page.locator(".lock")).to_have_count(0)
    page.locator("#pin-do summary", has_text="Remove the PIN").click()
    page.fill("#pin-confirm", "some other")
    page.locator("#pin-do button", has_text="Remove the PIN").click()
    expect(page.locator("#pin-state")).to_contain_text("No PIN is set")
    assert "R-0151" in kept(page, "drafts")


def test_of_a_forgotten_pin_only_the_drafts_are_lost_and_that_is_said_first(locked_field: Field, phone: Phone) -> None:
    set_pin(phone)
    begin(phone)
    phone.context.set_offline(True)
    phone.fill_voting("152")
    phone.finish()
    page = phone.page
    page.reload()
    page.locator(".lock summary").click()
    expect(page.locator(".lock details")).to_contain_text("1 draft can’t be opened without the PIN and will be erased")
    page.locator(".lock").get_by_role("button", name="Erase drafts and remove the PIN").click()
    assert len(phone.records("drafts")) == 1
    page.fill("#forget-word", "erase")
    page.locator(".lock").get_by_role("button", name="Erase drafts and remove the PIN").click()
    expect(page.locator(".lock")).to_have_count(0)
    assert phone.records("drafts") == []
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    assert len(locked_field.stored()) == 1


def test_minutes_out_of_sight_lock_the_page_and_what_was_typed_is_saved(phone: Phone) -> None:
    phone.page.clock.install()
    set_pin(phone)
    begin(phone)
    page = phone.page
    page.evaluate(OUT_OF_SIGHT, "hidden")
    page.clock.run_for(4 * 60_000)
    page.evaluate(OUT_OF_SIGHT, "visible")
    assert page.locator(".lock").count() == 0
    page.fill("#q-env_members_present-value", "17")
    page.evaluate(OUT_OF_SIGHT, "hidden")
    page.clock.run_for(5 * 60_000 + 1000)
    is_locked(page)
    page.evaluate(OUT_OF_SIGHT, "visible")
    unlock(page)
    expect(page.locator("#q-env_members_present-value")).to_be_visible()
    assert page.input_value("#q-env_members_present-value") == "17"


def test_lock_now_locks_every_tab_and_each_saves_what_is_typed_in_it(phone: Phone) -> None:
    set_pin(phone)
    address = begin(phone)
    other = phone.context.new_page()
    other.goto(phone.address("phone"))
    unlock(other)
    expect(other.locator(".lock")).to_have_count(0)
    phone.page.fill("#q-env_members_present-value", "23")
    other.get_by_role("button", name="Lock now").click()
    is_locked(other)
    is_locked(phone.page)
    assert phone.page.url == address
    unlock(phone.page)
    expect(phone.page.locator("#q-env_members_present-value")).to_be_visible()
    assert phone.page.input_value("#q-env_members_present-value") == "23"


def test_a_pin_set_in_another_tab_lets_no_open_draft_slip_into_the_phone_unsealed(phone: Phone) -> None:
    begin(phone)
    other = phone.context.new_page()
    first, phone.page = phone.page, other
    set_pin(phone)
    first.fill("#q-env_members_present-value", "31")
    is_locked(first)
    assert "env_members_present" not in kept(other, "drafts")
    unlock(first)
    expect(first.locator("#saved")).to_contain_text("saved")
    expect(first.locator("#q-env_members_present-value")).to_be_visible()
    first.wait_for_timeout(300)
    assert "env_members_present" not in kept(other, "drafts")
    first.reload()
    unlock(first)
    expect(first.locator("#q-env_members_present-value")).to_have_value("31")


def test_a_mission_that_requires_a_pin_has_it_set_before_the_first_page_opens(
    field: Field, phones: Callable[..., Phone]
) -> None:
    ask_for_pin(field, "required")
    phone = phones(field).enrol()
    phone.page.goto(phone.address())
    is_locked(phone.page)
    expect(phone.page.locator(".lock")).to_contain_text("Your mission asks for a PIN")
    phone.page.fill("#pin-new", "12345")
    phone.page.locator(".pin-form .main").click()
    expect(phone.page.locator(".pin-form [role=alert]")).to_have_text("At least 6 characters.")
    type_pin(phone.page, PIN)
    expect(phone.page.locator("#start a").first).to_be_visible()
    phone.page.goto(phone.address("phone"))
    expect(phone.page.get_by_text("Change the PIN").first).to_be_visible()
    expect(phone.page.get_by_text("Remove the PIN")).to_have_count(0)


def test_a_mission_without_pins_shows_nothing_of_them(field: Field, phones: Callable[..., Phone]) -> None:
    ask_for_pin(field, "off")
    phone = phones(field).enrol()
    phone.page.goto(phone.address("phone"))
    expect(phone.page.locator("#wipe")).not_to_be_empty()
    expect(phone.page.locator("#pin-part")).to_be_hidden()


def test_the_lock_holds_without_the_newer_interfaces(field: Field, phones: Callable[..., Phone]) -> None:
    ask_for_pin(field)
    phone = phones(field)
    phone.context.add_init_script(OLDER)
    phone.enrol()
    address = begin(phone)
    set_pin(phone)
    phone.page.goto(address)
    expect(phone.page.locator("#q-env_unauthorised_present")).to_be_visible()
    other = phone.context.new_page()
    other.goto(phone.address("phone"))
    unlock(other)
    other.get_by_role("button", name="Lock now").click()
    is_locked(phone.page)
    unlock(phone.page)
    expect(phone.page.locator("#q-env_unauthorised_present-yes")).to_be_checked()


def test_the_lock_is_opened_by_keyboard_alone_and_says_what_it_is(phone: Phone) -> None:
    set_pin(phone)
    phone.page.reload()
    expect(phone.page.get_by_role("dialog", name="Locked")).to_be_visible()
    expect(phone.page.get_by_role("textbox", name="PIN")).to_be_focused()
    phone.page.keyboard.type(PIN)
    phone.page.keyboard.press("Enter")
    expect(phone.page.locator(".lock")).to_have_count(0)


def test_what_is_in_a_sealed_draft_is_not_in_the_local_or_session_storage(phone: Phone) -> None:
    set_pin(phone)
    begin(phone)
    held: dict[str, Any] = phone.page.evaluate("({ ...localStorage, ...sessionStorage })")
    assert PIN not in json.dumps(held, ensure_ascii=False)
    assert set(held) <= {"observer-kit:tab", "observer-kit:locked"}


def test_two_drafts_and_a_report_are_there_behind_the_pin_after_the_browser_is_killed(
    locked_field: Field, playwright: Playwright, tmp_path: Path
) -> None:
    phone = phone_on_disk(playwright, tmp_path, locked_field).enrol()
    set_pin(phone)
    phone.context.set_offline(True)
    phone.fill_voting("152")
    phone.finish()
    begin(phone)
    phone.begin("incident")
    phone.turn("what")
    phone.page.locator("#q-in_text-value").press_sequentially("Нас попросили")
    phone.page.wait_for_timeout(200)
    kill_browser_of(tmp_path / "profile")
    locked_field.stop()
    again = phone_on_disk(playwright, tmp_path, locked_field)
    again.page.goto(again.address())
    is_locked(again.page)
    unlock(again.page)
    expect(again.page.locator("#today li")).to_have_count(3)
    again.page.locator("#today li", has_text="Station 151").locator("a").click()
    expect(again.page.locator("#q-env_unauthorised_present-yes")).to_be_checked()
    again.page.goto(again.address())
    again.page.locator("#today li", has_text="Incident report").locator("a").click()
    expect(again.page.locator("#q-in_text-value")).to_have_value("Нас попросили")
    locked_field.start()
    again.page.goto(again.address())
    again.wait_state("delivered")
    assert len(locked_field.stored()) == 1
    again.context.close()
