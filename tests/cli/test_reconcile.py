"""`reconcile` on the two missions whose protocols, tables and official results are printed."""

import json

import pytest

from observer_kit.cli.reconcile import PartNeeded
from observer_kit.config import from_environment, resources
from observer_kit.errors import FormsInvalid, MissionInvalid
from observer_kit.storage import checklists, open_store
from tests.cli.running import demonstrated, run
from tests.web.conftest import Sender

LINK = '[[check]]\nid = "S19"\n[[check.link]]\nchecklist = "counting"\nquestion = "{}"\nfield = "b_cancelled"\n'


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return demonstrated(tmp_path_factory.mktemp("reconcile") / "data", "eom-2011", "ram-2022")


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


def test_every_check_of_the_list_is_computed_or_said_not_to_be(eom):
    found = {row["check"]: row for row in eom["checks"]}
    assert {name.partition("_")[0] for name in found} == {
        *(f"S{n}" for n in range(1, 20)), "C1", "C2", "C3", *(f"U{n}" for n in range(1, 8)),
    }  # fmt: skip
    assert (found["C2"]["fail"], found["C2"]["said"]) == (4, "computed")
    assert found["C1"]["said"] == "not computable"  # a photo of the posted protocol is not read by a program
    assert found["U6"]["said"] == "nothing to compare"
    assert found["U7"]["fail"] == 0


def test_one_rule_one_part_and_a_csv(data):
    lines = run(data, "reconcile", "eom-2011", "--part", "protocols", "--rule", "S1", "--format", "csv").splitlines()
    assert lines[0].split(",")[:3] == ["submission", "kind", "location"]
    assert sum(",S1,fail," in line for line in lines) == 10
    with pytest.raises(PartNeeded):
        run(data, "reconcile", "eom-2011", "--format", "csv")


def test_a_table_is_imported_by_its_headings_and_compared(data, tmp_path):
    """Station 262 of Semey as the district printed it, from a file: footnote 121's transfer is found again."""
    file = tmp_path / "semey.csv"
    file.write_text(
        "УИК;Ахметбеков;Елеусизов;Касымов;Назарбаев\n262;4;2;10;1 729\n263;–;;1,6970;5\nИтого;4;2;10;1734\n"
    )
    words = ("protocols", "import", str(file), "--mission", "eom-2011", "--table", "EKO-SEMEY")
    shown = json.loads(run(data, *words, "--commission", "EKO-SEMEY", "--look", "--format", "json"))
    assert [(row["station"], row["location"], row["why"]) for row in shown] == [
        ("262", "EKO-262", None), ("263", None, "unknown"),
    ]  # fmt: skip
    assert (shown[1]["v[0]"], shown[1]["v[2]"], shown[1]["unreadable"]) == (None, "1,6970", "v[2]:malformed")
    named = ["УИК=station", "#B=v[0]", "#C=v[1]", "Касымов=v[2]", "Назарбаев=v[3]"]
    mapped = [word for each in named for word in ("--map", each)]
    assert "2 new, 0 changed" in run(data, *words, "--commission", "EKO-SEMEY", *mapped)
    rows = json.loads(run(data, "reconcile", "eom-2011", "--part", "tables", "--format", "json"))
    found = {row["field"]: row["difference"] for row in rows if row["location"] == "EKO-262"}
    assert found == {"v[0]": -20, "v[1]": -30, "v[2]": -20, "v[3]": 70}
    listed = json.loads(run(data, "protocols", "tables", "eom-2011", "--format", "json"))
    assert [(row["rows"], row["unknown"], row["unreadable"], row["counts"]) for row in listed] == [(2, 1, 1, True)]
    assert "counts again" in run(data, "protocols", "undo", "eom-2011", str(listed[0]["import"]))


def test_a_missions_folder_brings_its_own_layout_rules_and_tolerances(tmp_path):
    folder, data = tmp_path / "mine", tmp_path / "data"
    run(data, "mission", "new", "mine", "--folder", str(folder))
    (folder / "rules.toml").write_text('off = ["S12"]\n[[tolerance]]\nrule = "S1"\nballots = 2\n')
    layout = (resources("forms") / "protocols" / "election.toml").read_text("utf-8")
    (folder / "protocol.toml").write_text(layout.replace('code = "avc_kept"', 'code = "avc_left"'), "utf-8")
    with pytest.raises(FormsInvalid, match="no field of the protocol is called 'avc_kept'"):
        run(data, "mission", "import", str(folder))  # rule S14 names it
    (folder / "rules.toml").write_text('off = ["S12", "S14"]\n[[tolerance]]\nrule = "S1"\nballots = 2\n')
    run(data, "mission", "import", str(folder))
    found = {row["check"] for row in json.loads(run(data, "reconcile", "mine", "--part", "checks", "--format", "json"))}
    assert {"S1", "S15", "S19"} <= found
    assert not {"S12", "S14"} & found
    (folder / "checks.toml").write_text('off = ["S15"]\n[[check]]\nid = "S16"\nfactor = 5.0\n' + LINK.format("co_none"))
    with pytest.raises(FormsInvalid, match="counting asks for no whole number 'co_none'"):
        run(data, "mission", "import", str(folder))
    (folder / "checks.toml").write_text('off = ["S15"]\n' + LINK.format("co_clump_boxes"))
    run(data, "mission", "import", str(folder))
    found = {row["check"] for row in json.loads(run(data, "reconcile", "mine", "--part", "checks", "--format", "json"))}
    assert "S19" in found
    assert "S15" not in found
    run(data, "check")


FOLDER_TABLES = """table,commission,location,field,value,stage
DC-1,DC-1,1,valid,100,
DC-1,DC-1,2,valid,200,
DC-1,DC-1,3,valid,50,
DC-1,DC-1,4,valid,40,
DC-1,DC-1,DC-1,valid,400,
early,DC-1,1,valid,90,preliminary
excerpt,,2,valid,200,
"""


def test_tables_of_the_missions_folder_are_summed_upward_too(tmp_path):
    """390 in its rows, 400 printed; one station missing; the preliminary row differs; an excerpt claims nothing."""
    folder, data = tmp_path / "mine", tmp_path / "data"
    run(data, "mission", "new", "mine", "--folder", str(folder))
    (folder / "aggregation.csv").write_text(FOLDER_TABLES.replace("200,\n", "200,preliminary\n", 1))
    with pytest.raises(MissionInvalid, match="one stage for all of DC-1"):
        run(data, "mission", "import", str(folder))
    (folder / "aggregation.csv").write_text(FOLDER_TABLES)
    run(data, "mission", "import", str(folder))
    across = json.loads(run(data, "reconcile", "mine", "--part", "across", "--format", "json"))
    failing = {
        (row["rule"], row["location"], row["difference"], row["note"]) for row in across if row["state"] == "fail"
    }
    assert {each for each in failing if each[0].startswith("U")} == {
        ("U1", "DC-1", 10, None), ("U3", "5", None, "missing"), ("U6", "1", 10, None),
    }  # fmt: skip


OWN_RULE = """
[[rule]]
id = "M1"
kind = "at_most"
severity = "E"
left = ["b_cancelled"]
right = ["b_received"]
source = "our own instruction, point 5"
label = { en = "No more cancelled than received", ru = "Погашено не больше полученного", kk = "Алынғаннан көп емес" }
"""
OWN_FIGURES = """
[[figure]]
id = "over_cancelled"
label = { en = "More cancelled", ru = "Погашено больше", kk = "Көбірек жойылған", referendum = { en = "Referendum" } }
unit = "protocol"
measure = "rule"
base = "answered"
checklist = "protocol"
question = "RULE"
[[figure]]
id = "noted_otherwise"
label = { en = "Noted otherwise", ru = "Записано иначе", kk = "Басқаша жазылған" }
unit = "protocol"
measure = "check"
base = "answered"
checklist = "protocol"
question = "S19"
"""


def test_a_missions_own_figure_counts_its_own_rule_and_its_own_check(tmp_path):
    folder, data = tmp_path / "mine", tmp_path / "data"
    run(data, "mission", "new", "mine", "--folder", str(folder))
    (folder / "figures.toml").write_text(OWN_FIGURES.replace("RULE", "M1"), "utf-8")
    with pytest.raises(FormsInvalid, match="a rule of the mission's protocol") as caught:
        run(data, "mission", "import", str(folder))  # the kit has no such rule
    assert "figure over_cancelled" in caught.value.place
    (folder / "rules.toml").write_text(OWN_RULE, "utf-8")
    (folder / "checks.toml").write_text(LINK.format("co_clump_boxes"))
    run(data, "mission", "import", str(folder))
    assert figures(data) == {"over_cancelled": (None, None, None), "noted_otherwise": (None, None, None)}
    store = open_store(from_environment(data))
    with store.reading() as tx:
        asked = checklists.current(tx, "mine")
    sender = Sender(store, from_environment(data), "mine")
    for place, (cancelled, noted) in enumerate(((300, 300), (10, 9), (None, 4), (500, None))):
        at = f"S-{place}"
        sender.send({"b_received": 200, "b_cancelled": cancelled}, checklist=asked["protocol"], location=at)
        sender.send({"co_clumps": "yes", "co_clump_boxes": noted}, checklist=asked["counting"], location=at)
    store.close()
    # Numerator, base, and what could not be computed, of four protocols.
    assert figures(data) == {"over_cancelled": (2, 3, 1), "noted_otherwise": (1, 2, 2)}


def figures(data):
    found = json.loads(run(data, "figures", "mine", "--format", "json"))
    return {each["id"]: (each["numerator"], each["denominator"], each["missing"]) for each in found}
