"""The production server, killed while phones that are cut off send to it: no receipt without its report, none twice."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from observer_kit.storage import Store, submissions
from observer_kit.storage.check import check
from tests import phones
from tests.browser.faults.ground import Server
from tests.phones import MISSION, Phone

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process group is killed")
PHONES, REPORTS, TOGETHER, KILLS = 4, 40, 4, 3


def request(port: int, phone: Phone, some: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    """Send some envelopes as a phone on a bad line: a cut request, an unheard reply, or a whole exchange."""
    body = json.dumps({"envelopes": some}).encode()
    head = f"POST /api/submissions HTTP/1.1\r\nHost: kit\r\nAuthorization: Bearer {phone.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    raw, what = head.encode() + body, chance.random()
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(raw if what > 0.25 else raw[: chance.randrange(len(raw))])
        if what < 0.5:
            time.sleep(chance.uniform(0, 0.02))
            return {}
        reply = b"".join(iter(lambda: line.recv(65536), b""))
    top, _, content = reply.partition(b"\r\n\r\n")
    return json.loads(content) if top.startswith(b"HTTP/1.1 200") else {}


def deliver(port: int, phone: Phone, receipts: dict[str, Any], seed: int) -> None:
    """Send every envelope until there is a receipt for each."""
    chance = random.Random(seed)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        left = [each for each in phone.made if each["id"] not in receipts]
        if not left:
            return
        with contextlib.suppress(OSError, ValueError):
            for result in request(port, phone, left[:TOGETHER], chance).get("results", []):
                receipts[result["id"]] = result["receipt"]


def test_killed_again_and_again_under_phones_that_are_cut_off_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    made: list[Phone] = []

    def furnish(store: Store) -> None:
        asked = phones.lay_ground(store)
        made.extend(phones.enrol(store, asked) for _ in range(PHONES))

    server = Server(tmp_path / "data", furnish)
    for phone in made:
        for number in range(REPORTS):
            phone.envelope({"vo_boxes": number})
    receipts: list[dict[str, Any]] = [{} for _ in made]
    server.start()
    threads = [
        threading.Thread(target=deliver, args=(server.port, phone, had, seed))
        for seed, (phone, had) in enumerate(zip(made, receipts, strict=True))
    ]
    for thread in threads:
        thread.start()
    chance, killed = random.Random(22), 0
    for _ in range(KILLS):
        before = sum(map(len, receipts))
        until = time.monotonic() + 20
        while sum(map(len, receipts)) <= before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.05))
        killed += any(thread.is_alive() for thread in threads)
        server.kill()
        server.start()
    for thread in threads:
        thread.join()
    server.kill()
    assert killed == KILLS, "all was delivered before the kills: the test proved less"
    told = {id: receipt for had in receipts for id, receipt in had.items()}
    with server.store.reading() as tx:
        stored = [report.id for report in submissions.reports(tx, MISSION)]
        assert sorted(stored) == sorted(each["id"] for phone in made for each in phone.made)
        for id, receipt in told.items():
            assert receipt == submissions.get(tx, MISSION, id).receipt.as_dict()
    assert set(told) == set(stored)
    assert check(server.store) == []
    server.store.close()
