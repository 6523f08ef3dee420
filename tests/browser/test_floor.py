"""The phone floor: the same day in a browser without the newer programming interfaces."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser

OLDER = """
delete Navigator.prototype.locks;
delete Crypto.prototype.randomUUID;
if (window.StorageManager) {
  delete StorageManager.prototype.persist;
  delete StorageManager.prototype.persisted;
}
delete window.BroadcastChannel;
delete window.structuredClone;
delete Array.prototype.at;
delete Array.prototype.findLast;
delete Object.hasOwn;
delete String.prototype.replaceAll;
delete window.HTMLDialogElement;
"""


def test_the_day_goes_the_same_way_without_the_newer_interfaces(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field)
    phone.context.add_init_script(OLDER)
    phone.enrol()
    assert phone.page.evaluate("[typeof navigator.locks, typeof crypto.randomUUID, typeof BroadcastChannel]") == [
        "undefined",
        "undefined",
        "undefined",
    ]
    other = phone.context.new_page()
    other.goto(phone.address())
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    phone.wait_state("waiting")
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    [stored] = field.stored()
    assert stored["id"] == phone.records()[0]["id"]


def test_two_tabs_on_one_report_take_turns_without_web_locks(field: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(field)
    phone.context.add_init_script(OLDER)
    phone.enrol()
    phone.begin()
    phone.station("151")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    phone.saved()
    second = phone.context.new_page()
    second.goto(phone.page.url)
    expect(second.locator("#notice")).to_contain_text("open in another tab")
    assert second.is_disabled("#q-env_unauthorised_present-yes")
    phone.page.wait_for_timeout(7000)  # longer than a lease that nobody renews
    assert second.is_disabled("#q-env_unauthorised_present-yes")
    phone.page.close()
    expect(second.locator("#q-env_unauthorised_present-yes")).to_be_enabled()
    expect(second.locator("#contents")).to_be_visible()  # shown when the answers are in place
    expect(second.locator("#notice")).to_be_hidden()
    assert second.is_checked("#q-env_unauthorised_present-no")
