"""Photos that are wrong in every way: a coded answer each time, nothing kept half, nothing run."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from observer_kit.app import create_app
from observer_kit.config import Config
from observer_kit.storage import Store, open_store
from observer_kit.storage.check import check
from tests import phones
from tests.phones import Phone
from tests.pictures import jpeg

FIFTY_MEGABYTES = 50_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(Config(tmp_path, tmp_path / "exports", f"sqlite:///{tmp_path / 'kit.sqlite'}"))
    phones.lay_ground(opened)
    yield opened
    assert check(opened) == []  # whatever came, the store is as it should be
    opened.close()


@pytest.fixture
def phone(store: Store) -> Phone:
    return phones.enrol(store, phones.a_checklist())


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return create_app(store.config, store).test_client()


Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient, phone: Phone) -> Send:
    """Announce these bytes and send them as one piece; gives the last answer."""

    def call(content: bytes, **announced: Any) -> TestResponse:
        sha256 = hashlib.sha256(content).hexdigest()
        header = {"Authorization": f"Bearer {phone.token}"}
        body = {"size": len(content), **announced}
        answer = client.post(f"/api/attachments/{sha256}", json=body, headers=header)
        if answer.status_code == 200:
            answer = client.put(f"/api/attachments/{sha256}/0", data=content, headers=header)
        return answer

    return call


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    return out.getvalue()


def refused(answer: TestResponse, code: str, status: int) -> None:
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code), answer.text


def nothing_kept(store: Store) -> bool:
    folder, spool = store.config.attachments, store.config.data / "spool"
    return not (folder.exists() and list(folder.iterdir())) and not (spool.exists() and list(spool.iterdir()))


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00 a program",
        png(),
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
        jpeg()[: len(jpeg()) // 2],
        jpeg() + b"<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + b"\0" * 500 + b"\xff\xd9",
    ],
    ids=["svg", "html", "a program", "png", "gif", "half a picture", "a picture with a page behind", "an empty frame"],
)  # fmt: skip
def test_what_is_no_jpeg_is_refused_whole_and_nothing_of_it_stays(store: Store, send: Send, content: bytes) -> None:
    refused(send(content), "not_a_picture", 415)
    assert nothing_kept(store)


def test_a_photo_of_fifty_megabytes_is_refused_before_its_first_byte(store: Store, send: Send) -> None:
    refused(send(b"x", size=FIFTY_MEGABYTES), "too_large", 413)
    assert nothing_kept(store)


@pytest.mark.parametrize("size", [0, -1, 1.5, "9", None, True, 10**40])
def test_a_size_that_is_none_is_refused(store: Store, send: Send, size: object) -> None:
    answer = send(b"x", size=size)
    assert answer.status_code in (400, 413)
    assert answer.json["error"]["place"] == "size"
    assert nothing_kept(store)


@pytest.mark.parametrize(
    "path",
    ["..%2f..%2fkit.sqlite", "A" * 64, "0" * 63, "%00" * 64, "x" * 5000, "0" * 64 + ".json"],
)
def test_a_hash_that_is_none_reaches_no_file(client: FlaskClient, phone: Phone, store: Store, path: str) -> None:
    header = {"Authorization": f"Bearer {phone.token}"}
    for answer in (
        client.post(f"/api/attachments/{path}", json={"size": 5}, headers=header),
        client.put(f"/api/attachments/{path}/0", data=b"12345", headers=header),
    ):
        assert answer.status_code in (400, 404), answer.text
        assert answer.json["error"]["code"] in ("attachment_malformed", "not_found")
    assert nothing_kept(store)


@pytest.mark.parametrize("offset", ["-1", "1e3", "٣", "9" * 30, "0x10"])
def test_an_offset_that_is_none_is_refused(client: FlaskClient, phone: Phone, offset: str) -> None:
    header = {"Authorization": f"Bearer {phone.token}"}
    refused(client.put(f"/api/attachments/{'0' * 64}/{offset}", data=b"1", headers=header), "attachment_malformed", 400)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"size": 5, "size": "x"}'])
def test_an_announcement_that_is_no_object_is_refused(client: FlaskClient, phone: Phone, body: bytes) -> None:
    header = {"Authorization": f"Bearer {phone.token}", "Content-Type": "application/json"}
    refused(client.post(f"/api/attachments/{'0' * 64}", data=body, headers=header), "attachment_malformed", 400)


def test_one_phone_s_pieces_are_of_no_use_to_another(client: FlaskClient, phone: Phone, store: Store) -> None:
    other, content = phones.enrol(store, phone.checklist), jpeg()
    address = f"/api/attachments/{hashlib.sha256(content).hexdigest()}"
    mine, theirs = ({"Authorization": f"Bearer {each.token}"} for each in (phone, other))
    client.post(address, json={"size": len(content)}, headers=mine)
    refused(client.put(f"{address}/0", data=b"forged", headers=theirs), "upload_unknown", 404)
    client.put(f"{address}/0", data=content[:100], headers=mine)
    assert client.post(address, json={"size": len(content)}, headers=theirs).json["received"] == 0
    assert client.put(f"{address}/100", data=content[100:], headers=mine).json["stored"] is True


def test_a_report_s_attachments_that_are_no_list_are_a_problem_of_that_report(store: Store, phone: Phone) -> None:
    from observer_kit.storage import submissions
    from observer_kit.storage.intake import Intake

    envelope = phone.envelope(payload='{"location": "A-1", "team": "T1", "answers": {}, "attachments": "<b>x</b>"}')
    [result] = Intake(store, store.config).receive([envelope], device=phone.device, via="http")
    assert result["status"] == "stored"
    with store.reading() as tx:
        judged = submissions.get(tx, phones.MISSION, envelope["id"]).submission
    assert [(each.question, each.code) for each in judged.problems] == [("attachments", "not_a_list")]
