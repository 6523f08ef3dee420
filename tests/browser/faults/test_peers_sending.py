"""Sending that stuck, doubled or came to nothing in other systems: each story is a test here.

The references are those systems' own issues, as their trackers number them.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections import Counter

import pytest
from playwright.sync_api import Response, expect

from tests.browser.faults import faults
from tests.browser.faults.conftest import Make, Stands
from tests.browser.faults.ground import Server
from tests.browser.faults.judge import devices_of, judge, stored
from tests.browser.faults.network import deliver
from tests.browser.faults.table import Ground
from tests.browser.faults.trial import CLEAN, PLAIN

pytestmark = pytest.mark.browser


def states(ground: Ground) -> list[str]:
    return [each["state"] for each in ground.phone.records()]


def test_sending_resumes_of_itself_when_the_network_is_back(ground: Ground) -> None:
    """getodk/collect#4513, #6598, #6112, #6113, #6120: automatic sending is stuck, or does not follow its setting."""
    phone = ground.phone
    phone.context.set_offline(True)
    phone.seed(3, "written offline")
    phone.page.goto(phone.address("queue"))
    phone.wait_state("waiting", 3)
    phone.context.set_offline(False)
    phone.wait_state("delivered", 3)
    assert judge(phone, ground.server.store) == CLEAN


def test_sending_resumes_of_itself_after_a_server_that_failed(ground: Ground) -> None:
    """getodk/collect#4513: automatic sending does not start again after a failure."""
    phone = ground.phone
    phone.seed(3, "after a failure")
    ground.wire.send.append(faults.request_dropped)
    phone.page.goto(phone.address("queue"))
    phone.wait_state("delivered", 3)  # nobody touches the page: the second attempt is its own
    assert len(ground.wire.sent) >= 2
    assert judge(phone, ground.server.store) == CLEAN


def test_a_phone_that_is_refused_does_not_go_on_with_every_report(ground: Ground) -> None:
    """getodk/collect#1939: a thousand forms are sent one after the other after the first fatal error."""
    ground.wire.always = faults.status("401 Unauthorized", b'{"error": {"code": "device_unknown"}}', "application/json")
    phone = ground.phone
    phone.seed(60, "refused with all others")
    before = len(ground.wire.sent)
    deliver(ground)
    assert len(ground.wire.sent) - before <= 3
    assert Counter(states(ground)) == {"waiting": 60}
    ground.wire.mend()
    phone.settle()
    assert judge(phone, ground.server.store) == CLEAN


def test_what_was_tried_in_vain_offline_can_be_sent_by_the_button(ground: Ground) -> None:
    """getodk/central#1004 and #998: after an offline attempt a submission could not be sent again."""
    phone = ground.phone
    ground.wire.always = faults.request_dropped
    phone.report("tried in vain")
    phone.wait_state("waiting")
    ground.wire.mend()
    phone.send_now()
    assert judge(phone, ground.server.store) == CLEAN


def test_the_worker_touches_no_request_that_sends(ground: Ground) -> None:
    """enketo/enketo#1584 and kobotoolbox/enketo-express#957: the service worker intercepted requests that send."""
    phone = ground.phone
    answers: list[Response] = []
    phone.page.on("response", lambda response: answers.append(response))
    phone.seed(1, "past the worker")
    deliver(ground)
    [sent] = [each for each in answers if each.request.method == "POST" and "/api/submissions" in each.url]
    assert not sent.from_service_worker
    assert any(each.from_service_worker for each in answers), "no worker was at work: the test proves nothing"


def test_a_long_queue_goes_in_small_requests(ground: Ground) -> None:
    """getodk/getodk#577: one large request over 2G and 3G never arrives."""
    phone = ground.phone
    phone.seed(60, "of a long queue")
    deliver(ground)
    assert all(len(ids) <= 20 for _, ids in ground.wire.sent)
    phone.settle()
    assert judge(phone, ground.server.store) == CLEAN


def test_long_reports_get_through_a_slow_line(stands: Stands) -> None:
    """getodk/getodk#577: what takes longer than the line lasts is sent whole again and again."""
    stands("long reports on a slow line")


def test_one_report_in_many_requests_at_once_is_stored_once(ground: Ground) -> None:
    """kobotoolbox/kpi#5047: requests that race each other on an unreliable network make duplicates."""
    phone = ground.phone
    ground.wire.always = faults.request_dropped
    phone.seed(1, "raced")
    [record] = phone.records()
    token = phone.page.evaluate("async () => (await (await import('/static/js/device.js')).identity()).token")
    url = f"http://127.0.0.1:{ground.server.port}/api/submissions"
    results: list[dict[str, str]] = []

    def send() -> None:
        head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"envelopes": [record["envelope"]]}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, head), timeout=20) as reply:
            results.extend(json.load(reply)["results"])

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(each["status"] for each in results) == {"stored": 1, "known": 11}
    assert len({str(each["receipt"]) for each in results}) == 1
    ground.wire.mend()
    phone.settle()
    assert judge(phone, ground.server.store) == CLEAN


def test_every_request_twice_makes_no_duplicate(stands: Stands) -> None:
    """kobotoolbox/kobocat#565, kobotoolbox/kpi#6732: the same submission is stored more than once."""
    ground = stands("every request twice")
    held = stored(ground.server.store, devices_of(ground.phone))
    assert len(held) == len({row["hash"] for row in held}) == 4


def test_two_phones_of_one_team_at_once_fail_neither(server: Server, grounds: Make) -> None:
    """commitglobal/votemonitor, its app's log: 500 because of parallel creation."""
    some = [grounds(server, PLAIN) for _ in range(2)]
    for number, each in enumerate(some):
        each.phone.seed(10, f"of phone {number}")
        each.phone.page.evaluate("async () => { (await import('/static/js/sync.js')).deliver(); }")
    for each in some:
        each.phone.settle()
        assert judge(each.phone, server.store) == CLEAN


def test_an_expired_sign_in_crashes_nothing_and_loses_nothing(stands: Stands) -> None:
    """commitglobal/votemonitor, its app's log: a crash on 401."""
    assert set(states(stands("token expired"))) == {"delivered"}


def test_one_bad_report_holds_up_no_other(stands: Stands) -> None:
    """dimagi/commcare-android#1807, #2289: one bad form blocks the whole queue."""
    ground = stands("poison in the queue")
    assert Counter(states(ground)) == {"delivered": 5, "attention": 1}


def test_the_page_says_why_a_report_was_refused(stands: Stands) -> None:
    """kobotoolbox/kpi#5970: an error 500 for every cause, which explains nothing."""
    ground = stands("poison in the queue")
    said = ground.phone.page.locator("#reports li", has=ground.phone.page.locator(".pill.bad")).inner_text()
    assert "The server could not read this report." in said


def test_a_finish_without_network_takes_no_time_and_needs_nothing(ground: Ground) -> None:
    """commitglobal/votemonitor, its app's log: completing a set did not work offline."""
    phone = ground.phone
    phone.context.set_offline(True)
    phone.fill_voting()
    began = time.monotonic()
    phone.finish()
    assert time.monotonic() - began < 30
    phone.wait_state("waiting")
    expect(phone.page.locator("#state")).to_contain_text("No network")
    phone.context.set_offline(False)
    phone.wait_state("delivered")
    assert judge(phone, ground.server.store) == CLEAN
