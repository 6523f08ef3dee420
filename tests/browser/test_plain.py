"""Without scripts: open, fill in, send; stored whatever was answered, once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Field

pytestmark = pytest.mark.browser


@pytest.fixture
def page(field: Field, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="en")
    opened = context.new_page()
    opened.goto(f"{field.url}/plain/")
    yield opened
    context.close()


def sign_in(field: Field, page: Page) -> None:
    page.fill("#code", field.code())
    page.click("button[type=submit]")
    expect(page.locator("h1")).to_have_text("Fill in a checklist")


def open_voting(field: Field, page: Page) -> None:
    sign_in(field, page)
    page.get_by_role("link", name="Voting").click()
    expect(page.locator("h1")).to_have_text("Voting")


def test_a_wrong_code_opens_nothing(page: Page) -> None:
    page.fill("#code", "NOPE-NOPE-NOPE")
    page.click("button[type=submit]")
    expect(page.get_by_role("alert")).to_contain_text("The code was not accepted")


def test_a_checklist_is_filled_in_and_stored_unsigned_with_a_receipt(field: Field, page: Page) -> None:
    open_voting(field, page)
    page.fill("#station-name", "144")
    page.fill("#q-arrival-value", "2026-11-22T10:05")
    page.check("#q-env_unauthorised_present-no")
    page.fill("#q-env_members_present-value", "0")
    page.check("#q-env_women_members-not_observed")
    page.check("#q-vo_overall-good")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("h1")).to_have_text("Fill in a checklist")
    [stored] = field.stored()
    sent = json.loads(stored["payload"])
    assert sent["location"] == "R-0144"
    assert sent["team"] == "T01"
    assert sent["answers"]["env_members_present"] == 0
    assert sent["answers"]["env_women_members"] == "not_observed"
    assert sent["answers"]["arrival"].startswith("2026-11-22T10:05:00+")
    assert stored["signature"] is None
    assert not stored["quarantine"]
    receipt = stored["id"].replace("-", "").upper()
    expect(page.locator(".reports")).to_contain_text(f"Receipt {receipt[:4]}-{receipt[4:6]}")


def test_errors_stand_beside_the_questions_and_the_report_is_stored_all_the_same(field: Field, page: Page) -> None:
    open_voting(field, page)
    page.fill("#station-name", "Дом культуры")
    page.fill("#q-env_members_present-value", "пять")
    page.check("#q-env_unauthorised_present-no")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Delivered. Receipt")
    expect(page.locator("#q-env_members_present [role=alert]")).to_be_visible()
    assert page.input_value("#q-env_members_present-value") == "пять"
    [stored] = field.stored()
    assert json.loads(stored["payload"])["location_name"] == "Дом культуры"
    page.fill("#q-env_members_present-value", "5")
    page.get_by_role("button", name="Send the correction").click()
    expect(page.locator("h1")).to_have_text("Fill in a checklist")
    first, second = field.stored()
    assert second["supersedes"] == first["id"]
    assert second["visit"] == first["visit"]
    assert json.loads(second["payload"])["answers"]["env_members_present"] == 5


def test_checking_shows_what_is_wrong_and_sends_nothing(field: Field, page: Page) -> None:
    open_voting(field, page)
    page.fill("#q-env_members_present-value", "-1")
    page.get_by_role("button", name="Check without sending").click()
    expect(page.get_by_role("status")).to_contain_text("Nothing is sent yet")
    expect(page.locator("#q-env_members_present [role=alert]")).to_be_visible()
    assert field.stored() == []


def test_the_same_page_sent_twice_is_one_report(field: Field, page: Page) -> None:
    open_voting(field, page)
    page.check("#q-env_unauthorised_present-no")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("h1")).to_have_text("Fill in a checklist")
    page.go_back()
    if page.is_checked("#q-env_unauthorised_present-no"):
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator("h1")).to_have_text("Fill in a checklist")
    [stored] = field.stored()
    assert stored["checklist"] == "voting"


def test_the_plain_pages_are_never_cached_and_forms_need_their_token(field: Field) -> None:
    client = field.app.test_client()
    answer = client.get("/plain/en/")
    assert answer.headers["Cache-Control"] == "no-store"
    refused = client.post("/plain/en/enrol", data={"code": field.code()})
    assert refused.status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert token is not None
    accepted = client.post("/plain/en/enrol", data={"code": field.code(), "csrf_token": token[1]})
    assert accepted.status_code == 303


def test_a_withdrawn_session_is_asked_for_a_new_code(field: Field, page: Page) -> None:
    from observer_kit.storage import devices

    sign_in(field, page)
    with field.store.atomic() as tx:
        [phone] = [each for each in devices.all(tx, "test") if each.kind == "phone"]
        devices.revoke(tx, phone.id, None)
    page.reload()
    expect(page.locator("#code")).to_be_visible()
