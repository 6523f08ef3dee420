"""Missions on the command line: made, imported whole or not at all, and rebuilt for the demonstration."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from observer_kit.config import from_environment
from observer_kit.storage import accounts, chain, checklists, deployment, missions, open_store, register, submissions
from tests.cli.running import run


def run_apart(data, *words):
    """Run the program as a person does, in a process of its own."""
    command = [sys.executable, "-c", "from observer_kit.cli import main; main()", "--data", str(data)]
    return subprocess.run([*command, *map(str, words)], capture_output=True, text=True, timeout=120)


@pytest.fixture
def stored(tmp_path):
    """Open the store of a data folder for reading, after commands have run."""
    opened = []

    def read(work):
        store = open_store(from_environment(tmp_path / "data"))
        opened.append(store)
        with store.reading() as tx:
            return work(tx)

    yield read
    for store in opened:
        store.close()


def counts_of(tx, mission):
    return Counter(report.checklist for report in submissions.reports(tx, mission, None, filters=None))


def test_demo_takes_in_the_whole_mission_and_says_so(tmp_path, stored):
    said = run(tmp_path / "data", "demo", "sco-2024")
    assert "37 submissions rebuilt and taken in" in said
    assert "not issued by the Shanghai Cooperation Organisation" in said
    assert stored(lambda tx: counts_of(tx, "sco-2024")) == {"opening": 6, "voting": 31}


def test_demo_plans_what_it_reports_and_a_made_up_station_more(tmp_path, stored):
    run(tmp_path / "data", "demo", "sco-2024")
    plan = stored(lambda tx: deployment.all(tx, "sco-2024"))
    sent = stored(lambda tx: [*submissions.reports(tx, "sco-2024", None, filters=None)])
    reported = {(one.team, one.checklist, one.location) for one in sent}
    [owed] = {(one.team, one.stage, one.location) for one in plan} - reported
    assert len(plan) == len(reported) + 1 == 38
    place = stored(lambda tx: register.get(tx, "sco-2024", owed[2]))
    teams = {one.code: one.region for one in stored(lambda tx: register.teams(tx, "sco-2024"))}
    assert (owed[1], place.made_up, place.region) == ("voting", True, teams[owed[0]])
    rows = json.loads(run(tmp_path / "data", "chase", "sco-2024", "--format", "json"))
    assert Counter(row["state"] for row in rows) == {"reported": 37, "late": 1}
    assert {row["late_minutes"] for row in rows if row["state"] == "reported"} == {None}


def test_demo_makes_three_sign_ins_with_random_passwords_and_prints_them_once(tmp_path, stored):
    first = run(tmp_path / "data", "demo", "cica-2024")
    second = run(tmp_path / "data", "demo", "cica-2024")
    passwords = [line.rpartition(" ")[2] for line in first.splitlines() if line.startswith("sign in as ")]
    assert len(set(passwords)) == 3
    assert "sign in as" not in second
    people = stored(accounts.all)
    assert {one.name: one.role("cica-2024") for one in people} == {
        name: name for name in ("coordinator", "staff", "administrator")
    }


def test_lost_sign_ins_can_be_made_anew(tmp_path):
    first = run(tmp_path / "data", "demo", "cica-2024")
    again = run(tmp_path / "data", "demo", "cica-2024", "--sign-ins")
    lines = [line for line in again.splitlines() if line.startswith("sign in as ")]
    assert len(lines) == 3
    assert not any(line in first for line in lines)


def test_a_demo_that_is_one_of_several_need_not_make_sign_ins(tmp_path, stored):
    said = run(tmp_path / "data", "demo", "cica-2024", "--no-sign-ins")
    assert "sign in as" not in said
    assert stored(accounts.all) == []


def test_second_demo_changes_nothing(tmp_path, stored):
    run(tmp_path / "data", "demo", "ots-2024")
    before = stored(lambda tx: [report.id for report in submissions.reports(tx, "ots-2024", None, filters=None)])
    links = stored(chain.head)[0]
    said = run(tmp_path / "data", "demo", "ots-2024")
    assert "already imported" in said
    assert "0 submissions rebuilt and taken in, 25 already known" in said
    assert stored(lambda tx: [one.id for one in submissions.reports(tx, "ots-2024", None, filters=None)]) == before
    assert stored(chain.head)[0] == links


def test_missions_share_one_data_folder(tmp_path, stored):
    for name in ("ots-2024", "ram-2022"):
        run(tmp_path / "data", "demo", name)
    assert stored(lambda tx: {one.code for one in missions.all(tx)}) == {"ots-2024", "ram-2022"}
    assert stored(lambda tx: counts_of(tx, "ots-2024")) == {"voting": 24, "counting": 1}


def test_large_demo_comes_through_the_intake_whole(tmp_path, stored):
    run(tmp_path / "data", "demo", "eom-2011")
    counts = {"opening": 161, "voting": 1622, "counting": 151, "tabulation": 123, "protocol": 333 + 34}
    assert stored(lambda tx: counts_of(tx, "eom-2011")) == counts
    assert stored(lambda tx: submissions.standing(tx, "eom-2011"))["quarantined"] == 0
    planned = Counter(line.stage for line in stored(lambda tx: deployment.all(tx, "eom-2011")))
    assert planned == {**counts, "protocol": counts["protocol"] + 1}  # the other numbers are those the mission expects


def test_unknown_sample_is_one_clear_line(tmp_path):
    done = run_apart(tmp_path / "data", "demo", "atlantis-1999")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no sample mission is called 'atlantis-1999'" in done.stderr
    assert "eom-2011" in done.stderr


@pytest.mark.parametrize("event", ["election", "referendum"])
def test_new_mission_can_be_imported_at_once(tmp_path, stored, event):
    folder = tmp_path / "mine"
    run(tmp_path / "data", "mission", "new", "mine-2026", "--event", event, "--folder", folder)
    assert "mine-2026: 7 locations" in run(tmp_path / "data", "mission", "import", folder)
    assert stored(lambda tx: register.count(tx, "mine-2026", kind="polling_station")) == 5
    assert stored(lambda tx: len(register.teams(tx, "mine-2026"))) == 2
    assert set(stored(lambda tx: checklists.current(tx, "mine-2026"))) >= {"voting", "protocol", "incident"}


def test_new_mission_never_overwrites_a_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept.txt").write_text("kept")
    done = run_apart(tmp_path / "data", "mission", "new", "mine", "--folder", tmp_path / "mine")
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["kept.txt"]


def test_bad_last_row_leaves_nothing_half_imported(tmp_path, stored):
    folder = tmp_path / "mine"
    run(tmp_path / "data", "mission", "new", "mine", "--folder", folder)
    with (folder / "locations.csv").open("a", encoding="utf-8") as file:
        file.write("6,polling_station,Polling station No. 6,Nowhere,,,,,,,,,\n")
    done = run_apart(tmp_path / "data", "mission", "import", folder)
    assert done.returncode == 2
    assert "locations.csv, line 24, column parent: expected the code of another location" in done.stderr
    assert "Traceback" not in done.stderr
    assert stored(missions.all) == []


def test_failed_second_import_leaves_the_first_as_it_was(tmp_path, stored):
    folder = tmp_path / "mine"
    run(tmp_path / "data", "mission", "new", "mine", "--folder", folder)
    run(tmp_path / "data", "mission", "import", folder)
    (folder / "teams.csv").write_text("code,name,region\nT1,Team 1,A\nT1,Team 1,A\n", "utf-8")
    (folder / "locations.csv").write_text("code,kind,name\nA,region,A\n", "utf-8")
    assert run_apart(tmp_path / "data", "mission", "import", folder).returncode == 2
    assert stored(lambda tx: register.count(tx, "mine")) == 7


def test_second_import_puts_the_new_register_in_place_of_the_old(tmp_path, stored):
    folder = tmp_path / "mine"
    run(tmp_path / "data", "mission", "new", "mine", "--folder", folder)
    run(tmp_path / "data", "mission", "import", folder)
    path = folder / "locations.csv"
    path.write_text(path.read_text("utf-8") + "6,polling_station,Polling station No. 6,A,DC-1,6,,,,,,,\n", "utf-8")
    run(tmp_path / "data", "mission", "import", folder)
    assert stored(lambda tx: register.count(tx, "mine", kind="polling_station")) == 6


def test_missions_are_listed_and_shown(tmp_path):
    run(tmp_path / "data", "demo", "ots-2024")
    listed = json.loads(run(tmp_path / "data", "mission", "list", "--format", "json"))
    assert [(one["code"], one["stations"], one["teams"]) for one in listed] == [("ots-2024", 37, 4)]
    shown = run(tmp_path / "data", "mission", "show", "ots-2024")
    assert "Referendum on the construction of a nuclear power plant" in shown
    assert "not issued by the Organization of Turkic States" in shown
    document = json.loads(run(tmp_path / "data", "mission", "show", "ots-2024", "--format", "json"))
    assert document["register"]["polling_station"] == 37
    assert document["asked"]["voting"]["questions"] > 40


def test_showing_an_unknown_mission_is_an_error(tmp_path):
    run(tmp_path / "data", "init")
    done = run_apart(tmp_path / "data", "mission", "show", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "mission_unknown" in done.stderr


def test_progress_is_shown_on_a_terminal_only(tmp_path):
    folder = tmp_path / "mine"
    run_apart(tmp_path / "data", "mission", "new", "mine", "--folder", folder)
    done = run_apart(tmp_path / "data", "mission", "import", folder)
    assert (done.returncode, done.stderr) == (0, "")


def test_sample_missions_lie_where_an_installed_kit_finds_them():
    from observer_kit.cli.demo import sample_missions

    assert sample_missions() == [
        "albania-2017",
        "cica-2024",
        "cis-2024",
        "eom-2011",
        "ots-2024",
        "ram-2022",
        "sco-2024",
    ]
    assert Path(__file__).parent.parent.parent.joinpath("forms", "missions").is_dir()
