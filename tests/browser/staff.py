"""People at the desk and in the office: how one signs in."""

from __future__ import annotations

from playwright.sync_api import Page

from observer_kit.storage import accounts
from tests.browser import field as small
from tests.browser.conftest import Field

PASSWORD = "long enough to be one"


def hire(field: Field, name: str, role: str, mission: str = small.MISSION) -> None:
    """Give somebody an account."""
    with field.store.atomic() as tx:
        accounts.create(tx, name, PASSWORD, {mission: role})


def sign_in(page: Page, field: Field, name: str) -> Page:
    """Sign in by keys; gives the page."""
    page.goto(f"{field.url}/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)
    return page
