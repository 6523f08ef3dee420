"""A mission's folder with a fault: `mission import` names file, line or key, and imports nothing of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bad_input.conftest import Run, spoil

STATION = "4,polling_station,Polling station No. 4,A,DC-1,4,,rural,,,310,,\n"


def missions(run: Run, data: Path) -> list[dict[str, object]]:
    done = run("--data", data, "mission", "list", "--format", "json")
    assert done.code == 0, done.said
    found: list[dict[str, object]] = json.loads(done.out)
    return found


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[name]", "[name", ("mission.toml: expected TOML:", "(at line 14")),
        ("small_cell = 10", "small_cel = 10", ("key 'small_cel' is not one of",)),
        ("small_cell = 10", 'small_cell = "ten"', ("key small_cell: expected a whole number, found 'ten'",)),
        ("small_cell = 10", "small_cell = 10\nreconstruction = 5", ("key reconstruction: expected a text",)),
        ('code = "small"', "code = 7", ("key code: expected a text in quotation marks, found '7'",)),
        ('code = "small"', 'code = "a b"', ("key code: expected letters, digits",)),
        ('code = "small"', 'code = "small"\ncode = "again"', ("line 4",)),
        ('event = "election"', 'event = "coup"', ("key event: expected one of election, referendum",)),
        ('zone = "Asia/Almaty"', 'zone = "Mars/Base"', ("key zone: expected an IANA time zone",)),
        ("day = 2026-11-22", 'day = "22.11.2026"', ("key day: expected a day without quotation marks",)),
        ("opens = 07:00:00", 'opens = "7"', ("key opens: expected a time",)),
        ("closes = 20:00:00", "closes = 06:00:00", ("key closes: expected a time after 07:00",)),
        ('languages = ["en", "ru", "kk"]', "languages = 5", ("key languages: expected a list of en, ru, kk",)),
        ('languages = ["en", "ru", "kk"]', 'languages = ["de"]', ("key languages: expected a list of en, ru, kk",)),
        ('kk = "small байқаушылар миссиясы"', "", ("key name: expected name in each of en, ru, kk",)),
        ('kk = "small байқаушылар миссиясы"', 'kk = "K"\nde = "D"', ("key name:", "not 'de'")),
        ('readiness = { length = "core" }', "readiness = 5", ("key checklists: expected stages among",)),
        ('readiness = { length = "core" }', 'readiness = { lenth = "core" }', ("for readiness, not 'lenth'",)),
        (
            'readiness = { length = "core" }',
            'readiness = { sections = "all" }',
            ("sections of readiness",),
        ),
        ("[checklists]", "[[checklists]]", ("key checklists: expected one table, as [checklists]",)),
        ("[facts]", "[[facts]]", ("key facts: expected one table, as [facts]",)),
        ('kind = "observed"', 'kind = "guessed"', ("key facts: expected fact observers with value, kind",)),
        ("opening = 2\n", "opening = -2\n", ("key expected: expected a whole number of reports",)),
        ("[[emergency]]", "[emergency]", ("key emergency: expected tables, as [[emergency]]",)),
        ('phone = "+7', 'fone = "+7', ("key emergency: expected entries with label and phone",)),
        ('code = "candidate_b"', 'code = "candidate_a"', ("key candidates: expected codes that stand only once",)),
        ('code = "candidate_b"', 'code = ""', ("key candidates: expected candidates.1.code of letters",)),
    ],
)
def test_a_fault_in_the_mission_file_is_named_by_its_key(
    data: Path, mission_folder: Path, run: Run, old: str, new: str, says: tuple[str, ...]
) -> None:
    spoil(mission_folder / "mission.toml", old, new)
    run("--data", data, "mission", "import", mission_folder).assert_refused("mission_invalid", "mission.toml", *says)
    assert missions(run, data) == []


def test_a_section_that_no_checklist_has_is_named(data: Path, mission_folder: Path, run: Run) -> None:
    spoil(mission_folder / "mission.toml", "opening = { length", 'opening = { sections = ["moon"], length')
    done = run("--data", data, "mission", "import", mission_folder)
    done.assert_refused(
        "forms_invalid", "checklists/opening.toml: no section is called 'moon'; expected access, ballots"
    )
    assert missions(run, data) == []


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (lambda text: "", "line 1", "expected a column 'code' in the heading"),
        (lambda text: text[: text.index("A,region")], "locations.csv", "expected at least one location"),
        (lambda text: text.replace(",kind,", ",kynd,"), "line 16", "expected a column 'kind'"),
        (lambda text: text.replace(",voters,", ",electors,"), "column electors", "is not one of code, kind"),
        (lambda text: text.replace(",,", "\t,"), "line", "expected"),
        (lambda text: text.replace(",310,", ",310"), "line 22", "expected 13 cells as in the heading, found 12"),
        (lambda text: text.replace("4,polling", "3,polling"), "line 22, column code", "a code that stands only once"),
        (lambda text: text.replace("4,A,DC-1", "4,B,DC-1"), "line 22, column parent", "another location, found 'B'"),
        (lambda text: text.replace("4,A,DC-1", "4,A,DC-9"), "line 22, column reports_to", "found 'DC-9'"),
        (lambda text: text.replace("rural,,,310", "rural,25:00,,310"), "line 22, column opens", "found '25:00'"),
        (lambda text: text.replace("rural,,,310", "rural,,06:00,310"), "line 22, column closes", "a time after 07:00"),
        (lambda text: text.replace(",310,", ",many,"), "line 22, column voters", "a whole number"),
        (lambda text: text.replace(",310,", ",99999999999999999999,"), "line 22, column voters", "a whole number"),
        (lambda text: text.replace("No. 4", "No. 4\0"), "line 22, column name", "readable text"),
        (lambda text: text.replace("Polling station No. 4", '"Polling station'), "line 23", "expected CSV"),
    ],
)  # fmt: skip
def test_a_fault_in_the_register_is_named_and_nothing_is_imported(
    data: Path, mission_folder: Path, run: Run, change: object, place: str, says: str
) -> None:
    path = mission_folder / "locations.csv"
    before = path.read_text("utf-8")
    path.write_text(change(before), "utf-8")  # type: ignore[operator]
    assert path.read_text("utf-8") != before
    done = run("--data", data, "mission", "import", mission_folder)
    done.assert_refused("mission_invalid", "locations.csv", place, says)
    assert missions(run, data) == []


@pytest.mark.parametrize("encoding", ["utf-16", "cp1251"])
def test_a_register_in_another_encoding_is_named_by_its_line(
    data: Path, mission_folder: Path, run: Run, encoding: str
) -> None:
    path = mission_folder / "locations.csv"
    path.write_bytes(path.read_text("utf-8").replace("No. 4", "№ 4".replace("№", "Но.")).encode(encoding))
    line = {"utf-16": "line 1", "cp1251": "line 22"}[encoding]
    done = run("--data", data, "mission", "import", mission_folder)
    done.assert_refused("mission_invalid", f"locations.csv, {line}: expected UTF-8, found byte")
    assert missions(run, data) == []


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("comma", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_spreadsheet_writes_is_read(
    data: Path, mission_folder: Path, run: Run, mark: str, comma: str, end: str
) -> None:
    for path in mission_folder.glob("*.csv"):
        rows = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        path.write_bytes((mark + end.join(rows).replace(",", comma) + end).encode())
    done = run("--data", data, "mission", "import", mission_folder)
    assert (done.said, done.code) == ("", 0)
    assert missions(run, data)[0]["stations"] == 5
    assert missions(run, data)[0]["teams"] == 2


def test_a_bad_row_in_the_middle_leaves_the_mission_as_it_was(imported: Path, mission_folder: Path, run: Run) -> None:
    spoil(mission_folder / "locations.csv", STATION, STATION.replace("rural", "suburb"))
    spoil(mission_folder / "mission.toml", 'en = "Observation mission small"', 'en = "Renamed"')
    done = run("--data", imported, "mission", "import", mission_folder)
    done.assert_refused("mission_invalid", "locations.csv, line 22, column setting", "one of urban, rural")
    (kept,) = missions(run, imported)
    assert (kept["name"], kept["stations"], kept["teams"]) == ("Observation mission small", 5, 2)


@pytest.mark.parametrize(
    ("file", "content", "place", "says"),
    [
        ("teams.csv", "", "line 1", "a column 'code'"),
        ("teams.csv", "code;name\nT1;One\nT1;Two\n", "line 3, column code", "stands only once"),
        ("teams.csv", "code,name\nT 1,One\n", "line 2, column code", "letters, digits"),
        ("teams.csv", "code,name,region\nT1,One,Z\n", "line 2, column region", "the code of a region"),
        ("diary.csv", "id,day,kind,title\nx,2026-02-30,meeting,T\n", "line 2, column day", "YYYY-MM-DD"),
        ("diary.csv", "id,day,kind,title\nx,2026-02-03,party,T\n", "line 2, column kind", "one of meeting"),
        ("diary.csv", "id,day,kind,title,count\nx,2026-02-03,meeting,T,9999999999999\n", "column count", "whole"),
        ("aggregation.csv", "table,commission,location,field,value\nt,,99,valid,1\n", "column location", "found '99'"),
        ("aggregation.csv", "table,commission,location,field,value\nt,X,1,valid,1\n", "column commission", "found 'X'"),
        ("aggregation.csv", "table,commission,location,field,value\nt,,1,votes,1\n", "column field", "found 'votes'"),
        ("aggregation.csv", "table,commission,location,field,value\nt,,1,valid,few\n", "column value", "found 'few'"),
        ("aggregation.csv", "table,commission,location,field,value\nt,,1,valid,1\nt,,1,valid,2\n", "line 3", "once"),
    ],
)  # fmt: skip
def test_a_fault_in_another_table_is_named(
    data: Path, mission_folder: Path, run: Run, file: str, content: str, place: str, says: str
) -> None:
    (mission_folder / file).write_text(content, "utf-8")
    run("--data", data, "mission", "import", mission_folder).assert_refused("mission_invalid", file, place, says)
    assert missions(run, data) == []


FIGURE = (
    '[[figure]]\nid = "x"\nlabel = {en = "a", ru = "b", kk = "c"}\nunit = "form"\nmeasure = "answers"\n'
    'base = "answered"\nchecklist = "voting"\nquestion = "vo_stuffing"\ncounted = ["yes"]\n'
)


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("[[figure]]", "[[figure]", "mission_invalid", "figures.toml: expected TOML"),
        ("[[figure]]", "[[figures]]", "mission_invalid", "expected [[figure]] tables, found 'figures'"),
        ('id = "x"', "id = 5", "mission_invalid", "figure 1: expected [[figure]] tables, each with an id"),
        ('id = "x"', 'id = "x"\ncolour = 1', "forms_invalid", "figure x: unknown key 'colour'"),
        ('id = "x"', 'id = "x"\nfigure = "moon"', "forms_invalid", "figure x: figure = 'moon' names no general figure"),
        ('id = "x"', 'id = "x"\nwhere = {moon = "x"}', "forms_invalid", "figure x: where: expected a table of region"),
        ('id = "x"', 'id = "x"\nof = "moon:x"', "forms_invalid", "figure x: of: expected one of register"),
        ('id = "x"', 'id = "x"\nwithin = "S99"', "forms_invalid", "figure x: within: expected a rule of"),
        ('label = {en = "a", ru', "label = {ru", "forms_invalid", "figure x, label: en: expected a text"),
        ('counted = ["yes"]', 'counted = ["maybe"]', "mission_invalid", "figure x: 'maybe' is no answer of"),
        ('counted = ["yes"]', "counted = 5", "forms_invalid", "figure x: counted: expected a list"),
        ('"vo_stuffing"', '"vo_weather"', "mission_invalid", "figure x: voting has no question 'vo_weather'"),
        ('checklist = "voting"', 'checklist = "moon"', "forms_invalid", "figure x: checklist: expected one of"),
    ],
)
def test_a_fault_in_the_mission_s_figures_is_named(
    data: Path, mission_folder: Path, run: Run, old: str, new: str, code: str, says: str
) -> None:
    assert old in FIGURE
    (mission_folder / "figures.toml").write_text(FIGURE.replace(old, new, 1), "utf-8")
    run("--data", data, "mission", "import", mission_folder).assert_refused(code, "figures.toml", says)
    assert missions(run, data) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[[figure]]\nid = 1\n", "figure 1: expected [[figure]] tables, each with an id"),
        ('[[figure]]\nid = "a"\n[[figure]]\nid = "a"\n', "figure a: expected an id that stands only once"),
        ('[[figure]]\nid = "a"\ncolour = 1\n', "figure a: key 'colour' is not one of id"),
        ('[[figure]]\nid = "a"\nbase_printed = "yes"\n', "figure a: base_printed: expected true or false"),
        ('[[figure]]\nid = "a"\nnumerator = true\n', "figure a: numerator: expected a number"),
        ('[[figure]]\nid = "a"\nlocator = 5\n', "figure a: locator: expected a text, found '5'"),
        ('[[figure]]\nid = "a"\nuncounted = "no"\n', "figure a: uncounted: expected one of words, rough"),
        ('[[figure]]\nid = "a"\nuncounted = 5\n', "figure a: uncounted: expected a text, found '5'"),
        ('[[figure]]\nid = "a"\nlabel = { en = 5 }\n', "figure a: label: expected a text in each language"),
    ],
)
def test_a_fault_in_the_published_figures_is_named(
    data: Path, mission_folder: Path, run: Run, content: str, says: str
) -> None:
    (mission_folder / "published.toml").write_text(content, "utf-8")
    run("--data", data, "mission", "import", mission_folder).assert_refused("mission_invalid", "published.toml", says)
    assert missions(run, data) == []


@pytest.mark.parametrize("file", ["mission.toml", "locations.csv", "teams.csv"])
def test_a_missing_file_is_named(data: Path, mission_folder: Path, run: Run, file: str) -> None:
    (mission_folder / file).unlink()
    run("--data", data, "mission", "import", mission_folder).assert_refused(
        "mission_invalid", f"{file}: this file is missing"
    )
    assert missions(run, data) == []
