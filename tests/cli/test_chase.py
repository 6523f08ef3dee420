"""`chase` on a mission as `mission new` writes it: the plan, each station's hours, and what came."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from observer_kit.cli import cli


@pytest.fixture
def run(tmp_path, monkeypatch):
    def call(*arguments):
        return CliRunner().invoke(cli, ["--data", str(tmp_path / "data"), *arguments])

    assert call("mission", "new", "field", "--folder", str(tmp_path / "field")).exit_code == 0
    mission = tmp_path / "field" / "mission.toml"
    text = mission.read_text("utf-8")
    day = next(line for line in text.splitlines() if line.startswith("day ="))
    mission.write_text(text.replace(day, "day = 2026-11-22"), "utf-8")
    result = call("mission", "import", str(tmp_path / "field"))
    assert result.exit_code == 0, result.output
    return call


def test_the_plan_stands_as_the_clock_says(run):
    rows = json.loads(run("chase", "field", "--at", "2026-11-22T09:00", "--format", "json").output)
    assert {(row["team"], row["stage"], row["station"], row["state"]) for row in rows} >= {
        ("T1", "opening", "1", "silent"), ("T1", "voting", "2", "due"), ("T1", "counting", "1", "not_yet"),
        ("T2", "voting", None, "due"),
    }  # fmt: skip
    assert len(rows) == 8
    assert [row["due"] for row in rows if row["stage"] == "opening"] == ["2026-11-22T03:00Z"] * 2


def test_filters_and_formats(run):
    late = run("chase", "field", "--at", "2026-11-22T09:00", "--state", "silent", "--team", "T2", "--format", "csv")
    [row] = csv.DictReader(io.StringIO(late.output))
    assert (row["stage"], row["station"], row["late_minutes"]) == ("opening", "4", "60")
    table = run("chase", "field", "--at", "2026-11-22T09:00").output
    assert "not_yet" in table
    none = run("chase", "field", "--at", "2026-11-22T01:00", "--state", "silent", "--format", "csv")
    assert none.output.splitlines()[1:] == []


def test_a_moment_that_is_none_is_named(run):
    result = run("chase", "field", "--at", "half past nine")
    assert result.exit_code != 0
    assert "expected a moment" in str(result.exception)
