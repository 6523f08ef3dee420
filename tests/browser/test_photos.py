"""Photos on the phone: drawn anew, bound to their report by hash, sent in pieces after it, and never in its way."""

from __future__ import annotations

import hashlib
import io
import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Playwright, Route, expect

from observer_kit.storage import attachments, missions
from observer_kit.storage.check import check
from tests.browser import field as small
from tests.browser.conftest import Field, Phone, phone_on_disk
from tests.browser.test_draft import kill_browser_of
from tests.pictures import halves, jpeg

pytestmark = pytest.mark.browser

READ = """(whole) => new Promise((resolve, reject) => {
  const request = indexedDB.open("observer-kit");
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const all = request.result.transaction("photos").objectStore("photos").getAll();
    const text = (data) => Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join("");
    all.onsuccess = () => {
      request.result.close();
      const shown = (data) => data && (whole ? btoa(text(data)) : "…");
      resolve(all.result.map((each) => ({ ...each, iv: null, data: shown(each.data) })));
    };
  };
})"""


def want(field: Field, **policy: Any) -> None:
    """Have the mission ask for this of its phones; before they enrol."""
    with field.store.atomic() as tx:
        known = missions.get(tx, small.MISSION)
        missions.save(tx, replace(known, policy=replace(known.policy, **policy)))


def file(content: bytes, name: str = "photo.jpg", media: str = "image/jpeg") -> dict[str, Any]:
    return {"name": name, "mimeType": media, "buffer": content}


def incident(phone: Phone, words: str = "A man took the box away") -> None:
    """Open an incident report, up to its photo."""
    phone.begin("incident")
    phone.station("151")
    phone.turn("what")
    phone.page.fill("#q-in_text-value", words)


def choose(phone: Phone, content: bytes, **more: str) -> None:
    """Choose a file and wait until its small picture is there."""
    phone.page.set_input_files("#q-in_photo-file", files=[file(content, **more)])
    shown(phone)


def shown(phone: Phone) -> None:
    expect(phone.page.locator("#q-in_photo [data-photo-shown] img")).to_be_visible()
    expect(phone.page.locator("#q-in_photo [data-photo-said]")).not_to_have_text(re.compile("prepared"))


def said(phone: Phone) -> str:
    return phone.page.inner_text("#q-in_photo [data-photo-said]")


def kept(phone: Phone) -> list[dict[str, Any]]:
    """Give what is known of each photo in the phone."""
    return [each for each in phone.page.evaluate(READ) if each["id"].startswith("photo:")]


def bytes_kept(phone: Phone) -> list[bytes]:
    return [b64decode(each["data"]) for each in phone.page.evaluate(READ, True) if each["id"].startswith("bytes:")]


def until(phone: Phone, holds: Callable[[list[dict[str, Any]]], bool]) -> None:
    """Wait until the photos' store of the phone is so."""
    for _ in range(100):
        if holds(phone.page.evaluate(READ)):
            return
        phone.page.wait_for_timeout(100)
    raise AssertionError(phone.page.evaluate(READ))


def arrived(phone: Phone, count: int = 1) -> None:
    """Wait until the phone has let go of its photos against receipts."""
    until(phone, lambda all: sum(each.get("state") == "delivered" for each in all) == count)


def came(field: Field) -> list[bytes]:
    """Give the photos that the server has, opened."""
    with field.store.reading() as tx:
        found = attachments.some(tx, small.MISSION, [each.name for each in field.config.attachments.iterdir()])
    return [attachments.picture(field.config, each) for each in found.values()]


def payload(field: Field) -> dict[str, Any]:
    return json.loads(field.stored()[-1]["payload"])  # type: ignore[no-any-return]


def test_a_photo_arrives_without_its_position_turned_right_and_bound_to_the_report(phone: Phone, field: Field) -> None:
    original = halves(2400, 1600, orientation=6)  # the camera was held upright: to be turned by a quarter
    assert b"CAMERA-MAKER" in original
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    incident(phone)
    choose(phone, original)
    phone.finish()
    arrived(phone)
    [content] = came(field)
    picture = Image.open(io.BytesIO(content))
    assert picture.size == (1067, 1600)
    red, blue = picture.getpixel((500, 200)), picture.getpixel((500, 1400))
    assert red[0] > 180 > red[2]  # what was left in the sensor's rows is above now
    assert blue[2] > 180 > blue[0]
    assert not picture.getexif()
    # What a canvas writes by itself, the same for every picture: a header and its own colour profile.
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "icc_profile"}
    for trace in (b"CAMERA-MAKER", b"Exif", b"observer 7"):
        assert trace not in content
    sha256 = hashlib.sha256(content).hexdigest()
    sent = payload(field)
    assert sent["answers"]["in_photo"] == sha256
    [named] = sent["attachments"]
    assert (named["sha256"], named["size"], named["media"], named["question"]) == (
        sha256, len(content), "image/jpeg", "in_photo",
    )  # fmt: skip
    assert bytes_kept(phone) == []
    assert kept(phone)[0]["receipt"]["hash"] == sha256
    with field.store.reading() as tx:
        assert attachments.unnamed(tx, small.MISSION) == []
    assert check(field.store) == []


@pytest.mark.parametrize(
    ("name", "media", "content", "sentence"),
    [
        ("photo.jpg", "image/jpeg", b"%PDF-1.7 not a picture at all", "can’t read this file as a picture"),
        ("photo.jpg", "image/jpeg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "drawing (SVG)"),
        ("photo.heic", "image/heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 400, "HEIC"),
        ("photo.jpg", "image/jpeg", jpeg()[:300], "can’t read this file as a picture"),
        ("photo.jpg", "image/jpeg", b"", "can’t read this file as a picture"),
    ],
    ids=["a document", "a drawing", "heic", "a cut picture", "nothing"],
)
def test_what_is_no_photo_is_named_and_the_answers_go_on(
    phone: Phone, field: Field, name: str, media: str, content: bytes, sentence: str
) -> None:
    incident(phone)
    phone.page.set_input_files("#q-in_photo-file", files=[file(content, name, media)])
    expect(phone.page.locator("#q-in_photo [data-photo-said]")).to_contain_text(sentence)
    assert phone.page.locator("#q-in_photo [data-photo-shown]").is_hidden()
    assert kept(phone) == []
    phone.finish()
    phone.wait_state("delivered")
    assert "in_photo" not in payload(field)["answers"]


def test_a_file_of_fifty_megabytes_is_refused_in_a_clear_sentence(phone: Phone, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    large.write_bytes(jpeg() + b"\0" * 50_000_000)
    incident(phone)
    phone.page.set_input_files("#q-in_photo-camera", str(large))
    expect(phone.page.locator("#q-in_photo [data-photo-said]")).to_contain_text("This file has 50 MB")
    assert kept(phone) == []


def test_a_photo_can_be_taken_again_and_taken_away_before_finishing(phone: Phone, field: Field) -> None:
    incident(phone)
    choose(phone, jpeg(seed=1))
    first = phone.page.input_value("[name=in_photo]")
    choose(phone, jpeg(seed=2))
    expect(phone.page.locator("[name=in_photo]")).not_to_have_value(first)
    until(phone, lambda all: len(all) == 2)  # one photo, and its bytes
    assert kept(phone)[0]["sha256"] == phone.page.input_value("[name=in_photo]")
    phone.page.click("#q-in_photo [data-photo-remove]")
    until(phone, lambda all: not all)
    assert phone.page.input_value("[name=in_photo]") == ""
    assert "removed" in said(phone)
    phone.finish()
    phone.wait_state("delivered")
    assert "attachments" not in payload(field)


def test_a_photo_is_there_after_a_reload_and_goes_with_its_discarded_draft(phone: Phone) -> None:
    incident(phone)
    choose(phone, jpeg())
    phone.saved()
    phone.page.reload()
    shown(phone)
    assert len(kept(phone)) == 1
    phone.page.click("#contents > summary")
    phone.page.click("#contents .discard summary")
    phone.page.click("#contents .discard button")
    phone.page.wait_for_url("**/o/*/")
    assert phone.page.evaluate(READ) == []


def test_a_cut_in_the_middle_of_the_pieces_resumes_where_it_was(phone: Phone, field: Field) -> None:
    """getodk#577: one large request on a slow network never ends."""
    pieces: list[tuple[int, int]] = []

    def count(route: Route) -> None:
        if route.request.method == "PUT":
            pieces.append((int(route.request.url.rsplit("/", 1)[1]), len(route.request.post_data_buffer or b"")))
            if len(pieces) in (2, 3):
                return route.abort("connectionreset")
        return route.continue_()

    phone.context.route("**/api/attachments/**", count)
    incident(phone)
    choose(phone, jpeg(1600, 1200))
    phone.finish()
    phone.wait_state("delivered")
    expect(phone.page.locator("#state-line")).to_have_text("1 photo waits to be sent")
    arrived(phone)
    assert pieces[1][0] == pieces[0][1]  # the second piece began where the first had ended, and was lost
    assert pieces[2][0] == pieces[3][0] == pieces[1][0]  # asked anew: from there again, not from the beginning
    assert sum(size for place, size in pieces if place == 0) == pieces[0][1]
    assert len(came(field)) == 1
    assert check(field.store) == []


def test_no_report_waits_for_a_photo_that_the_server_cannot_take(phone: Phone, field: Field) -> None:
    """Enketo#953 and others: a photo that fails keeps the report, or those behind it, in the phone."""
    phone.context.route("**/api/attachments/**", lambda route: route.fulfill(status=503, body="busy"))
    incident(phone)
    choose(phone, jpeg())
    phone.finish()
    phone.wait_state("delivered")
    phone.fill_voting()
    phone.finish()
    phone.wait_state("delivered", 2)
    assert len(field.stored()) == 2
    assert [each["state"] for each in kept(phone)] == ["kept"]
    assert len(bytes_kept(phone)) == 1
    phone.context.unroute("**/api/attachments/**")
    phone.day()
    arrived(phone)


@pytest.mark.parametrize(
    "body",
    [
        "<html>Sign in to the network</html>",
        '{"sha256": "%s", "stored": true, "received": 9, "receipt": null}',
        "forged",
    ],
    ids=["a portal's page", "no receipt", "a receipt that nobody signed"],
)
def test_a_phone_lets_go_of_a_photo_only_against_a_receipt_of_its_own_server(
    phone: Phone, field: Field, body: str
) -> None:
    """central#706: a photo shown as there that was not."""

    def pretend(route: Route) -> None:
        sha256 = re.search("[0-9a-f]{64}", route.request.url)[0]  # type: ignore[index]
        key = phone.page.evaluate(
            "() => new Promise((done) => { indexedDB.open('observer-kit').onsuccess = ({ target }) => "
            "{ target.result.transaction('settings').objectStore('settings').get('identity').onsuccess = (found) => "
            "{ target.result.close(); done(found.target.result.receiptKeys[0].id); }; }; })"
        )
        receipt = {"id": sha256, "hash": sha256, "received": "2026-11-22T10:00:00.000Z", "sequence": 7, "key": key}
        forged = {"sha256": sha256, "stored": True, "received": 9, "receipt": {**receipt, "signature": "A" * 86}}
        text = json.dumps(forged) if body == "forged" else body.replace("%s", sha256)
        route.fulfill(status=200, body=text, content_type="application/json")

    incident(phone)
    choose(phone, jpeg())
    phone.context.set_offline(True)
    phone.finish()
    phone.context.route("**/api/attachments/**", pretend)
    with phone.page.expect_response("**/api/attachments/**"):
        phone.context.set_offline(False)
    phone.wait_state("delivered")
    until(phone, lambda all: any(each.get("failures") for each in all))
    assert [each["state"] for each in kept(phone)] == ["kept"]
    assert len(bytes_kept(phone)) == 1


def test_a_photo_that_the_server_refuses_stays_with_the_reason(phone: Phone) -> None:
    error = {"error": {"code": "not_a_picture", "message": "no"}}
    phone.context.route("**/api/attachments/**", lambda route: route.fulfill(status=415, json=error))
    incident(phone)
    choose(phone, jpeg())
    phone.finish()
    until(phone, lambda all: any(each.get("state") == "refused" for each in all))
    phone.page.goto(phone.address("queue"))
    expect(phone.page.locator("#reports")).to_contain_text("Reason: not_a_picture")
    expect(phone.page.locator("#reports")).to_contain_text("Photos delivered: 0 of 1")
    assert len(bytes_kept(phone)) == 1


def test_each_page_of_a_protocol_has_its_photo(phone: Phone, field: Field) -> None:
    phone.begin("protocol")
    phone.station("151")
    phone.turn("result")
    pages = phone.page.locator("[data-repeat=pages]")
    expect(pages.locator(".row:not([hidden])")).to_have_count(1)
    for index in range(2):
        if index:
            pages.get_by_role("button", name="Add a page").click()
        phone.page.set_input_files(f"#q-page-{index}-camera", files=[file(jpeg(seed=index))])
        expect(phone.page.locator(f"#q-page-{index} img")).to_be_visible()
    phone.saved()
    phone.page.reload()
    expect(pages.locator("img")).to_have_count(2)
    phone.finish()
    arrived(phone, 2)
    sent = payload(field)
    assert [each["question"] for each in sent["attachments"]] == ["page[0]", "page[1]"]
    assert {each["sha256"] for each in sent["attachments"]} == {sent["answers"]["page[0]"], sent["answers"]["page[1]"]}
    assert {hashlib.sha256(each).hexdigest() for each in came(field)} == {sent["answers"][f"page[{i}]"] for i in (0, 1)}


def test_a_full_phone_refuses_the_photo_and_keeps_the_answers(phone: Phone, field: Field) -> None:
    incident(phone)
    phone.page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (...given) {
            if (this.name === "photos") throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, given);
          };
        }"""
    )
    phone.page.set_input_files("#q-in_photo-file", files=[file(jpeg())])
    expect(phone.page.locator("#q-in_photo [data-photo-said]")).to_contain_text("too little free space")
    phone.page.fill("#q-in_text-value", "written after the phone was full")
    phone.finish()
    phone.wait_state("delivered")
    assert payload(field)["answers"]["in_text"] == "written after the phone was full"


def test_the_budget_is_said_before_it_is_reached_and_then_holds(field: Field, phones: Callable[..., Phone]) -> None:
    want(field, photo_budget=1)
    phone = phones(field).enrol()
    phone.context.set_offline(True)
    incident(phone)
    choose(phone, jpeg(1400, 1050))
    size = kept(phone)[0]["size"]
    assert 800_000 < size < 1_000_000, size
    expect(phone.page.locator("#q-in_photo [data-photo-said]")).to_have_text("Photos not yet sent take 1 of 1 MB.")
    phone.finish()
    incident(phone, "another")
    phone.page.set_input_files("#q-in_photo-file", files=[file(jpeg(1400, 1050, seed=2))])
    expect(phone.page.locator("#q-in_photo [data-photo-said]")).to_contain_text("The photo was not kept")
    phone.finish()
    phone.wait_state("waiting", 2)
    phone.context.set_offline(False)
    arrived(phone)
    incident(phone, "a third")
    choose(phone, jpeg(1400, 1050, seed=3))


def test_a_mission_that_seals_gets_photos_that_the_phone_cannot_show_again(
    field: Field, phones: Callable[..., Phone]
) -> None:
    want(field, seal=True)
    phone = phones(field).enrol()
    phone.context.set_offline(True)
    incident(phone)
    choose(phone, halves(600, 400))
    [sealed], [about] = bytes_kept(phone), kept(phone)
    assert hashlib.sha256(sealed).hexdigest() == about["sha256"]
    assert b"\xff\xd8\xff" not in sealed
    phone.saved()
    phone.page.reload()
    expect(phone.page.locator("#q-in_photo [data-photo-shown]")).to_contain_text("can’t show it again")
    assert phone.page.locator("#q-in_photo img").count() == 0
    phone.finish()
    phone.context.set_offline(False)
    arrived(phone)
    [content] = came(field)
    assert Image.open(io.BytesIO(content)).size == (600, 400)
    assert (field.config.attachments / about["sha256"]).read_bytes() == sealed
    assert check(field.store) == []


def test_the_bytes_of_a_drafts_photo_are_under_a_key_that_lies_in_the_draft(phone: Phone, field: Field) -> None:
    phone.context.set_offline(True)
    incident(phone)
    choose(phone, halves(600, 400))
    until(phone, lambda all: any(each.get("loose") is False for each in all))
    [about], [locked] = kept(phone), bytes_kept(phone)
    assert about["key"] is None
    assert b"\xff\xd8\xff" not in locked
    assert list(phone.records("drafts")[0]["photos"]) == [about["uuid"]]
    phone.finish()
    assert kept(phone)[0]["named"] is True
    phone.context.set_offline(False)
    arrived(phone)
    assert len(came(field)) == 1


def test_a_photo_is_there_after_the_browser_is_killed_even_before_its_answer_was_written(
    field: Field, playwright: Playwright, tmp_path: Path
) -> None:
    phone = phone_on_disk(playwright, tmp_path, field).enrol()
    incident(phone)
    phone.saved()
    address = phone.page.url
    # The draft is not written any more: as if the phone died between the photo and its answer.
    phone.page.evaluate(
        """() => {
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (...given) {
            if (this.name === "drafts") throw new Error("the phone is about to die");
            return put.apply(this, given);
          };
        }"""
    )
    phone.page.set_input_files("#q-in_photo-file", files=[file(jpeg())])
    expect(phone.page.locator("#q-in_photo img")).to_be_visible()
    kill_browser_of(tmp_path / "profile")
    again = phone_on_disk(playwright, tmp_path, field)
    again.page.goto(address)
    shown(again)
    again.finish()
    arrived(again)
    assert hashlib.sha256(came(field)[0]).hexdigest() == payload(field)["answers"]["in_photo"]
    again.context.close()


def test_a_mission_without_photos_and_positions_asks_for_neither(field: Field, phones: Callable[..., Phone]) -> None:
    want(field, photos=False, position=False)
    phone = phones(field).enrol()
    incident(phone)
    assert phone.page.locator("#q-in_photo").is_hidden()
    assert phone.page.locator("#q-in_place").is_hidden()
    phone.page.fill("#q-in_when-value", "2026-11-22T10:00")
    phone.turn("review")
    assert "Where exactly" not in phone.page.inner_text("#review")


def test_the_position_is_found_once_and_only_after_the_observer_agreed(
    field: Field, phones: Callable[..., Phone]
) -> None:
    want(field, position=True)
    where = {"latitude": 51.16052, "longitude": 71.47036}
    phone = phones(field, geolocation=where, permissions=["geolocation"])
    phone.context.add_init_script(
        """
        window.asked = [];
        const { geolocation } = navigator;
        const ask = geolocation.getCurrentPosition.bind(geolocation);
        geolocation.getCurrentPosition = (...given) => { window.asked.push("once"); ask(...given); };
        geolocation.watchPosition = () => { window.asked.push("tracked"); };
        """
    )
    phone.enrol()
    incident(phone)
    phone.page.click("#q-in_place [data-position]")
    expect(phone.page.locator("#q-in_place .card")).to_contain_text("you are not tracked")
    assert phone.page.evaluate("asked") == []
    phone.page.get_by_role("button", name="Decline").click()
    expect(phone.page.locator("#q-in_place")).to_contain_text("You chose not to give the position")
    phone.page.reload()
    expect(phone.page.locator("#q-in_place")).to_contain_text("You chose not to give the position")
    assert phone.page.evaluate("asked") == []
    phone.page.click("#q-in_place [data-position]")
    phone.page.get_by_role("button", name="Agree").click()
    expect(phone.page.locator("#q-in_place-value")).to_have_value(re.compile(r"^51\.160520 71\.470360"))
    assert phone.page.evaluate("asked") == ["once"]
    phone.page.reload()  # the answer is kept: from now on the button is enough
    phone.page.click("#q-in_place [data-position]")
    expect(phone.page.locator("#q-in_place .card")).to_have_count(0)
    phone.page.wait_for_function("asked.length === 1")
    phone.finish()
    phone.wait_state("delivered")
    assert payload(field)["answers"]["in_place"] == [51.16052, 71.47036]
