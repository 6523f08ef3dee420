"""Handing over without a network: by codes on the screen, by sealed file; receipts and drafts that come back."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Playwright, expect

from observer_kit.exchange import arrivals, bundle, packing, qr
from observer_kit.exchange.arrivals import Arrival
from observer_kit.storage import accounts, attachments, devices, missions
from observer_kit.storage.intake import Intake
from tests.browser.conftest import Field, Phone
from tests.browsers import ARGS, chromium
from tests.pictures import jpeg


def hand_over(phone: Phone) -> Page:
    phone.page.goto(phone.address("hand-over"))
    expect(phone.page.locator("#undelivered")).not_to_be_empty()
    return phone.page


def offline_reports(phone: Phone, count: int = 2) -> None:
    """Finish reports that can't go anywhere."""
    phone.day()
    phone.context.set_offline(True)
    for number in range(count):
        phone.fill_voting(str(144 + number))
        phone.finish()


def read_codes(page: Page) -> list[str]:
    """Read every code from the screen's own pixels, turning to the next each time."""
    texts: list[str] = []
    page.locator("#code svg").wait_for()
    while True:
        line = page.locator("#code-line").inner_text()
        picture = Image.open(io.BytesIO(page.screenshot()))
        found = zxingcpp.read_barcodes(picture)
        assert len(found) == 1, line
        texts.append(found[0].text)
        at, of = re.findall(r"\d+", line)
        if at == of:
            return texts
        page.click("#code-next")
        expect(page.locator("#code-line")).not_to_have_text(line)


def take(field: Field, parts: Any, via: str = "qr") -> list[Arrival]:
    """Take in at the desk what was handed over."""
    return list(arrivals.take(field.store, Intake(field.store, field.config), parts, via=via, mission="test"))


def take_file(field: Field, path: Path) -> list[Arrival]:
    with path.open("rb") as file:
        keys_of = arrivals.mission_keys(field.store, field.config)
        return take(field, list(bundle.parts(file, keys_of)), "file")


def save(page: Page, folder: Path, button: str = "#make") -> Path:
    """Make a file on the phone and keep it as a person would."""
    page.click(button)
    page.locator("#made").wait_for()
    with page.expect_download() as download:
        page.click("#save")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def states(phone: Phone) -> list[str]:
    return sorted(record["state"] for record in phone.records())


def give_receipts(page: Page, found: list[Arrival]) -> None:
    """Give the receipts to the phone, and wait for what it says to these: not to others given before."""
    page.locator("#taken").evaluate("line => line.replaceChildren()")
    content = arrivals.receipts_file(arrivals.receipts(found))
    page.set_input_files("#take", {"name": "receipts.json", "mimeType": "application/json", "buffer": content})
    expect(page.locator("#taken")).not_to_be_empty()


def test_reports_go_by_codes_from_the_screen_and_stay_until_their_receipts_come(field: Field, phone: Phone) -> None:
    offline_reports(phone)
    page = hand_over(phone)
    expect(page.locator("#undelivered")).to_have_text("2 reports not delivered yet")
    page.click("#show")
    expect(page.locator("#codes-done")).to_be_disabled()
    texts = read_codes(page)
    page.click("#codes-done")
    expect(page.locator("#notice")).to_contain_text("2 reports handed over")
    assert states(phone) == ["handed_over", "handed_over"]
    found = take(field, arrivals.from_codes(reversed(texts)))
    assert [each.status for each in found] == ["stored", "stored"]
    sent = {record["id"]: record["envelope"] for record in phone.records()}
    for row in field.stored():
        assert {name: row[name] for name in sent[row["id"]]} == sent[row["id"]]
        assert row["via"] == "qr"
        assert row["quarantine"] is None
    give_receipts(page, found)
    expect(page.locator("#taken")).to_have_text("2 reports delivered by their receipts")
    assert states(phone) == ["delivered", "delivered"]
    expect(page.locator("#undelivered")).to_have_text("Everything in this phone is delivered.")


def test_sealed_reports_go_by_codes_and_by_file_as_they_are(
    field: Field, phones: Callable[..., Phone], tmp_path: Path
) -> None:
    with field.store.atomic() as tx:
        known = missions.get(tx, "test")
        missions.save(tx, replace(known, policy=replace(known.policy, seal=True)))
    phone = phones(field).enrol()
    offline_reports(phone)
    page = hand_over(phone)
    page.click("#show")
    found = take(field, arrivals.from_codes(read_codes(page)))
    assert [each.status for each in found] == ["stored", "stored"]
    page.click("#codes-stop")
    assert [each.status for each in take_file(field, save(page, tmp_path))] == ["known", "known"]
    sent = {record["id"]: record["envelope"] for record in phone.records()}
    assert all(row["sealed"] and row["payload"] == sent[row["id"]]["payload"] for row in field.stored())


def test_codes_that_were_not_all_shown_hand_nothing_over(field: Field, phone: Phone) -> None:
    offline_reports(phone)
    page = hand_over(phone)
    page.click("#show")
    page.click("#codes-stop")
    expect(page.locator("#home")).to_be_visible()
    assert states(phone) == ["waiting", "waiting"]


def test_a_sealed_file_goes_by_cable_and_what_it_holds_still_goes_by_the_network(
    field: Field, phone: Phone, tmp_path: Path
) -> None:
    offline_reports(phone)
    page = hand_over(phone)
    path = save(page, tmp_path)
    expect(page.locator("#notice")).to_contain_text("kept in the phone until receipts come")
    assert states(phone) == ["handed_over", "handed_over"]
    content = path.read_bytes()
    record = phone.records()[0]
    for telling in ("test", record["id"], record["envelope"]["device"], "R-0144", "voting"):
        assert telling.encode() not in content
    phone.context.set_offline(False)
    phone.page.goto(phone.address("queue"))
    phone.wait_state("delivered", 2)
    assert [each.status for each in take_file(field, path)] == ["known", "known"]
    assert len(field.stored()) == 2


def test_the_same_report_by_file_twice_by_codes_and_by_network_is_stored_once(
    field: Field, phone: Phone, tmp_path: Path
) -> None:
    offline_reports(phone, 1)
    page = hand_over(phone)
    first, second = save(page, tmp_path), save(page, tmp_path)
    assert first.read_bytes() != second.read_bytes()
    assert [each.status for each in take_file(field, second)] == ["stored"]
    assert [each.status for each in take_file(field, first)] == ["known"]
    page.click("#show")
    assert [each.status for each in take(field, arrivals.from_codes(read_codes(page)))] == ["known"]
    phone.context.set_offline(False)
    page.goto(phone.address("queue"))
    phone.wait_state("delivered")
    assert len(field.stored()) == 1


def test_everything_the_phone_holds_goes_into_a_file_on_choice(field: Field, phone: Phone, tmp_path: Path) -> None:
    phone.fill_voting()
    phone.finish()
    phone.wait_state("delivered")
    page = hand_over(phone)
    expect(page.locator("#make")).to_be_disabled()
    page.check("#all")
    expect(page.locator("#make")).to_be_enabled()
    assert [each.status for each in take_file(field, save(page, tmp_path))] == ["known"]
    assert states(phone) == ["delivered"]


def test_a_forged_receipt_delivers_nothing(field: Field, phone: Phone) -> None:
    offline_reports(phone, 1)
    page = hand_over(phone)
    page.click("#show")
    found = take(field, arrivals.from_codes(read_codes(page)))
    page.click("#codes-done")
    good = arrivals.receipts(found)[0]
    for change in ({"sequence": 999}, {"hash": "0" * 64}, {"key": "0" * 16}, {"signature": "AAAA"}):
        content = arrivals.receipts_file([good | change])
        page.set_input_files("#take", {"name": "r.json", "mimeType": "application/json", "buffer": content})
        expect(page.locator("#taken")).to_have_text("A receipt could not be verified. Its report is kept.")
        assert states(phone) == ["handed_over"]
    content = arrivals.receipts_file([good | {"id": "00000000-0000-4000-8000-000000000000"}])
    page.set_input_files("#take", {"name": "r.json", "mimeType": "application/json", "buffer": content})
    expect(page.locator("#taken")).to_have_text("1 receipt is for another phone")
    assert states(phone) == ["handed_over"]
    give_receipts(page, found)
    assert states(phone) == ["delivered"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"[1]", b'{"receipts": 5}', b'"<img src=x>"'])
def test_a_file_that_is_neither_receipts_nor_drafts_is_said_to_be(field: Field, phone: Phone, content: bytes) -> None:
    page = hand_over(phone)
    page.set_input_files("#take", {"name": "x", "mimeType": "text/plain", "buffer": content})
    expect(page.locator("#taken")).to_have_text("This file holds neither receipts nor drafts.")


def test_without_the_missions_key_a_file_goes_unsealed_only_when_asked_for_in_words(
    field: Field, phone: Phone, tmp_path: Path
) -> None:
    offline_reports(phone, 1)
    phone.page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("observer-kit");
          request.onsuccess = () => {
            const settings = request.result.transaction("settings", "readwrite").objectStore("settings");
            settings.get("manifest").onsuccess = ({ target }) => {
              settings.put({ ...target.result, mission_key: undefined }, "manifest").onsuccess = () => {
                request.result.close();
                resolve();
              };
            };
          };
        })"""
    )
    page = hand_over(phone)
    page.click("#make")
    expect(page.locator("#unsealed")).to_be_visible()
    expect(page.locator("#made")).to_be_hidden()
    path = save(page, tmp_path, "#open-make")
    assert b" - " in path.read_bytes().splitlines()[0]
    assert [each.status for each in take_file(field, path)] == ["stored"]


def begun(phone: Phone) -> dict[str, Any]:
    """Leave a draft behind."""
    phone.begin()
    phone.station("144")
    phone.turn("people")
    phone.answer("env_unauthorised_present", "no")
    phone.saved()
    phone.day()
    (draft,) = phone.records("drafts")
    return draft


def test_a_draft_goes_by_file_to_the_teams_other_phone_and_stays_on_the_first(
    field: Field, phone: Phone, phones: Callable[..., Phone], tmp_path: Path
) -> None:
    other = phones(field).enrol()
    draft = begun(phone)
    page = hand_over(phone)
    page.click("#drafts [data-file]")
    page.locator("#made").wait_for()
    key = page.locator("#made .key").inner_text()
    with page.expect_download() as download:
        page.click("#save")
    content = Path(download.value.path()).read_bytes()
    assert b"R-0144" not in content
    assert draft["id"].encode() not in content
    expect(page.locator("#drafts")).to_contain_text("Handed over to another phone")
    (kept,) = phone.records("drafts")
    assert {"photos": {}, **kept, "given": None} == {"photos": {}, **draft, "given": None}

    page = hand_over(other)
    page.set_input_files("#take", {"name": "d.txt", "mimeType": "text/plain", "buffer": content})
    page.fill("#key", "0000-0000-0000-0000")
    page.press("#key", "Enter")
    expect(page.locator("#taken")).to_have_text("The key does not open this file.")
    page.fill("#key", key.lower().replace("-", " "))
    page.press("#key", "Enter")
    expect(page.locator("#taken")).to_contain_text("Draft taken over: Station 144")
    (taken,) = other.records("drafts")
    assert {"photos": {}, **taken, "given": None} == {"photos": {}, **draft, "given": None}
    assert (taken["id"], taken["visit"]) == (draft["id"], draft["visit"])


def test_a_draft_goes_by_codes_and_comes_back_with_more_in_it(
    field: Field, phone: Phone, phones: Callable[..., Phone]
) -> None:
    other = phones(field).enrol()
    draft = begun(phone)
    page = hand_over(phone)
    page.click("#drafts [data-codes]")
    texts = read_codes(page)
    page.click("#codes-done")
    expect(page.locator("#drafts")).to_contain_text("Handed over to another phone")
    assert feed(other, texts) == ["taken"]
    assert feed(other, texts) == ["here"]
    assert feed(phone, texts) == ["here"]
    # The other phone goes on with it, and gives it back.
    other.page.goto(other.address(f"checklist/{draft['version']}#{draft['id']}"))
    expect(other.page.locator("#progress")).not_to_be_empty()
    if other.page.locator("section[data-section=people]").is_hidden():  # it goes on where the first phone was
        other.page.click("#contents > summary")
        other.page.locator("#contents-list button", has_text="People").first.click()
    other.page.fill("#q-env_members_present-value", "7")
    other.saved()
    page = hand_over(other)
    page.click("#drafts [data-codes]")
    back = read_codes(page)
    page.click("#codes-done")
    assert feed(phone, back) == ["taken"]
    (kept,) = phone.records("drafts")
    assert kept["answers"]["env_members_present"] == "7"


def test_a_draft_of_another_team_or_one_that_is_none_is_not_taken(
    field: Field, phone: Phone, phones: Callable[..., Phone]
) -> None:
    other = phones(field).enrol("T02")
    begun(phone)
    page = hand_over(phone)
    page.click("#drafts [data-codes]")
    assert feed(other, read_codes(page)) == ["team"]
    for bad in ("{}", "5", '{"mission": "test", "team": "T02", "draft": {"id": "x"}}', "<b>"):
        packed = bytes([4]) + packing._number(len(bad)) + bad.encode()
        assert feed(other, qr.frames(qr.DRAFT, packed)) == ["bad"]
    assert other.records("drafts") == []


def feed(phone: Phone, texts: list[str]) -> list[str]:
    """Put codes together on the phone as if its camera had read them; gives what became of each draft."""
    phone.page.goto(phone.address("hand-over"))
    return phone.page.evaluate(
        """async (texts) => {
          const { Gathering } = await import("/static/js/frames.js");
          const { unpackDraft } = await import("/static/js/pack.js");
          const { takeOver } = await import("/static/js/relay.js");
          const gathering = new Gathering();
          const became = [];
          for (const text of texts) {
            const { content } = await gathering.add(text);
            if (content) became.push(await takeOver(await unpackDraft(content).catch(() => null)));
          }
          return became;
        }""",
        texts,
    )  # type: ignore[no-any-return]


def test_a_withdrawn_phones_file_is_taken_and_set_aside_and_its_receipt_says_so(
    field: Field, phone: Phone, tmp_path: Path
) -> None:
    offline_reports(phone, 1)
    page = hand_over(phone)
    path = save(page, tmp_path)
    with field.store.atomic() as tx:
        devices.revoke(tx, phone.records()[0]["envelope"]["device"], None)
    found = take_file(field, path)
    assert [each.status for each in found] == ["quarantined"]
    give_receipts(page, found)
    (record,) = phone.records()
    assert (record["state"], record["quarantined"]) == ("delivered", True)


def test_the_phone_keeps_all_that_the_page_loads(field: Field, phone: Phone) -> None:
    from observer_kit.web.observer import shell

    loaded: set[str] = set()
    phone.page.on("request", lambda request: loaded.add(request.url.removeprefix(field.url)))
    offline_reports(phone, 1)
    page = hand_over(phone)
    page.click("#show")
    page.click("#codes-stop")
    page.click("#make")
    page.locator("#made").wait_for()
    with field.app.test_request_context():
        known = shell.shell().keys() | shell.extras().keys()
    assert {each for each in loaded if each.startswith(("/static", "/o/")) and "/checklist/" not in each} <= known


def test_receipts_as_json_hold_nothing_of_a_report(field: Field, phone: Phone) -> None:
    offline_reports(phone, 1)
    page = hand_over(phone)
    page.click("#show")
    found = take(field, arrivals.from_codes(read_codes(page)))
    file = json.loads(arrivals.receipts_file(arrivals.receipts(found)))
    assert set(file["receipts"][0]) == {"id", "hash", "received", "sequence", "key", "signature", "quarantined"}


def reported_photo(phone: Phone) -> None:
    """Finish an incident with a photo, where it can't go anywhere."""
    phone.day()
    phone.context.set_offline(True)
    photo_in_draft(phone)
    phone.finish()


def photo_in_draft(phone: Phone) -> None:
    phone.begin("incident")
    phone.station("151")
    phone.turn("what")
    phone.page.fill("#q-in_text-value", "A box was carried away")
    picture = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    phone.page.set_input_files("#q-in_photo-file", files=[picture])  # type: ignore[list-item]
    expect(phone.page.locator("#q-in_photo [data-photo-shown] img")).to_be_visible()
    phone.saved()


def photo_states(phone: Phone) -> list[str]:
    return [each["state"] for each in phone.records("photos") if each["id"].startswith("photo:")]


def test_photos_go_with_the_file_and_are_delivered_by_their_receipts(
    field: Field, phone: Phone, tmp_path: Path
) -> None:
    reported_photo(phone)
    page = hand_over(phone)
    expect(page.locator("#photos")).to_be_checked()
    found = take_file(field, save(page, tmp_path))
    assert [(each.kind, each.status) for each in found] == [("photo", "stored"), ("report", "stored")]
    assert photo_states(phone) == ["kept"]
    give_receipts(page, found)
    expect(page.locator("#taken")).to_contain_text("1 photo delivered by its receipt")
    assert photo_states(phone) == ["delivered"]
    assert states(phone) == ["delivered"]
    with field.store.reading() as tx:
        assert attachments.unnamed(tx, "test") == []


def test_photos_stay_behind_on_choice(field: Field, phone: Phone, tmp_path: Path) -> None:
    reported_photo(phone)
    page = hand_over(phone)
    page.uncheck("#photos")
    assert [each.kind for each in take_file(field, save(page, tmp_path))] == ["report"]


def test_the_photos_of_a_draft_that_was_given_away_go_from_the_phone_that_took_them(
    field: Field, phone: Phone, phones: Callable[..., Phone]
) -> None:
    other = phones(field).enrol()
    photo_in_draft(phone)
    page = hand_over(phone)
    page.click("#drafts [data-codes]")
    texts = read_codes(page)
    assert photo_states(phone) == ["kept"]
    page.click("#codes-done")
    expect(page.locator("#drafts")).to_contain_text("Handed over to another phone")
    assert feed(other, texts) == ["taken"]
    other.day()
    other.page.click("#today a")
    expect(other.page.locator("#progress")).not_to_be_empty()
    other.finish()
    other.wait_state("delivered")
    phone.page.goto(phone.address("queue"))
    for _ in range(100):
        if photo_states(phone) == ["delivered"]:
            break
        phone.page.wait_for_timeout(100)
    assert photo_states(phone) == ["delivered"]
    with field.store.reading() as tx:
        assert attachments.unnamed(tx, "test") == []


def film(path: Path, pictures: list[Image.Image]) -> None:
    """Make what a camera would see that looks at each picture for a while."""
    width, height = 1280, 720
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\n".encode())
        for picture in pictures:
            frame = Image.new("L", (width, height), 90)
            side = min(height - 40, picture.width * (height - 40) // picture.height)
            small = picture.convert("L").resize((side, side * picture.height // picture.width))
            frame.paste(small, ((width - small.width) // 2, (height - small.height) // 2))
            for _ in range(8):
                out.write(b"FRAME\n" + frame.tobytes() + bytes([128]) * (width * height // 2))


def test_the_desks_camera_reads_the_phone_and_the_phones_camera_reads_the_receipts(
    field: Field, playwright: Playwright, tmp_path: Path
) -> None:
    seen = tmp_path / "camera.y4m"
    film(seen, [Image.new("L", (400, 400), 200)])
    flags = [
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    ]  # fmt: skip
    with field.store.atomic() as tx:
        accounts.create(tx, "coordinator", "long enough to be one", {"test": "coordinator"})
    browser = playwright.chromium.launch(executable_path=chromium(), args=[*ARGS, *flags])
    try:
        phone = Phone(browser.new_context(viewport={"width": 390, "height": 844}), field).enrol()
        offline_reports(phone)
        page = hand_over(phone)
        page.click("#show")
        page.locator("#code svg").wait_for()
        pictures = []
        for number in range(2):
            pictures.append(Image.open(io.BytesIO(page.locator("#code").screenshot())))
            if number == 0:
                page.click("#code-next")
        page.click("#codes-done")
        film(seen, pictures)

        desk = browser.new_context().new_page()
        desk.goto(f"{field.url}/sign-in?next=/desk/test/arrivals")
        desk.fill("[name=name]", "coordinator")
        desk.fill("[name=password]", "long enough to be one")
        desk.click("main [type=submit]")
        desk.click("#read")
        expect(desk.locator("#sets li")).to_have_text(
            ["Report 1: all 1 codes", "Report 2: all 1 codes"], timeout=60_000
        )
        desk.click("#stop")
        desk.click("#arrivals > [type=submit]")
        expect(desk.locator("main")).to_contain_text("2 new")
        desk.click("main form [type=submit]")
        expect(desk.locator("main")).to_contain_text("2 stored")
        film(seen, [Image.open(io.BytesIO(desk.locator(".codes svg").screenshot()))])

        page.click("#camera")
        expect(page.locator("#seen")).to_contain_text("2 reports delivered by their receipts", timeout=60_000)
        page.click("#reading-stop")
        expect(page.locator("#undelivered")).to_have_text("Everything in this phone is delivered.")
        assert states(phone) == ["delivered", "delivered"]
        assert {row["via"] for row in field.stored()} == {"qr"}
        assert phone.errors == []
    finally:
        browser.close()
