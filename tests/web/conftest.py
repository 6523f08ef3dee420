"""Two small missions in a real database: one observed, one rebuilt from what a source printed."""

import hashlib
import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from observer_kit import clock
from observer_kit.app import create_app
from observer_kit.checklists.model import Checklist, Section
from observer_kit.checklists.versions import seal
from observer_kit.config import Config
from observer_kit.missions.model import DiaryEntry, Location, Mission, Team
from observer_kit.storage import accounts, aggregation, checklists, devices, diary, missions, open_store, register
from observer_kit.storage.intake import Intake
from tests.builders import question, text

PASSWORD = "long enough to be one"
RATING = ("very_good", "good", "bad", "very_bad")

VOTING = seal(
    Checklist(
        "voting", "voting", "election", "core", text("Voting"),
        (
            Section("frame", text("Visit"), (
                question("arrival", "datetime", not_observed=False),
                question("departure", "datetime", not_observed=False),
                question("env_urban_rural", "select_one", ("urban", "rural")),
            )),
            Section("conduct", text("Conduct"), (
                question("vo_stuffing", good=("no",), severity="critical"),
                question("vo_boxes_sealed", good=("yes",), severity="serious"),
                question("vo_woman_chair"),
                question("vo_present", "select_multiple", ("party", "press")),
                question("vo_women", "integer", minimum=0),
                question("vo_remarks", "text"),
                question("vo_overall", "rating", RATING, good=("very_good", "good")),
            )),
        ),
    )
)  # fmt: skip
INCIDENT = seal(
    Checklist(
        "incident", "incident", "election", "core", text("Incident"),
        (Section("all", text("All"), (
            question("in_kind", "select_one", ("expelled", "violence")), question("in_what", "text"),
        )),),
    )
)  # fmt: skip
PROTOCOL = seal(
    Checklist(
        "protocol", "protocol", "election", "core", text("Protocol"),
        (Section("all", text("All"), tuple(
            question(name, "integer", minimum=0)
            for name in ("b_received", "b_issued", "b_cancelled", "valid", "invalid")
        )),),
    )
)  # fmt: skip


def mission(code: str, **more: object) -> Mission:
    values: dict[str, object] = {
        "code": code, "name": text(f"Mission {code}"), "event": "election", "event_name": text("Early election"),
        "day": date(2011, 4, 3), "organisation": "The Organisation", "country": text("Kazakhstan"),
        "zone": "Asia/Almaty", "languages": ("en", "ru", "kk"), "expected": {"voting": 12},
    }  # fmt: skip
    return Mission(**(values | more))  # type: ignore[arg-type]


FIGURES = (
    {
        "id": "f_stuffing", "label": text("Ballot box stuffing"), "unit": "form", "measure": "answers",
        "base": "answered", "checklist": "voting", "question": "vo_stuffing", "counted": ["yes"],
    },
    {
        "id": "f_negative", "label": text("Voting assessed negatively"), "unit": "form", "measure": "answers",
        "base": "reports", "checklist": "voting", "question": "vo_overall", "counted": ["bad", "very_bad"],
    },
    {
        "id": "f_reports", "label": text("Voting reports"), "unit": "form", "measure": "reports", "base": None,
        "checklist": "voting",
    },
    {
        "id": "f_meetings", "label": text("Meetings"), "unit": "case", "measure": "diary", "base": None,
        "where": {"kind": "meeting"},
    },
    {
        "id": "f_gap", "label": text("Openings on time"), "unit": "form", "measure": "answers", "base": "answered",
        "checklist": "opening", "question": "op_on_time", "counted": ["yes"],
    },
)  # fmt: skip


class Sender:
    """Hands reports in through the intake, as the server's own device."""

    def __init__(self, store, config, code):
        self.store, self.code = store, code
        self.intake = Intake(store, config)
        with store.atomic() as tx:
            self.device = devices.office(tx, code, "demo")

    def send(self, answers, *, checklist=VOTING, location="R-1", team="T01", hour=9, **header):
        """Send one report; gives its id."""
        comments, expected = header.pop("comments", {}), header.pop("expected", "stored")
        if checklist is VOTING:
            arrived = datetime(2011, 4, 3, hour - 6, 0, tzinfo=UTC)
            times = {"arrival": arrived.isoformat(), "departure": (arrived + timedelta(minutes=40)).isoformat()}
            answers = {**times, **answers}
        payload = json.dumps({"location": location, "team": team, "answers": answers, "comments": comments})
        envelope = {
            "id": clock.new_id(), "mission": self.code, "checklist": checklist.name, "version": checklist.version,
            "visit": clock.new_id(), "supersedes": None, "device": self.device.id, "clock": clock.stamp(clock.now()),
            "hash": hashlib.sha256(payload.encode()).hexdigest(), "sealed": None, "signature": None, "payload": payload,
        } | header  # fmt: skip
        result = self.intake.receive([envelope], device=self.device, via="demo")[0]
        assert result["status"] == expected, result
        return envelope["id"], envelope["visit"]


class Browser:
    """A signed-in person: a test client that knows how to sign in and to send the token of a form."""

    def __init__(self, client):
        self.client = client
        self.get = client.get

    def sign_in(self, name, password=PASSWORD, **more):
        return self.post("/sign-in", {"name": name, "password": password}, page="/sign-in", **more)

    def token(self, page="/sign-in"):
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(page).text)
        assert found, f"no form on {page}"
        return found[1]

    def post(self, address, data=None, page="/sign-in", **more):
        return self.client.post(address, data={"csrf_token": self.token(page), **(data or {})}, **more)


def station(code: str, region: str, setting: str) -> Location:
    return Location(
        code,
        "polling_station",
        f"Station {code[-1]}",
        parent=region,
        region=region,
        setting=setting,
        zone="Asia/Almaty",
    )


def at(folder) -> Config:
    return Config(data=folder, exports=folder / "exports", database_url=f"sqlite:///{folder / 'kit.sqlite'}")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Build the two missions once; each test has its own copy."""
    folder = tmp_path_factory.mktemp("kit")
    store = open_store(at(folder))
    with store.atomic() as tx:
        for each in (mission("m-1", figures=FIGURES), mission("r-1", figures=FIGURES, reconstruction="OSCE/ODIHR")):
            missions.save(tx, each)
            register.replace(tx, each.code, [
                Location("A", "region", "Almaty region"), Location("B", "region", "Aktobe region"),
                station("R-1", "A", "urban"), station("R-2", "B", "rural"),
            ])  # fmt: skip
            register.save_teams(tx, each.code, [Team("T01", "T01", "A"), Team("T02", "T02", "B"), Team("T03", "T03")])
            for asked in (VOTING, INCIDENT, PROTOCOL):
                checklists.publish(tx, each.code, asked)
            diary.replace(tx, each.code, [DiaryEntry("d1", date(2011, 3, 1), "meeting", "The commission", count=3)])
            aggregation.replace(tx, each.code, [
                {"table": "DEC 1", "commission": None, "location": "R-1", "field": "valid", "value": 95},
                {"table": "DEC 1", "commission": None, "location": "R-1", "field": "invalid", "value": 10},
            ])  # fmt: skip
        accounts.create(tx, "admin", PASSWORD, {"*": "administrator"})
        accounts.create(tx, "coordinator", PASSWORD, {"m-1": "coordinator"})
        accounts.create(tx, "staff", PASSWORD, {"m-1": "staff"})
        accounts.create(tx, "head", PASSWORD, {"m-1": "head"})
        accounts.create(tx, "rebuilder", PASSWORD, {"r-1": "coordinator"})
        accounts.create(tx, "nobody", PASSWORD, {})
    store.close()
    return folder


@pytest.fixture
def config(tmp_path, built):
    folder = tmp_path / "kit"
    shutil.copytree(built, folder)
    return at(folder)


@pytest.fixture
def store(config):
    store = open_store(config)
    yield store
    store.close()


@pytest.fixture
def sender(store, config):
    return Sender(store, config, "m-1")


@pytest.fixture
def rebuilt(store, config):
    return Sender(store, config, "r-1")


@pytest.fixture
def app(config, store):
    app = create_app(config, store)
    app.testing = True
    return app


@pytest.fixture
def visitor(app):
    return Browser(app.test_client())


@pytest.fixture
def coordinator(app):
    browser = Browser(app.test_client())
    assert browser.sign_in("coordinator").status_code == 302
    return browser


@pytest.fixture
def staff(app):
    browser = Browser(app.test_client())
    assert browser.sign_in("staff").status_code == 302
    return browser


@pytest.fixture
def head(app):
    browser = Browser(app.test_client())
    assert browser.sign_in("head").status_code == 302
    return browser


@pytest.fixture
def admin(app):
    browser = Browser(app.test_client())
    assert browser.sign_in("admin").status_code == 302
    return browser
