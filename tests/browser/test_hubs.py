"""Which hubs a phone asks, when, and what it believes of what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from observer_kit.missions.model import Policy
from observer_kit.storage import missions
from observer_kit.trust import keys, receipts
from observer_kit.trust.keys import Key
from tests.browser import field as small
from tests.browser.conftest import Field, Phone

pytestmark = pytest.mark.browser
FIRST, SECOND = "https://one.example:8000", "https://two.example:8000"
CROSS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Methods": "POST",
}
DELIVER = "(asked) => import('/static/js/sync.js').then((sync) => sync.deliver({ asked }))"


class Hub:
    """What stands at a hub's address: signs for what comes with this key, or answers otherwise."""

    def __init__(self, phone: Phone, address: str, key: Key, say: Callable[[Route], None] | None = None) -> None:
        self.asked: list[Any] = []
        self.key, self.say = key, say
        phone.context.route(f"{address}/**", self.answer)

    def answer(self, route: Route) -> None:
        if route.request.method == "OPTIONS":
            route.fulfill(status=204, headers=CROSS)
            return
        envelopes = route.request.post_data_json["envelopes"]
        self.asked.append(envelopes)
        if self.say is not None:
            self.say(route)
            return
        signed = [
            receipts.issue(self.key, each["id"], each["hash"], "2026-11-22T10:00:00.000Z", 7) for each in envelopes
        ]
        results = [{"id": each.id, "status": "stored", "receipt": each.as_dict()} for each in signed]
        route.fulfill(status=200, headers=CROSS, json={"results": results})


@pytest.fixture
def phone(field: Field, phones: Callable[..., Phone]) -> Phone:
    """Give a phone that was enrolled with two hubs named, and holds one report; the server is gone."""
    with field.store.atomic() as tx:
        named = replace(missions.get(tx, small.MISSION), policy=Policy(hubs=(FIRST, SECOND)))
        missions.save(tx, named)
    enrolled = phones(field, service_workers="allow").enrol()
    enrolled.fill_voting()
    return enrolled


def key_of(field: Field, address: str) -> Key:
    return keys.hub_key(field.config, address)


def finish_without_server(field: Field, phone: Phone) -> None:
    field.stop()
    phone.finish()


def settled(phone: Phone) -> dict[str, Any]:
    """Wait until no delivery is under way; give the one report."""
    phone.page.wait_for_function("() => import('/static/js/sync.js').then((sync) => !sync.isSending())", polling=100)
    phone.page.wait_for_timeout(300)
    [record] = phone.records()
    return record


def test_the_next_hub_is_asked_when_the_first_is_silent_and_the_silent_one_is_left_alone_for_a_while(
    field, phone
) -> None:
    silent = Hub(phone, FIRST, key_of(field, FIRST), lambda route: route.abort())
    second = Hub(phone, SECOND, key_of(field, SECOND))
    finish_without_server(field, phone)
    expect(phone.page.locator("li .pill", has_text="handed over")).to_have_count(1)
    record = settled(phone)
    assert record["hub"]["address"] == SECOND
    assert len(silent.asked) == len(second.asked) == 1
    phone.page.evaluate(DELIVER, False)
    assert settled(phone)["state"] == "handed_over"
    assert len(silent.asked) == len(second.asked) == 1  # what is handed over is not handed over again


def test_a_hub_that_failed_is_asked_again_by_a_person_and_not_before_its_time_by_the_clock(field, phone) -> None:
    hubs = [Hub(phone, each, key_of(field, each), lambda route: route.abort()) for each in (FIRST, SECOND)]
    finish_without_server(field, phone)
    assert settled(phone)["state"] == "waiting"
    before = [len(each.asked) for each in hubs]
    # Each failure doubles the wait: after nine it is longer than anything below takes.
    for _ in range(8):
        phone.page.evaluate(DELIVER, True)
    after = [len(each.asked) for each in hubs]
    assert after == [count + 8 for count in before]
    phone.page.reload()
    phone.page.locator("#start a").first.wait_for()
    settled(phone)
    known = [len(each.asked) for each in hubs]
    phone.page.evaluate(DELIVER, False)
    assert [len(each.asked) for each in hubs] == known  # remembered over the reload


def test_a_receipt_that_another_key_signed_is_not_believed(field, phone) -> None:
    false = Hub(phone, FIRST, key_of(field, SECOND))
    Hub(phone, SECOND, key_of(field, SECOND), lambda route: route.abort())
    finish_without_server(field, phone)
    assert settled(phone)["state"] == "waiting"
    assert false.asked
    field.start()
    phone.send_now()
    assert len(field.stored()) == 1


def test_a_hub_that_the_server_does_not_vouch_for_is_not_asked(field, phone) -> None:
    phone.page.evaluate(
        """async (key) => {
          const store = await import("/static/js/store.js");
          const told = await store.setting("manifest");
          for (const hub of told.hubs) hub.key = key;
          await store.keepSetting("manifest", told);
        }""",
        {"id": key_of(field, "x").id, "public_key": key_of(field, "x").public},
    )
    phone.context.route("**/api/mission", lambda route: route.abort())
    hubs = [Hub(phone, each, key_of(field, "x")) for each in (FIRST, SECOND)]
    finish_without_server(field, phone)
    assert settled(phone)["state"] == "waiting"
    assert [each.asked for each in hubs] == [[], []]


@pytest.mark.parametrize(
    "say",
    [
        lambda route: route.fulfill(status=500, headers=CROSS, body="trouble"),
        lambda route: route.fulfill(status=401, headers=CROSS, json={"error": {"code": "device_unknown"}}),
        lambda route: route.fulfill(status=200, headers=CROSS, body="<html>Sign in</html>"),
        lambda route: route.fulfill(
            status=200,
            headers=CROSS,
            json={
                "results": [
                    {"id": each["id"], "status": "malformed", "error": {"code": "checklist_unknown"}}
                    for each in route.request.post_data_json["envelopes"]
                ]
            },
        ),
    ],
    ids=["500", "401", "portal", "refused"],
)
def test_whatever_a_hub_says_against_a_report_it_waits_for_the_server(field, phone, say) -> None:
    hub = Hub(phone, FIRST, key_of(field, FIRST), say)
    Hub(phone, SECOND, key_of(field, SECOND), lambda route: route.abort())
    finish_without_server(field, phone)
    record = settled(phone)
    assert (record["state"], record.get("reason")) == ("waiting", None)
    assert hub.asked
    field.start()
    phone.send_now()


def test_no_hub_is_asked_while_the_server_answers(field, phone) -> None:
    hubs = [Hub(phone, each, key_of(field, each)) for each in (FIRST, SECOND)]
    phone.finish()
    phone.wait_state("delivered")
    assert [each.asked for each in hubs] == [[], []]


def test_no_hub_is_asked_when_the_server_answers_that_it_does_not_know_the_phone(field, phone) -> None:
    hubs = [Hub(phone, each, key_of(field, each)) for each in (FIRST, SECOND)]
    phone.context.route(f"{field.url}/api/submissions", lambda route: route.fulfill(status=401, json={"error": {}}))
    phone.finish()
    expect(phone.page.locator("#state-note")).to_contain_text("enrol again")
    assert settled(phone)["state"] == "waiting"
    assert [each.asked for each in hubs] == [[], []]
