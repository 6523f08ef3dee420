"""Rows: what the network does to requests and replies."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable

from tests.browser.faults import faults
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.wire import Exchange, Fault, Wire, passed

POINTS = 20


def deliver(ground: Ground) -> None:
    """Send now, and wait until the page has done what it can."""
    ground.phone.page.evaluate("async () => (await import('/static/js/sync.js')).deliver()")


def befalls(*some: Fault, each: str = "a report that meets it") -> Callable[[Ground], None]:
    """Send a report, whose requests meet these one after the other; then the network is well."""

    def run(ground: Ground) -> None:
        phone = ground.phone
        phone.seed(2, each)
        for fault in some:
            ground.wire.send.append(fault)
            deliver(ground)
            ground.phone.until(lambda _: not ground.wire.send)
        phone.settle()

    return run


def cut(fault: Callable[[float], Fault]) -> Callable[[Ground], None]:
    """Cut at each of twenty points; each time it is another report's first sending."""

    def run(ground: Ground) -> None:
        phone = ground.phone
        for point in range(POINTS):
            phone.seed(1, f"cut at {point} of {POINTS}")
            ground.wire.send.append(fault(point / POINTS))
            deliver(ground)
            phone.until(lambda _: not ground.wire.send)
            deliver(ground)
        phone.settle()

    return run


def late_within_patience(ground: Ground) -> None:
    """Keep a reply back for half a minute of the phone's time."""
    phone = ground.phone
    phone.context.clock.install()
    gate = ground.wire.gate("store")
    ground.wire.send.append(faults.held(gate, "store"))
    phone.report("half a minute late")
    gate.wait()
    phone.page.clock.fast_forward(30_000)
    gate.opened.set()
    phone.until(lambda queue: queue[0]["state"] == "delivered")
    assert len(ground.wire.sent) == 1


def late_beyond_patience(ground: Ground) -> None:
    """Keep a reply back until the phone has given up, and give it then."""
    phone = ground.phone
    phone.context.clock.install()
    gate = ground.wire.gate("store")
    ground.wire.send.append(faults.held(gate, "store"))
    phone.report("more than a minute late")
    gate.wait()
    for _ in range(3):  # a longer request may be given more time
        phone.page.clock.fast_forward(61_000)
        phone.page.wait_for_timeout(100)
    phone.until(lambda queue: len(ground.wire.sent) > 1)
    gate.opened.set()
    phone.until(lambda queue: queue[0]["state"] == "delivered")
    assert len(ground.wire.sent) > 1, "the phone has not tried again of itself"


def truly_late(ground: Ground) -> None:
    """Keep a reply back for a real minute and more."""
    phone = ground.phone
    ground.wire.send.append(faults.delayed(66))
    phone.report("a minute late by any clock")
    phone.until(lambda queue: queue[0]["state"] == "delivered", 90)


def stale_reply(ground: Ground) -> None:
    """Answer a second report with the first one's reply."""
    phone, replies = ground.phone, []

    def keep(exchange: Exchange) -> None:
        passed(exchange)
        replies.append(exchange.replies[0])

    phone.seed(1, "first")
    ground.wire.send.append(keep)
    deliver(ground)
    phone.until(lambda queue: bool(replies) and queue[0]["state"] == "delivered")  # the wire may be a step behind
    phone.seed(1, "second")
    ground.wire.send.append(faults.another_reply(replies[0]))
    deliver(ground)
    phone.settle()


def everything_twice(wire: Wire) -> None:
    """Send every request twice, the enrolment too."""
    wire.everything = wire.always = faults.doubled


def sent_twice(ground: Ground) -> None:
    """Report as usual."""
    ground.phone.report("said once")
    ground.phone.seed(3, "said once more")
    ground.phone.settle()


def poison(ground: Ground) -> None:
    """Have the server fail whenever the oldest of six is in a request; then it is mended."""
    phone = ground.phone
    head = phone.seed(1, "the head of the queue")[0]
    phone.seed(5, "behind it")
    ground.wire.always = faults.stumbling_over(head)
    deliver(ground)
    queue = phone.until(lambda found: sum(each["state"] == "delivered" for each in found) == 5)
    states = Counter(each["state"] for each in queue)
    assert states == {"delivered": 5, "waiting": 1}, states
    ground.wire.mend()
    phone.settle()


def too_large(ground: Ground) -> None:
    """Have a proxy refuse what is larger than a few reports."""
    phone = ground.phone
    phone.seed(20, "of twenty")
    ground.wire.always = faults.smaller_than(6000)
    deliver(ground)
    phone.settle()


def over_2g(number: int, kilobits: int = 50) -> Callable[[Ground], None]:
    """Send so many reports over a line of so many kilobits a second up, by the browser's own emulation."""

    def run(ground: Ground) -> None:
        phone = ground.phone
        phone.seed(number, "of a long day")
        line = phone.cdp()
        speed = kilobits * 1000 / 8
        line.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 300, "downloadThroughput": speed * 5, "uploadThroughput": speed},
        )
        began = time.monotonic()
        deliver(ground)
        size = sum(len(json.dumps(each["envelope"], ensure_ascii=False).encode()) for each in phone.records())
        assert time.monotonic() - began > size / speed / 3, "the line was not slow"
        line.detach()
        assert max(Counter(id for _, ids in ground.wire.sent for id in ids).values()) == 1
        phone.settle()

    return run


def longer_than_patience(ground: Ground) -> None:
    """Send long reports over a line so slow that a full request takes longer than the phone's patience."""
    phone = ground.phone
    phone.seed(8, "a long story", padding=6000)
    ground.wire.always = faults.slow(60_000, most=1.0)  # what takes longer than this is lost on the way
    for _ in range(8):
        deliver(ground)
    queue = phone.records()
    assert all(each["state"] == "delivered" for each in queue), "long reports never get through"
    phone.settle()


STUMBLES = {
    "an error page with 500": faults.status("500 Internal Server Error", b"<h1>Oops</h1>"),
    "a gateway's page with 502": faults.status("502 Bad Gateway"),
    "an error page with 200": faults.status("200 OK", b"<h1>Oops</h1>"),
    "too many requests, 429": faults.status("429 Too Many Requests", b"{}", "application/json"),
    "not found, 404": faults.status("404 Not Found", b"<h1>404</h1>"),
    "created, 201": faults.status("201 Created", b"{}", "application/json"),
    "an empty list of results": faults.replaced(b'{"results": []}'),
    "JSON that is no object": faults.replaced(b"[1, null, true]"),
    "results that are none": faults.replaced(b'{"results": [null, 7, {"id": null}, {"status": "stored"}]}'),
}
QUICK = ("an error page with 500", "an error page with 200", "an empty list of results", "results that are none")

ROWS = [
    Row("request dropped", "the request is lost on its way, twice", befalls(*[faults.request_dropped] * 2)),
    Row(
        "reply dropped",
        "the server stores, its reply is lost, twice",
        befalls(*[faults.reply_dropped] * 2),
        floor=True,
    ),
    Row("reply doubled", "the reply's bytes arrive twice", befalls(faults.reply_doubled)),
    Row("request doubled", "the server gets a request twice", befalls(faults.doubled)),
    Row("reply 30 s late", "the reply comes after half a minute (the phone's clock is moved)", late_within_patience),
    Row("reply 60 s late", "the reply comes after the phone gave up (its clock is moved)", late_beyond_patience),
    Row("reply 60 s late, truly", "the reply comes after 66 real seconds", truly_late, quick=False),
    Row("reply cut", f"the reply ends at each of {POINTS} points", cut(faults.reply_cut), floor=True),
    Row("request cut", f"the request ends at each of {POINTS} points", cut(faults.request_cut)),
    Row("portal", "a hotel's sign-in page answers with 200", befalls(faults.portal, faults.portal)),
    Row("portal elsewhere", "a redirect to a sign-in page answers", befalls(faults.portal_elsewhere)),
    *(
        Row(name, f"the intake is answered by {name}", befalls(fault), quick=name in QUICK)
        for name, fault in STUMBLES.items()
    ),
    Row("receipt forged", "stored, says the reply, with a receipt that nobody signed", befalls(faults.forged)),
    Row("reply of another report", "a second report gets the first one's reply", stale_reply),
    Row(
        "every request twice",
        "each request of the day, the enrolment's too, reaches the server twice",
        sent_twice,
        prepare=everything_twice,
    ),
    Row("poison in the server", "the server fails over one report of six, the oldest", poison),
    Row("too large", "a proxy refuses twenty reports in one request, not a few", too_large),
    Row("60 reports over 2G", "60 queued reports, 50 kbit/s, 300 ms", over_2g(60)),
    Row("500 reports over 2G", "500 queued reports, 50 kbit/s, 300 ms", over_2g(500), quick=False),
    Row(
        "long reports on a slow line",
        "what takes longer than the line lasts gets through in smaller requests",
        longer_than_patience,
    ),
]
