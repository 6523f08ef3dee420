"""`compare` on real reports of a random sample, on a rebuilt mission, and over two missions."""

import json

import pytest
from click.testing import CliRunner
from scipy import stats

from observer_kit.cli import cli
from tests.cli.running import demonstrated, run


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return demonstrated(tmp_path_factory.mktemp("compare") / "data", "albania-2017", "sco-2024")


def compared(data, *words):
    return json.loads(run(data, "compare", *words, "--format", "json"))


def test_regions_of_a_random_sample_are_tested_and_hold_to_one_rate_of_false_discoveries(data):
    rows = compared(data, "albania-2017", "--checklist", "opening")
    assert {row["use"] for row in rows} == {"tested"}
    known = [row for row in rows if row["p"] is not None]
    adjusted = stats.false_discovery_control([row["p"] for row in known], method="bh")
    assert [row["q"] for row in known] == pytest.approx(list(adjusted))
    berat = next(row for row in rows if row["group"] == "Berat" and row["question"] == "aids_for_blind_voters")
    table = [
        [berat["cases"], berat["answered"] - berat["cases"]],
        [berat["rest_cases"], berat["rest_answered"] - berat["rest_cases"]],
    ]
    assert berat["p"] == pytest.approx(stats.fisher_exact(table).pvalue)
    whole = json.loads(
        run(data, "tally", "albania-2017", "--checklist", "opening", "--question", "aids_for_blind_voters",
            "--format", "json")
    )[0]  # fmt: skip
    assert berat["cases"] + berat["rest_cases"] == whole["counts"]["no"]
    assert berat["answered"] + berat["rest_answered"] == whole["answered"]


def test_a_mission_whose_teams_chose_is_screened_with_the_teams_behind_each_region(data):
    rows = compared(data, "sco-2024")
    assert {row["use"] for row in rows} == {"screening only"}
    assert all(row["p"] is None and row["q"] is None and row["discovered"] is None for row in rows)
    assert all(row["teams"] >= 1 for row in rows if row["reports"])
    assert run(data, "compare", "sco-2024", "--format", "csv").startswith("use,checklist,question")


def test_two_missions_say_what_differs_and_compute_nothing_between_other_answers(data):
    assert compared(data, "sco-2024", "--with", "sco-2024")[0]["differs"] == ""
    assert compared(data, "albania-2017", "--with", "sco-2024") == []  # no question of one name
    refused = CliRunner().invoke(cli, ["--data", str(data), "compare", "albania-2017", "--with", "nowhere"])
    assert refused.exit_code != 0
