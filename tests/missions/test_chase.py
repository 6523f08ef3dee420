"""Who is late is a matter of each station's own hours and clock, and of nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from observer_kit.config import resources
from observer_kit.errors import MissionInvalid
from observer_kit.missions.chase import (
    DUE,
    LATE,
    NO_HOURS,
    NOT_YET,
    REPORTED,
    SILENT,
    UNREACHABLE,
    Call,
    Sent,
    stand,
    unreachable,
)
from observer_kit.missions.deployment import Deployed, check_deployment, plan_of, read_deployment
from observer_kit.missions.load import open_folder
from observer_kit.missions.model import Location, Team
from observer_kit.missions.windows import RULES, window
from tests.phones import a_mission

DAY = date(2026, 11, 22)
MISSION = replace(a_mission(), opens="07:00", closes="20:00", expected={"voting": 9, "opening": 1})
EAST = Location("A-1", "polling_station", "East", region="A", opens=time(7), closes=time(20), zone="Asia/Almaty")
EARLY = Location("A-2", "polling_station", "Early", region="A", opens=time(6), closes=time(18), zone="Asia/Almaty")
WEST = Location("B-1", "polling_station", "West", region="B", opens=time(7), closes=time(20), zone="Europe/London")
T1, T2 = Team("T1", "One", "A"), Team("T2", "Two", "B")
STAGES = {stage: stage for stage in RULES}


def utc(hour, minute=0, day=22):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def one(plan, now, *, sent=(), heard=None, calls=(), mission=MISSION, places=(EAST, EARLY, WEST)):
    found = stand(
        mission, [T1, T2], plan, {each.code: each for each in places}, sent, STAGES, heard or {}, calls, now
    )  # fmt: skip
    return next(each for each in found if each.team == T1).lines


def test_a_station_that_opens_early_and_one_in_another_zone_have_windows_of_their_own():
    # Almaty is five hours ahead of UTC in 2026; London is at it.
    assert (window(MISSION, "opening", EAST).start, window(MISSION, "opening", EAST).due) == (utc(1), utc(3))
    assert window(MISSION, "opening", EARLY).due == utc(2)
    assert window(MISSION, "opening", WEST).due == utc(8)
    assert window(MISSION, "voting", EARLY).due == utc(13)


def test_a_count_goes_on_past_midnight():
    assert window(MISSION, "counting", EAST).due == utc(21)  # 02:00 of the next day in Almaty
    assert window(MISSION, "counting", WEST).due == utc(2, day=23)
    assert window(MISSION, "counting", EAST, time(1, 30)).due == utc(20, 30)
    assert window(MISSION, "counting", EAST, time(23, 0)).due == utc(18)


def test_in_2011_the_moved_stations_have_other_windows_than_the_rest():
    folder = open_folder(resources("forms") / "missions" / "eom-2011")
    stations = [each for each in folder.register if each.kind == "polling_station"]
    moved = [each for each in stations if (each.opens, each.closes) != (time(7), time(20))]
    assert len(moved) == 1494

    def windows(each):
        return window(folder.mission, "opening", each), window(folder.mission, "counting", each)

    # The usual hours at the station's own clock: the country had two, and stations abroad have their own.
    offsets = {datetime(2011, 4, 3, tzinfo=ZoneInfo(each.zone)).utcoffset() for each in stations}
    usual = {windows(replace(each, opens=time(7), closes=time(20))) for each in stations}
    assert len(usual) == len(offsets) == 8
    assert all(windows(each) != windows(replace(each, opens=time(7), closes=time(20))) for each in moved)


PLAN = [Deployed("T1", "opening", "A-1")]


@pytest.mark.parametrize(("now", "heard", "state"), [
    (utc(0, 59), None, NOT_YET), (utc(1), None, DUE), (utc(3), None, DUE), (utc(3, 1), None, SILENT),
    (utc(3, 1), utc(1, 30), LATE), (utc(3, 1), utc(0, 30), SILENT),
])  # fmt: skip
def test_a_report_is_due_in_its_window_then_late_or_silent(now, heard, state):
    [line] = one(PLAN, now, heard={"T1": heard} if heard else {})
    assert line.state == state
    assert (line.overdue is not None) == (state in (LATE, SILENT))


def call(outcome, at):
    return Call("T1", outcome, "", None, at)


@pytest.mark.parametrize(("calls", "state"), [
    ([("no_answer", utc(4))], SILENT),
    ([("no_answer", utc(4)), ("no_answer", utc(4, 10))], UNREACHABLE),
    ([("no_answer", utc(4)), ("reached", utc(4, 5)), ("no_answer", utc(4, 10))], SILENT),
    ([("wrong_number", utc(4))], UNREACHABLE),
    ([("wrong_number", utc(4)), ("will_report", utc(4, 5))], SILENT),
    ([("no_answer", utc(9)), ("no_answer", utc(9, 1))], SILENT),  # calls that are not yet made at that moment
])  # fmt: skip
def test_who_cannot_be_reached_follows_from_the_calls(calls, state):
    [line] = one(PLAN, utc(5), calls=[call(outcome, at) for outcome, at in calls])
    assert line.state == state


def test_a_team_that_is_heard_from_again_can_be_reached():
    calls = [call("no_answer", utc(4)), call("no_answer", utc(4, 10))]
    assert unreachable(calls, utc(4, 5)) is False
    assert unreachable(calls, utc(3)) is True
    [line] = one(PLAN, utc(5), calls=calls, heard={"T1": utc(4, 30)})
    assert line.state == LATE


def test_a_report_from_another_station_than_planned_counts_and_is_named():
    [line] = one(PLAN, utc(9), sent=[Sent("opening", "T1", "A-2", utc(4))])
    assert (line.state, line.elsewhere, line.overdue) == (REPORTED, "A-2", timedelta(hours=1))


def test_of_two_planned_stations_each_report_goes_to_its_own():
    plan = [Deployed("T1", "voting", "A-1"), Deployed("T1", "voting", "A-2"), Deployed("T1", "voting")]
    lines = one(plan, utc(20), sent=[Sent("voting", "T1", "A-2", utc(5), 2)])
    assert [(line.location, line.state, line.elsewhere) for line in lines] == [
        ("A-1", SILENT, None), ("A-2", REPORTED, None), (None, REPORTED, None),
    ]  # fmt: skip


def test_nobody_is_late_where_no_hours_are_known():
    bare = replace(EAST, opens=None, closes=None)
    [line] = one(PLAN, utc(23), mission=replace(MISSION, opens=None, closes=None), places=(bare,))
    assert (line.state, line.window, line.overdue) == (NO_HOURS, None, None)


def test_a_mission_may_set_its_own_deadlines():
    own = replace(MISSION, windows={"opening": {"due": 15}})
    assert window(own, "opening", EAST).due == utc(2, 15)
    assert window(own, "opening", EAST).start == utc(1)


def test_without_a_plan_a_stage_with_a_report_for_every_team_is_expected_of_every_team():
    assert plan_of(MISSION, [T1, T2], []) == [Deployed("T1", "voting"), Deployed("T2", "voting")]
    assert plan_of(MISSION, [T1, T2], PLAN) == PLAN
    assert plan_of(MISSION, [], []) == []


HEAD = "team,stage,location,by\n"


@pytest.mark.parametrize(("row", "column"), [
    ("T9,opening,A-1,", "team"), ("T1,incident,A-1,", "stage"), ("T1,opening,A-9,", "location"),
    ("T1,opening,A,", "location"), ("T1,opening,A-1,25:00", "by"), ("T1,opening,A-1,\nT1,opening,A-1,", "location"),
    (",opening,A-1,", "team"), ("T1,,A-1,", "stage"),
])  # fmt: skip
def test_a_wrong_line_of_the_plan_is_named_with_its_column(tmp_path, row, column):
    path = tmp_path / "deployment.csv"
    path.write_text(HEAD + row + "\n", "utf-8")
    kinds = {"A-1": "polling_station", "A": "region"}
    with pytest.raises(MissionInvalid, match=f"column {column}"):
        check_deployment(path, {"T1", "T2"}, kinds.get)


def test_a_plan_may_expect_several_reports_without_naming_a_place(tmp_path):
    path = tmp_path / "deployment.csv"
    path.write_text(HEAD + "T1,voting,,\nT1,voting,,\nT1,counting,A-1,01:30\n", "utf-8")
    assert check_deployment(path, {"T1"}, {"A-1": "polling_station"}.get) == 3
    assert list(read_deployment(path))[2] == Deployed("T1", "counting", "A-1", time(1, 30))
    assert list(read_deployment(tmp_path / "none.csv")) == []


moments = st.integers(0, 60 * 40).map(lambda minutes: utc(0) + timedelta(minutes=minutes))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    plan=st.lists(st.sampled_from([Deployed("T1", stage, at) for stage in RULES for at in ("A-1", "A-2", None)])),
    sent=st.lists(st.builds(Sent, st.sampled_from(list(RULES)), st.just("T1"),
                            st.sampled_from(["A-1", "A-2", None]), moments, st.integers(1, 3))),
    now=moments,
)  # fmt: skip
def test_every_expected_report_stands_exactly_once_and_no_report_is_used_twice(plan, sent, now):
    lines = one(plan, now, sent=sent)
    assert len(lines) == len(plan)
    for stage in RULES:
        expected = [line for line in lines if line.stage == stage]
        came = sum(each.count for each in sent if each.checklist == stage and each.at <= now)
        assert sum(line.state == REPORTED for line in expected) == min(len(expected), came)
    assert all(line.reported is None or line.reported <= now for line in lines)
