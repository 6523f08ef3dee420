"""A fault in forms/ is one line with file, entry, key and what is expected: `checklist check --forms DIR`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from observer_kit.config import resources
from tests.bad_input.conftest import Run

VOTING = "procedures/voting.toml"
CHECKLIST = "checklists/voting.toml"
LAYOUT = "protocols/election.toml"
RULES = "protocols/rules.toml"
FIGURES = "figures/voting.toml"
FILES = (VOTING, CHECKLIST, LAYOUT, RULES, FIGURES)

PROCEDURE = """
[[procedure]]
id = "odd"
origin = "seed"
asked_in = ["voting"]
section = "integrity"
type = "integer"
procedure = {en = "a", ru = "b", kk = "c"}
question = {en = "a", ru = "b", kk = "c"}
relevant = "${vo_stuffing} = 'yes'"
constraint = ". >= 0"
constraint_message = {en = "a", ru = "b", kk = "c"}
sources = [{ref = "EOM", document = "A report", place = "I"}]
"""
RULE = """
[[rule]]
id = "ODD"
kind = "equal"
severity = "E"
left = ["valid"]
right = ["invalid"]
source = "A report"
label = {en = "a", ru = "b", kk = "c"}
"""
FIELD = """
[[field]]
code = "odd"
section = "result"
type = "integer"
label = {en = "a", ru = "b", kk = "c"}
sources = [{ref = "EOM", document = "A report", place = "I"}]
"""
SECTION = """
[[section]]
name = "odd"
label = {en = "a", ru = "b", kk = "c"}
core = []
"""
FIGURE = """
[[figure]]
id = "odd"
label = {en = "a", ru = "b", kk = "c"}
unit = "form"
measure = "answers"
base = "answered"
checklist = "voting"
question = "vo_stuffing"
counted = ["yes"]
"""
ENTRIES = {VOTING: PROCEDURE, RULES: RULE, LAYOUT: FIELD, CHECKLIST: SECTION, FIGURES: FIGURE}


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    folder = tmp_path / "forms"
    shutil.copytree(resources("forms"), folder, ignore=shutil.ignore_patterns("missions"))
    return folder


def test_every_entry_that_is_spoilt_below_is_good_before(forms: Path, run: Run) -> None:
    for name, entry in ENTRIES.items():
        with (forms / name).open("a", encoding="utf-8") as file:
            file.write(entry)
    done = run("checklist", "check", "--forms", forms)
    assert (done.said, done.code) == ("", 0)
    assert "All in order." in done.out


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "says"), [(b"\n[not toml", "line 2"), (b"# \xff\n", "UTF-8"), (b"", "expected"), (b"stray = 1\n", "")]
)
def test_a_file_that_can_not_be_read_is_named(forms: Path, run: Run, name: str, content: bytes, says: str) -> None:
    if name == VOTING and content == b"":
        says = "no procedure is called"  # then the first list that asks for one of them speaks
    (forms / name).write_bytes(content)
    place = CHECKLIST if says == "no procedure is called" else name
    run("checklist", "check", "--forms", forms).assert_refused("forms_invalid", place, says)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (VOTING, 'id = "odd"', 'id = "vo_stuffing"', ("id: expected an id that is not yet used",)),
        (VOTING, 'id = "odd"', 'id = "odd"\ncolour = 1', ("procedure odd", "unknown key 'colour'")),
        (VOTING, 'ru = "b", ', "", ("procedure odd, procedure: ru: expected a text", "it is missing")),
        (VOTING, 'section = "integrity"', "section = 5", ("procedure odd: section: expected", "found 5")),
        (VOTING, 'type = "integer"', 'type = "number"', ("type: expected one of yes_no", "found 'number'")),
        (VOTING, "sources = [{", "sources = [] #", ("sources: expected at least one source",)),
        (VOTING, 'place = "I"', "page = 5", ("sources 1: place: expected a text",)),
        (VOTING, 'id = "odd"', f'id = "odd"\nmaximum = {10**30}', ("maximum: expected a whole number that a phone",)),
        (RULES, 'id = "ODD"', 'id = "S1"', ("rule S1: id: expected an id that is not yet used",)),
        (RULES, 'id = "ODD"', 'id = "ODD"\ncolour = 1', ("rule ODD: unknown key 'colour'",)),
        (RULES, 'ru = "b", ', "", ("rule ODD, label: ru: expected a text",)),
        (RULES, 'left = ["valid"]', 'left = "valid"', ("rule ODD: left: expected a list",)),
        (RULES, 'kind = "equal"', 'kind = "near"', ("rule ODD: tolerance: expected a number between 0 and 1",)),
        (RULES, 'kind = "equal"', 'kind = "same"', ("rule ODD: kind: expected one of equal",)),
        (RULES, 'source = "A report"', "", ("rule ODD: source: expected a text",)),
        (RULES, '["valid"]', '["valid_ballots"]', ("rule ODD: no field of the protocol is called 'valid_ballots'",)),
        (LAYOUT, 'code = "odd"', 'code = "valid"', ("field valid: code: expected a code that is not yet used",)),
        (LAYOUT, 'code = "odd"', 'code = "odd"\ncolour = 1', ("field odd: unknown key 'colour'",)),
        (LAYOUT, 'type = "integer"', 'type = "whole"', ("field odd: type: expected one of yes_no",)),
        (LAYOUT, 'section = "result"', 'section = "end"', ("field odd: section: expected one of register",)),
        (LAYOUT, 'ru = "b", ', "", ("field odd, label: ru: expected a text",)),
        (LAYOUT, "sources = [{", "sources = [] #", ("field odd: sources: expected at least one source",)),
        (CHECKLIST, 'name = "odd"', 'name = "frame"', ("section frame: name: expected a name that is not yet used",)),
        (CHECKLIST, 'name = "odd"', 'name = "odd"\ncolour = 1', ("section odd: unknown key 'colour'",)),
        (CHECKLIST, 'kk = "c"', "kk = 3", ("section odd, label: kk: expected a text; found 3",)),
        (CHECKLIST, "core = []", 'core = "vo_stuffing"', ("section odd: core: expected a list",)),
        (CHECKLIST, "core = []", 'core = ["vo_weather"]', ("core: no procedure is called 'vo_weather'",)),
        (CHECKLIST, "core = []", 'core = ["op_on_time"]', ("core: op_on_time is asked in opening, not in voting",)),
        (FIGURES, 'id = "odd"', 'id = "stuffing"', ("expected a name that is not yet used",)),
        (FIGURES, 'id = "odd"', 'id = "odd"\ncolour = 1', ("figure odd: unknown key 'colour'",)),
        (FIGURES, ', kk = "c"', "", ("figure odd, label: kk: expected a text",)),
        (FIGURES, 'unit = "form"', 'unit = "parsec"', ("figure odd: unit: expected one of form",)),
        (FIGURES, 'counted = ["yes"]', 'counted = "yes"', ("figure odd: counted: expected a list",)),
        (FIGURES, '"voting"', '"weather"', ("figure odd: checklist: expected one of readiness",)),
    ],
)
def test_a_faulty_entry_is_named_with_its_key(
    forms: Path, run: Run, name: str, old: str, new: str, says: tuple[str, ...]
) -> None:
    with (forms / name).open("a", encoding="utf-8") as file:
        assert old in ENTRIES[name]
        file.write(ENTRIES[name].replace(old, new, 1))
    done = run("checklist", "check", "--forms", forms)
    done.assert_refused("forms_invalid", *says)
    assert Path(name).name in done.said or "forms/figures" in done.said


@pytest.mark.parametrize(
    ("key", "expression", "says"),
    [
        ("relevant", "${vo_stufing} = 'yes'", "column 1: no question is named 'vo_stufing' here"),
        ("relevant", "${vo_stuffing} = 'maybe'", "'maybe' is no answer of 'vo_stuffing'"),
        ("relevant", "${vo_stuffing} = 'yes' and", "column"),
        ("relevant", "${vo_stuffing} > 1", "'>' compares numbers"),
        ("constraint", ". >= ", "column"),
        ("constraint", ". >= 'five'", "compares numbers"),
        ("constraint", "today() > 1", "today() is not allowed"),
        ("constraint", ". >= 0)", "column"),
    ],
)
def test_a_condition_that_can_not_be_read_is_named_with_its_column(
    forms: Path, run: Run, key: str, expression: str, says: str
) -> None:
    good = {"relevant": "${vo_stuffing} = 'yes'", "constraint": ". >= 0"}[key]
    with (forms / VOTING).open("a", encoding="utf-8") as file:
        file.write(PROCEDURE.replace(f'{key} = "{good}"', f'{key} = "{expression}"'))
    run("checklist", "check", "--forms", forms).assert_refused(
        "expression_invalid", f"{VOTING}, procedure odd, {key}", says
    )


def test_a_folder_without_procedures_is_refused(tmp_path: Path, run: Run) -> None:
    run("checklist", "check", "--forms", tmp_path).assert_refused("forms_invalid", "no file of procedures")
