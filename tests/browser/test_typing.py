"""Typing a report in without ever touching the mouse: keys give answers, Enter goes on, a lost page loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from observer_kit.storage import listing, submissions
from observer_kit.storage.filters import Filters
from tests.browser import field as small
from tests.browser.conftest import Field
from tests.browser.staff import hire, sign_in

pytestmark = pytest.mark.browser

NAME = "clerk"


@pytest.fixture
def desk(field: Field, browser: Browser) -> Iterator[Callable[..., Page]]:
    hire(field, NAME, "coordinator")
    contexts = []
    errors: list[str] = []

    def make(**more: Any) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 800}, **more)
        contexts.append(context)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        return sign_in(context.new_page(), field, NAME)

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def stored(field: Field) -> list[Any]:
    with field.store.reading() as tx:
        rows = listing.page(tx, small.MISSION, Filters(), 0, 10).rows
        return [submissions.get(tx, small.MISSION, row.id) for row in reversed(rows)]


def test_a_whole_report_is_typed_by_keys_alone(field: Field, desk: Callable[..., Page]) -> None:
    page = desk()
    page.mouse.click = None  # type: ignore[method-assign]  # whoever reaches for the mouse fails
    page.goto(f"{field.url}/desk/test/typing")
    keys = page.keyboard
    expect(page.locator("#team")).to_be_focused()
    keys.type("1")  # T01
    keys.press("Enter")
    keys.type("144")
    keys.press("Enter")
    keys.press("2")  # paper
    keys.press("1")  # the first checklist
    keys.press("Enter")
    page.wait_for_url("**/typing/*station=144*")
    expect(page.locator("#said-station")).to_contain_text("R-0144")
    expect(page.locator("[name=arrival]").first).to_be_focused()
    keys.type("745")
    keys.press("Enter")
    keys.type("8:20")
    keys.press("Enter")
    keys.press("2")  # rural
    keys.press("4")  # told to leave: not observed
    keys.press("2")  # no unauthorised people: so the next question is not asked
    expect(page.locator("[name=env_members_present]").first).to_be_focused()
    keys.type("7")
    keys.press("Enter")
    keys.type("9")  # more women than members
    keys.press("Enter")
    keys.press("1")
    keys.press("3")
    keys.press("Enter")
    expect(page.locator("[data-question=env_women_members] [data-rule]")).to_contain_text("More women than members")
    keys.press("3")  # bad
    expect(page.locator("[name=comments]")).to_be_focused()
    keys.type("seen from the door")
    keys.press("Shift+Enter")
    keys.press("c")  # a comment on the rating
    keys.type("queue outside")
    keys.press("Control+Enter")
    expect(page.locator("#wrong")).to_contain_text("More women than members")
    expect(page.locator("[name=env_women_members]").first).to_be_focused()  # led to what is doubted
    keys.type("3")
    keys.press("Control+Enter")
    page.wait_for_url("**/desk/test/typing?source=paper")
    expect(page.locator("#team")).to_be_focused()  # ready for the next one
    [one] = stored(field)
    judged = one.submission
    assert (judged.team, judged.location, one.via) == ("T01", "R-0144", "paper")
    assert (judged.problems, judged.findings) == ((), ())
    assert {
        name: value for name, value in judged.answers.items() if name not in ("arrival", "departure") and value
    } == {
        "env_urban_rural": "rural", "env_observer_expelled": "not_observed", "env_unauthorised_present": "no",
        "env_members_present": 7, "env_women_members": 3, "env_parties_represented": ["p1", "p3"],
        "vo_overall": "bad", "comments": "seen from the door",
    }  # fmt: skip
    assert judged.answers["arrival"].startswith("2026-11-22T07:45")
    assert judged.comments == {"vo_overall": "queue outside"}


KAZAKH = {"2": "ә", "3": "і", "7": "қ", "1": '"'}


def press(page: Page, digit: str) -> None:
    """Press a digit's key on a Kazakh keyboard, whose row of digits has letters."""
    page.evaluate(
        """([code, key]) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }))""",
        [f"Digit{digit}", KAZAKH[digit]],
    )


def test_keys_are_taken_by_their_place_on_the_keyboard(field: Field, desk: Callable[..., Page]) -> None:
    page = desk()
    page.goto(f"{field.url}/desk/test/typing/{field.version('voting')}?team=T01&station=144&source=phone")
    expect(page.locator("[name=arrival]").first).to_be_focused()
    for digit in "721":
        press(page, digit)
    expect(page.locator("[name=arrival]").first).to_have_value("721")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    press(page, "2")
    expect(page.locator("[name=env_urban_rural][value=rural]")).to_be_checked()
    press(page, "2")
    press(page, "1")
    expect(page.locator("[data-question=env_interference]")).not_to_have_attribute("data-off", "")
    page.keyboard.press("Backspace")  # on the next question: nothing is chosen there yet
    expect(page.locator("[name=env_unauthorised_present][value=yes]")).to_be_checked()


def test_a_page_that_is_lost_goes_on_where_it_was(field: Field, desk: Callable[..., Page]) -> None:
    page = desk()
    page.goto(f"{field.url}/desk/test/typing/{field.version('voting')}?team=T01&station=144&source=phone")
    page.keyboard.type("745")
    page.keyboard.press("Enter")
    expect(page.locator("#kept")).not_to_be_empty()
    page.wait_for_url("**draft=*")
    address = page.url
    page.close(run_before_unload=False)
    again = page.context.new_page()
    again.goto(address)
    expect(again.locator("[name=arrival]").first).to_have_value("07:45")
    expect(again.locator("[name=departure]").first).to_be_focused()
    assert stored(field) == []


def test_without_javascript_the_page_is_a_plain_form(field: Field, desk: Callable[..., Page]) -> None:
    page = desk(java_script_enabled=False)
    page.goto(f"{field.url}/desk/test/typing/{field.version('voting')}?team=T01&station=144&source=phone")
    page.fill("[name=arrival][type=text]", "0745")
    page.check("[name=vo_overall][value=good]")
    page.check("[name=env_unauthorised_present][value=no]")
    page.click("[value=send]")
    if page.locator("[value=store]").count():
        page.click("[value=store]")
    [one] = stored(field)
    assert one.submission.answers["vo_overall"] == "good"
    assert one.submission.answers["arrival"].startswith("2026-11-22T07:45")
