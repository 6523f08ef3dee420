"""A rebuild is the same every time, plausible as a day of observation, and says nothing false of a real place."""

import tomllib
from collections import Counter
from datetime import datetime

import pytest

from observer_kit.collection.envelope import check_hash, read_envelope, read_payload
from observer_kit.collection.judge import Context, judge
from observer_kit.errors import ChecklistUnknown
from observer_kit.missions.answers import FRAME
from observer_kit.missions.rebuild import rebuild
from observer_kit.protocols import reconcile
from tests.missions.counting import reports_of
from tests.missions.samples import asked, opened, places, rebuilt

REBUILT = ("eom-2011", "ram-2022", "sco-2024", "ots-2024")


def named(name):
    path = opened(name).path / "named.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def printed_findings(name):
    found = {}
    for entry in named(name).get("finding", ()):
        codes = [f"{region}-{number}" for region, numbers in entry.get("stations", {}).items() for number in numbers]
        for code in (*codes, *entry.get("commissions", ())):
            if entry["checklist"]:
                found.setdefault((entry["checklist"], code), {}).update(entry["answers"])
    return found


@pytest.mark.parametrize("name", REBUILT)
def test_rebuilding_twice_gives_the_same_bytes(name):
    assert list(rebuild(opened(name), asked(name), "office-demo")) == rebuilt(name)


@pytest.mark.parametrize("name", REBUILT)
def test_ids_are_told_apart_and_leave_out_the_device(name):
    ids = [envelope["id"] for envelope in rebuilt(name)]
    assert len(set(ids)) == len(ids)
    assert [envelope["id"] for envelope in rebuild(opened(name), asked(name), "another")] == ids


@pytest.mark.parametrize("name", REBUILT)
def test_intake_finds_no_fault_but_the_protocols_that_were_meant_to_fail(name):
    seen = Counter()
    for raw in rebuilt(name):
        envelope = read_envelope(raw)
        check_hash(envelope)
        submission = judge(envelope, read_payload(envelope), asked(name)[raw["checklist"]], Context())
        seen.update(f"problem {problem.question} {problem.code}" for problem in submission.problems)
        seen.update(finding.code for finding in submission.findings)
    assert set(seen) <= {"protocol_fails"}


@pytest.mark.parametrize("name", REBUILT)
def test_of_a_real_place_only_what_is_printed_is_said(name):
    printed = printed_findings(name)
    for checklist, reports in reports_of(rebuilt(name)).items():
        if checklist == "protocol":
            continue
        for report in reports:
            if places(name)[report["location"]].made_up:
                continue
            said = {
                question: value
                for question, value in report["answers"].items()
                if value not in (None, "not_observed") and question not in FRAME
            }
            known = printed.get((checklist, report["location"]), {})
            questions = {question.name for question in asked(name)[checklist].questions()}
            assert said == {key: value for key, value in known.items() if key in questions and key not in FRAME}


@pytest.mark.parametrize("name", REBUILT)
def test_every_printed_finding_of_a_named_place_is_reported(name):
    reports = {
        (checklist, report["location"]): report["answers"]
        for checklist, found in reports_of(rebuilt(name)).items()
        for report in found
    }
    for (checklist, code), answers in printed_findings(name).items():
        for question, value in answers.items():
            if any(one.name == question for one in asked(name)[checklist].questions()):
                assert reports[checklist, code][question] == value, (code, question)


def test_named_stations_stand_in_the_register_once_with_their_region_and_number():
    stations = [place for place in places("eom-2011").values() if place.kind == "polling_station" and not place.made_up]
    assert len({(place.region, place.number) for place in stations}) == len(stations)
    assert all(place.code == f"{place.region}-{place.number}" for place in stations)


def test_all_other_stations_have_made_up_codes():
    stations = [place for place in places("eom-2011").values() if place.kind == "polling_station" and place.made_up]
    assert all(place.code == place.name and place.code.startswith("R-") for place in stations)
    assert len(stations) > 9000


def test_each_station_has_one_report_of_a_checklist():
    for checklist, reports in reports_of(rebuilt("eom-2011")).items():
        assert len({report["location"] for report in reports}) == len(reports), checklist


def test_no_team_calls_at_more_than_ten_stations_and_none_stays_at_home():
    visits = Counter(report["team"] for report in reports_of(rebuilt("eom-2011"))["voting"])
    assert max(visits.values()) <= 10
    assert set(visits) == {team.code for team in opened("eom-2011").teams()}


def test_teams_work_in_their_own_region():
    regions = {team.code: team.region for team in opened("eom-2011").teams()}
    for reports in reports_of(rebuilt("eom-2011")).values():
        assert all(regions[report["team"]] == places("eom-2011")[report["location"]].region for report in reports)


def test_voting_is_seen_in_every_hour_of_the_day():
    hours = Counter(
        datetime.fromisoformat(report["answers"]["arrival"]).hour
        for report in reports_of(rebuilt("eom-2011"))["voting"]
    )
    assert set(hours) == set(range(7, 20))


def test_some_counts_cross_midnight():
    counts = reports_of(rebuilt("eom-2011"))["counting"]
    ends = [datetime.fromisoformat(report["answers"]["departure"]).date() for report in counts]
    assert any(end > opened("eom-2011").mission.day for end in ends)


def test_clocks_carry_the_offset_of_the_place_on_that_day():
    offsets = {}
    for report in reports_of(rebuilt("eom-2011"))["voting"]:
        offsets.setdefault(places("eom-2011")[report["location"]].region, set()).add(report["clock"][-6:])
    west = {"AKT", "ATY", "MAN", "WKO"}
    assert all(found == ({"+05:00"} if region in west else {"+06:00"}) for region, found in offsets.items())


def test_in_2024_the_whole_country_has_one_time():
    assert {report["clock"][-6:] for report in reports_of(rebuilt("sco-2024"))["voting"]} == {"+05:00"}


def test_unsealed_boxes_lie_in_the_eight_regions_of_footnote_113():
    found = {
        places("eom-2011")[report["location"]].region
        for report in reports_of(rebuilt("eom-2011"))["voting"]
        if report["answers"].get("vo_boxes_sealed") == "no"
    }
    assert found == {"AKT", "AKM", "ALM", "KAR", "KYZ", "PAV", "SKO", "AST"}


def test_presigned_protocols_lie_in_the_eleven_regions_of_footnote_119():
    found = {
        places("eom-2011")[report["location"]].region
        for report in reports_of(rebuilt("eom-2011"))["counting"]
        if report["answers"].get("co_protocol_presigned") == "yes"
    }
    assert found == {"ALA", "ALM", "EKO", "PAV", "KAR", "ZHA", "SKO", "KYZ", "NKO", "KOS", "WKO"}


def test_interference_is_only_asked_where_unauthorised_persons_were():
    reports = reports_of(rebuilt("eom-2011"))["voting"]
    asked_in = [one for one in reports if "env_interference" in one["answers"]]
    assert all(one["answers"]["env_unauthorised_present"] == "yes" for one in asked_in)
    assert len(asked_in) == 152


def test_other_regions_are_rated_negatively_less_often_than_those_the_report_singles_out():
    rated, negative = Counter(), Counter()
    for report in reports_of(rebuilt("eom-2011"))["voting"]:
        value = report["answers"].get("vo_overall")
        if value not in (None, "not_observed"):
            region = places("eom-2011")[report["location"]].region
            rated[region] += 1
            negative[region] += value in ("bad", "very_bad")
    shares = {region: negative[region] / rated[region] for region in rated}
    singled_out = {"ALM", "SKO", "ZHA", "KAR"}
    assert max(share for region, share in shares.items() if region not in singled_out) < 0.115
    assert min(shares[region] for region in singled_out) > 0.115


def test_protocols_fail_the_rules_they_should_and_no_other():
    failing = Counter()
    for report in reports_of(rebuilt("eom-2011"))["protocol"]:
        failing.update(result.rule for result in reconcile(report["answers"], "election") if result.state == "fail")
    assert failing == {"S1": 10, "S2": 31, "S3": 72, "S4": 17, "S13_turnout": 9, "S13_choice": 5}


def test_full_turnout_is_shown_by_made_up_military_stations_only():
    for report in reports_of(rebuilt("eom-2011"))["protocol"]:
        states = {result.rule: result.state for result in reconcile(report["answers"], "election")}
        if states["S13_turnout"] == "fail":
            place = places("eom-2011")[report["location"]]
            assert (place.special, place.made_up) == ("military", True)


@pytest.mark.parametrize(
    ("location", "votes"),
    [("EKO-262", [24, 32, 30, 1659]), ("WKO-80", [44, 22, 64, 1653]), ("AKT-166", [23, 3, 26, 1512])],
)
def test_protocols_of_footnote_121_are_entered_as_printed(location, votes):
    answers = next(
        report["answers"] for report in reports_of(rebuilt("eom-2011"))["protocol"] if report["location"] == location
    )
    assert [answers[f"v[{index}]"] for index in range(4)] == votes


def test_aggregation_tables_show_the_printed_differences():
    protocols = {report["location"]: report["answers"] for report in reports_of(rebuilt("eom-2011"))["protocol"]}
    differences = {}
    for row in opened("eom-2011").aggregation():
        delta = row["value"] - protocols[row["location"]][row["field"]]
        if delta:
            differences.setdefault(row["table"], {})[row["field"]] = delta
    assert differences == {
        "ZHA-TALAS": {"v[3]": 40, "invalid": -40},
        "EKO-SEMEY": {"v[0]": -20, "v[1]": -30, "v[2]": -20, "v[3]": 70},
        "WKO-BURLINSKIY": {"v[0]": -38, "v[1]": -18, "v[2]": -62, "v[3]": 44, "invalid": 50},
        "AKT-MARTYKSKIY": {"v[0]": -10, "v[1]": -2, "v[2]": -20, "b_cancelled": 32},
    }


def test_copies_of_tables_were_given_where_tables_exist():
    given = {
        report["location"]
        for report in reports_of(rebuilt("eom-2011"))["tabulation"]
        if report["answers"].get("ta_copy_given") == "yes"
    }
    assert given == {row["commission"] for row in opened("eom-2011").aggregation()}


def test_rebuild_without_a_needed_checklist_says_which():
    with pytest.raises(ChecklistUnknown, match="voting"):
        list(rebuild(opened("ots-2024"), {}, "office-demo"))


def test_protocols_are_copied_after_the_close():
    day = opened("eom-2011").mission.day
    for envelope in rebuilt("eom-2011"):
        if envelope["checklist"] == "protocol":
            moment = datetime.fromisoformat(envelope["clock"])
            assert moment.date() > day or moment.hour >= 20


def test_no_more_have_voted_than_are_registered():
    for report in reports_of(rebuilt("eom-2011"))["voting"]:
        voted = report["answers"].get("vo_voted_so_far")
        if isinstance(voted, int):
            assert voted <= places("eom-2011")[report["location"]].voters
