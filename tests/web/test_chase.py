"""The desk's chase: states that lead to calls, numbers only for those who call, every call kept."""

import csv
import io
import re
from datetime import UTC, datetime, time

import pytest

from observer_kit import clock
from observer_kit.missions.deployment import Deployed
from observer_kit.missions.model import Location, Team
from observer_kit.storage import calls, deployment, register
from observer_kit.storage.check import check

NUMBER = "+7 701 000 00 01"


@pytest.fixture
def planned(store, monkeypatch):
    """Two teams that have something to report, on the day itself at nine (in Almaty: UTC+6 in 2011)."""
    with store.atomic() as tx:
        places = [
            each if each.kind == "region" else Location(**{
                **{name: getattr(each, name) for name in each.__slots__}, "opens": time(7), "closes": time(20),
            })
            for each in register.find(tx, "m-1")
        ]  # fmt: skip
        register.replace(tx, "m-1", places)
        register.save_teams(tx, "m-1", [Team("T01", "One", "A", NUMBER), Team("T02", "Two", "B"), Team("T03", "T03")])
        deployment.replace(tx, "m-1", [
            Deployed("T01", "voting", "R-1", time(8)), Deployed("T01", "voting", "R-2"),
            Deployed("T02", "voting", "R-2", time(8)),
        ])  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: datetime(2011, 4, 3, 3, 0, tzinfo=UTC))


def words(page):
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def test_the_page_says_who_owes_what_and_leads_to_the_lines(coordinator, sender, planned):
    sender.send({"vo_stuffing": "no"}, location="R-2", team="T02", hour=7)
    page = coordinator.get("/desk/m-1/chase").text
    assert NUMBER in page
    said = words(page)
    assert "Voting 0 1 0 1 0 1" in said  # unreachable, silent, late, expected now, not yet, reported
    assert "R-1 · Station 1 by 08:00, 1 h 00 min late" in said
    lines = words(coordinator.get("/desk/m-1/chase?view=stations&state=silent").text)
    assert "R-1 · Station 1 Voting T01 silent" in lines
    assert "T02" not in lines.split("Received")[1]


def test_only_who_calls_sees_the_numbers(coordinator, staff, head, planned):
    for browser in (staff, head):
        assert NUMBER not in browser.get("/desk/m-1/chase").text
        assert NUMBER not in browser.get("/desk/m-1/chase/T01").text
        for address in ("calls/sheet", "calls/sheet.pdf", "chase.csv"):
            assert browser.get(f"/desk/m-1/{address}").status_code == 403
    for address in ("chase/T01", "calls/sheet", "chase.csv"):
        assert NUMBER in coordinator.get(f"/desk/m-1/{address}").text
    for address in ("", "teams", "submissions"):
        assert NUMBER not in coordinator.get(f"/desk/m-1/{address}").text


def test_two_calls_without_an_answer_and_the_team_cannot_be_reached(coordinator, store, planned):
    for _ in range(2):
        answer = coordinator.post("/desk/m-1/chase/T01", {"outcome": "no_answer", "note": "rang long"})
        assert answer.status_code == 303
    page = coordinator.get("/desk/m-1/chase/T01").text
    assert page.count("rang long") == 2
    assert "cannot be reached" in words(page)
    with store.reading() as tx:
        assert [each.outcome for each in calls.all(tx, "m-1")] == ["no_answer", "no_answer"]
    assert check(store) == []


def test_a_call_without_an_outcome_or_to_nobody_is_refused_and_nothing_is_logged(coordinator, store, planned):
    assert coordinator.post("/desk/m-1/chase/T01", {"outcome": "shouted", "note": "kept"}).status_code == 409
    assert "kept" in coordinator.post("/desk/m-1/chase/T01", {"note": "kept"}).text
    assert coordinator.post("/desk/m-1/chase/T01", {"outcome": "reached", "note": "x" * 1001}).status_code == 409
    assert coordinator.post("/desk/m-1/chase/T99", {"outcome": "reached"}).status_code == 404
    with store.reading() as tx:
        assert calls.all(tx, "m-1") == []


def test_what_was_phoned_in_leads_to_typing_it(coordinator, planned):
    answer = coordinator.post("/desk/m-1/chase/T01", {"outcome": "phoned_in"})
    assert answer.location.startswith("/desk/m-1/typing?team=T01")


def test_the_call_sheet_has_the_teams_that_owe_something_overdue(coordinator, sender, planned):
    sheet = words(coordinator.get("/desk/m-1/calls/sheet").text)
    assert "T01" in sheet
    assert "T02" in sheet
    sender.send({}, location="R-2", team="T02", hour=7)
    sheet = words(coordinator.get("/desk/m-1/calls/sheet").text)
    assert "T02" not in sheet
    pdf = coordinator.get("/desk/m-1/calls/sheet.pdf")
    assert pdf.data.startswith(b"%PDF")
    assert "T02" in words(coordinator.get("/desk/m-1/calls/sheet?team=T02&state=reported").text)


def test_the_table_has_every_line_and_a_number_no_spreadsheet_runs(coordinator, planned):
    rows = list(csv.DictReader(io.StringIO(coordinator.get("/desk/m-1/chase.csv").text.lstrip("\ufeff"))))
    assert [(row["team"], row["station"], row["state"]) for row in rows] == [
        ("T01", "R-1", "silent"), ("T01", "R-2", "due"), ("T02", "R-2", "silent"),
    ]  # fmt: skip
    assert NUMBER in rows[0]["phone"]
    only = coordinator.get("/desk/m-1/chase.csv?state=due").text
    assert len(only.splitlines()) == 2


def test_both_tables_sort_by_any_column(coordinator, planned):
    def teams(address):
        return re.findall(r'/chase/(T\d\d)"', coordinator.get(f"/desk/m-1/chase{address}").text)

    assert teams("?sort=teams.-team") == ["T03", "T02", "T01"]
    assert teams("?view=stations&sort=stations.-station") == ["T02", "T01", "T01"]
    assert teams("?view=stations&sort=stations.due") == ["T01", "T02", "T01"]
    assert 'aria-sort="descending"' in coordinator.get("/desk/m-1/chase?sort=teams.-team").text


@pytest.mark.parametrize("query", ["state=nonsense", "stage=lunch", "region=Z", "team=T99", "page=9", "view=map"])
def test_a_filter_that_matches_nothing_or_is_none_shows_a_page(coordinator, planned, query):
    assert coordinator.get(f"/desk/m-1/chase?{query}").status_code == 200


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_page_is_said_in_every_language(coordinator, planned, language):
    coordinator.get(f"/language/{language}")
    for address in ("chase", "chase?view=stations", "chase/T01", "chase/T03", "calls/sheet"):
        page = coordinator.get(f"/desk/m-1/{address}")
        assert page.status_code == 200
        assert "chase." not in page.text.replace("chase.css", "").replace("chase.csv", "").replace("chase.xlsx", "")


def test_without_a_plan_the_mission_s_numbers_say_what_every_team_owes(coordinator):
    page = words(coordinator.get("/desk/m-1/chase").text)
    assert "No deployment plan names the teams" in page
    assert "hours not known" in page
