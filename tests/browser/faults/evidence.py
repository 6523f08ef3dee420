"""Rows: photos on a bad line, and reports that go by more than one way."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Error, expect

from tests.browser.faults import faults
from tests.browser.faults.network import deliver
from tests.browser.faults.scripts import SLOW_PICTURES
from tests.browser.faults.shells import only
from tests.browser.faults.table import Ground, Row
from tests.browser.faults.wire import Exchange, Fault, passed
from tests.pictures import jpeg

PHOTOS = itertools.count(1)


def of_photos(path: str) -> bool:
    """Whether this address takes photos."""
    return path.startswith("/api/attachments")


def report_with_photo(ground: Ground, mark: str, *, at_once: bool = False) -> None:
    """Finish a report with a photo of some hundred kilobytes, which no other report has; or before it is prepared."""
    phone = ground.phone
    phone.begin_incident(mark)
    taken = jpeg(1200, 900, seed=next(PHOTOS))  # one that the server has already would meet nothing on its way
    photo = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": taken}
    phone.page.set_input_files("#q-in_photo-file", files=[photo])  # type: ignore[list-item]  # a plain dict will do
    if not at_once:
        expect(phone.page.locator("#q-in_photo [data-photo-shown] img")).to_be_visible()
    phone.finish()


def arrived(ground: Ground, seconds: float = 20) -> None:
    """Open the queue's page again and again until the photos have their receipts."""
    phone, left = ground.phone, seconds
    while left > 0:
        phone.settle()
        with contextlib.suppress(Error):
            photos = phone.photos()
            if photos and all(each["state"] == "delivered" for each in photos):
                return
        phone.page.wait_for_timeout(1000)
        left -= 1


def photo_meets(fault: Callable[[random.Random], Fault], mark: str) -> Callable[[Ground], None]:
    """Have two of three requests that carry a photo meet this, ten times."""

    def run(ground: Ground) -> None:
        chance, met = random.Random(22), [0]

        def bad(exchange: Exchange) -> None:
            if met[0] < 10 and chance.random() < 0.67:
                met[0] += 1
                fault(chance)(exchange)
            else:
                passed(exchange)

        ground.wire.everything = only(of_photos, bad)
        report_with_photo(ground, mark)
        arrived(ground)
        assert met[0], "the photo met nothing"

    return run


def killed_between_pieces(ground: Ground) -> None:
    """Kill the browser while a piece of the photo is on its way."""
    gate = ground.wire.gate("piece")

    def hold(exchange: Exchange) -> None:
        if exchange.method == "PUT" and not gate.reached.is_set():
            gate.stop()
        passed(exchange)

    ground.wire.everything = only(of_photos, hold)
    report_with_photo(ground, "killed between the pieces of its photo")
    gate.wait()
    ground.phone.kill_browser()
    ground.wire.mend()
    arrived(ground)


def finished_at_once(ground: Ground) -> None:
    """Finish while the photo is still being prepared."""
    report_with_photo(ground, "finished before its photo was there", at_once=True)
    arrived(ground)
    photos = ground.phone.photos()
    assert len(photos) == 1, "the report does not name its photo, which is gone"
    assert photos[0]["sha256"] in ground.phone.records()[0]["envelope"]["payload"], "the report does not name its photo"


def by_file_and_network(ground: Ground) -> None:
    """Hand three reports over by file, take it in twice, and have the network back between: each is stored once."""
    phone, wire = ground.phone, ground.wire
    phone.seed(3, "by file and by network")
    wire.always = faults.request_dropped
    page = phone.page
    page.goto(phone.address("hand-over"))
    expect(page.locator("#undelivered")).not_to_be_empty()
    page.click("#make")
    page.locator("#made").wait_for()
    with page.expect_download() as download:
        page.click("#save")
    content = Path(download.value.path()).read_bytes()
    assert {each["state"] for each in phone.records()} == {"handed_over"}
    take_in(ground, content)
    wire.mend()
    page.goto(phone.address("missing"))
    deliver(ground)
    take_in(ground, content)
    phone.settle()


def take_in(ground: Ground, content: bytes) -> None:
    """Import a file at the server's command line."""
    file = ground.server.folder / "handed-over.okb"
    file.write_bytes(content)
    words = ["--data", str(ground.server.folder), "submissions", "import", str(file)]
    done = subprocess.run(
        [sys.executable, "-c", "from observer_kit.cli import main; main()", *words],
        capture_output=True,
        text=True,
        env=os.environ | {"OBSERVER_KIT_DATABASE_URL": ground.server.config.database_url},
    )
    assert done.returncode == 0, done.stderr


ROWS = [
    Row(
        "photo: pieces and replies lost",
        "two of three requests of a photo, or their replies, are lost",
        photo_meets(lambda chance: chance.choice([faults.request_dropped, faults.reply_dropped]), "a photo in pieces"),
    ),
    Row(
        "photo: pieces cut",
        "two of three requests of a photo are cut at any byte",
        photo_meets(lambda chance: faults.request_cut(chance.random()), "a photo that was cut"),
        quick=False,
    ),
    Row(
        "photo: portal",
        "a portal answers two of three requests of a photo",
        photo_meets(lambda _: faults.portal, "a photo behind a portal"),
        quick=False,
    ),
    Row(
        "photo: every piece twice",
        "the server gets requests of a photo twice",
        photo_meets(lambda _: faults.doubled, "a photo sent twice"),
    ),
    Row(
        "photo: browser killed",
        "the browser is killed while a piece is on its way",
        killed_between_pieces,
        profile=True,
    ),
    Row(
        "photo: finished at once",
        "a report is finished while its photo is still being prepared, which takes three seconds",
        finished_at_once,
        scripts=(SLOW_PICTURES,),
    ),
    Row("file and network", "reports go by file, by network and by file again", by_file_and_network),
]
