"""Photos in pieces over /api/attachments, and what the desk is shown of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from observer_kit import clock, errors
from observer_kit.app import create_app
from observer_kit.config import Config
from observer_kit.storage import Store, accounts, devices, open_store
from observer_kit.storage.check import check
from observer_kit.storage.intake import Intake
from observer_kit.trust import receipts
from observer_kit.trust.keys import mission_key
from observer_kit.trust.model import Receipt
from observer_kit.web.sync import attachments as room
from tests import databases, phones
from tests.builders import checklist, question
from tests.phones import MISSION, Phone
from tests.pictures import jpeg
from tests.web.conftest import PASSWORD, Browser


@dataclass
class Server:
    """A running application with one phone that takes photos."""

    client: FlaskClient
    store: Store
    phone: Phone

    def announce(self, content: bytes, token: str | None = None, **more: Any) -> TestResponse:
        """Announce a photo."""
        sha256 = more.pop("sha256", hashlib.sha256(content).hexdigest())
        body = {"size": len(content), **more}
        return self.client.post(f"/api/attachments/{sha256}", json=body, headers=self.bearer(token))

    def piece(self, content: bytes, begin: int, end: int, token: str | None = None) -> TestResponse:
        """Send the bytes from `begin` up to `end`."""
        sha256 = hashlib.sha256(content).hexdigest()
        address = f"/api/attachments/{sha256}/{begin}"
        return self.client.put(address, data=content[begin:end], headers=self.bearer(token))

    def bearer(self, token: str | None = None) -> dict[str, str]:
        """Give the header of the phone."""
        return {"Authorization": f"Bearer {self.phone.token if token is None else token}"}

    def send(self, content: bytes, **more: Any) -> dict[str, Any]:
        """Send a photo whole."""
        self.announce(content, **more)
        answer = self.piece(content, 0, len(content))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json
        return told

    def report(self, answers: dict[str, Any], **header: Any) -> str:
        """Hand in a report; gives its id."""
        envelope = self.phone.envelope(answers, **header)
        Intake(self.store, self.store.config).receive([envelope], device=self.phone.device, via="http")
        return str(envelope["id"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    url = databases.sqlite(tmp_path)
    store = open_store(Config(tmp_path, tmp_path / "exports", url))
    asked = phones.seal(checklist(question("picture", "photo"), question("seen"), name="voting", version=""))
    phones.lay_ground(store, asked)
    with store.atomic() as tx:
        accounts.create(tx, "coordinator", PASSWORD, {MISSION: "coordinator"})
    app = create_app(store.config, store)
    yield Server(app.test_client(), store, phones.enrol(store, asked))
    store.close()


@pytest.fixture
def desk(server: Server) -> Browser:
    browser = Browser(server.client.application.test_client())
    assert browser.sign_in("coordinator").status_code == 302
    return browser


def refused(answer: TestResponse, code: str, status: int) -> None:
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code), answer.text


def test_a_photo_goes_in_pieces_and_only_the_last_one_brings_a_signed_receipt(server: Server) -> None:
    content = jpeg(800, 600)
    said = server.announce(content).json
    assert (said["received"], said["stored"]) == (0, False)
    assert said["piece"] == 256 * 1024
    cut = len(content) // 3
    assert server.piece(content, 0, cut).json["received"] == cut
    assert server.announce(content).json["received"] == cut  # asked after a cut
    told = server.piece(content, cut, len(content)).json
    assert (told["stored"], told["size"], told["sha256"]) == (True, len(content), hashlib.sha256(content).hexdigest())
    receipt = Receipt(**told["receipt"])
    assert receipt.id == receipt.hash == told["sha256"]
    assert receipts.verify(receipt, server.store.receipt_key.public)
    assert check(server.store) == []


def test_every_piece_twice_late_and_after_the_end_is_harmless(server: Server) -> None:
    content = jpeg(800, 600)
    size, step = len(content), len(content) // 4 + 1
    server.announce(content)
    for begin in range(0, size, step):
        for again in (begin, 0, begin + step, begin):  # the piece, an old one, one too early, the piece once more
            if again < size:
                answer = server.piece(content, again, min(size, again + step))
                assert answer.status_code == 200, answer.text
    assert server.announce(content).json["stored"] is True
    assert (server.store.config.attachments / hashlib.sha256(content).hexdigest()).read_bytes() == content


@pytest.mark.parametrize("name", ["sealed", "photo", "submission"])
def test_an_announcement_that_can_t_be_read_names_the_field(server: Server, name: str) -> None:
    answer = server.announce(jpeg(), **{name: "a b\n<script>"})
    refused(answer, "attachment_malformed", 400)
    assert answer.json["error"]["place"] == name


def test_who_shows_no_token_or_an_unknown_one_sends_nothing(server: Server) -> None:
    content = jpeg()
    refused(server.announce(content, token=""), "device_unknown", 401)
    refused(server.announce(content, token="no such"), "device_unknown", 401)
    refused(server.piece(content, 0, 10, token="no such"), "device_unknown", 401)
    assert not (server.store.config.data / "spool").exists()


def test_a_withdrawn_phone_s_photos_are_taken_like_its_reports(server: Server) -> None:
    with server.store.atomic() as tx:
        devices.revoke(tx, server.phone.device.id, None)
    assert server.send(jpeg())["stored"] is True


def test_limits_are_said_in_codes(server: Server) -> None:
    content = jpeg()
    refused(server.announce(content, size=12_000_001), "too_large", 413)
    server.announce(content)
    too_long = server.client.put(
        f"/api/attachments/{hashlib.sha256(content).hexdigest()}/0",
        data=b"x" * (256 * 1024 + 1),
        headers=server.bearer(),
    )
    refused(too_long, "too_large", 413)
    refused(server.piece(content + b"beyond", 0, 10), "upload_unknown", 404)
    beyond = f"/api/attachments/{hashlib.sha256(content).hexdigest()}/{len(content)}"
    refused(server.client.put(beyond, data=b"x", headers=server.bearer()), "attachment_malformed", 400)


def test_what_is_no_picture_is_named_and_not_kept(server: Server) -> None:
    content = b"<html>not a picture, whatever it is called</html>"
    server.announce(content)
    refused(server.piece(content, 0, len(content)), "not_a_picture", 415)
    assert server.announce(content).json["received"] == 0
    assert not server.store.config.attachments.exists()


def test_every_code_of_this_room_stands_in_its_docstring() -> None:
    family = [getattr(errors, name) for name in (
        "AttachmentMalformed", "AttachmentAltered", "AttachmentsFull", "NotAPicture", "UploadUnknown",
        "TooManyUploads", "TooLarge", "DeviceUnknown",
    )]  # fmt: skip
    said = room.__doc__ or ""
    assert [each.code for each in family if f"{each.status} {each.code} " not in said] == []


def test_the_desk_sees_a_report_s_photo_and_that_one_has_not_come(server: Server, desk: Browser) -> None:
    content = jpeg()
    sha256 = hashlib.sha256(content).hexdigest()
    report = server.report({"picture": sha256, "seen": "no"})
    page = desk.get(f"/desk/{MISSION}/submissions/{report}").text
    assert "has not come yet" in page
    assert f"/photos/{sha256}" not in page
    server.send(content, submission=report)
    page = desk.get(f"/desk/{MISSION}/submissions/{report}").text
    assert "has not come yet" not in page
    assert f'src="/desk/{MISSION}/photos/{sha256}"' in page


def test_a_photo_is_served_to_the_desk_alone_as_nothing_but_a_picture(server: Server, desk: Browser) -> None:
    sha256 = server.send(jpeg())["sha256"]
    address = f"/desk/{MISSION}/photos/{sha256}"
    answer = desk.get(address)
    assert answer.data == jpeg()
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"] == "no-store"
    assert desk.get(f"{address}?save=1").headers["Content-Disposition"].startswith("attachment")
    stranger = server.client.application.test_client()
    assert stranger.get(address).status_code == 302
    assert stranger.get(address, headers=server.bearer()).status_code == 302
    assert desk.get(f"/desk/{MISSION}/photos/{'0' * 64}").status_code == 404
    assert desk.get(f"/desk/{MISSION}/photos/..%2f..%2fkeys%2freceipt.pem").status_code == 404


def test_a_sealed_photo_is_opened_for_the_desk_and_one_that_does_not_open_is_said(
    server: Server, desk: Browser
) -> None:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    key, id = mission_key(server.store.config, MISSION), clock.new_id()
    suite = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    good = suite.encrypt(jpeg(), key.private.public_key(), b"observer-kit photo\n" + id.encode())
    sha256 = server.send(good, sealed=key.id, photo=id)["sha256"]
    assert desk.get(f"/desk/{MISSION}/photos/{sha256}").data == jpeg()
    lost = server.send(b"\4" + b"x" * 300, sealed=key.id, photo=id)["sha256"]
    answer = desk.get(f"/desk/{MISSION}/photos/{lost}")
    assert answer.status_code == 409
    assert "image" not in answer.headers["Content-Type"]


def test_photos_that_no_report_names_are_listed_apart(server: Server, desk: Browser) -> None:
    sha256 = server.send(jpeg(), submission=(id := clock.new_id()))["sha256"]
    assert sha256 in desk.get(f"/desk/{MISSION}/photos").text
    server.report({"picture": sha256}, id=id)
    assert sha256 not in desk.get(f"/desk/{MISSION}/photos").text
