"""The desk in a real browser: a report arrives and its number changes, with no reload, few questions, and in peace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from observer_kit import clock
from observer_kit.storage import devices
from observer_kit.storage.intake import Intake
from tests.browser import field as small
from tests.browser.conftest import Field
from tests.browser.staff import hire, sign_in

pytestmark = pytest.mark.browser

NAME = "coordinator"
MOST_IN_A_MINUTE = 4
MINUTE = 60_000


def send(field: Field, checklist: str = "voting") -> None:
    """Hand one report in, as a phone's arrives."""
    with field.store.atomic() as tx:
        device = devices.office(tx, small.MISSION, "demo")
    payload = json.dumps({"location": None, "team": "T01", "answers": {}, "comments": {}})
    envelope = {
        "id": clock.new_id(), "mission": small.MISSION, "checklist": checklist, "version": field.version(checklist),
        "visit": clock.new_id(), "supersedes": None, "device": device.id, "clock": clock.stamp(clock.now()),
        "hash": hashlib.sha256(payload.encode()).hexdigest(), "sealed": None, "signature": None, "payload": payload,
    }  # fmt: skip
    result = Intake(field.store, field.app.extensions["config"]).receive([envelope], device=device, via="demo")[0]
    assert result["status"] == "stored", result


@pytest.fixture
def desk(field: Field, browser: Browser) -> Iterator[Page]:
    """Give the day page, signed in, with a clock that the test winds."""
    hire(field, NAME, "coordinator")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.clock.install()
    sign_in(page, field, NAME)
    page.asked = []  # type: ignore[attr-defined]
    page.on("request", lambda request: page.asked.append(request.url))  # type: ignore[attr-defined]
    yield page
    context.close()


def asked(page: Page) -> list[str]:
    return [url for url in page.asked if "live.json" in url]  # type: ignore[attr-defined]


def a_minute(page: Page) -> None:
    """Let a minute pass in steps, so that each answer is there before the next question."""
    for _ in range(12):
        page.clock.run_for(MINUTE // 12)
        page.evaluate("1")


def test_a_report_arrives_and_its_number_changes_without_a_reload(field: Field, desk: Page) -> None:
    send(field)
    desk.goto(f"{field.url}/desk/{small.MISSION}/")
    number = desk.locator('[data-live=stages] a[href*="checklist=voting"]')
    expect(number).to_have_text("1")
    desk.evaluate("window.same = true")
    send(field)
    send(field)
    desk.clock.run_for(25_000)
    expect(number).to_have_text("3")
    expect(desk.get_by_role("status")).to_contain_text("2 new reports")
    assert desk.evaluate("window.same")
    assert desk.locator("[data-live=latest] li").count() == 3


def test_an_open_page_asks_seldom_and_a_hidden_one_not_at_all(field: Field, desk: Page) -> None:
    desk.goto(f"{field.url}/desk/{small.MISSION}/")
    a_minute(desk)
    first = len(asked(desk))
    assert 1 <= first <= MOST_IN_A_MINUTE
    desk.evaluate(
        "() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }"
    )
    a_minute(desk)
    assert len(asked(desk)) == first
    send(field)
    with desk.expect_response(lambda reply: "live.json" in reply.url):
        desk.evaluate(
            "() => { Object.defineProperty(document, 'hidden', { value: false, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
    expect(desk.get_by_role("status")).to_contain_text("1 new report")


def test_a_server_that_fails_is_asked_less_and_less(field: Field, desk: Page) -> None:
    desk.goto(f"{field.url}/desk/{small.MISSION}/")
    desk.route("**/live.json*", lambda route: route.fulfill(status=503))
    for _ in range(5):
        a_minute(desk)
    assert len(asked(desk)) <= 5
    desk.unroute("**/live.json*")
    send(field)
    for _ in range(7):
        a_minute(desk)
    expect(desk.locator('[data-live=stages] a[href*="checklist=voting"]')).to_have_text("1")


def test_a_list_is_left_as_it_stands_and_says_quietly_what_is_new(field: Field, desk: Page) -> None:
    send(field)
    desk.goto(f"{field.url}/desk/{small.MISSION}/submissions")
    search = desk.locator("[name=search]")
    search.fill("half a wo")
    rows = desk.locator("tbody tr")
    expect(rows).to_have_count(1)
    send(field, "incident")
    desk.clock.run_for(25_000)
    expect(desk.get_by_role("status")).to_contain_text("1 new report · 1 new incident among them")
    expect(rows).to_have_count(1)
    expect(search).to_be_focused()
    assert search.input_value() == "half a wo"
    desk.get_by_role("button", name="Show", exact=True).last.click()
    expect(rows).to_have_count(2)


def test_a_part_that_is_in_use_is_not_changed_under_the_hand(field: Field, desk: Page) -> None:
    send(field)
    desk.goto(f"{field.url}/desk/{small.MISSION}/")
    link = desk.locator('[data-live=stages] a[href*="checklist=voting"]')
    link.focus()
    send(field)
    desk.clock.run_for(25_000)
    expect(desk.locator("[data-live=latest] li")).to_have_count(2)
    expect(link).to_have_text("1")
    expect(link).to_be_focused()
    link.blur()
    desk.clock.run_for(25_000)
    expect(link).to_have_text("2")
