"""Rows: what happens to app and mission: a new worker, checklists changed or gone, token and device withdrawn."""

from __future__ import annotations

import dataclasses
import json
import re
import time

from playwright.sync_api import Error, expect
from sqlalchemy import text

from observer_kit.checklists.versions import seal
from observer_kit.storage import checklists, devices
from tests.browser import field as small
from tests.browser.faults.judge import devices_of
from tests.browser.faults.scripts import ACTIVATIONS
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.wire import Exchange, answer, passed


def newer(worker: bytes) -> bytes:
    """Give the worker as a newer release's: the same list, another version."""
    return re.sub(rb'VERSION = "(.{6})', b'VERSION = "ffffff', worker)


def shells(ground: Ground) -> list[str]:
    """Name the shells that are kept."""
    return ground.phone.page.evaluate("async () => (await caches.keys()).filter((name) => name.includes('-shell-'))")  # type: ignore[no-any-return]


def worker_updated(ground: Ground) -> None:
    """Bring a newer worker while a draft is open; it may take over when the draft is finished."""
    phone = ground.phone
    [old] = shells(ground)
    phone.begin_incident("under the old worker")
    ground.wire.edit("/sw.js", newer)
    phone.page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration('/o/')).update(); }")
    phone.page.wait_for_function(
        "async () => Boolean((await navigator.serviceWorker.getRegistration('/o/')).waiting)", timeout=30_000
    )
    heard: list[str] = []
    phone.page.on("console", lambda message: heard.append(message.text))
    phone.day()
    end = time.monotonic() + 60
    while time.monotonic() < end and not {"activate", "decided"} & set(heard):
        phone.page.wait_for_timeout(250)
    assert "activate" not in heard, "the new worker took over from under a draft"
    assert "decided" in heard, "the page has not made up its mind"
    assert old in shells(ground), "the new worker took over from under a draft"
    phone.page.locator("#today a").first.click()
    expect(phone.page.locator("#q-in_text-value")).to_have_value("under the old worker")
    phone.finish()
    end = time.monotonic() + 15
    while time.monotonic() < end and not any("ffffff" in each for each in shells_soon(ground)):
        phone.page.wait_for_timeout(250)
    assert [each for each in shells_soon(ground) if "ffffff" in each], "the new worker never took over"
    phone.page.wait_for_timeout(500)
    phone.settle()


def shells_soon(ground: Ground) -> list[str]:
    """Name the shells, or none while the page loads anew."""
    try:
        return shells(ground)
    except Error:
        return []


def republished(ground: Ground) -> None:
    """Publish the checklist anew while a draft of the old version is open; finish the old, and begin the new."""
    phone = ground.phone
    phone.begin_incident("under the old wording")
    old = ground.server.version("incident")
    with ground.server.store.atomic() as tx:
        asked = checklists.get(tx, old)
        title = {**asked.title, "en": f"{asked.title['en']}, again"}
        checklists.publish(tx, small.MISSION, seal(dataclasses.replace(asked, title=title)))
    try:
        phone.day()
        expect(phone.page.locator("#start")).to_contain_text("again")
        phone.page.locator("#today a").first.click()
        expect(phone.page.locator("#q-in_text-value")).to_have_value("under the old wording")
        phone.finish()
        phone.report("under the new wording")
        phone.settle()
        versions = {each["version"] for each in phone.records()}
        assert len(versions) == 2
    finally:
        with ground.server.store.atomic() as tx:
            checklists.publish(tx, small.MISSION, asked)


def without_incidents(manifest: bytes) -> bytes:
    """Give the mission without its incident report."""
    told = json.loads(manifest)
    told["checklists"] = [each for each in told["checklists"] if each["stage"] != "incident"]
    return json.dumps(told).encode()


def withdrawn(ground: Ground) -> None:
    """Have the server know the open draft's checklist no more, and bring a new worker at the same time."""
    phone, wire = ground.phone, ground.wire
    phone.begin_incident("under a checklist that is gone")
    gone = ground.server.version("incident")

    def no_more(exchange: Exchange) -> None:
        if gone in exchange.path:
            exchange.give(answer("404 Not Found", "text/html", b"<h1>404</h1>"))
        else:
            passed(exchange)

    wire.everything = no_more
    wire.edit("/api/mission", without_incidents)
    wire.edit("/sw.js", newer)
    phone.page.goto(phone.address())
    expect(phone.page.locator("#start a[data-stage=voting]")).to_be_visible()
    expect(phone.page.locator("#start a[data-stage=incident]")).to_have_count(0)
    phone.page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration('/o/')).update(); }")
    phone.page.wait_for_timeout(1000)
    phone.page.locator("#today a").first.click()
    expect(phone.page.locator("#q-in_text-value")).to_have_value("under a checklist that is gone")
    phone.finish()
    phone.settle()


def token_expired(ground: Ground) -> None:
    """Make the server forget the phone's token; then the phone is enrolled once more."""
    phone = ground.phone
    phone.begin_incident("with a draft open")
    [device] = devices_of(phone)
    with ground.server.store.atomic() as tx:
        tx.execute(text("UPDATE devices SET token = :other WHERE id = :id"), {"other": f"gone-{device}", "id": device})
        tx.execute(text("UPDATE missions SET revision = revision + 1"))
    phone.finish()
    phone.wait_state("waiting")
    phone.page.wait_for_timeout(300)
    assert [each["state"] for each in phone.records()] == ["waiting"]
    phone.seed(1, "after the refusal")
    phone.enrol()
    phone.settle()


def revoked(ground: Ground) -> None:
    """Withdraw the device while it holds a draft and a report."""
    phone = ground.phone
    phone.begin_incident("held when the device was withdrawn")
    [device] = devices_of(phone)
    with ground.server.store.atomic() as tx:
        devices.revoke(tx, device, None)
    phone.finish()
    phone.settle()
    assert all(each["quarantined"] for each in phone.records())


ROWS = [
    Row("worker updated", "a new service worker comes while a draft is open", worker_updated, scripts=(ACTIVATIONS,)),
    Row("checklist republished", "a new version is published while a draft of the old is open", republished),
    Row(
        "checklist withdrawn",
        "the checklist and its pages are gone from the server while a draft of it is open; a new worker comes, too",
        withdrawn,
    ),
    Row("token expired", "the server forgets the phone's token; the phone is enrolled again", token_expired),
    Row("device revoked", "the device is withdrawn while it holds a draft", revoked),
]
