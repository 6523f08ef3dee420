"""Rows: what happens to the phone itself and to its mission: tabs, clock, disk, database, worker, checklists, token."""

from __future__ import annotations

import time
from collections import Counter

from playwright.sync_api import expect

from tests.browser.faults import faults
from tests.browser.faults.network import deliver
from tests.browser.faults.scripts import CLOCK, CONNECTIONS, NO_ROOM
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.wire import Exchange, passed
from tests.browser.test_full_disk import Disk

HOURS = 3_600_000


def two_tabs(ground: Ground) -> None:
    """Have two tabs deliver the same queue at once, over a line that takes its time."""
    phone = ground.phone
    phone.seed(40, "from two tabs")

    def later(exchange: Exchange) -> None:
        time.sleep(0.15)
        passed(exchange)

    ground.wire.always = later
    other = phone.context.new_page()
    other.goto(phone.address("queue"))
    both = "async () => { (await import('/static/js/sync.js')).deliver(); }"
    phone.page.evaluate(both)
    other.evaluate(both)
    phone.until(lambda found: all(each["state"] == "delivered" for each in found))
    often = Counter(id for _, ids in ground.wire.sent for id in ids)
    assert max(often.values()) == 1, "a report was sent by both tabs"
    other.close()
    phone.settle()


def draft_in_two_tabs(ground: Ground) -> None:
    """Open one draft in two tabs; what the first wrote last must not go under what the second had read before."""
    phone = ground.phone
    phone.begin_incident("written in the first tab")
    second = phone.context.new_page()
    second.goto(phone.page.url)
    expect(second.locator("#progress")).not_to_be_empty()
    phone.page.fill("#q-in_text-value", "written in the first tab, to its end")
    phone.promised[:] = ["written in the first tab, to its end"]
    phone.page.wait_for_timeout(300)
    second.locator("#q-in_when-value").evaluate(
        """(box) => { if (!box.readOnly && !box.disabled) {
          box.value = "2026-11-22T10:00";
          box.dispatchEvent(new Event("input", { bubbles: true })); } }"""
    )
    second.wait_for_timeout(300)
    phone.page.close()
    phone.page = second
    second.wait_for_timeout(1000)
    if not second.locator("#next").is_visible():
        second.goto(second.url)  # not reload: the page may just be doing so of itself
    expect(second.locator("#contents")).to_be_visible()
    expect(second.locator("#q-in_text-value")).to_be_editable()
    phone.finish()
    phone.settle()


def by_another_clock(ground: Ground) -> None:
    """Report as usual."""
    ground.phone.report("by another clock")
    ground.phone.settle()


def clock_set_back(ground: Ground) -> None:
    """Set the clock back by two hours in the middle of a draft, with a tab killed while it sends."""
    phone = ground.phone
    phone.seed(1, "before the clock was set")
    gate = ground.wire.gate("send")
    ground.wire.send.append(faults.held(gate, "send"))
    phone.page.goto(phone.address("queue"))
    gate.wait()
    phone.kill_tab()
    ground.wire.mend()
    phone.page.goto(phone.address("missing"))
    phone.page.evaluate(f"localStorage.setItem('shift', {-2 * HOURS})")
    phone.report("after the clock was set back")
    phone.settle()


def full_disk(ground: Ground) -> None:
    """Leave no space while a report is filled in and finished; then make room."""
    disk = Disk(ground.phone)  # before anything is stored: what the browser once granted it remembers
    ground.phone.enrol()
    ground.phone.begin_incident("written with space")
    with disk.full():
        without_room(ground)
    ground.phone.promised[:] = ["written without space"]
    ground.phone.page.click("#next")
    ground.phone.page.wait_for_url("**/o/*/")
    ground.phone.settle()


def without_room(ground: Ground) -> None:
    """Write and finish without space: it is said, the words stay on the screen, and nothing is taken as finished."""
    phone = ground.phone
    long = "written without space " + "ә" * 20000
    phone.page.fill("#q-in_text-value", long)
    expect(phone.page.locator("#notice")).not_to_be_empty()
    expect(phone.page.locator("#q-in_text-value")).to_have_value(long)
    phone.turn("review")
    phone.page.wait_for_timeout(800)
    phone.page.click("#next")
    phone.page.wait_for_timeout(500)
    assert phone.records() == [], "finished without space to keep it"
    expect(phone.page.locator("#notice")).not_to_be_empty()


def full_disk_at_receipt(ground: Ground) -> None:
    """Leave no space when the receipt comes; then make room."""
    phone = ground.phone
    phone.seed(1, "receipted without space", padding=20000)
    phone.page.evaluate(NO_ROOM)
    phone.page.evaluate("async () => { try { await (await import('/static/js/sync.js')).deliver(); } catch {} }")
    assert [each["state"] for each in phone.records()] == ["waiting"]
    phone.page.evaluate("window.room()")
    phone.settle()


def closed_under_it(ground: Ground) -> None:
    """Close the database's connection under the page: told and untold, while filling in, finishing and sending."""
    phone = ground.phone
    phone.begin_incident("before")
    phone.page.evaluate("connections.forEach((each) => each.close())")
    phone.page.fill("#q-in_text-value", "the connection was closed")
    phone.page.wait_for_timeout(200)
    phone.page.evaluate("connections.forEach((each) => { each.close(); each.dispatchEvent(new Event('close')); })")
    phone.page.fill("#q-in_text-value", "the connection was closed twice")
    phone.promised[:] = ["the connection was closed twice"]
    phone.page.wait_for_timeout(200)
    [draft] = phone.records("drafts")
    assert draft["answers"]["in_text"] == "the connection was closed twice"
    phone.turn("review")
    phone.page.wait_for_timeout(800)
    phone.page.evaluate("connections.forEach((each) => each.close())")
    gate = ground.wire.gate("store")
    ground.wire.send.append(faults.held(gate, "store"))
    phone.page.click("#next")
    phone.page.wait_for_url("**/o/*/")
    gate.wait()
    phone.page.evaluate("connections.forEach((each) => each.close())")
    gate.opened.set()
    phone.until(lambda queue: queue[0]["state"] == "delivered")
    phone.settle()


def poisoned(ground: Ground) -> None:
    """Spoil the oldest of six queued reports on the phone's disk."""
    phone = ground.phone
    head = phone.seed(1, "the spoilt head of the queue")[0]
    phone.seed(5, "behind it")
    phone.page.evaluate(
        """async (id) => {
          const { transact } = await import("/static/js/store.js");
          await transact("queue", "readwrite", async (tx) => {
            const record = await tx.store.get(id);
            record.envelope.hash = "0".repeat(64);
            await tx.store.put(record);
          });
        }""",
        head,
    )
    deliver(ground)
    phone.settle()


def several_drafts(ground: Ground) -> None:
    """Kill the tab over three open drafts with a finished report among them; nothing of them is touched."""
    phone = ground.phone
    for mark in ("the first draft", "the second draft", "the third draft"):
        phone.begin_incident(mark)
    phone.seed(1, "finished meanwhile")
    phone.kill_tab()
    phone.settle()


def clock(hours: int) -> tuple[str, ...]:
    """Shift the page's clock."""
    return (CLOCK % (hours * HOURS),)


ROWS = [
    Row("two tabs", "two tabs deliver one queue of 40 at once", two_tabs, floor=True),
    Row("one draft in two tabs", "two tabs open one draft, and both are written in", draft_in_two_tabs, floor=True),
    Row("clock two hours ahead", "the phone's clock is two hours ahead", by_another_clock, scripts=clock(2)),
    Row("clock two hours behind", "the phone's clock is two hours behind", by_another_clock, scripts=clock(-2)),
    Row(
        "clock set back",
        "a tab is killed while it sends, and the clock is set back by two hours",
        clock_set_back,
        scripts=clock(0),
        floor=True,
        profile=True,
    ),
    Row("storage full", "no space while a report is filled in and finished", full_disk, enrolled=False),
    Row("storage full at the receipt", "no space to write the receipt", full_disk_at_receipt),
    Row(
        "database closed",
        "the browser closes the connection, told and untold, while filling in, finishing and sending",
        closed_under_it,
        scripts=(CONNECTIONS,),
    ),
    Row(
        "poison in the queue",
        "the oldest of six queued reports is spoilt on disk",
        poisoned,
        left={"refused": 1},
    ),
    Row("several drafts", "the tab is killed over three drafts", several_drafts, profile=True, left={"drafts": 3}),
]
