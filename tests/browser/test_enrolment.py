"""A phone joins its team, and no lost reply, second tab, mistyped code or withdrawal costs it anything."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from observer_kit.storage import devices, enrolment
from observer_kit.storage.enrolment import Sheet
from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser
ENROL = "**/api/enrol"
MISSION = "test"


def phones_of(field: Field) -> list[devices.Device]:
    with field.store.reading() as tx:
        return [each for each in devices.all(tx, MISSION) if each.kind == "phone"]


def sheet(field: Field, team: str = "T01") -> Sheet:
    labels = {"1": "Phone 1", "2": "Phone 2", "spare": "Spare"}
    with field.store.atomic() as tx:
        return enrolment.sheets(tx, MISSION, [team], labels)[0]


def redeem(phone: Phone, code: str) -> None:
    phone.page.goto(phone.address(f"enrol#{code}"))
    phone.page.click("#redeem")


def identity(phone: Phone) -> dict[str, str] | None:
    found: dict[str, str] | None = phone.page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("observer-kit");
          request.onsuccess = () => {
            const get = request.result.transaction("settings").objectStore("settings").get("identity");
            get.onsuccess = () => {
              request.result.close();
              resolve(get.result ? { device: get.result.device, team: get.result.team } : null);
            };
          };
        })"""
    )
    return found


def lose(route: Route) -> None:
    route.fetch()
    route.abort()


def test_a_lost_reply_costs_no_code_when_the_button_is_pressed_again(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone = phones(field)
    phone.context.route(ENROL, lose)
    redeem(phone, field.code())
    expect(phone.page.locator("#notice")).to_contain_text("No answer")
    [first] = phones_of(field)
    phone.context.unroute(ENROL)
    phone.page.click("#redeem")
    phone.page.locator("#done").wait_for()
    assert [each.id for each in phones_of(field)] == [first.id]
    assert identity(phone) == {"device": first.id, "team": "T01"}


def test_a_lost_reply_costs_no_code_when_the_page_was_closed_meanwhile(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone = phones(field)
    phone.context.route(ENROL, lose)
    code = field.code()
    redeem(phone, code.lower().replace("-", " "))
    expect(phone.page.locator("#notice")).to_contain_text("No answer")
    phone.page.close()
    phone.context.unroute(ENROL)
    phone.page = phone.context.new_page()
    phone.page.goto(phone.address("enrol"))
    expect(phone.page.locator("#notice")).to_contain_text("the code is not lost")
    expect(phone.page.locator("#code")).to_have_value(code)
    phone.page.click("#redeem")
    phone.page.locator("#done").wait_for()
    assert len(phones_of(field)) == 1
    phone.page.goto(phone.address("enrol"))
    expect(phone.page.locator("#redeem")).to_be_enabled()
    expect(phone.page.locator("#code")).to_have_value("")


def test_a_code_that_was_refused_is_not_offered_again(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field)
    redeem(phone, "0000-0000-0000")
    expect(phone.page.locator("#notice")).to_contain_text("not accepted")
    phone.page.goto(phone.address("enrol"))
    expect(phone.page.locator("#redeem")).to_be_enabled()
    expect(phone.page.locator("#code")).to_have_value("")


def test_a_pause_after_many_wrong_codes_is_said_calmly_with_its_length(
    field: Field, phones: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrolment, "PER_SOURCE", 2)
    phone = phones(field)
    for _ in range(2):
        redeem(phone, "0000-0000-0000")
        expect(phone.page.locator("#notice")).to_contain_text("not accepted")
    redeem(phone, field.code())
    notice = phone.page.locator("#notice")
    expect(notice).to_contain_text("Try again in 15 minutes")
    expect(notice).to_contain_text("your code stays good")
    monkeypatch.setattr(enrolment, "PER_SOURCE", 3)
    phone.page.click("#redeem")
    phone.page.locator("#done").wait_for()


def test_all_phones_of_a_sheet_see_the_same_mission_and_the_spare_takes_over(
    field: Field, phones: Callable[..., Phone]
) -> None:
    codes = sheet(field).codes
    seen = []
    for name in ("1", "spare"):
        phone = phones(field)
        redeem(phone, codes[name])
        phone.page.locator("#done").wait_for()
        expect(phone.page.locator("#offline")).to_contain_text("open without a network")
        phone.accept().day()
        seen.append((phone.page.inner_text("#who"), phone.page.inner_text("#start")))
    assert seen[0] == seen[1]
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    assert [each.label for each in phones_of(field)] == ["Phone 1", "Spare"]
    assert field.stored()[0]["device"] == phones_of(field)[1].id


def test_a_code_that_another_phone_used_enrols_nobody(field: Field, phones: Callable[..., Phone]) -> None:
    code = field.code()
    redeem(phones(field), code)
    second = phones(field)
    redeem(second, code)
    expect(second.page.locator("#notice")).to_contain_text("already used")
    assert len(phones_of(field)) == 1
    assert identity(second) is None


def test_a_phone_that_enrols_anew_keeps_and_delivers_what_waits_under_its_first_name(
    field: Field, phone: Phone
) -> None:
    phone.context.route("**/api/submissions", lambda route: route.abort())
    phone.fill_voting()
    phone.finish()
    phone.wait_state("waiting")
    first = identity(phone)
    assert first is not None
    phone.enrol("T02")
    assert identity(phone) != first
    phone.context.unroute("**/api/submissions")
    phone.day()
    phone.wait_state("delivered")
    [stored] = field.stored()
    assert stored["device"] == first["device"]
    assert not stored["quarantine"]


def test_a_withdrawn_phone_says_kept_apart_and_loses_nothing(field: Field, phone: Phone) -> None:
    """What it holds is still delivered, by the desk seen, and not counted; its drafts stay (DESIGN.md, 10)."""
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting("144")
    phone.finish()
    phone.fill_voting("145")
    phone.finish()
    phone.begin()
    phone.station("146")
    phone.turn("people")
    phone.page.fill("#q-env_members_present-value", "9")
    phone.saved()
    kept = phone.records()
    [revoked] = phones_of(field)
    with field.store.atomic() as tx:
        devices.revoke(tx, revoked.id, None)
    phone.context.set_offline(False)
    phone.day()
    phone.wait_state("delivered", 2)
    expect(phone.page.locator("#offline")).to_contain_text("stored apart and not counted")
    expect(phone.page.locator("#state-note")).to_contain_text("set aside and not counted yet")
    assert sorted(row["id"] for row in field.stored()) == sorted(each["id"] for each in kept)
    assert {row["quarantine"] for row in field.stored()} == {"device_revoked"}
    for before, after in zip(kept, phone.records(), strict=True):
        assert after["raw"] == before["raw"]
        assert after["envelope"] == before["envelope"]
        assert after["quarantined"]
        assert after["receipt"]["id"] == before["id"]
    [draft] = phone.records("drafts")
    assert draft["answers"]["env_members_present"]
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator(".reports").get_by_text("set aside and not counted yet")).to_have_count(2)


def test_on_an_iphone_the_home_screen_comes_first(field: Field, phones: Callable[..., Phone]) -> None:
    """Safari erases a site's data after seven days without a visit; the home screen's page has a store of its own."""
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"
    )
    phone = phones(field, user_agent=agent)
    phone.page.goto(phone.address("enrol"))
    expect(phone.page.locator("#ios")).to_contain_text("Add to Home Screen")
    other = phones(field)
    other.page.goto(other.address("enrol"))
    expect(other.page.locator("#redeem")).to_be_enabled()
    expect(other.page.locator("#ios")).to_be_hidden()


def test_the_code_leaves_the_address_once_it_is_used(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field)
    redeem(phone, field.code())
    phone.page.locator("#done").wait_for()
    assert re.search(r"/o/en/enrol$", phone.page.url)
