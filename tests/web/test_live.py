"""What is new since a page was made: nothing costs nothing, and a number changes when its report has come."""

import re

import pytest

from tests.web.conftest import INCIDENT


def since(page):
    return re.search(r'data-live-since="(\d+)"', page)[1]


def test_nothing_new_is_answered_by_304_and_a_report_by_its_number(coordinator, sender):
    sender.send({"vo_stuffing": "no"})
    known = since(coordinator.get("/desk/m-1/").text)
    address = f"/desk/m-1/live.json?since={known}"
    first = coordinator.get(address)
    assert (first.json["reports"], first.json["said"]) == (0, "")
    tag = {"If-None-Match": first.headers["ETag"]}
    unchanged = coordinator.get(address, headers=tag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    sender.send({"vo_stuffing": "no"})
    sender.send({"in_kind": "violence"}, checklist=INCIDENT)
    changed = coordinator.get(address, headers=tag)
    assert changed.status_code == 200
    assert (changed.json["reports"], changed.json["incidents"]) == (2, 1)
    assert changed.json["said"] == "2 new reports · 1 new incident among them"
    assert str(changed.json["revision"]) == since(coordinator.get("/desk/m-1/").text)


def test_another_mission_s_reports_are_not_told(coordinator, sender):
    known = since(coordinator.get("/desk/m-1/").text)
    sender.send({"vo_stuffing": "no"})
    assert coordinator.get(f"/desk/m-1/live.json?since={known}").json["reports"] == 1
    assert coordinator.get("/desk/r-1/live.json?since=0").status_code in (200, 403)


@pytest.mark.parametrize("wrong", ["", "-1", "abc", "9" * 40, "1.5", "%00"])
def test_a_revision_that_is_none_is_no_fault(coordinator, wrong):
    assert coordinator.get(f"/desk/m-1/live.json?since={wrong}").status_code in (200, 400)


def test_who_is_signed_out_is_sent_to_the_door_and_told_nothing(visitor):
    assert visitor.get("/desk/m-1/live.json").status_code == 302


def test_where_people_type_nothing_speaks_up(coordinator):
    assert "data-live-bar" in coordinator.get("/desk/m-1/submissions").text
    for page in ("diary", "teams", "typing"):
        assert "data-live-bar" not in coordinator.get(f"/desk/m-1/{page}").text


def test_the_day_s_numbers_are_of_the_moment(coordinator, sender):
    for expected in (1, 2, 3):
        sender.send({"vo_stuffing": "no"}, location="R-1")
        page = coordinator.get("/desk/m-1/").text
        assert re.search(rf'checklist=voting&amp;counted=1">{expected}</a>', page)
        assert ' style="' not in page
        assert "<svg" in page
