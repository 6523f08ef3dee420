"""The inbox: every step stays and leads on from the last, and the check knows them all."""

import csv
import io
import re

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.checklists.generate import generate
from observer_kit.errors import Conflict, NotFound
from observer_kit.storage import chain, handlings
from observer_kit.storage import desk_tables as d
from observer_kit.storage.check import check
from observer_kit.storage.filters import Filters
from observer_kit.web import desk  # noqa: F401 -- its pages and the digest lean on each other: they come first
from observer_kit.web.sheets.incidents import severity_of
from tests.web.conftest import INCIDENT

INBOX = "/desk/m-1/incidents"


@pytest.fixture
def incident(sender):
    """Send one incident; gives its id."""
    return sender.send({"in_kind": "expelled", "in_what": "told to leave"}, checklist=INCIDENT)[0]


def step(browser, id, state, note="", where=""):
    return browser.post(f"{INBOX}/{id}/step{where}", {"state": state, "note": note}, page=INBOX)


def test_an_incident_goes_from_new_to_closed_and_back_and_every_step_stays(coordinator, store, incident):
    assert 'class="pill bad">new' in coordinator.get(INBOX).text
    for state, note in (("in_hand", "called the team"), ("passed_on", "to the head of mission"), ("closed", "")):
        assert step(coordinator, incident, state, note).status_code == 303
    assert step(coordinator, incident, "in_hand", "closed by mistake").status_code == 303
    page = coordinator.get(INBOX).text
    told = re.search(r'<ol class="steps">(.*?)</ol>', page, re.DOTALL)[1]
    places = [told.index(word) for word in ("called the team", "to the head of mission", "closed by mistake")]
    assert places == sorted(places)
    assert "coordinator" in told
    with store.reading() as tx:
        assert [each.state for each in handlings.of(tx, incident)] == ["in_hand", "passed_on", "closed", "in_hand"]
        assert len(list(chain.links(tx, kind=handlings.KIND, mission="m-1"))) == 4
    assert not check(store)


def test_a_step_that_says_nothing_is_refused_and_what_was_typed_stays(coordinator, incident):
    refused = step(coordinator, incident, "new")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    long = "x" * (handlings.LONGEST_NOTE + 1)
    refused = step(coordinator, incident, "closed", long)
    assert refused.status_code == 409
    assert long in refused.text


def test_a_step_needs_an_incident_of_this_mission_and_a_state_there_is(store, sender, incident):
    voting, _ = sender.send({"vo_stuffing": "no"})
    for mission, id in (("m-1", voting), ("m-1", "nothing"), ("r-1", incident)):
        with pytest.raises(NotFound), store.atomic() as tx:
            handlings.add(tx, mission, id, "closed", "", None)
    with pytest.raises(Conflict), store.atomic() as tx:
        handlings.add(tx, "m-1", incident, "forgotten", "", None)


def test_who_only_reads_logs_no_step(head, coordinator, incident):
    assert "told to leave" in head.get(INBOX).text
    assert f"{incident}/step" not in head.get(INBOX).text
    assert step(head, incident, "closed", "done").status_code == 403


def test_a_step_that_was_altered_in_the_database_is_found(store, coordinator, incident):
    step(coordinator, incident, "closed", "done")
    with pytest.raises(DBAPIError, match="append-only"), store.atomic() as tx:
        tx.execute(update(d.Handling).values(note="nothing was done"))


def test_the_inbox_counts_narrows_sorts_and_goes_out_by_the_same_filters(coordinator, store, sender):
    ids = [
        sender.send({"in_kind": "expelled", "in_what": f"number {place}"}, checklist=INCIDENT, location=location)[0]
        for place, location in enumerate(("R-1", "R-2", "R-1", None))
    ]
    step(coordinator, ids[0], "closed", "done")
    step(coordinator, ids[3], "in_hand", "=1+1")

    def order(where=""):
        page = coordinator.get(f"{INBOX}{where}").text
        return [ids.index(each) for each in re.findall(r'<li id="i-([0-9a-f-]{36})"', page)]

    assert order() == [2, 1, 3, 0]  # new ones first, of equals the newest
    assert order("?sort=received") == [0, 1, 2, 3]
    assert order("?sort=-state") == [0, 3, 2, 1]
    assert order("?region=A&sort=-received") == [2, 0]
    assert order("?incident=closed") == [0]
    assert order("?incident=passed_on") == []
    assert order("?search=R-2") == [1]
    assert order("?sort=nonsense&incident=nonsense") == [2, 1, 3, 0]
    with store.reading() as tx:
        assert handlings.inbox(tx, "m-1", Filters()).states == {"new": 2, "in_hand": 1, "passed_on": 0, "closed": 1}
    file = coordinator.get(f"{INBOX}?region=A&format=csv").data.decode("utf-8-sig")
    assert [row["id"] for row in csv.DictReader(io.StringIO(file))] == [ids[2], ids[0]]
    assert coordinator.get(f"{INBOX}?format=xlsx").data[:2] == b"PK"
    assert coordinator.get(f"{INBOX}?format=exe").status_code == 404
    everything = coordinator.get(f"{INBOX}?format=csv").data.decode("utf-8-sig")
    assert ",=1+1," not in everything  # a spreadsheet would run it


@pytest.mark.parametrize(
    ("answers", "severity"),
    [
        ({"in_kind": "stuffing_suspected"}, "critical"),
        ({"in_kind": "voting_suspended"}, "serious"),
        ({"in_kind": "voting_suspended", "in_team_safe": "no"}, "critical"),
        ({"in_kind": "other", "in_team_safe": "yes"}, ""),
        ({}, ""),
    ],
)
def test_an_incident_is_as_severe_as_its_kind_or_its_gravest_breach(answers, severity):
    assert severity_of(generate(load_catalogue(), "incident", "election", "core"), answers) == severity
