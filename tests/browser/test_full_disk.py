"""A full disk, really full: nothing that is on the screen is lost, and nothing is said to be saved that is not.

What happens elsewhere: saves that fail until a reload (enketo PR 1576), drafts and photos that fail together
(enketo 953).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Field, Phone
from tests.browser.pins import ask_for_pin, is_locked, set_pin, unlock

pytestmark = pytest.mark.browser


SMALL = 20_000_000

# The browser remembers for a while how much room there was; asked for more than that, it looks again.
LOOK_AGAIN = """
(bytes) => new Promise((resolve) => {
  const request = indexedDB.open("observer-kit");
  request.onsuccess = () => {
    const transaction = request.result.transaction("settings", "readwrite");
    transaction.objectStore("settings").put(new Uint8Array(bytes), "ballast");
    const done = (kept) => { request.result.close(); resolve(kept); };
    transaction.oncomplete = () => done(true);
    transaction.onabort = () => done(false);
  };
})
"""


class Disk:
    """The room that the browser gives to the phone's origin: little, and at times none."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.session = phone.context.new_cdp_session(phone.page)
        self.give(SMALL)

    def give(self, size: int) -> None:
        self.session.send("Storage.overrideQuotaForOrigin", {"origin": self.phone.field.url, "quotaSize": size})

    @contextmanager
    def full(self) -> Iterator[None]:
        self.give(1)
        assert self.phone.page.evaluate(LOOK_AGAIN, SMALL) is False
        yield
        self.give(SMALL)


@pytest.fixture
def small_phone(field: Field, phones: Callable[..., Phone]) -> Callable[..., tuple[Phone, Disk]]:
    """Give an enrolled phone and its disk."""

    def make(language: str = "en") -> tuple[Phone, Disk]:
        phone = phones(field, language)
        disk = Disk(phone)
        return phone.enrol(), disk

    return make


SmallPhone = Callable[..., tuple[Phone, Disk]]


@pytest.mark.parametrize(
    ("language", "said", "where"),
    [
        ("en", "NOT saved", "no free space"),
        ("ru", "НЕ сохранено", "нет свободного места"),
        ("kk", "САҚТАЛМАДЫ", "бос орын жоқ"),
    ],
)
def test_a_change_that_does_not_fit_stays_on_the_screen_and_is_saved_as_soon_as_there_is_room(
    small_phone: SmallPhone, language: str, said: str, where: str
) -> None:
    phone, disk = small_phone(language)
    phone.begun()
    page = phone.page
    with disk.full():
        page.fill("#q-env_members_present-value", "7")
        expect(page.locator("#saved")).to_have_text(said)
        expect(page.locator("#notice")).to_contain_text(where)
        expect(page.locator("#notice a")).to_have_attribute("target", "_blank")
        page.wait_for_timeout(4000)  # tried again, in vain
        expect(page.locator("#saved")).to_have_text(said)
        assert page.input_value("#q-env_members_present-value") == "7"
        assert "env_members_present" not in phone.records("drafts")[0]["answers"]
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator("#saved")).not_to_have_text(said)
    assert phone.records("drafts")[0]["answers"]["env_members_present"] == "7"


def test_the_page_asks_before_it_is_left_with_something_unsaved(small_phone: SmallPhone) -> None:
    phone, disk = small_phone()
    phone.begun()
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    phone.page.on("dialog", stay)
    with disk.full():
        phone.page.fill("#q-env_members_present-value", "7")
        expect(phone.page.locator("#saved")).to_have_text("NOT saved")
        phone.page.locator(".back").click(no_wait_after=True)
        phone.page.wait_for_timeout(500)
        assert asked == ["beforeunload"]
        assert phone.page.input_value("#q-env_members_present-value") == "7"
    expect(phone.page.locator("#notice")).to_be_hidden()
    phone.page.locator(".back").click()
    phone.page.wait_for_url("**/o/en/")
    assert asked == ["beforeunload"]


def test_finishing_on_a_full_disk_keeps_the_draft_and_is_done_when_there_is_room(
    field: Field, small_phone: SmallPhone
) -> None:
    phone, disk = small_phone()
    phone.begun()
    page = phone.page
    phone.turn("review")
    page.wait_for_timeout(800)
    with disk.full():
        page.click("#next")
        expect(page.locator("#notice")).to_contain_text("Not finished: the phone has no free space")
        assert [len(phone.records(shop)) for shop in ("drafts", "queue")] == [1, 0]
        assert phone.records("drafts")[0]["answers"]["env_unauthorised_present"] == "no"
    page.click("#next")
    page.wait_for_url("**/o/en/")
    phone.wait_state("delivered")
    assert len(field.stored()) == 1
    assert phone.records("drafts") == []


def test_a_delivery_whose_receipt_does_not_fit_keeps_the_report_and_doubles_nothing(
    field: Field, small_phone: SmallPhone
) -> None:
    phone, disk = small_phone()
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    with disk.full():
        phone.context.set_offline(False)
        phone.page.wait_for_timeout(3000)
        assert len(field.stored()) == 1
        assert phone.records()[0]["state"] == "waiting"
        assert phone.records()[0]["envelope"]["payload"]
    phone.page.reload()
    phone.wait_state("delivered")
    assert len(field.stored()) == 1


def test_what_does_not_fit_behind_the_lock_is_saved_when_there_is_room_again(
    field: Field, small_phone: SmallPhone
) -> None:
    ask_for_pin(field)
    phone, disk = small_phone()
    set_pin(phone)
    phone.begun()
    page = phone.page
    with disk.full():
        page.fill("#q-env_members_present-value", "7")
        expect(page.locator("#saved")).to_have_text("NOT saved")
        page.evaluate("localStorage.setItem('observer-kit:locked', 'elsewhere')")
        page.evaluate("dispatchEvent(new StorageEvent('storage', { key: 'observer-kit:locked' }))")
        is_locked(page)
    unlock(page)
    expect(page.locator(".lock")).to_have_count(0)
    expect(page.locator("#q-env_members_present-value")).to_have_value("7")
    expect(page.locator("#notice")).to_be_hidden()
    page.reload()
    unlock(page)
    expect(page.locator("#q-env_members_present-value")).to_have_value("7")


def test_a_phone_with_a_pin_opens_on_a_full_disk(field: Field, small_phone: SmallPhone) -> None:
    ask_for_pin(field)
    phone, disk = small_phone()
    set_pin(phone)
    phone.begun()
    with disk.full():
        phone.page.reload()
        unlock(phone.page)
        expect(phone.page.locator("#q-env_unauthorised_present-no")).to_be_checked()


def test_the_page_of_this_phone_says_how_much_room_there_is(phone: Phone) -> None:
    phone.page.goto(phone.address("phone"))
    expect(phone.page.locator("#space")).to_contain_text("Space used")
    expect(phone.page.locator("#persisted")).not_to_be_empty()
    found = phone.page.evaluate("import('/static/js/store.js').then((store) => store.room())")
    assert set(found) == {"usage", "quota", "persisted"}
    assert found["quota"] > found["usage"] >= 0


def test_a_photo_is_refused_where_it_would_leave_no_room_for_answers(phone: Phone) -> None:
    phone.page.goto(phone.address("phone"))
    fits = "(bytes) => import('/static/js/store.js').then((store) => store.fits(bytes))"
    assert phone.page.evaluate(fits, 1_000_000) is True
    # Chromium tells pages of a generous quota whatever the disk is: so another browser's answer is put in its place.
    phone.page.evaluate("StorageManager.prototype.estimate = async () => ({ usage: 1_000_000, quota: 6_500_000 })")
    assert phone.page.evaluate(fits, 400_000) is True
    assert phone.page.evaluate(fits, 1_000_000) is False
    phone.page.evaluate("delete StorageManager.prototype.estimate")
    assert phone.page.evaluate(fits, 1_000_000_000) is True
