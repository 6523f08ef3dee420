"""What phones hand over, at the desk: looked at first, then taken in, once; and the receipts for it."""

import hashlib
import io
import json
import re
import zlib

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from observer_kit import clock
from observer_kit.exchange import bundle, packing, qr
from observer_kit.storage import devices, submissions, tray
from observer_kit.trust import keys, receipts
from observer_kit.trust.model import Receipt
from tests import phones
from tests.exchange.sealed import sealed_lines
from tests.web.conftest import VOTING

PAGE = "/desk/m-1/arrivals"


@pytest.fixture
def phone(store):
    return phones.enrol(store, VOTING, "T01", "m-1")


@pytest.fixture
def key(config):
    return keys.mission_key(config, "m-1")


def records(envelopes, mission="m-1"):
    listed = [["envelope", each["id"]] for each in envelopes]
    yield {"kind": "contents", "mission": mission, "device": "d", "records": listed}, b""
    for each in envelopes:
        yield {"kind": "envelope", "id": each["id"]}, json.dumps(each).encode()


def a_file(envelopes, key=None):
    id = clock.new_id()
    made = bundle.write(id, records(envelopes)) if key is None else sealed_lines(key, id, records(envelopes))
    return b"".join(made)


def bring(person, *files, codes=""):
    data = {"codes": codes, "files": [(io.BytesIO(each), f"file-{i}.okb") for i, each in enumerate(files)]}
    return person.post(PAGE, data, page=PAGE, content_type="multipart/form-data")


def taken(person, answer):
    return person.post(answer.location, page=answer.location, follow_redirects=True)


def counted(store):
    with store.reading() as tx:
        return submissions.standing(tx, "m-1")["counted"]


def test_nothing_is_stored_before_it_was_looked_at(coordinator, store, phone, key):
    answer = bring(coordinator, a_file([phone.envelope(location="R-1") for _ in range(3)], key))
    page = coordinator.get(answer.location).text
    assert "3 new" in page
    assert "Nothing is stored yet." in page
    assert counted(store) == 0
    with store.reading() as tx:
        assert [each.kind for each in devices.all(tx, "m-1")] == ["phone"]


def test_what_was_looked_at_is_taken_in_once_however_often_it_comes(coordinator, store, phone, key):
    content = a_file([phone.envelope(location="R-1") for _ in range(3)], key)
    first = bring(coordinator, content)
    assert "3 stored" in taken(coordinator, first).text
    assert counted(store) == 3
    assert "3 stored" in taken(coordinator, first).text  # the form sent twice
    again = bring(coordinator, content)
    assert "3 known" in coordinator.get(again.location).text
    assert "3 known" in taken(coordinator, again).text
    assert counted(store) == 3


def test_new_known_and_broken_are_told_apart_and_the_good_ones_are_stored(coordinator, store, phone):
    known, new, altered, foreign = (phone.envelope(location="R-1") for _ in range(4))
    taken(coordinator, bring(coordinator, a_file([known])))
    altered = altered | {"payload": altered["payload"].replace("no", "yes")}
    foreign = foreign | {"mission": "r-1"}
    answer = bring(coordinator, a_file([known, new, altered, foreign]), b"PK\x03\x04 a picture, perhaps\n")
    page = coordinator.get(answer.location).text
    assert "3 broken, 1 new, 1 known" in page
    assert "It belongs to another mission." in page
    assert "file-0.okb, line 4" in page
    assert "3 broken, 1 stored, 1 known" in taken(coordinator, answer).text
    assert counted(store) == 2


def test_a_phone_that_was_withdrawn_is_said_to_be_set_aside(coordinator, store, phone):
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, None)
    answer = bring(coordinator, a_file([phone.envelope(location="R-1")]))
    assert "1 to be set aside" in coordinator.get(answer.location).text
    assert "1 set aside" in taken(coordinator, answer).text
    assert counted(store) == 0


def test_codes_are_taken_in_any_order_and_a_missing_one_is_named(coordinator, store, phone):
    long = phone.envelope(location="R-1", comments={"vo_remarks": " ".join(clock.new_id() for _ in range(60))})
    whole = phone.envelope(location="R-1")
    texts = qr.frames(qr.REPORT, packing.pack_envelope(long))
    (small,) = qr.frames(qr.REPORT, packing.pack_envelope(whole))
    assert len(texts) > 2
    answer = bring(coordinator, codes="\r\n".join([texts[2], small, texts[0], small, "https://example.org"]))
    page = coordinator.get(answer.location).text
    assert "2 broken, 1 new" in page
    assert "Not all codes of this report were read." in page
    assert "This is not an Observer Kit code." in page
    answer = bring(coordinator, codes="\n".join(reversed(texts)))
    assert "1 stored" in taken(coordinator, answer).text
    with store.reading() as tx:
        assert submissions.get(tx, "m-1", long["id"]).via == "qr"


def shown(page):
    """Read the codes of a page, from their drawn pixels."""
    texts = []
    for drawing in re.findall(r"<svg.*?</svg>", page, re.S):
        size = int(re.search(r'viewBox="0 0 (\d+)', drawing)[1])
        picture = Image.new("L", (size * 4, size * 4), 255)
        draw, x, y = ImageDraw.Draw(picture), 0.0, 0.0
        for step, dx, dy in re.findall(
            r"([Mmh])\s*([-\d.]+)(?:[ ,]([-\d.]+))?",
            re.search(r'stroke="#000".*? d="([^"]+)"|d="([^"]+)" stroke="#000"', drawing)[0],
        ):
            if step == "h":
                draw.rectangle([x * 4, (y - 0.5) * 4, (x + float(dx)) * 4 - 1, (y + 0.5) * 4 - 1], fill=0)
                x += float(dx)
            else:
                x, y = (float(dx), float(dy)) if step == "M" else (x + float(dx), y + float(dy))
        texts += [each.text for each in zxingcpp.read_barcodes(picture)]
    return texts


def test_the_receipts_come_as_a_file_and_as_codes_and_prove_what_is_stored(coordinator, store, phone, key):
    envelopes = [phone.envelope(location="R-1") for _ in range(9)]
    answer = bring(coordinator, a_file(envelopes, key))
    page = taken(coordinator, answer).text
    file = json.loads(coordinator.get(f"{answer.location}/receipts").data)
    assert file["observer_kit"] == "receipts"
    public = store.receipt_key.public
    hashes = {each["id"]: each["hash"] for each in envelopes}
    for each in file["receipts"]:
        assert each["hash"] == hashes[each["id"]]
        assert receipts.verify(Receipt(**{k: v for k, v in each.items() if k != "quarantined"}), public)
    texts = shown(page)
    assert len(texts) == 2
    read = [each for text in texts for each in packing.unpack_receipts(qr.read(text).piece)]
    assert sorted(each["id"] for each in read) == sorted(hashes)
    for each in read:
        proof = Receipt(
            each["id"], hashes[each["id"]], each["received"], each["sequence"], each["key"], each["signature"]
        )
        assert receipts.verify(proof, public)


def test_a_photo_goes_with_its_report(coordinator, store, phone, config):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    photo = out.getvalue()
    head = {"kind": "photo", "sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo), "sealed": None}
    content = b"".join(bundle.write(clock.new_id(), [(head, photo)]))
    answer = bring(coordinator, content)
    assert "1 new" in coordinator.get(answer.location).text
    assert not list(config.attachments.glob("*"))
    assert "1 stored" in taken(coordinator, answer).text
    assert (config.attachments / head["sha256"]).read_bytes() == photo


def test_a_photo_that_is_none_is_named_and_not_kept(coordinator, store, phone, config):
    photo = b"<script>alert(1)</script>"
    head = {"kind": "photo", "sha256": hashlib.sha256(photo).hexdigest(), "size": len(photo), "sealed": None}
    answer = bring(coordinator, b"".join(bundle.write(clock.new_id(), [(head, photo)])))
    assert "This is not a picture." in coordinator.get(answer.location).text
    assert "This is not a picture." in taken(coordinator, answer).text
    assert not list(config.attachments.glob("*"))


def test_only_who_may_write_gets_to_it_and_only_in_their_own_mission(coordinator, head, visitor, phone):
    assert head.get(PAGE).status_code == 403
    assert visitor.get(PAGE).status_code == 302
    assert coordinator.get("/desk/r-1/arrivals").status_code == 403
    answer = bring(coordinator, a_file([phone.envelope(location="R-1")]))
    assert head.get(answer.location).status_code == 403


def test_what_lies_at_one_missions_desk_is_not_found_at_anothers(admin, phone):
    answer = bring(admin, a_file([phone.envelope(location="R-1")]))
    assert admin.get(answer.location).status_code == 200
    assert admin.get(answer.location.replace("/m-1/", "/r-1/")).status_code == 404
    assert admin.get(f"{PAGE}/{clock.new_id()}").status_code == 404


def test_a_form_without_its_token_is_refused(coordinator, phone):
    files = [(io.BytesIO(a_file([phone.envelope(location="R-1")])), "x")]
    answer = coordinator.client.post(PAGE, data={"files": files}, content_type="multipart/form-data")
    assert answer.status_code == 400


@pytest.fixture
def narrow(app):
    """Take requests of 20 kB at most elsewhere, and so spare the test client large files."""
    app.config["MAX_CONTENT_LENGTH"] = 20_000


def test_a_file_larger_than_a_report_is_taken_and_one_beyond_all_measure_is_not(
    coordinator, phone, narrow, monkeypatch
):
    content = a_file([phone.envelope(location="R-1")]) + b"\n" * 30_000
    assert bring(coordinator, content).status_code == 303
    monkeypatch.setattr("observer_kit.web.desk.arrivals.LARGEST", 40_000)
    assert bring(coordinator, content * 2).status_code == 413


def test_who_is_not_signed_in_can_send_no_more_than_a_report(visitor, narrow):
    data = {"csrf_token": visitor.token(), "files": [(io.BytesIO(b"\n" * 30_000), "x")]}
    assert visitor.client.post(PAGE, data=data, content_type="multipart/form-data").status_code == 413


def test_a_claim_of_two_gigabytes_is_refused_unread(coordinator):
    claim = {"CONTENT_LENGTH": "2000000000", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = coordinator.client.post(PAGE, environ_overrides=claim)
    assert answer.status_code == 413


def test_a_code_that_unpacks_to_a_bomb_is_named_and_nothing_is_stored(coordinator, store):
    packed = zlib.compress(b"0" * 30_000_000, 9, wbits=-15)
    bomb = bytes([5]) + packing._number(899_000) + packing._number(len(packed)) + packed
    answer = bring(coordinator, codes="\n".join(qr.frames(qr.REPORT, bomb)))
    assert "It is larger than anything that is taken." in coordinator.get(answer.location).text
    assert "1 broken" in taken(coordinator, answer).text
    assert counted(store) == 0


def test_codes_for_a_phone_are_not_taken_for_reports(coordinator, store):
    answer = bring(coordinator, codes=qr.frames(qr.DRAFT, b"x")[0])
    assert "1 broken" in coordinator.get(answer.location).text
    assert counted(store) == 0


def test_an_empty_form_says_so(coordinator):
    answer = bring(coordinator)
    assert answer.status_code == 200
    assert "There is no file and no code in the form." in answer.text


def test_a_files_name_is_shown_as_text(coordinator):
    data = {"codes": "", "files": [(io.BytesIO(b"nonsense\n"), "<img src=x>.okb")]}
    answer = coordinator.post(PAGE, data, page=PAGE, content_type="multipart/form-data")
    page = coordinator.get(answer.location).text
    assert "&lt;img src=x&gt;.okb" in page
    assert "<img src=x>" not in page


def test_what_nobody_took_in_is_cleared_away_after_a_day(coordinator, phone, config, monkeypatch):
    first = bring(coordinator, a_file([phone.envelope(location="R-1")]))
    assert coordinator.get(first.location).status_code == 200
    monkeypatch.setattr(tray, "KEPT", -1)
    bring(coordinator, a_file([phone.envelope(location="R-1")]))
    assert coordinator.get(first.location).status_code == 404


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_every_sentence_of_the_page_is_there_in_the_other_languages(coordinator, phone, language):
    coordinator.get(f"/language/{language}")
    bad = phone.envelope(location="R-1") | {"hash": "0" * 64}
    answer = bring(coordinator, a_file([phone.envelope(location="R-1"), bad]), codes="x")
    for page in (coordinator.get(PAGE), coordinator.get(answer.location), taken(coordinator, answer)):
        assert page.status_code == 200
        assert "Nothing is stored" not in page.text
        assert "Receipts" not in page.text
