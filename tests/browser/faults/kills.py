"""Rows: tab, browser and server killed at each step from the first change to the receipt."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.faults import faults
from tests.browser.faults.scripts import STEPS
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.wire import Exchange, Gate

MOMENTS = {
    "draft_before": "a change is about to be written",
    "draft_after": "a change has been written",
    "finish_before": "the finished report is about to be written",
    "finish_after": "the finished report has been written",
    "send": "the request is on its way",
    "store": "the server has stored, and its reply is on its way",
    "reply": "half of the reply has arrived",
    "receipt_before": "the receipt is about to be written",
    "receipt_after": "the receipt has been written",
}
QUICK = {
    "tab": ("draft_before", "finish_before", "store", "receipt_before"),
    "browser": ("draft_after", "finish_after", "reply", "receipt_after"),
    "server": ("send", "store", "reply"),
}
MARK = "seen from the door"

# Done by the page itself a moment later: the page stands still at the gate, and a test that waits for it would, too.
LATER = "([what, value]) => { setTimeout(() => ({ %s })[what](value), 30); }"
TYPE = "type: (value) => { const box = document.querySelector('#q-in_text-value'); box.value = value;"
TYPE += " box.dispatchEvent(new Event('input', { bubbles: true })); }"
PRESS = "press: () => document.querySelector('#next').click()"
DO = LATER % f"{TYPE}, {PRESS}"


def gate_of(ground: Ground, step: str) -> Gate:
    """Put a gate where the step is, in the page or on the wire."""
    if step in ("send", "store", "reply"):
        gate = Gate()
        ground.wire.gates[step] = gate
        ground.wire.send.append(faults.held(gate, step))
        return gate
    return ground.wire.gate(step)


def kill(ground: Ground, victim: str) -> None:
    """Kill it, let go of what was held, and start it again."""
    if victim == "server":
        ground.server.kill()
        ground.wire.mend()
        ground.phone.page.wait_for_timeout(150)
        ground.server.start()
        return
    getattr(ground.phone, f"kill_{victim}")()
    ground.wire.mend()


def killed_at(victim: str, step: str) -> Callable[[Ground], None]:
    """Make a row's act."""

    def run(ground: Ground) -> None:
        phone = ground.phone
        draft = step.startswith("draft")
        phone.begin("incident")
        phone.turn("what")
        if draft:
            gate = gate_of(ground, step)
            phone.page.evaluate(DO, ["type", MARK])
        else:
            phone.page.fill("#q-in_text-value", MARK)
            phone.saved()
            phone.promised.append(MARK)
            phone.turn("review")
            phone.page.wait_for_timeout(800)
            gate = gate_of(ground, step)
            phone.page.evaluate(DO, ["press", ""])
        gate.wait()
        if step == "draft_after":
            phone.promised.append(MARK)
        kill(ground, victim)
        if draft or step == "finish_before":
            go_on(ground, victim, step)
        phone.settle()

    return run


def go_on(ground: Ground, victim: str, step: str) -> None:
    """Open the draft again, as the observer would; what had not been kept is said anew."""
    phone = ground.phone
    if victim == "server" and step == "finish_before":
        phone.page.wait_for_url("**/o/*/")
        return
    if victim != "server":
        phone.day()
        drafts = phone.page.locator("#today li", has=phone.page.locator(".pill", has_text="draft"))
        if step == "draft_before" and drafts.count() == 0:
            phone.begin("incident")
        else:
            drafts.first.locator("a").click()
            expect(phone.page.locator("#progress")).not_to_be_empty()
    box = phone.page.locator("#q-in_text-value")
    expect(box).to_be_editable()  # without Web Locks the killed tab's hold must run out first
    if step == "draft_before":
        phone.turn("what")
        box.fill(MARK)
        phone.saved()
        phone.promised.append(MARK)
    expect(box).to_have_value(re.compile(MARK))
    phone.finish()


def killed_within(seed: int) -> Callable[[Ground], None]:
    """Kill the server at no chosen moment, some milliseconds after a request came."""

    def run(ground: Ground) -> None:
        chance = random.Random(seed)
        phone = ground.phone
        for turn in range(4):
            phone.seed(3, f"round {turn} {seed}")
            pause = chance.uniform(0.0, 0.03)

            def forwarded(exchange: Exchange, pause: float = pause) -> None:
                import threading

                threading.Thread(target=lambda: (time.sleep(pause), ground.server.kill()), daemon=True).start()
                exchange.give(exchange.forward())

            ground.wire.send.append(forwarded)
            phone.page.goto(phone.address("queue"))
            phone.until(lambda _: not ground.wire.send and not ground.server.runs)
            ground.server.start()
            phone.settle()

    return run


ROWS = [
    Row(
        f"{victim} killed: {step}",
        f"{MOMENTS[step]}: the {victim} is killed, and started again",
        killed_at(victim, step),
        quick=step in QUICK[victim],
        floor=victim == "tab" and step in ("finish_before", "store"),
        profile=victim != "server",
        scripts=(STEPS,),
    )
    for victim in ("tab", "browser", "server")
    for step in MOMENTS
]
ROWS += [
    Row(
        f"server killed: at random, {seed}",
        "four times: some milliseconds after three reports came, the server is killed",
        killed_within(seed),
        quick=seed == 22,
    )
    for seed in (22, 23, 24)
]
