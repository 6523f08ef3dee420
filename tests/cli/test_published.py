"""`published check` from the command line: what it prints, and the code it ends with."""

import json

import pytest
from click.testing import CliRunner

from observer_kit.cli import cli
from observer_kit.config import resources
from observer_kit.missions.printed import PublishedMissing


def run(*words):
    return CliRunner().invoke(cli, ["published", "check", *words], catch_exceptions=False)


def test_contradictions_come_first_and_end_with_code_1():
    result = run("eom-2011")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    states = [line.split(":")[0] for line in lines[:-1] if not line.startswith(" ")]
    assert states == ["contradiction"] * 5 + ["rounding"] + ["no contradiction"] * 5
    assert lines[-1].startswith("contradiction 5, rounding 1, no contradiction 5, agrees ")


def test_a_text_that_agrees_with_itself_ends_with_code_0():
    result = run("cis-2024", "--all")
    assert result.exit_code == 0
    assert "agrees: regions of the country" in result.output


def test_json_holds_every_finding_with_its_places():
    result = run("ram-2022", "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.output)
    (one,) = (each for each in found if each["state"] == "contradiction")
    assert one["difference"] == "1"
    assert [each["text"] for each in one["printed"]] == ["10,012", "10,013"]
    assert sum(each["state"] == "agrees" for each in found) > 15


def test_a_folder_is_as_good_as_a_name():
    path = resources("forms") / "missions" / "sco-2024"
    assert run(str(path)).output == run("sco-2024").output


@pytest.mark.parametrize(
    ("mission", "said"), [("nowhere", "one of albania-2017"), ("albania-2017", "no figures as printed")]
)
def test_a_mission_without_printed_figures_is_an_error_with_a_code(mission, said):
    with pytest.raises(PublishedMissing, match=said):
        run(mission)
