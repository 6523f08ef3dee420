"""The administrator's list of phones, and the sheets of codes by which they join."""

import io
import re

import pytest
from pypdf import PdfReader

from observer_kit.statements.papers.frame import Paper
from observer_kit.statements.press import PaperNotMade
from observer_kit.storage import devices, enrolment
from observer_kit.storage.check import check
from observer_kit.web.sheets import enrolment as sheets
from tests.web.conftest import Browser
from tests.web.test_readiness import a_phone

PAGE = "/admin/devices/m-1"
HOST = "https://observers.example.org:8443"


def make(admin, **more):
    given = {"address": HOST, "spoken": "en", "team": ["T01", "T02"], "as": "page"} | more
    return admin.post(f"{PAGE}/sheets", given, page=PAGE)


def test_each_phone_is_listed_with_its_team_and_how_it_stands(admin, store):
    a_phone(store, "T02", "Айгүл's phone")
    page = admin.get(PAGE).text
    row = re.search(r"<tr><th[^>]*>T02.*?</tr>", page, re.S)[0]
    assert "Айгүл&#39;s phone" in row
    assert "not heard from" in row


def test_a_label_with_markup_stays_text(admin, store):
    a_phone(store, "T02", "<b onclick=x>")
    assert "<b onclick" not in admin.get(PAGE).text
    assert "<b onclick" not in admin.get("/desk/m-1/teams").text


def test_a_phone_is_renamed(admin, store):
    phone = a_phone(store)
    assert admin.post(f"{PAGE}/rename", {"device": phone.device.id, "label": "Second"}, page=PAGE).status_code == 303
    with store.reading() as tx:
        assert devices.get(tx, phone.device.id).label == "Second"
    assert check(store) == []
    assert admin.post(f"{PAGE}/rename", {"device": phone.device.id, "label": " "}, page=PAGE).status_code == 409


def test_withdrawing_asks_once_more_and_says_what_follows(admin, store):
    phone = a_phone(store)
    page = admin.get(PAGE).text
    asked = re.search(r"<details class=\"ask\"><summary>Withdraw….*?</details>", page, re.S)[0]
    assert "stored apart" in asked
    assert "not counted" in asked
    assert admin.post(f"{PAGE}/revoke", {"device": phone.device.id}, page=PAGE).status_code == 303
    with store.reading() as tx:
        assert devices.get(tx, phone.device.id).revoked is not None
    row = re.search(r"<tr><th[^>]*>T01.*?</tr>", admin.get(PAGE).text, re.S)[0]
    assert "withdrawn" in row
    assert "Withdraw…" not in row


def test_a_phone_of_another_mission_and_the_servers_own_devices_are_out_of_reach(admin, store, sender):
    other = a_phone(store, mission="r-1")
    for device in (other.device.id, sender.device.id, "nothing"):
        for act in ("rename", "revoke"):
            answer = admin.post(f"{PAGE}/{act}", {"device": device, "label": "mine"}, page=PAGE)
            assert answer.status_code == 404, (device, act)
    with store.reading() as tx:
        assert devices.get(tx, other.device.id).revoked is None


def test_only_administrators_come_here(app, coordinator, staff, head, visitor):
    for person in (coordinator, staff, head):
        assert person.get(PAGE).status_code == 403
    assert visitor.get(PAGE).status_code == 302
    with app.test_client() as bare:
        assert bare.post(f"{PAGE}/sheets").status_code in (400, 401)


def test_the_sheets_have_three_codes_for_each_team_and_each_enrols(admin, store):
    answer = make(admin)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    codes = re.findall(r'class="typed">([^<]+)<', answer.text)
    assert len(set(codes)) == 6
    assert answer.text.count('<section class="sheet">') == 2
    assert f"{HOST}/o/en/enrol" in answer.text
    labels = []
    for code in codes[:3]:
        with store.atomic() as tx:
            device, _ = enrolment.redeem(tx, code, a_point(), None, "here")
            labels.append((devices.get(tx, device).team, devices.get(tx, device).label))
    assert labels == [("T01", "Phone 1"), ("T01", "Phone 2"), ("T01", "Spare phone")]
    page = admin.get(PAGE).text
    assert "T02 · 3 unused codes" in page
    assert not set(codes) & set(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page))


def a_point():
    from cryptography.hazmat.primitives.asymmetric import ec

    from observer_kit.trust.signatures import b64u, point_of

    return b64u(point_of(ec.generate_private_key(ec.SECP256R1()).public_key()))


def test_the_picture_leads_to_the_enrolment_in_the_sheets_language_with_its_code(admin, monkeypatch):
    drawn = []
    real = sheets.address
    monkeypatch.setattr(sheets, "address", lambda *words: drawn.append(real(*words)) or drawn[-1])
    answer = make(admin, spoken="kk", team="T01")
    codes = re.findall(r'class="typed">([^<]+)<', answer.text)
    assert drawn == [f"{HOST}/o/kk/enrol#{code}" for code in codes]
    assert answer.text.count("<svg") == 3
    assert 'lang="kk"' in answer.text


@pytest.mark.parametrize(("spoken", "title"), [("en", "Team T01"), ("ru", "Группа T01"), ("kk", "T01 тобы")])
def test_the_sheets_come_as_a_tagged_pdf_in_each_language(admin, spoken, title):
    answer = make(admin, **{"as": "pdf", "spoken": spoken, "team": "*"})
    assert answer.mimetype == "application/pdf"
    assert f"m-1-enrolment-{spoken}.pdf" in answer.headers["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.data))
    assert len(reader.pages) == 3
    assert title in " ".join(reader.pages[0].extract_text().split())
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_codes_are_shown_where_the_pdf_could_not_be_set(admin, monkeypatch):
    def refuse(self):
        raise PaperNotMade("busy")

    monkeypatch.setattr(Paper, "pressed", refuse)
    answer = make(admin, **{"as": "pdf", "team": "T01"})
    assert answer.status_code == 200
    assert len(re.findall(r'class="typed">([^<]+)<', answer.text)) == 3


def test_a_rebuilt_mission_says_so_on_its_sheets(admin):
    page = "/admin/devices/r-1"
    given = {"address": HOST, "spoken": "en", "team": "T01", "as": "page"}
    assert "not issued by" in admin.post(f"{page}/sheets", given, page=page).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "http://observers.example.org"},
        {"address": "javascript:alert(1)"},
        {"address": "https://u:p@host"},
        {"address": "https://host/path"},
        {"address": "https://host:99999"},
        {"address": ""},
        {"team": []},
        {"team": "T99"},
        {"spoken": "de"},
    ],
)
def test_a_form_that_is_wrong_makes_no_code(admin, store, wrong):
    answer = make(admin, **wrong)
    assert answer.status_code in (400, 404)
    assert 'role="alert"' in answer.text
    with store.reading() as tx:
        assert enrolment.open_codes(tx, "m-1") == {}


@pytest.mark.parametrize(
    "given", ["http://127.0.0.1:8000", "http://localhost", "https://[fd00::1]:8443", "laptop.local"]
)
def test_addresses_at_which_a_phone_works_are_taken(given):
    assert sheets.origin(given) in (given, f"https://{given}")


def test_a_desk_may_withdraw_too_and_is_asked_there_as_well(coordinator: Browser, store):
    phone = a_phone(store)
    assert "Withdraw this phone" in coordinator.get("/desk/m-1/teams").text
    answer = coordinator.post("/desk/m-1/teams/revoke", {"device": phone.device.id}, page="/desk/m-1/teams")
    assert answer.status_code == 303
    with store.reading() as tx:
        assert devices.get(tx, phone.device.id).revoked is not None
