"""From finished to delivered: nothing lost, nothing doubled, and the page says how it stands."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser
API = "**/api/submissions"


def test_a_report_filled_in_offline_is_delivered_when_the_network_is_back(field: Field, phone: Phone) -> None:
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    phone.wait_state("waiting")
    assert "No network: 1 report waiting" in phone.page.inner_text("#state")
    assert field.stored() == []
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    assert "Everything is delivered" in phone.page.inner_text("#state")
    [stored] = field.stored()
    [kept] = phone.records()
    assert (stored["id"], stored["hash"]) == (kept["id"], kept["receipt"]["hash"])
    assert not stored["quarantine"]


def test_a_report_waits_while_the_server_is_gone_and_goes_when_it_is_back(field: Field, phone: Phone) -> None:
    phone.fill_voting()
    field.stop()
    phone.finish()
    phone.wait_state("waiting")
    expect(phone.page.locator("#state-note")).to_contain_text("tried again")
    field.start()
    phone.send_now()
    assert len(field.stored()) == 1


def test_a_lost_reply_doubles_nothing(field: Field, phone: Phone) -> None:
    phone.fill_voting()
    lost: list[int] = []

    def lose(route: Route) -> None:
        reply = route.fetch()
        lost.append(reply.status)
        route.abort()

    phone.page.route(API, lose)
    phone.finish()
    phone.wait_state("waiting")
    expect(phone.page.locator("#state-note")).to_contain_text("tried again")
    assert lost == [200]
    assert len(field.stored()) == 1
    phone.page.unroute(API)
    phone.send_now()
    [stored] = field.stored()
    assert phone.records()[0]["receipt"]["sequence"] == stored["sequence"]


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (500, "text/html", "<h1>Oops</h1>"),
        (502, "text/html", ""),
        (200, "text/html", "<title>Sign in to the hotel's network</title>"),
        (200, "application/json", '{"results": []}'),
        (429, "application/json", '{"error": {"code": "too_many_attempts", "message": ""}}'),
        (413, "application/json", '{"error": {"code": "too_large", "message": ""}}'),
        (401, "application/json", '{"error": {"code": "device_unknown", "message": ""}}'),
    ],
)
def test_no_other_reply_takes_a_report_from_the_phone(
    field: Field, phone: Phone, status: int, kind: str, body: str
) -> None:
    phone.fill_voting()
    phone.page.route(API, lambda route: route.fulfill(status=status, content_type=kind, body=body))
    phone.finish()
    expect(phone.page.locator("#state-note")).not_to_be_empty()
    phone.wait_state("attention" if status == 413 else "waiting")
    [kept] = phone.records()
    assert kept["state"] == ("attention" if status == 413 else "waiting")
    assert kept["envelope"]["payload"]
    phone.page.unroute(API)
    if status != 413:
        phone.send_now()
        assert len(field.stored()) == 1


def test_a_receipt_that_the_pinned_key_did_not_sign_is_no_receipt(field: Field, phone: Phone) -> None:
    phone.fill_voting()

    def forge(route: Route) -> None:
        reply = route.fetch()
        body = reply.json()
        body["results"][0]["receipt"]["sequence"] += 1
        route.fulfill(response=reply, body=json.dumps(body))

    phone.page.route(API, forge)
    phone.finish()
    expect(phone.page.locator("#state-note")).to_contain_text("could not be verified")
    assert phone.records()[0]["state"] == "waiting"
    phone.page.unroute(API)
    phone.send_now()
    assert len(field.stored()) == 1


def test_one_refused_report_blocks_no_other_and_can_be_mended(field: Field, phone: Phone) -> None:
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting("144")
    phone.finish()
    phone.fill_voting("145")
    phone.finish()
    first = min(phone.records(), key=lambda record: record["finished"])["id"]

    def refuse(route: Route) -> None:
        sent = json.loads(route.request.post_data or "")
        good = [each for each in sent["envelopes"] if each["id"] != first]
        reply = route.fetch(post_data=json.dumps({"envelopes": good}))
        body = reply.json()
        if len(good) < len(sent["envelopes"]):
            body["results"].insert(
                0, {"id": first, "status": "malformed", "error": {"code": "malformed", "message": "no"}}
            )
        route.fulfill(response=reply, body=json.dumps(body))

    phone.page.route(API, refuse)
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    phone.wait_state("attention")
    phone.page.unroute(API)
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_text("The server could not read this report.").wait_for()
    phone.page.get_by_role("button", name="Mend and send as a new report").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    assert phone.page.input_value("#q-env_members_present-value") == "7"
    phone.finish()
    phone.wait_state("delivered", 2)
    assert len(field.stored()) == 2
    states = sorted(record["state"] for record in phone.records())
    assert states == ["attention", "delivered", "delivered"]


def test_a_correction_is_a_new_report_that_names_the_old(field: Field, phone: Phone) -> None:
    phone.fill_voting(rating="good")
    phone.finish()
    phone.wait_state("delivered")
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_role("button", name="Correct").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.turn("overall")
    assert phone.page.is_checked("#q-vo_overall-good")
    phone.answer("vo_overall", "bad")
    phone.finish()
    phone.wait_state("delivered", 2)
    first, second = field.stored()
    assert second["supersedes"] == first["id"]
    phone.page.goto(phone.address("queue"))
    phone.wait_state("delivered", 2)
    old, new = phone.page.locator(f"[id='{first['id']}']"), phone.page.locator(f"[id='{second['id']}']")
    expect(old).to_contain_text("Correction: report")
    expect(old.get_by_role("button", name="Correct")).to_have_count(0)
    expect(new.get_by_role("button", name="Correct")).to_have_count(1)
    assert (second["visit"], second["checklist"]) == (first["visit"], first["checklist"])


def test_a_report_whose_correction_is_begun_in_one_tab_gets_no_other_from_another(phone: Phone) -> None:
    phone.fill_voting()
    phone.finish()
    phone.wait_state("delivered")
    phone.page.goto(phone.address("queue"))
    other = phone.context.new_page()
    other.add_init_script("delete window.BroadcastChannel")  # it hears nothing of the first tab
    other.goto(phone.address("queue"))
    stale = other.get_by_role("button", name="Correct")
    expect(stale).to_be_visible()
    phone.page.get_by_role("button", name="Correct").click()
    phone.page.wait_for_url("**/checklist/**")
    stale.click()
    other.wait_for_url("**/checklist/**")
    assert other.url == phone.page.url
    assert len(phone.records("drafts")) == 1


def test_a_correction_made_after_a_new_enrolment_goes_under_the_identity_of_its_original(
    field: Field, phone: Phone
) -> None:
    phone.fill_voting()
    phone.finish()
    phone.wait_state("delivered")
    phone.enrol("T02")
    phone.page.goto(phone.address("queue"))
    phone.page.get_by_role("button", name="Correct").click()
    phone.page.wait_for_url("**/checklist/**")
    expect(phone.page.locator("#progress")).not_to_be_empty()
    phone.finish()
    phone.wait_state("delivered", 2)
    first, second = field.stored()
    assert second["supersedes"] == first["id"]
    assert second["device"] == first["device"]
    assert json.loads(second["payload"])["team"] == "T01"
    assert not second["quarantine"]


PUT_IN_QUEUE = """
(ids) => new Promise((resolve) => {
  const request = indexedDB.open("observer-kit");
  request.onsuccess = () => {
    const db = request.result;
    db.transaction("settings").objectStore("settings").get("identity").onsuccess = ({ target }) => {
      const transaction = db.transaction("queue", "readwrite");
      ids.forEach((id, index) => {
        const envelope = { id, device: target.result.device, payload: "{}", hash: "h" };
        const moment = `2026-11-22T10:0${index}:00Z`;
        const place = { location: null, location_name: "x", supersedes: null };
        const report = { checklist: "voting", version: "x", stage: "voting", title: "", visit: "v", raw: {}, ...place };
        const state = { state: "waiting", urgent: false, receipt: null, started: moment, finished: moment };
        transaction.objectStore("queue").add({ id, ...report, ...state, envelope });
      });
      transaction.oncomplete = () => { db.close(); resolve(); };
    };
  };
})
"""


def test_reports_that_the_server_stumbles_over_block_no_others_for_long(phone: Phone) -> None:
    ids = [f"0000000{number}-0000-4000-8000-000000000000" for number in range(6)]
    stumbling = set(ids[:4])
    taken: list[str] = []

    def stumble(route: Route) -> None:
        sent = [each["id"] for each in json.loads(route.request.post_data or "")["envelopes"]]
        if stumbling & set(sent):
            route.fulfill(status=500, body="{}")
            return
        taken.extend(sent)
        error = {"code": "malformed", "message": ""}
        results = [{"id": each, "status": "malformed", "error": error} for each in sent]
        route.fulfill(status=200, content_type="application/json", body=json.dumps({"results": results}))

    phone.context.route(API, stumble)
    phone.page.goto(phone.address("queue"))
    phone.page.evaluate(PUT_IN_QUEUE, ids)
    for _ in range(2):
        phone.page.goto(phone.address("queue"))
        phone.page.wait_for_timeout(1500)
    phone.wait_state("attention", 2)
    assert sorted(taken) == ids[4:]
    assert {record["id"] for record in phone.records() if record["state"] == "waiting"} == stumbling


def test_an_incident_goes_before_older_reports(field: Field, phone: Phone) -> None:
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    phone.begin("incident")
    phone.station("150")
    phone.turn("what")
    phone.page.fill("#q-in_text-value", "Свет погас на десять минут")
    phone.finish()
    phone.context.set_offline(False)
    phone.wait_state("delivered", 2)
    assert [stored["checklist"] for stored in field.stored()] == ["incident", "voting"]


def test_two_open_tabs_send_a_report_once(field: Field, phone: Phone) -> None:
    other = phone.context.new_page()
    phone.day()
    other.goto(phone.address())
    other.locator("#start a").first.wait_for()
    answered: list[str] = []  # what was tried with no network is no second sending
    phone.context.on("response", lambda reply: answered.append(reply.url) if "submissions" in reply.url else None)
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    assert len(answered) == 1
    assert len(field.stored()) == 1


def test_a_withdrawn_phone_still_delivers_and_says_that_it_is_set_aside(field: Field, phone: Phone) -> None:
    from observer_kit.storage import devices

    phone.fill_voting()
    with field.store.atomic() as tx:
        devices.revoke(tx, devices.all(tx, "test")[0].id, None)
    phone.finish()
    phone.wait_state("delivered")
    assert field.stored()[0]["quarantine"]
    phone.page.goto(phone.address("queue"))
    phone.page.locator(".reports").get_by_text("set aside and not counted yet").wait_for()


def test_a_new_enrolment_keeps_what_waits_and_sends_it(field: Field, phone: Phone) -> None:
    phone.day()
    phone.context.set_offline(True)
    phone.fill_voting()
    phone.finish()
    field.stop()
    phone.page.route(API, lambda route: route.fulfill(status=401, content_type="application/json", body="{}"))
    phone.context.set_offline(False)
    field.start()
    phone.enrol("T02")
    assert phone.records()[0]["state"] == "waiting"
    phone.page.unroute(API)
    phone.day()
    phone.wait_state("delivered")
    assert len(field.stored()) == 1


def test_where_the_desk_is_never_named_but_in_a_demonstration(
    demo_field: Field, field: Field, phones: Callable[..., Phone]
) -> None:
    for place, expected in ((field, 0), (demo_field, 1)):
        phone = phones(place).enrol()
        phone.fill_voting()
        phone.finish()
        phone.wait_state("delivered")
        assert phone.page.locator("a[href*='/desk/']").count() == 0
        phone.page.goto(phone.address("queue"))
        phone.wait_state("delivered")
        assert phone.page.locator("a[href^='/desk/test/']").count() == expected
