"""The check before the day tries things for real, says what it found, and the desk is told; the code of conduct."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from observer_kit import clock
from observer_kit.missions.model import Conduct, Policy
from observer_kit.missions.readiness import Readiness, lacking
from observer_kit.storage import devices, missions, readiness
from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser
MISSION = "test"
API = "**/api/readiness"


def change(field: Field, **more: object) -> None:
    """Save the mission anew with other rules."""
    with field.store.atomic() as tx:
        missions.save(tx, replace(missions.get(tx, MISSION), **more))  # type: ignore[arg-type]


def told(field: Field) -> Readiness | None:
    """Give what the server last heard of the only phone."""
    with field.store.reading() as tx:
        return next(iter(readiness.all(tx, MISSION).values()), None)


def lacks(field: Field) -> tuple[str, ...]:
    said = told(field)
    assert said is not None
    with field.store.reading() as tx:
        return lacking(said, missions.get(tx, MISSION))


def check(phone: Phone) -> Phone:
    """Open the page and wait until it has tried everything."""
    phone.page.goto(phone.address("ready"))
    return done(phone)


def done(phone: Phone) -> Phone:
    expect(phone.page.locator("#again")).to_be_enabled()
    expect(phone.page.locator("#checks li")).not_to_have_count(0)
    return phone


def line(phone: Phone, name: str, state: str, words: str = "") -> None:
    """Expect a line's state in words, and what it says."""
    found = phone.page.locator(f"#check-{name}")
    expect(found.locator(".pill")).to_have_text(state)
    expect(found).to_contain_text(words)


def test_a_phone_in_order_is_ready_and_the_desk_knows_it(field: Field, phone: Phone) -> None:
    check(phone)
    expect(phone.page.locator("#state-line")).to_have_text("The phone is ready")
    line(phone, "offline", "fine", "open without a network")
    line(phone, "delivery", "fine", "not counted")
    line(phone, "clock", "fine")
    line(phone, "conduct", "fine", "21 November 2026, version 1")
    expect(phone.page.locator("#told")).to_contain_text("Your coordinator has this result since")
    assert field.stored() == []
    assert lacks(field) == ()
    said = told(field)
    assert said is not None
    assert said.report.shell == worker(field)
    assert not said.sealed


def worker(field: Field) -> str:
    return str(field.app.test_client().get("/sw.js").text.split('"', 2)[1])


def test_a_missing_checklist_is_found_and_keeps_the_phone_from_being_ready(field: Field, phone: Phone) -> None:
    gone = f"/o/ru/checklist/{field.version('incident')}"
    phone.context.route(f"**{gone}", lambda route: route.abort())
    phone.page.goto(phone.address("queue"))
    phone.page.evaluate(
        """async (gone) => {
          for (const name of await caches.keys()) await (await caches.open(name)).delete(gone);
        }""",
        gone,
    )
    check(phone)
    line(phone, "offline", "to do", "1 page or checklist is not in the phone")
    expect(phone.page.locator("#state-line")).to_have_text("Not ready yet")
    assert lacks(field) == ("offline",)
    phone.context.unroute(f"**{gone}")
    phone.page.click("#again")
    expect(phone.page.locator("#state-line")).to_have_text("The phone is ready")
    assert lacks(field) == ()


def test_a_page_that_is_not_what_the_workers_list_says_is_found(field: Field, phone: Phone) -> None:
    phone.page.evaluate(
        """async () => {
          const name = (await caches.keys()).find((each) => each.includes("shell"));
          await (await caches.open(name)).put("/o/en/queue", new Response("<h1>Sign in to the hotel's network</h1>"));
        }"""
    )
    check(phone)
    line(phone, "offline", "to do", "1 page or checklist")
    assert lacks(field) == ("offline",)


def test_the_page_opens_without_a_network_and_says_that_nobody_was_told(field: Field, phone: Phone) -> None:
    phone.context.set_offline(True)
    check(phone)
    line(phone, "offline", "fine")
    line(phone, "delivery", "not tried", "check again with a network")
    line(phone, "clock", "not tried")
    expect(phone.page.locator("#state-line")).to_have_text("Not ready yet")
    expect(phone.page.locator("#told")).to_contain_text("does not have this result yet")
    assert told(field) is None


OFF = """(() => {
  const off = %d, Real = Date;
  window.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + off); }
    static now() { return Real.now() + off; }
  };
})()"""


@pytest.mark.parametrize(
    ("minutes", "state", "words", "missing"),
    [
        (120, "to do", "The clock is 120 min ahead", ("clock",)),
        (-120, "to do", "The clock is 120 min behind", ("clock",)),
        (5, "could be better", "The clock is 5 min ahead", ()),
    ],
)
def test_a_clock_that_is_off_is_said_in_minutes(
    field: Field, phone: Phone, minutes: int, state: str, words: str, missing: tuple[str, ...]
) -> None:
    phone.context.add_init_script(OFF % (minutes * 60_000))
    check(phone)
    line(phone, "clock", state, words)
    assert lacks(field) == missing


def test_a_receipt_that_the_pinned_key_did_not_sign_is_no_delivery(field: Field, phone: Phone) -> None:
    def forge(route: Route) -> None:
        reply = route.fetch()
        body = reply.json()
        body["receipt"]["received"] = clock.stamp(clock.now() + timedelta(hours=1))
        route.fulfill(response=reply, body=json.dumps(body))

    phone.context.route(API, forge)
    check(phone)
    line(phone, "delivery", "to do", "receipt could not be verified")
    line(phone, "clock", "not tried")
    expect(phone.page.locator("#state-line")).to_have_text("Not ready yet")


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, "<title>Sign in</title>", "not tried"),
        (500, "{}", "not tried"),
        (404, "{}", "to do"),
        (200, "{}", "to do"),
    ],
)
def test_no_other_answer_makes_a_phone_ready(field: Field, phone: Phone, status: int, body: str, state: str) -> None:
    phone.context.route(API, lambda route: route.fulfill(status=status, body=body))
    check(phone)
    line(phone, "delivery", state)
    expect(phone.page.locator("#state-line")).to_have_text("Not ready yet")


FULL = """(() => {
  const put = Cache.prototype.put;
  Cache.prototype.put = function (address, response) {
    if (address === "/trial") return Promise.reject(new DOMException("full", "QuotaExceededError"));
    return put.call(this, address, response);
  };
})()"""
PRIVATE = 'StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("", "SecurityError"));'
LITTLE = "StorageManager.prototype.estimate = async () => ({ usage: 80e6, quota: 150e6 });"
STANDALONE = """(() => {
  const real = window.matchMedia.bind(window);
  window.matchMedia = (query) => (query.includes("standalone") ? { matches: true } : real(query));
})()"""


@pytest.mark.parametrize(
    ("script", "name", "state", "words", "missing"),
    [
        (FULL, "space", "to do", "a trial record did not fit", ("space",)),
        (LITTLE, "space", "could be better", "hardly for photos", ()),
        (PRIVATE, "private", "to do", "private window", ("private",)),
        (STANDALONE, "installed", "fine", "Opened from the home screen", ()),
        ("StorageManager.prototype.persist = async () => true;", "storage", "fine", "even when space runs short", ()),
    ],
)
def test_what_the_browser_lacks_is_said_with_what_to_do(
    field: Field, phone: Phone, script: str, name: str, state: str, words: str, missing: tuple[str, ...]
) -> None:
    phone.context.add_init_script(script)
    check(phone)
    line(phone, name, state, words)
    assert lacks(field) == missing
    assert "observer-kit-trial" not in phone.page.evaluate("caches.keys()")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 11; SM-A125F) AppleWebKit/537.36 Chrome/90.0 Mobile", "browser’s menu (⋮)"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) Version/15.0 Mobile Safari", "Tap Share"),
    ],
)
def test_how_to_put_it_on_the_home_screen_fits_the_phone(
    field: Field, phones: Callable[..., Phone], agent: str, words: str
) -> None:
    phone = check(phones(field, user_agent=agent).enrol())
    line(phone, "installed", "could be better", words)


def test_the_camera_is_asked_for_by_a_button_and_only_where_photos_are_taken(field: Field, phone: Phone) -> None:
    phone.context.add_init_script(
        """(() => {
          window.opened = 0;
          navigator.mediaDevices.getUserMedia = async () => {
            window.opened += 1;
            return { getTracks: () => [{ stop() { window.opened -= 1; } }] };
          };
        })()"""
    )
    check(phone)
    line(phone, "camera", "not tried", "Not tried yet")
    assert phone.page.evaluate("window.opened") == 0
    phone.page.get_by_role("button", name="Try the camera").click()
    line(phone, "camera", "fine", "The camera opens")
    assert phone.page.evaluate("window.opened") == 0  # opened, and let go again
    change(field, policy=Policy(photos=False))
    check(phone)
    expect(phone.page.locator("#check-camera")).to_have_count(0)


def test_a_camera_that_is_refused_keeps_no_phone_from_being_ready(field: Field, phone: Phone) -> None:
    check(phone)
    phone.page.get_by_role("button", name="Try the camera").click()  # this browser has none
    line(phone, "camera", "to do", "Pictures from the gallery can be attached all the same")
    done(phone)
    expect(phone.page.locator("#state-line")).to_have_text("The phone is ready")
    assert lacks(field) == ()


def test_the_position_is_tried_where_the_mission_asks_for_it_and_goes_nowhere(field: Field, phone: Phone) -> None:
    check(phone)
    expect(phone.page.locator("#check-position")).to_have_count(0)
    change(field, policy=Policy(position=True))
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 49.8019, "longitude": 73.1021})
    sent: list[str] = []
    phone.context.on("request", lambda request: sent.append(request.post_data or "") if "api" in request.url else None)
    check(phone)
    phone.page.get_by_role("button", name="Try to find the position").click()
    line(phone, "position", "fine", "can be found")
    done(phone)
    assert not any("49.8" in each or "73.1" in each for each in sent)


def test_a_mission_that_requires_a_pin_has_no_ready_phone_without_one(field: Field, phone: Phone) -> None:
    change(field, policy=Policy(pin="required"))
    check(phone)
    line(phone, "pin", "to do", "requires a PIN")
    expect(phone.page.locator("#check-pin a")).to_have_attribute("href", "/o/en/phone")
    assert lacks(field) == ("pin",)


def test_where_reports_are_sealed_the_trial_is_too(field: Field, phone: Phone) -> None:
    change(field, policy=Policy(seal=True))
    posted: list[str] = []
    phone.context.on("request", lambda each: posted.append(each.post_data or "") if "readiness" in each.url else None)
    check(phone)
    line(phone, "delivery", "fine", "delivered sealed")
    assert lacks(field) == ()
    [envelope] = [json.loads(each)["envelope"] for each in posted if each]
    assert envelope["sealed"]
    assert "checks" not in envelope["payload"]


def test_a_withdrawn_phone_is_told_so_here_too(field: Field, phone: Phone) -> None:
    with field.store.atomic() as tx:
        devices.revoke(tx, devices.all(tx, MISSION)[0].id, None)
    check(phone)
    line(phone, "delivery", "to do", "has withdrawn this phone")
    expect(phone.page.locator("#state-line")).to_have_text("Not ready yet")


def fresh(field: Field, phones: Callable[..., Phone], language: str = "en", **options: object) -> Phone:
    """Give a phone that is enrolled and has done nothing else."""
    phone = phones(field, language, **options)
    phone.page.goto(phone.address(f"enrol#{field.code()}"))
    phone.page.click("#redeem")
    phone.page.locator("#done").wait_for()
    expect(phone.page.locator("#offline")).not_to_be_empty()
    return phone


def test_my_day_leads_to_the_check_until_the_phone_was_found_ready(field: Field, phones: Callable[..., Phone]) -> None:
    phone = fresh(field, phones)
    phone.day()
    expect(phone.page.locator("#before")).to_contain_text("Check the phone before the day")
    phone.page.goto(phone.address("conduct"))
    phone.page.click("#accept")
    phone.page.wait_for_url("**/o/en/")
    check(phone)
    phone.day()
    expect(phone.page.locator("#today, #nothing")).not_to_have_count(0)
    expect(phone.page.locator("#before")).to_be_empty()


def test_the_code_of_conduct_comes_before_the_first_checklist_and_once(
    field: Field, phones: Callable[..., Phone]
) -> None:
    phone = fresh(field, phones)
    phone.day()
    phone.context.set_offline(True)
    phone.page.click("#start a[data-stage=voting]")
    expect(phone.page.locator("#text")).to_contain_text("to be impartial in word and deed")
    phone.page.click("#accept")
    phone.page.wait_for_url(f"**/o/en/checklist/{field.version('voting')}#*")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.begin("protocol")
    phone.context.set_offline(False)
    phone.day()
    expect(phone.page.locator("#before")).not_to_contain_text("Code of conduct")
    phone.page.wait_for_function("navigator.onLine")
    for _ in range(50):
        said = told(field)
        if said is not None:
            break
        phone.page.wait_for_timeout(100)
    assert said is not None
    assert said.report.conduct == "1"
    assert said.report.conduct_at is not None
    assert abs(said.report.conduct_at - clock.now()) < timedelta(minutes=5)
    phone.page.goto(phone.address("conduct"))
    expect(phone.page.locator("#accepted")).to_contain_text("Accepted on this phone on")
    expect(phone.page.locator("#accept")).to_be_hidden()


def test_it_never_stands_before_an_incident(field: Field, phones: Callable[..., Phone]) -> None:
    phone = fresh(field, phones)
    phone.begin("incident")
    phone.station("150")
    phone.turn("what")
    phone.page.fill("#q-in_text-value", "Свет погас")
    phone.finish()
    phone.wait_state("delivered")
    assert field.stored()[0]["checklist"] == "incident"


def test_a_new_version_asks_again_and_never_stands_before_an_open_draft(field: Field, phone: Phone) -> None:
    phone.begin()
    phone.station("144")
    phone.saved()
    own = Conduct("2", {"en": "Be fair.\n\n- <b>Always</b>", "ru": "Будьте честны.", "kk": "Әділ болыңыз."})
    change(field, conduct=own)
    phone.day()
    expect(phone.page.locator("#before")).to_contain_text("Code of conduct")
    phone.page.click("#today a")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    expect(phone.page.locator("#station-name")).to_have_text("Station 144")
    phone.day().click("#start a[data-stage=voting]")
    expect(phone.page.locator("#text li")).to_have_text("<b>Always</b>")
    phone.page.click("#accept")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    check(phone)
    line(phone, "conduct", "fine", "version 2")


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_both_pages_fit_a_small_phone_in_every_language(
    field: Field, phones: Callable[..., Phone], language: str
) -> None:
    change(field, policy=Policy(position=True))
    phone = fresh(field, phones, language, viewport={"width": 320, "height": 568})
    wide = []
    for place, sign in (("conduct", "#accept"), ("ready", "#again:enabled")):
        phone.page.goto(phone.address(place))
        phone.page.locator(sign).wait_for()
        if phone.page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(place)
        wide += phone.page.evaluate(
            """() => [...document.querySelectorAll("h1, h2, p, a, button, b, li, .pill")]
                .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1
                    && getComputedStyle(each).display !== "inline")
                .map((each) => each.textContent.trim().slice(0, 40))"""
        )
    assert wide == []
