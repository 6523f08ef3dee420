"""`tally` on the command line: complete rows, every base, and a defined answer to every odd question."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from observer_kit.cli import cli
from observer_kit.missions.model import Sampling
from observer_kit.statistics import rounding
from observer_kit.storage import checklists, missions, reviews
from tests.web.conftest import VOTING, mission
from tests.web.test_columns_grow import NEXT


@pytest.fixture
def run(config, monkeypatch):
    monkeypatch.setenv("OBSERVER_KIT_DATABASE_URL", config.database_url)

    def call(*words, code=0):
        words = ("--data", str(config.data), "tally", "m-1", "--checklist", "voting", *words)
        result = CliRunner().invoke(cli, words)
        assert (result.exception is not None) == bool(code), result.output
        return result.exception.code if code else result.output

    return call


def rows(run, *words):
    return json.loads(run(*words, "--format", "json"))


def test_a_row_has_unit_bases_non_answers_and_what_does_not_count(run, store, sender):
    for answers in ({"vo_stuffing": "yes"}, {"vo_stuffing": "not_observed"}, {"vo_stuffing": None}):
        sender.send(answers)
    bad, _ = sender.send({"vo_stuffing": "no"})
    sender.send({"vo_stuffing": "no"}, device="a-stranger", expected="quarantined")
    with store.atomic() as tx:
        reviews.add(tx, "m-1", bad, "excluded", "sent twice", None)
    (row,) = rows(run, "--question", "vo_stuffing")
    assert row["unit"] == "form"
    assert row["bases"] == {"answered": 1, "reports": 3, "subset": 3}
    assert (row["not_observed"], row["missing"], row["reports"], row["stations"]) == (1, 1, 3, 1)
    assert (row["excluded"], row["quarantined"], row["superseded"]) == (1, 1, 0)


def test_a_filter_that_matches_nothing_gives_rows_of_nothing_and_no_share(run, sender):
    sender.send({"vo_stuffing": "yes", "vo_women": 4})
    found = {row["question"]: row for row in rows(run, "--where", "region=nowhere")}
    assert found["vo_stuffing"]["bases"] == {"answered": 0, "reports": 0, "subset": 0}
    assert found["vo_women"]["numbers"] == {
        "count": 0, "min": None, "q1": None, "median": None, "q3": None, "max": None, "sum": None,
        "median_low": None, "median_high": None,
    }  # fmt: skip
    table = list(csv.DictReader(io.StringIO(run("--where", "region=nowhere", "--format", "csv"))))
    assert {row["shares"] for row in table} == {""}
    assert rows(run, "--where", "region=nowhere", "--by", "hour") == []


def test_when_nothing_applied_the_base_is_none_of_the_reports(run, sender):
    for _ in range(3):
        sender.send({"vo_stuffing": "not_applicable"})
    (row,) = rows(run, "--question", "vo_stuffing")
    assert (row["answered"], row["not_applicable"], row["bases"]["subset"]) == (0, 3, 3)
    assert "–" not in run("--question", "vo_stuffing", "--format", "csv")


def test_a_question_whose_choices_changed_is_shown_per_version(run, store, sender):
    sender.send({"vo_overall": "good", "vo_woman_chair": "yes"})
    with store.atomic() as tx:
        checklists.publish(tx, "m-1", NEXT)
    sender.send({"vo_overall": "neutral"}, checklist=VOTING, version=NEXT.version)
    found = rows(run)
    overall = [row for row in found if row["question"] == "vo_overall"]
    assert [(row["version"], row["reports"], row["answered"]) for row in overall] == [
        (VOTING.version, 1, 1), (NEXT.version, 1, 1),
    ]  # fmt: skip
    assert "neutral" not in overall[0]["counts"]
    assert overall[1]["counts"]["neutral"] == 1
    stuffing = [row for row in found if row["question"] == "vo_stuffing"]
    assert [(row["version"], row["reports"]) for row in stuffing] == [(None, 2)]
    dropped = [row for row in found if row["question"] == "vo_woman_chair"]
    assert [(row["version"], row["counts"]["yes"]) for row in dropped] == [(VOTING.version, 1)]


def test_strata_are_those_of_the_sample_and_a_sample_without_has_none(run, store, sender):
    sender.send({"vo_stuffing": "yes"}, location="R-1")
    assert run("--by", "stratum", code=2) == "strata_none"
    with store.atomic() as tx:
        drawn = Sampling(10, 2, "region", {"A": 6, "B": 4})
        missions.save(tx, mission("m-1", sample="stratified", sampling=drawn))
    assert [row["group"] for row in rows(run, "--by", "stratum", "--question", "vo_stuffing")] == ["A"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--where", "region=A", "--where", "region=B"), "filter_doubled"),
        (("--where", "weather=wet"), "filter_unknown"),
        (("--where", "hour=25"), "filter_unknown"),
        (("--question", "nothing"), "question_unknown"),
    ],
)
def test_what_can_not_be_meant_is_refused_by_code(run, words, code):
    assert run(*words, code=2) == code


@pytest.mark.parametrize(
    ("numerator", "denominator", "said"),
    [
        (None, 10, "–"), (0, 0, "–"), (6, 24, "6 of 24"), (29, 29, "29 of 29"), (12, 30, "40 % (12 of 30)"),
        (1, 99, "1 % (1 of 99)"), (15, 100, "15 %"), (1, 1000, "< 1 %"), (999, 1000, "> 99 %"), (0, 200, "0 %"),
    ],
)  # fmt: skip
def test_a_share_is_written_as_its_base_allows(numerator, denominator, said):
    assert rounding.said(numerator, denominator) == said
