"""A mission that has a PIN on its phones, and what a person does with one."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page, expect

from observer_kit.missions.model import Policy
from observer_kit.storage import missions
from tests.browser import field as small
from tests.browser.conftest import Field, Phone

PIN = "кілт 2026"


def ask_for_pin(field: Field, pin: str = "offered") -> None:
    """Let the mission offer or require a PIN; call before a phone enrols."""
    with field.store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, small.MISSION), policy=Policy(pin=pin)))


def set_pin(phone: Phone, pin: str = PIN) -> None:
    """Set a PIN on the page of this phone."""
    phone.page.goto(phone.address("phone"))
    phone.page.locator("#pin-do summary").click()
    type_pin(phone.page, pin)


def type_pin(page: Page, pin: str) -> None:
    """Fill in the form that sets a PIN, and wait until it holds."""
    page.fill("#pin-new", pin)
    page.fill("#pin-again", pin)
    page.locator(".pin-form button", has_text="Set the PIN").click()
    expect(page.locator(".pin-form .main", has_text="Set the PIN")).to_have_count(0)


def unlock(page: Page, pin: str = PIN) -> None:
    """Give the PIN to a locked page."""
    page.fill("#pin", pin)
    page.locator(".lock").get_by_role("button", name="Unlock").click()


def is_locked(page: Page) -> None:
    """Expect the lock, and nothing of the page beside it."""
    expect(page.locator(".lock")).to_be_visible()
    assert page.locator("main").count() == 0 or page.locator("main").is_hidden()
