"""The checklist commands: they need no database, and say what is wrong in one line."""

import json

import pytest
from click.testing import CliRunner

from observer_kit.checklists.versions import from_json
from observer_kit.cli.checklist import checklist
from observer_kit.errors import ChecklistUnknown


def run(*arguments):
    return CliRunner().invoke(checklist, arguments, catch_exceptions=False)


def test_list_names_every_checklist_with_its_version():
    rows = json.loads(run("list", "--format", "json").stdout)
    assert {(row["name"], row["event"], row["length"]) for row in rows} >= {
        ("voting", "election", "core"), ("protocol", "referendum", "full"), ("incident", "election", "core"),
    }  # fmt: skip
    assert len({row["version"] for row in rows}) == len(rows)


def test_show_prints_each_question_in_a_language():
    rows = json.loads(run("show", "voting", "--lang", "kk", "--format", "json").stdout)
    first = rows[0]
    assert (first["section"], first["question"], first["type"]) == ("frame", "arrival", "datetime")
    assert first["label"] == "Топ қашан келді?"


def test_check_counts_what_there_is():
    assert "All in order." in run("check").stdout


def test_coverage_names_questions_without_a_figure_and_no_figure_without_a_question():
    rows = json.loads(run("coverage", "--format", "json").stdout)
    kinds = {row["what"] for row in rows}
    assert "question that no figure uses" in kinds
    assert "procedure that no checklist asks" not in kinds
    assert "figure over a question that is not asked" not in kinds
    assert not [row for row in rows if (row["checklist"], row["name"]) == ("voting", "vo_overall")]
    assert "questions without a figure" in run("coverage").stdout


@pytest.mark.parametrize("event", ["election", "referendum"])
def test_export_gives_json_that_reads_back(tmp_path, event):
    out = tmp_path / "new" / "voting.json"
    result = run("export", "voting", "--format", "json", "--event", event, "--length", "full", "--out", str(out))
    assert result.stdout.strip() == str(out)
    assert from_json(out.read_bytes()).event == event


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_export_gives_a_page_in_each_language(language):
    page = run("export", "protocol", "--format", "html", "--lang", language).stdout
    assert page.lstrip().startswith("<!doctype html>")
    assert f'lang="{language}"' in page


def test_export_gives_a_pdf(tmp_path):
    out = tmp_path / "opening.pdf"
    run("export", "opening", "--format", "pdf", "--lang", "ru", "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF-")


def test_an_unknown_name_is_refused_with_those_there_are():
    with pytest.raises(ChecklistUnknown, match="expected one of readiness, opening, voting"):
        run("show", "nope")
