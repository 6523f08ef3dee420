"""What phones speak with: enrolment, the mission, envelopes in, receipts out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from observer_kit import errors
from observer_kit.app import create_app
from observer_kit.checklists.model import Checklist
from observer_kit.config import Config
from observer_kit.storage import Store, checklists, devices, listing, open_store, submissions
from observer_kit.storage.filters import Filters
from observer_kit.trust import receipts
from observer_kit.trust.model import Receipt
from observer_kit.trust.signatures import as_jwk
from observer_kit.web import sync
from tests import databases, phones
from tests.phones import MISSION, Phone


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = databases.sqlite(tmp_path)
    opened = open_store(Config(tmp_path, tmp_path / "exports", url, max_request_bytes=100_000))
    yield opened
    opened.close()


@pytest.fixture
def app(store: Store) -> Flask:
    return create_app(store.config, store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def asked(store: Store) -> Checklist:
    return phones.lay_ground(store)


@pytest.fixture
def phone(store: Store, asked: Checklist) -> Phone:
    return phones.enrol(store, asked)


def bearer(phone: Phone) -> dict[str, str]:
    return {"Authorization": f"Bearer {phone.token}"}


def send(client: FlaskClient, phone: Phone, *envelopes: Any) -> TestResponse:
    return client.post("/api/submissions", json={"envelopes": envelopes}, headers=bearer(phone))


def code_of(answer: TestResponse) -> tuple[int, str]:
    assert answer.json is not None
    assert set(answer.json) == {"error"}
    assert {"code", "message"} <= set(answer.json["error"])
    return answer.status_code, answer.json["error"]["code"]


class TestEnrolment:
    def test_a_code_becomes_a_device_with_all_that_it_needs(
        self, store: Store, client: FlaskClient, asked: Checklist
    ) -> None:
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "phone")
        key = phones.enrol(store, asked).device.public_key
        answer = client.post("/api/enrol", json={"code": code, "public_key": key, "label": "Aigul's"})
        told = answer.json
        assert answer.status_code == 200
        assert (told["mission"], told["team"]) == (MISSION, "T1")
        assert told["receipt_key"]["id"] == store.receipt_key.id
        assert told["receipt_key"]["jwk"] == as_jwk(store.receipt_key.public)
        assert told["keys"][0] == {
            "id": store.receipt_key.id, "public_key": store.receipt_key.public, "jwk": as_jwk(store.receipt_key.public),
        }  # fmt: skip
        assert told["manifest"]["mission"]["code"] == MISSION
        assert answer.headers["Cache-Control"] == "no-store"
        with store.reading() as tx:
            known = devices.by_token(tx, told["token"])
        assert known is not None
        assert (known.id, known.label, known.public_key) == (told["device"], "Aigul's", key)

    def test_a_jwk_is_a_key_too(self, store: Store, client: FlaskClient, asked: Checklist) -> None:
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "phone")
        key = as_jwk(phones.enrol(store, asked).device.public_key or "")
        assert client.post("/api/enrol", json={"code": code, "public_key": key}).status_code == 200

    def test_a_code_is_good_for_one_phone_which_may_ask_again_when_the_reply_was_lost(
        self, store: Store, client: FlaskClient, asked: Checklist
    ) -> None:
        with store.atomic() as tx:
            code = devices.enrol_code(tx, MISSION, "T1", "phone")
        key, other = (phones.enrol(store, asked).device.public_key for _ in range(2))
        lost, again = (client.post("/api/enrol", json={"code": code, "public_key": key}).json for _ in range(2))
        assert (again["device"], again["mission"]) == (lost["device"], lost["mission"])
        old, new = ({"Authorization": f"Bearer {told['token']}"} for told in (lost, again))
        assert client.get("/api/mission", headers=new).status_code == 200
        assert code_of(client.get("/api/mission", headers=old)) == (401, "device_unknown")
        assert code_of(client.post("/api/enrol", json={"code": code, "public_key": other})) == (403, "code_invalid")

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"code": "AAAA-BBBB-CCCC", "public_key": "no key"}, 400, "public_key_invalid"),
            ({"code": 7, "public_key": "x"}, 400, "malformed"),
            ({"public_key": "x"}, 400, "malformed"),
            ({"code": "x", "public_key": "x", "label": []}, 400, "malformed"),
            ({"code": "x", "public_key": "x", "label": "a\x00b"}, 400, "malformed"),
            ({"code": "x", "public_key": "x", "label": "a\nb"}, 400, "malformed"),
            ({"code": "x", "public_key": "x", "label": "a" * 61}, 400, "malformed"),
            ([], 400, "malformed"),
        ],
    )
    def test_a_wrong_enrolment_is_told_by_code(
        self, client: FlaskClient, asked: Checklist, body: Any, status: int, code: str
    ) -> None:
        assert code_of(client.post("/api/enrol", json=body)) == (status, code)


class TestMission:
    def test_the_phone_is_told_what_its_team_needs_and_no_more(
        self, store: Store, client: FlaskClient, phone: Phone, asked: Checklist
    ) -> None:
        told = client.get("/api/mission", headers=bearer(phone)).json
        assert told["team"] == {"code": "T1", "name": "Team one", "region": "A"}
        assert [place["code"] for place in told["locations"]] == ["A-1", "A-2", "A-C"]
        assert told["locations"][0]["opens"] == "07:00:00"
        assert [(one["name"], one["version"]) for one in told["checklists"]] == [("voting", asked.version)]
        assert told["mission"]["day"] == "2026-11-22"
        assert phone.token not in orjson.dumps(told).decode()

    def test_an_unchanged_mission_costs_no_bytes_and_a_changed_one_is_told(
        self, store: Store, client: FlaskClient, phone: Phone
    ) -> None:
        first = client.get("/api/mission", headers=bearer(phone))
        tag = {"If-None-Match": first.headers["ETag"]}
        again = client.get("/api/mission", headers=bearer(phone) | tag)
        assert (again.status_code, again.data) == (304, b"")
        with store.atomic() as tx:
            checklists.publish(tx, MISSION, phones.a_checklist("opening"))
        assert client.get("/api/mission", headers=bearer(phone) | tag).status_code == 200

    @pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic eDp5"}])
    def test_without_a_known_token_nothing_is_told(
        self, client: FlaskClient, asked: Checklist, header: dict[str, str]
    ) -> None:
        assert code_of(client.get("/api/mission", headers=header)) == (401, "device_unknown")
        assert code_of(client.post("/api/submissions", json={"envelopes": []}, headers=header)) == (
            401, "device_unknown",
        )  # fmt: skip

    def test_a_withdrawn_phone_is_told_nothing_and_its_reports_are_kept_apart(
        self, store: Store, client: FlaskClient, phone: Phone
    ) -> None:
        send(client, phone, phone.envelope())
        with store.atomic() as tx:
            devices.revoke(tx, phone.device.id, None)
        assert code_of(client.get("/api/mission", headers=bearer(phone))) == (401, "device_unknown")
        answer = send(client, phone, phone.envelope())
        assert answer.json["results"][0]["status"] == "quarantined"


class TestSubmissions:
    def test_an_envelope_is_stored_and_its_receipt_can_be_checked(
        self, store: Store, client: FlaskClient, phone: Phone
    ) -> None:
        envelope = phone.envelope({"vo_stuffing": "yes"})
        answer = send(client, phone, envelope)
        [result] = answer.json["results"]
        assert (answer.status_code, result["id"], result["status"]) == (200, envelope["id"], "stored")
        assert receipts.verify(Receipt(**result["receipt"]), store.receipt_key.public)
        with store.reading() as tx:
            assert submissions.get(tx, MISSION, envelope["id"]).via == "http"

    def test_each_envelope_gets_its_own_answer_in_the_order_sent(self, client: FlaskClient, phone: Phone) -> None:
        good, bad, last = phone.envelope(), phone.envelope(version="f" * 64), phone.envelope()
        results = send(client, phone, good, bad, "junk", last, good).json["results"]
        assert [result["status"] for result in results] == ["stored", "malformed", "malformed", "stored", "known"]
        assert results[1]["error"]["code"] == "checklist_unknown"
        assert [result["id"] for result in results] == [good["id"], bad["id"], None, last["id"], good["id"]]

    def test_nothing_sent_is_nothing_said(self, client: FlaskClient, phone: Phone) -> None:
        assert send(client, phone).json == {"results": []}

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"[]", b"null", b"{}", b'{"envelopes": {}}', b"\xff\xfe", b'{"a":' * 3000]
    )
    def test_a_body_that_is_no_request_is_malformed(self, client: FlaskClient, phone: Phone, body: bytes) -> None:
        answer = client.post("/api/submissions", data=body, headers=bearer(phone))
        assert code_of(answer) == (400, "malformed")

    def test_two_megabytes_are_too_large_with_and_without_a_stated_length(
        self, store: Store, client: FlaskClient, phone: Phone
    ) -> None:
        body = orjson.dumps({"envelopes": [phone.envelope(payload=f'{{"x": "{"y" * 2_000_000}"}}')]})
        stated = client.post("/api/submissions", data=body, headers=bearer(phone))
        streamed = {"input_stream": io.BytesIO(body), "environ_overrides": {"wsgi.input_terminated": True}}
        unstated = client.post("/api/submissions", headers=bearer(phone), **streamed)
        assert code_of(stated) == code_of(unstated) == (413, "too_large")
        with store.reading() as tx:
            assert listing.page(tx, MISSION, Filters()).total == 0

    def test_two_hundred_envelopes_are_answered_and_more_are_too_large(
        self, store: Store, client: FlaskClient, phone: Phone
    ) -> None:
        good = phone.envelope()
        results = send(client, phone, *[{}] * 100, good, *[7] * 99).json["results"]
        assert (results[100]["id"], results[100]["status"]) == (good["id"], "stored")
        assert [one["status"] for one in results].count("malformed") == 199
        assert code_of(send(client, phone, phone.envelope(), *[0] * 200)) == (413, "too_large")
        with store.reading() as tx:
            assert listing.page(tx, MISSION, Filters()).total == 1

    def test_an_envelope_in_quarantine_is_never_told_to_be_merely_known(
        self, store: Store, client: FlaskClient, phone: Phone
    ) -> None:
        with store.atomic() as tx:
            devices.revoke(tx, phone.device.id, None)
        envelope = phone.envelope()
        first, again = (send(client, phone, envelope).json["results"][0] for _ in range(2))
        assert first["status"] == again["status"] == "quarantined"
        assert first["receipt"] == again["receipt"]

    def test_another_phone_can_not_hand_in_a_report_without_its_makers_signature(
        self, store: Store, client: FlaskClient, phone: Phone, asked: Checklist
    ) -> None:
        courier, envelope = phones.enrol(store, asked, "T2"), phone.envelope()
        [refused] = send(client, courier, {**envelope, "signature": None}).json["results"]
        assert (refused["status"], refused["error"]["code"]) == ("malformed", "signature_not_of_device")
        assert send(client, phone, envelope).json["results"][0]["status"] == "stored"

    def test_a_payload_nested_too_deep_does_not_keep_its_neighbours_from_their_receipts(
        self, client: FlaskClient, phone: Phone
    ) -> None:
        good, deep = phone.envelope(), phone.envelope(payload='{"answers":{"a":' + "[" * 300 + "]" * 300 + "}}")
        results = send(client, phone, good, deep).json["results"]
        assert [result["status"] for result in results] == ["stored", "quarantined"]

    def test_no_cookie_is_read_or_set(self, client: FlaskClient, phone: Phone) -> None:
        client.set_cookie("session", "forged")
        answer = send(client, phone, phone.envelope())
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")

    def test_another_site_can_not_post_with_a_cookie_alone(self, client: FlaskClient, phone: Phone) -> None:
        client.set_cookie("session", phone.token)
        assert code_of(client.post("/api/submissions", json={"envelopes": []})) == (401, "device_unknown")

    def test_a_phone_that_was_enrolled_just_now_may_send_at_once(
        self, store: Store, client: FlaskClient, phone: Phone, asked: Checklist
    ) -> None:
        send(client, phone, phone.envelope())
        other = phones.enrol(store, asked)
        assert send(client, other, other.envelope()).json["results"][0]["status"] == "stored"


def test_every_code_that_the_module_documents_exists() -> None:
    known = {
        kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.KitError)
    }
    documented = {"malformed", "public_key_invalid", "device_unknown", "code_invalid", "too_large", "conflict"}
    assert documented <= known
    assert all(code in (sync.__doc__ or "") for code in documented)
