"""Taking a draft away: only on the observer's word, and only that draft."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser


def begin(phone: Phone, station: str) -> str:
    phone.begin()
    phone.station(station)
    phone.saved()
    phone.page.wait_for_timeout(200)
    return phone.page.url


def test_a_draft_is_discarded_from_its_contents_after_a_confirmation_in_words(field: Field, phone: Phone) -> None:
    begin(phone, "144")
    begin(phone, "145")
    phone.page.click("#contents > summary")
    phone.page.get_by_text("Discard this draft").click()
    expect(phone.page.locator(".discard")).to_contain_text("can’t be brought back")
    phone.page.wait_for_timeout(200)
    assert len(phone.records("drafts")) == 2
    phone.page.get_by_role("button", name="Erase the draft").click()
    phone.page.wait_for_url("**/o/en/")
    expect(phone.page.locator("#today li")).to_have_count(1)
    assert [draft["location"] for draft in phone.records("drafts")] == ["R-0144"]
    assert field.stored() == []


def test_a_draft_whose_checklist_is_gone_is_discarded_from_the_list_of_reports(phone: Phone) -> None:
    begin(phone, "144")
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_text("Discard this draft").click()
    phone.page.get_by_role("button", name="Erase the draft").click()
    expect(phone.page.locator("#nothing")).to_be_visible()
    assert phone.records("drafts") == []


def test_a_draft_that_is_open_in_another_tab_is_not_discarded_from_the_list(phone: Phone) -> None:
    address = begin(phone, "144")
    other = phone.context.new_page()
    other.goto(address)
    expect(other.locator("#notice")).to_contain_text("open in another tab")
    other.goto(phone.address("queue"))
    other.get_by_text("Discard this draft").click()
    other.get_by_role("button", name="Erase the draft").click()
    expect(other.locator(".discard")).to_contain_text("It is open in another tab")
    assert len(phone.records("drafts")) == 1


def test_a_refused_report_can_be_mended_again_when_its_new_draft_was_discarded(phone: Phone) -> None:
    def refuse(route: Route) -> None:
        sent = json.loads(route.request.post_data or "")["envelopes"]
        error = {"code": "malformed", "message": "no"}
        results = [{"id": each["id"], "status": "malformed", "error": error} for each in sent]
        route.fulfill(status=200, content_type="application/json", body=json.dumps({"results": results}))

    phone.page.route("**/api/submissions", refuse)
    phone.fill_voting()
    phone.finish()
    phone.wait_state("attention")
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_role("button", name="Mend and send as a new report").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.page.click("#contents > summary")
    phone.page.get_by_text("Discard this draft").click()
    phone.page.get_by_role("button", name="Erase the draft").click()
    phone.page.wait_for_url("**/o/en/")
    phone.page.goto(phone.address("queue"))
    expect(phone.page.get_by_role("button", name="Mend and send as a new report")).to_be_visible()
    assert phone.records("drafts") == []
