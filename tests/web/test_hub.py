"""A hub answers pages of other origins at its intake, and nowhere else; the mission's server vouches for its key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from observer_kit.app import create_app
from observer_kit.trust import keys, signatures
from observer_kit.trust.hubs import signed_bytes, vouch
from observer_kit.web import access

HOME = "https://mission.example"


@pytest.fixture
def visitor(app):
    return app.test_client()


def preflight(visitor, path, method="POST", origin=HOME, **headers):
    asked = {"Origin": origin, "Access-Control-Request-Method": method, **headers}
    return visitor.open(path, method="OPTIONS", headers=asked)


def test_the_intake_may_be_asked_from_another_origin_with_a_token_and_no_cookie(visitor):
    answer = preflight(visitor, "/api/submissions")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == HOME
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


def test_the_intakes_own_answer_can_be_read_there_also_when_it_refuses(visitor):
    answer = visitor.post("/api/submissions", json={"envelopes": []}, headers={"Origin": HOME})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == HOME


def test_photos_may_be_asked_from_another_origin(visitor):
    assert preflight(visitor, "/api/attachments/" + "0" * 64).headers["Access-Control-Allow-Origin"] == HOME
    piece = preflight(visitor, "/api/attachments/" + "0" * 64 + "/0", "PUT")
    assert piece.headers["Access-Control-Allow-Methods"] == "PUT"


@pytest.mark.parametrize(
    "path", ["/", "/o/en/", "/sign-in", "/api/mission", "/api/enrol", "/api/readiness", "/desk/m-1/", "/sw.js", "/gone"]
)
@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
def test_nothing_else_says_anything_to_other_origins(visitor, path, method):
    answer = visitor.open(path, method=method, headers={"Origin": HOME, "Access-Control-Request-Method": "POST"})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "origin", ["http://mission.example", "null", "https://", "https://a/b", "https://é.example", ""]
)
def test_an_origin_without_https_is_not_answered(visitor, origin):
    assert "Access-Control-Allow-Origin" not in preflight(visitor, "/api/submissions", origin=origin).headers


def test_a_page_of_the_internet_may_be_told_of_a_hub_in_the_local_network(visitor):
    asked = {"Access-Control-Request-Private-Network": "true"}
    told = preflight(visitor, "/api/submissions", **asked).headers
    assert told["Access-Control-Allow-Private-Network"] == "true"


def test_observers_pages_may_speak_to_hubs_and_the_desk_to_nobody_else(visitor):
    assert "connect-src 'self' https:" in visitor.get("/o/en/").headers["Content-Security-Policy"]
    for path in ("/", "/sign-in", "/sw.js"):
        assert "connect-src" not in visitor.get(path).headers["Content-Security-Policy"]


def test_the_server_vouches_for_a_hubs_key_always_in_the_same_words(app):
    config = app.extensions["config"]
    hub = vouch(config, "https://hub.local:8000")
    assert vouch(config, "https://hub.local:8000") == hub
    server = keys.receipt_key(config)
    said = signed_bytes(hub["address"], hub["key"]["id"], hub["key"]["public_key"])
    assert hub["by"] == server.id
    assert signatures.verify(server.public, said, hub["signature"])
    assert not signatures.verify(server.public, said.replace(b"hub.local", b"bad.local"), hub["signature"])
    assert hub["key"]["id"] != vouch(config, "https://other.local:8000")["key"]["id"]


def test_sheets_lead_phones_to_where_they_find_the_laptop_not_to_its_own_name_for_itself(config, store):
    app = create_app(replace(config, origin="https://office.local:8000", lan=True, https=True), store)
    for asked, shown in (
        ("https://localhost:8000", "https://office.local:8000"),
        ("https://127.0.0.1:8000", "https://office.local:8000"),
        ("https://192.168.1.5:8000", "https://192.168.1.5:8000"),
    ):
        with app.test_request_context("/", base_url=asked):
            assert access.origin() == shown
