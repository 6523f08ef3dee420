"""Text from outside that looks like markup, in every place where a page shows it: it stays text, and nothing runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from observer_kit.checklists.model import Checklist, Choice, Question, Section
from observer_kit.checklists.versions import seal
from observer_kit.missions.model import Item, Location, Policy, Team
from observer_kit.storage import accounts, checklists, missions, register
from tests.browser import field as small
from tests.browser.conftest import Field, Phone
from tests.browser.staff import PASSWORD, sign_in

pytestmark = pytest.mark.browser

API = "**/api/submissions"
EVIL = """<img src=x onerror=ran()><script>ran()</script><a href="javascript:ran()">x</a>"'`{{7*7}}${7*7}&amp;"""


def evil(word: str) -> dict[str, str]:
    return small.text(*[f"{word} {EVIL}"] * 3)


def spoilt() -> Checklist:
    """Make a voting checklist whose every text is markup."""
    section = Section(
        "people",
        evil("Section"),
        (
            Question("arrival", "datetime", evil("Arrival")),
            Question(
                "env_unauthorised_present", "yes_no", evil("Question"), hint=evil("Hint"), not_observed=True,
                good=("no",), severity="serious",
            ),
            Question("kind", "select_one", evil("Kind"), choices=(Choice("a", evil("One")), Choice("b", evil("Two")))),
            Question("members", "integer", evil("Number"), minimum=0, constraint=". <= 5",
                     constraint_message=evil("Message")),
            Question("expelled", "yes_no", evil("Expelled"), good=("no",), call_now=True, severity="critical"),
            Question("comments", "text", evil("Words")),
        ),
    )  # fmt: skip
    return seal(Checklist("voting", "voting", "election", "core", evil("Voting"), (section,)))


@pytest.fixture(params=["open", "sealed"])
def field(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Field]:
    opened = Field(tmp_path / "data")
    policy = Policy(seal=request.param == "sealed")
    with opened.store.atomic() as tx:
        named = {"name": evil("Mission"), "event_name": evil("Event"), "country": evil("Country")}
        emergency = ({"label": f"Duty {EVIL}", "phone": f"+7 {EVIL}"},)
        candidates = (Item("c1", evil("Candidate")),)
        known = missions.get(tx, small.MISSION)
        missions.save(
            tx,
            replace(
                known, **named, organisation=EVIL, reconstruction=EVIL, emergency=emergency, candidates=candidates,
                policy=policy,
            ),
        )  # fmt: skip
        station = Location(
            "R-0144", "polling_station", f"School {EVIL}", region="KAR", number="144", zone="Asia/Almaty"
        )
        register.replace(tx, small.MISSION, [Location("KAR", "region", f"Region {EVIL}"), station])
        register.save_teams(tx, small.MISSION, [Team("T01", f"Team {EVIL}", "KAR")])
        checklists.publish(tx, small.MISSION, spoilt())
        accounts.create(tx, "coordinator", PASSWORD, {small.MISSION: "coordinator"})
    opened.start()
    yield opened
    opened.stop()
    opened.store.close()


def watch(page: Page) -> list[str]:
    """Give a list that fills with whatever runs or is refused on this page."""
    seen: list[str] = []
    page.expose_function("ran", lambda: seen.append(f"ran on {page.url}"))
    page.on("dialog", lambda dialog: (seen.append("a dialog"), dialog.dismiss()))
    page.on("request", lambda request: seen.append(request.url) if request.url.endswith("/x") else None)
    page.on("console", lambda said: seen.append(said.text) if "Content Security Policy" in said.text else None)
    return seen


def assert_text(page: Page, seen: list[str]) -> None:
    """Hold the page to it: no element came out of a text, and the text is there as it was written."""
    made = page.evaluate(
        """() => [...document.querySelectorAll('img[src="x"], [onerror], a[href^="javascript:"], script:not([src])')]
          .map((each) => each.outerHTML)"""
    )
    assert (made, seen) == ([], [])
    text = page.evaluate(
        "() => document.body.textContent + [...document.querySelectorAll('[title]')].map((e) => e.title)"
    )
    assert "<img src=x onerror=ran()>" in text, page.url
    assert "{{7*7}}${7*7}&amp;" in text, page.url


def test_markup_in_labels_names_and_replies_stays_text_on_the_phone(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field)
    seen = watch(phone.page)
    phone.enrol()
    phone.day()
    assert_text(phone.page, seen)
    phone.begin()
    phone.page.fill("#station-query", "<img")
    phone.page.wait_for_timeout(300)
    phone.page.fill("#station-query", "144")
    phone.page.locator("#station-found button").first.click()
    phone.page.locator("#station-chosen").wait_for()
    assert_text(phone.page, seen)
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    phone.page.fill("#q-members-value", "7")
    expect(phone.page.locator("[data-question=members] [data-rule]")).to_contain_text("Message <img")
    phone.page.fill("#q-comments-value", EVIL)
    phone.answer("expelled", "yes")
    phone.page.locator("#emergency").wait_for()
    assert_text(phone.page, seen)
    phone.page.click("#emergency-close")
    phone.turn("review")
    phone.page.locator("#review details.all-answers summary").click()
    assert_text(phone.page, seen)

    def refuse(route: Route) -> None:
        (sent,) = json.loads(route.request.post_data or "")["envelopes"]
        error = {"code": EVIL, "message": EVIL}
        route.fulfill(json={"results": [{"id": sent["id"], "status": "malformed", "error": error}]})

    phone.page.route(API, refuse)
    phone.finish()
    phone.wait_state("attention")
    assert_text(phone.page, seen)
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator("#reports")).to_contain_text("<img src=x onerror=ran()>")
    assert_text(phone.page, seen)


def test_a_station_that_the_observer_writes_down_is_text_on_every_list(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone = phones(field)
    seen = watch(phone.page)
    phone.enrol()
    phone.begin()
    phone.page.fill("#station-query", EVIL)
    phone.page.click("#station-unlisted")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    phone.saved()
    phone.day()
    expect(phone.page.locator("#today")).to_contain_text("<img src=x onerror=ran()>")
    assert_text(phone.page, seen)


def test_markup_in_a_report_stays_text_at_the_desk(
    field: Field, phones: Callable[..., Phone], browser: Browser
) -> None:
    phone = phones(field).enrol()
    phone.begin()
    phone.page.fill("#station-query", EVIL)
    phone.page.click("#station-unlisted")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    question = phone.page.locator("[data-question=env_unauthorised_present]")
    question.locator("summary").click()
    question.locator("textarea").first.fill(EVIL)
    phone.page.fill("#q-comments-value", EVIL)
    phone.finish()
    phone.wait_state("delivered")
    (envelope,) = field.stored()
    context = browser.new_context()
    desk = context.new_page()
    seen = watch(desk)
    sign_in(desk, field, "coordinator")
    for page in ("", "submissions", f"submissions/{envelope['id']}", "questions/voting",
                 "questions/voting/env_unauthorised_present", "teams"):  # fmt: skip
        answer = desk.goto(f"{field.url}/desk/{small.MISSION}/{page}")
        assert answer is not None
        assert answer.status == 200, page
        assert_text(desk, seen)
    desk.goto(f"{field.url}/desk/{small.MISSION}/submissions/{envelope['id']}")
    expect(desk.locator(".comment")).to_have_text(EVIL)
    context.close()


def test_a_test_that_watches_for_markup_would_see_it(field: Field, phones: Callable[..., Phone]) -> None:
    """Without this page's protection the watch fills: else all the tests above could not fail."""
    phone = phones(field)
    seen = watch(phone.page)
    phone.enrol()
    phone.page.evaluate("(evil) => { document.body.innerHTML = evil; }", EVIL)
    phone.page.wait_for_timeout(500)
    with pytest.raises(AssertionError):
        assert_text(phone.page, seen)
    assert seen != []
