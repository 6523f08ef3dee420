"""Real reports of a random sample: every count and share as counted apart, with intervals of a finite population."""

import json
from pathlib import Path

import pytest

from observer_kit.statistics.intervals import wilson
from tests.cli.running import run

EXPECTED = Path(__file__).parent.parent / "golden" / "albania-2017.json"
NAMES = {
    "secrecyOpen": "secrecy_possible", "movementOpen": "room_to_move",
    "removeMatInside": "campaign_material_removed_inside", "removeMatOutside": "campaign_material_removed_outside",
    "pvComplete": "record_completed", "boxChecked": "box_shown_empty", "boxSealed": "box_sealed",
    "recordBox": "seal_numbers_recorded", "centerMat": "materials_complete", "blindTools": "aids_for_blind_voters",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("albania") / "data"
    told = run(folder, "demo", "albania-2017", "--no-sign-ins")
    assert "524 submissions" in told
    return folder


@pytest.fixture(scope="module")
def expected():
    return json.loads(EXPECTED.read_text("utf-8"))


def tallies(data, *words):
    return json.loads(run(data, "tally", "albania-2017", "--checklist", "opening", "--format", "json", *words))


def test_every_count_and_share_is_as_counted_apart_and_no_answer_is_not_not_applicable(data, expected):
    rows = {row["question"]: row for row in tallies(data, "--intervals")}
    for column, name in NAMES.items():
        row, known = rows[name], expected["questions"][column]
        assert row["reports"] == known["rows"]
        assert row["counts"] == {"yes": known["yes"], "no": known["no"]}
        assert row["not_applicable"] == known["not_applicable"]
        assert row["missing"] == known["no_answer_marked"] + known["blank"]
        assert row["answered"] == known["denominator"]
        assert row["intervals"]["yes"]["share"] == pytest.approx(known["share_yes"], abs=5e-7)
        assert (row["problems"], row["not_observed"], row["not_asked"]) == (0, 0, 0)


def test_scales_bands_and_buildings_are_as_counted_apart(data, expected):
    rows = {row["question"]: row for row in tallies(data)}
    scale, three = expected["scale_overallOpen"], expected["three_way_disabledTools"]
    assert rows["overall"]["counts"] == {
        "very_good": scale["shummir"], "good": scale["mir"], "bad": scale["meprob"], "very_bad": scale["shumprob"],
    }  # fmt: skip
    assert rows["overall"]["missing"] == scale["n/a"]
    assert rows["access_for_disabled_voters"]["counts"] == {
        "yes": three["po"], "partly": three["pjeserisht"], "no": three["jo"],
    }  # fmt: skip
    assert list(rows["opened_at"]["counts"].values()) == [
        expected["openTime"][band] for band in ("7_00", "7-730", "730-8", "8-830")
    ]
    assert rows["members_present"]["numbers"]["count"] == 524 - expected["numKommish"]["n/a"]


def test_the_intervals_use_the_finite_population(data, expected):
    rows = {row["question"]: row for row in tallies(data, "--intervals")}
    for name in NAMES.values():
        row = rows[name]
        found, base = row["intervals"]["yes"], row["answered"]
        finite = wilson(row["counts"]["yes"], base, population=round(5362 * base / 524))
        endless = wilson(row["counts"]["yes"], base)
        assert (found["low"], found["high"], found["method"]) == (finite.low, finite.high, "wilson")
        assert found["high"] - found["low"] < endless.high - endless.low
        assert found["low"] < found["share"] < found["high"]


def test_by_region_each_share_has_the_interval_of_its_own_base(data, expected):
    rows = tallies(data, "--question", "aids_for_blind_voters", "--by", "region", "--intervals")
    assert len(rows) == 12
    for row in rows:
        known = expected["by_qarku_blindTools"][row["group"]]
        assert (row["counts"]["yes"], row["answered"]) == (known["yes"], known["denominator"])
        assert row["intervals"]["yes"]["share"] == pytest.approx(known["share_yes"], abs=5e-7)
    berat = next(row for row in rows if row["group"] == "Berat")["intervals"]["yes"]
    whole = tallies(data, "--question", "aids_for_blind_voters", "--intervals")[0]["intervals"]["yes"]
    assert berat["high"] - berat["low"] > whole["high"] - whole["low"]


def test_a_purposive_sample_has_no_interval_and_says_why(tmp_path):
    run(tmp_path, "demo", "sco-2024", "--no-sign-ins")
    [row, *_] = json.loads(
        run(tmp_path, "tally", "sco-2024", "--checklist", "voting", "--intervals", "--format", "json")
    )
    for found in row["intervals"].values():
        assert (found["low"], found["high"], found["reason"]) == (None, None, "purposive")
