"""A mission's own rules of the results protocol are part of its version: on the phone, at the intake, at the desk."""

import json
from dataclasses import replace

import pytest

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.checklists.versions import from_json, seal, to_json
from observer_kit.missions.checklists import mission_checklists
from observer_kit.storage import checklists, missions, settings, submissions
from observer_kit.web.protocols import OWN_RULES
from tests.web.conftest import PROTOCOL

OWN = {
    "off": ["S1", "S12"],
    "rule": [
        {
            "id": "M1", "kind": "at_most", "severity": "E", "left": ["b_cancelled"], "right": ["valid"],
            "events": ["election"], "source": "our own law, article 5",
            "label": {"en": "No more cancelled than valid", "ru": "Погашенных не больше", "kk": "Көп емес"},
        }
    ],
}  # fmt: skip
NUMBERS = {"b_received": 500, "b_issued": 95, "b_cancelled": 300, "valid": 90, "invalid": 5}


@pytest.fixture
def own(store):
    made = seal(replace(PROTOCOL, rules=json.dumps(OWN, sort_keys=True)))
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", made)
        settings.put(tx, "m-1", OWN_RULES, OWN, None)
    return made


def failing(store, id):
    with store.reading() as tx:
        return {
            each.detail["rule"]
            for each in submissions.get(tx, "m-1", id).submission.findings
            if each.code == "protocol_fails"
        }


def test_the_intake_holds_a_protocol_against_the_rules_of_its_version(store, sender, own):
    assert failing(store, sender.send(NUMBERS, checklist=own)[0]) == {"M1", "S3"}
    before = failing(store, sender.send(NUMBERS, checklist=PROTOCOL)[0])
    assert "S1" in before  # the version before the mission changed its rules keeps its own
    assert "M1" not in before


def test_the_phones_page_and_the_desk_know_them(visitor, coordinator, sender, own):
    page = visitor.get(f"/o/en/checklist/{own.version}").text
    assert 'data-formula="M1"' in page
    assert "No more cancelled than valid" in page
    assert 'data-formula="S12"' not in page
    id, _ = sender.send(NUMBERS, checklist=own)
    assert "No more cancelled than valid" in coordinator.get(f"/desk/m-1/submissions/{id}").text
    assert "No more cancelled than valid" in coordinator.get("/desk/m-1/protocols").text


def test_own_rules_make_another_version_and_leave_the_meaning(store, own):
    assert own.version != PROTOCOL.version
    assert own.meaning == PROTOCOL.meaning
    assert from_json(to_json(own)) == own
    with store.reading() as tx:
        mission = missions.get(tx, "m-1")
    bare = mission_checklists(mission, load_catalogue())["protocol"]
    ruled = mission_checklists(mission, load_catalogue(), rules=OWN)["protocol"]
    assert (bare.rules, json.loads(ruled.rules)) == ("", OWN)
    assert bare.version != ruled.version
