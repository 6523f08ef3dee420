"""Every page at its narrowest, in every language, light and dark: nothing cut off, nothing unreadable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser


def walk(phone: Phone, look: Callable[[Page, str], None]) -> None:
    """Go through all pages and states of an observer's day, looking at each."""
    page = phone.page
    page.goto(phone.address())
    expect(page.locator("#stranger")).to_be_visible()
    look(page, "not enrolled")
    page.goto(phone.address("enrol"))
    look(page, "enrol")
    phone.enrol()
    look(page, "enrolled")
    phone.begin()
    page.fill("#station-query", "15")
    page.locator("#station-found button").first.wait_for()
    look(page, "station search")
    page.locator("#station-found button").first.click()
    page.locator("#contents > summary").click()
    page.locator(".discard summary").click()
    look(page, "contents")
    page.locator("#contents > summary").click()
    phone.turn("frame")
    phone.answer("env_observer_expelled", "yes")
    look(page, "emergency")
    page.click("#emergency-close")
    look(page, "frame")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "yes")
    page.fill("#q-env_members_present-value", "5")
    page.fill("#q-env_women_members-value", "6")
    page.locator("#q-env_interference summary").click()
    look(page, "people")
    phone.turn("overall")
    phone.answer("vo_overall", "bad")
    look(page, "overall")
    phone.turn("review")
    page.locator(".all-answers summary").click()
    look(page, "review")
    phone.context.set_offline(True)
    page.wait_for_timeout(800)
    page.click("#next")
    page.wait_for_url("**/o/*/")
    expect(page.locator("#today li")).to_have_count(1)
    look(page, "day, waiting")
    page.goto(phone.address("queue"))
    expect(page.locator(".reports li")).to_have_count(1)
    look(page, "queue, waiting")
    phone.context.set_offline(False)
    expect(page.locator(".pill.good")).to_have_count(1)
    page.locator(".reports summary").click()
    look(page, "queue, delivered")
    phone.begin("protocol")
    phone.turn("result")
    look(page, "protocol")
    phone.day()
    look(page, "day")
    page.goto(phone.address("missing"))
    look(page, "missing")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ru", "light"), ("kk", "dark")])
def test_no_page_scrolls_sideways_or_hides_a_word_at_320_px_and_axe_finds_nothing(
    field: Field, phones: Callable[..., Phone], language: str, scheme: str
) -> None:
    phone = phones(field, language, viewport={"width": 320, "height": 568}, color_scheme=scheme, bypass_csp=True)
    wide: list[str] = []
    small: list[str] = []
    found: list[str] = []
    seen: list[str] = []

    def look(page: Page, name: str) -> None:
        seen.append(name)
        found.extend(f"{name}: {each['id']}: {[node['html'][:120] for node in each['nodes']]}"
                     for each in Axe().run(page).response["violations"])  # fmt: skip
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
        cut = page.evaluate(
            """() => [...document.querySelectorAll("h1, h2, p, a, button, label, legend, summary, b, small, .pill")]
                .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1
                    && getComputedStyle(each).display !== "inline")
                .map((each) => each.textContent.trim().slice(0, 40))"""
        )
        wide.extend(f"{name}: {text}" for text in cut)
        low = page.evaluate(
            """() => [...document.querySelectorAll(
                    "a.button, button, .answer label, .entry, summary, .languages a, .list a")]
                .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 47.5
                    && !(each.tagName === "SUMMARY" && each.parentElement.open))
                .map((each) => each.textContent.trim().slice(0, 40) || each.id)"""
        )
        small.extend(f"{name}: {text}" for text in low)

    walk(phone, look)
    assert wide == []
    assert small == []
    assert found == []
    assert len(seen) == 16


def test_a_checklist_is_filled_in_by_keyboard_alone(field: Field, phone: Phone) -> None:
    phone.begin()
    page = phone.page
    page.locator("#station-query").focus()
    page.keyboard.type("146")
    page.keyboard.press("Enter")
    expect(page.locator("#station-name")).to_have_text("Station 146")
    phone.turn("people")
    page.locator("#q-env_unauthorised_present-yes").focus()
    page.keyboard.press("Space")
    assert page.is_checked("#q-env_unauthorised_present-yes")
    page.keyboard.press("ArrowRight")
    assert page.is_checked("#q-env_unauthorised_present-no")
    page.keyboard.press("Delete")
    assert not page.is_checked("#q-env_unauthorised_present-no")


def test_a_rebuilt_mission_says_so_on_every_page(field: Field, phone: Phone) -> None:
    line = "Reconstruction from published figures; not issued by OSCE/ODIHR"
    phone.day()
    expect(phone.page.locator("#rebuilt")).to_have_text(line)
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator("#rebuilt")).to_have_text(line)
    phone.begin()
    expect(phone.page.locator("#rebuilt")).to_have_text(line)
