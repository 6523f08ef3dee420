"""`reconcile` on the two missions whose protocols, tables and official results are printed."""

import json

import pytest
from click.testing import CliRunner

from observer_kit.cli import cli
from observer_kit.cli.reconcile import PartNeeded


def run(data, *words):
    result = CliRunner().invoke(cli, ["--data", str(data), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reconcile") / "data"
    for mission in ("eom-2011", "ram-2022"):
        run(folder, "demo", mission)
    return folder


@pytest.fixture(scope="module")
def eom(data):
    return json.loads(run(data, "reconcile", "eom-2011", "--format", "json"))


def test_the_rules_fail_as_often_as_the_2011_report_prints(eom):
    """EOM XIV.B para 6: 10, 31, 72 and 17 of 333."""
    found = {row["rule"]: row for row in eom["summary"] if row["kind"] == "polling_station"}
    assert {rule: (found[rule]["fail"], found[rule]["protocols"]) for rule in ("S1", "S2", "S3", "S4")} == {
        "S1": (10, 333), "S2": (31, 333), "S3": (72, 333), "S4": (17, 333),
    }  # fmt: skip
    for row in eom["summary"]:
        assert row["pass"] + row["fail"] + row["not_computable"] == row["protocols"]
    assert found["S2"]["not_computable"] == 72  # a blank figure is no zero


def test_the_four_discrepancies_of_footnote_121_are_named_with_every_difference(eom):
    tables = {}
    for row in eom["tables"]:
        tables.setdefault(row["location"], {})[row["field"]] = row
    differing = {
        location: {field: row["difference"] for field, row in fields.items() if row["difference"]}
        for location, fields in tables.items()
    }
    assert {location: found for location, found in differing.items() if found} == {
        "EKO-262": {"v[0]": -20, "v[1]": -30, "v[2]": -20, "v[3]": 70},
        "ZHA-410": {"v[3]": 40, "invalid": -40},
        "AKT-166": {"v[0]": -10, "v[1]": -2, "v[2]": -20, "b_cancelled": 32},
        "WKO-80": {"v[0]": -38, "v[1]": -18, "v[2]": -62, "v[3]": 44, "invalid": 50},
    }
    patterns = {location: next(iter(fields.values()))["patterns"] for location, fields in tables.items()}
    assert patterns["EKO-262"] == "transfer_same_total"
    assert patterns["ZHA-410"] == "invalid_to_candidate"
    assert patterns["AKT-166"] == "candidate_to_cancelled"
    assert patterns["WKO-80"] == "total_changed possible_column_slip"


def test_the_printed_faults_of_the_2011_annex_are_flagged_and_nothing_else(eom):
    failed = [
        (row["rule"], row["territory"], row["left"], row["note"]) for row in eom["official"] if row["state"] == "fail"
    ]
    assert failed == [
        ("S17", "SKO", "1,6970", "malformed"),
        ("U4", "KZ", "89.98", "cut_not_rounded"),
        ("U5", "KZ", "9,200,208", "differs_from"),
    ]
    sums = {row["field"]: row["state"] for row in eom["official"] if row["rule"] == "U2"}
    assert [sums[name] for name in ("akhmetbekov", "yeleusizov", "kasymov", "nazarbayev")] == ["pass"] * 4
    assert sums["valid"] == "not_computable"  # the annex prints it for the country alone


def test_the_2022_annex_passes_on_its_three_named_bases(data):
    found = json.loads(run(data, "reconcile", "ram-2022", "--part", "official", "--format", "json"))
    assert {row["state"] for row in found} == {"pass", "computed"}
    yes = {row["of"]: row["right"] for row in found if row["field"] == "yes" and row["rule"] == "U4"}
    assert yes == {"voted": "77.18", "yes+no": "80.53", "yes+no+both_marked": "79.22"}


def test_one_rule_one_part_and_a_csv(data):
    lines = run(data, "reconcile", "eom-2011", "--part", "protocols", "--rule", "S1", "--format", "csv").splitlines()
    assert lines[0].split(",")[:3] == ["submission", "kind", "location"]
    assert sum(",S1,fail," in line for line in lines) == 10
    with pytest.raises(PartNeeded):
        run(data, "reconcile", "eom-2011", "--format", "csv")
