"""Quick hide shows nothing of the mission, nor does going back; emptying the phone loses nothing unasked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Field, Phone
from tests.browser.pins import ask_for_pin, is_locked, set_pin, unlock

pytestmark = pytest.mark.browser

GIVE_AWAY = ("Observer", "Voting", "Station", "mission", "Karaganda", "Team")


HOLD_THE_DELIVERY = """() => new Promise((held) => navigator.locks.request("delivery", () => {
  held();
  return new Promise((letGo) => { globalThis.letGo = letGo; });
}))"""


def is_neutral(page: Page) -> None:
    """Expect a clock, and no word of the mission, in title or text."""
    page.wait_for_url("**/o/en/clock")
    expect(page.locator(".face h1")).to_have_text(r := page.locator(".face h1").inner_text())
    assert len(r) == 5
    seen = f"{page.title()} {page.inner_text('body')}"
    assert page.title() == "Clock"
    assert not [word for word in GIVE_AWAY if word in seen]


def test_one_tap_hides_a_half_typed_report_offline_and_going_back_never_shows_it(phone: Phone) -> None:
    phone.begun()
    page = phone.page
    phone.context.set_offline(True)
    page.locator("#q-env_members_present summary").click()
    page.locator("[name='comment:env_members_present']").press_sequentially("кешік")
    page.click("#hide")
    is_neutral(page)
    for _ in range(4):
        page.evaluate("setTimeout(() => history.back())")  # not at once: a page that is left gives no answer
        page.wait_for_timeout(400)
        is_neutral(page)
    page.reload()
    is_neutral(page)
    # The way back: the app is opened again, and everything is there.
    page.goto(phone.address())
    page.click("#today a")
    page.wait_for_url("**/checklist/**")
    expect(page.locator("[name='comment:env_members_present']")).to_have_value("кешік")


def test_hide_is_in_one_place_on_every_page_and_works_where_scripts_are_slow(phone: Phone) -> None:
    places = set()
    for path in ("", "enrol", "queue", "phone", "missing"):
        phone.page.goto(phone.address(path))
        box = phone.page.locator("#hide").bounding_box()
        assert box is not None
        places.add((box["x"], box["y"]))
        assert min(box["width"], box["height"]) >= 44
    phone.begun()
    box = phone.page.locator("#hide").bounding_box()
    assert box is not None
    assert places == {(box["x"], box["y"])}
    assert phone.page.locator("#hide").get_attribute("href") == "/o/en/clock"
    expect(phone.page.get_by_role("link", name="Hide")).to_have_count(1)


def test_hide_locks_the_phone_and_takes_every_tab_along(field: Field, phones: Callable[..., Phone]) -> None:
    ask_for_pin(field)
    phone = phones(field).enrol()
    set_pin(phone)
    phone.begun()
    other = phone.context.new_page()
    other.goto(phone.address("queue"))
    unlock(other)
    expect(other.locator(".reports li")).to_have_count(1)
    phone.page.fill("#q-env_members_present-value", "12")
    other.click("#hide")
    is_neutral(other)
    is_neutral(phone.page)
    phone.page.goto(phone.address())
    is_locked(phone.page)
    unlock(phone.page)
    phone.page.click("#today a")
    expect(phone.page.locator("#q-env_members_present-value")).to_have_value("12")


def erase(phone: Phone, word: str | None = None) -> None:
    page = phone.page
    page.locator("#wipe summary").click()
    if word is not None:
        page.fill("#wipe-word", word)
    press_erase(page)


def press_erase(page: Page) -> None:
    """Press the button, and once more wherever the page asks to wait: another tab may be trying to send just then."""
    for _ in range(10):
        page.locator("#wipe details").get_by_role("button", name="Erase everything").click()
        expect(page.locator("#wiped, #wipe details button:enabled").first).to_be_visible()
        if not page.locator("#notice", has_text="being sent just now").is_visible():
            return


def left_in(page: Page) -> dict[str, object]:
    """List what of the kit is still in the browser."""
    return page.evaluate(
        """async () => ({
          databases: (await indexedDB.databases()).map((each) => each.name),
          caches: await caches.keys(),
          workers: (await navigator.serviceWorker.getRegistrations()).length,
          settings: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
        })"""
    )  # type: ignore[no-any-return]


NOTHING: dict[str, object] = {"databases": [], "caches": [], "workers": 0, "settings": []}


def test_emptying_says_what_would_be_lost_and_needs_the_word_for_it(field: Field, phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.fill_voting("152")
    phone.finish()
    phone.begun()
    phone.page.goto(phone.address("phone"))
    lost = phone.page.locator("#wipe")
    expect(lost).to_contain_text("Not delivered yet, and lost for good")
    assert [each.splitlines() for each in lost.locator("li").all_inner_texts()] == [
        ["1 draft", "Station 151, Voting"],
        ["1 report waiting to be sent", "Station 152, Voting"],
    ]
    expect(lost.get_by_role("link", name="Hand over")).to_be_visible()
    erase(phone)
    phone.page.fill("#wipe-word", "ERAS")
    phone.page.locator("#wipe details").get_by_role("button", name="Erase everything").click()
    phone.page.wait_for_timeout(1500)
    assert [len(phone.records(shop)) for shop in ("drafts", "queue")] == [1, 1]
    phone.page.fill("#wipe-word", "erase")
    # While something is being sent nothing goes, and the same button serves once that is done.
    phone.page.evaluate(HOLD_THE_DELIVERY)
    press = phone.page.locator("#wipe details").get_by_role("button", name="Erase everything")
    press.click()
    expect(phone.page.locator("#notice")).to_contain_text("Reports are being sent just now")
    assert [len(phone.records(shop)) for shop in ("drafts", "queue")] == [1, 1]
    phone.page.evaluate("() => globalThis.letGo()")
    press.click()
    expect(phone.page.locator("#wiped")).to_be_focused()
    assert left_in(phone.page) == NOTHING
    assert field.stored() == []


def test_emptying_after_the_delivery_asks_for_no_word_and_leaves_nothing(field: Field, phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.fill_voting("152")
    phone.finish()
    phone.page.goto(phone.address("phone"))
    expect(phone.page.locator("#wipe li")).to_contain_text(["1 report waiting to be sent"])
    expect(phone.page.locator("#wipe").get_by_role("button", name="Send now")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.page.locator("#wipe")).to_contain_text("Nothing undelivered is in the phone")
    other = phone.context.new_page()
    other.goto(phone.address())
    erase(phone)
    expect(phone.page.locator("#wiped")).to_be_visible()
    is_neutral(other)
    assert left_in(phone.page) == NOTHING
    assert len(field.stored()) == 1
    phone.page.goto(phone.address())
    expect(phone.page.locator("#stranger")).to_be_visible()


def test_what_another_tab_adds_meanwhile_stops_the_emptying(phone: Phone) -> None:
    other = phone.context.new_page()
    first, phone.page = phone.page, other
    phone.begun()
    phone.page = first
    first.goto(phone.address("phone"))
    expect(first.locator("#wipe li")).to_contain_text(["1 draft"])
    first.locator("#wipe summary").click()
    first.fill("#wipe-word", "ERASE")
    first.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("observer-kit");
          request.onsuccess = () => {
            const transaction = request.result.transaction("drafts", "readwrite");
            transaction.objectStore("drafts").put({ id: "late", changed: "now", answers: {} });
            transaction.oncomplete = () => { request.result.close(); resolve(); };
          };
        })"""
    )
    first.locator("#wipe details").get_by_role("button", name="Erase everything").click()
    expect(first.locator("#notice")).to_contain_text("Something was added meanwhile")
    assert len(phone.records("drafts")) == 2


def test_enrolling_elsewhere_deletes_nothing(field: Field, phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.fill_voting("152")
    phone.finish()
    phone.begun()
    before = [phone.records(shop) for shop in ("drafts", "queue")]
    phone.page.goto(phone.address("missing"))
    phone.context.set_offline(False)
    phone.page.route("**/api/submissions", lambda route: route.abort())
    phone.enrol("T02")
    assert [phone.records(shop) for shop in ("drafts", "queue")][0] == before[0]
    assert [each["envelope"] for each in phone.records()] == [each["envelope"] for each in before[1]]


def test_the_first_version_of_the_database_opens_with_all_its_drafts_and_queue(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone = phones(field)
    phone.page.goto(f"{field.url}/o/en/words.json")
    version = field.version("voting")
    phone.page.evaluate(
        """(version) => new Promise((resolve) => {
          const request = indexedDB.open("observer-kit", 1);
          request.onupgradeneeded = ({ target: { result: db } }) => {
            db.createObjectStore("settings").put("kept", "anything");
            const drafts = db.createObjectStore("drafts", { keyPath: "id" });
            const queue = db.createObjectStore("queue", { keyPath: "id" });
            const one = (id) => ({ id, checklist: "voting", version, stage: "voting", title: "Voting", visit: "v",
              location: "R-0151", location_name: null, started: "2026-11-22T09:00:00+05:00" });
            for (const id of ["d1", "d2"]) {
              drafts.put({ ...one(id), mission: "test", supersedes: null, parent: null, comments: {}, overrides: {},
                answers: { env_members_present: "9" }, changed: "2026-11-22T04:00:00.000Z", section: "people",
                answered: 1, asked: 9 });
            }
            queue.put({ ...one("q1"), supersedes: null, finished: "2026-11-22T04:30:00.000Z", state: "waiting",
              raw: { answers: {}, comments: {}, overrides: {} }, receipt: null, reason: null, urgent: false,
              envelope: { id: "q1", device: "d", payload: "{}" } });
          };
          request.onsuccess = () => { request.result.close(); resolve(); };
        })""",
        version,
    )
    phone.context.set_offline(False)
    phone.page.route("**/api/submissions", lambda route: route.abort())
    phone.enrol()
    assert sorted(each["id"] for each in phone.records("drafts")) == ["d1", "d2"]
    assert [each["id"] for each in phone.records("queue")] == ["q1"]
    assert phone.records("photos") == []
    assert phone.page.evaluate(
        "import('/static/js/store.js').then((store) => store.setting('anything'))"
    ) == "kept"  # fmt: skip
    phone.page.goto(phone.address(f"checklist/{version}#d1"))
    expect(phone.page.locator("#q-env_members_present-value")).to_have_value("9")


def test_free_space_is_written_as_each_language_writes_numbers(phone: Phone) -> None:
    phone.page.add_init_script(
        "Object.defineProperty(navigator.storage, 'estimate', "
        "{ value: async () => ({ usage: 1_000_000, quota: 10_738_000_000 }) });"
    )
    for language, written in (("en", "10,738"), ("ru", "10\u00a0738"), ("kk", "10\u00a0738")):
        phone.page.goto(phone.address("phone").replace("/en/", f"/{language}/"))
        expect(phone.page.locator("#space")).to_contain_text(written)
