"""A table of reports with its codes, and a mission's own checklist: what can't be read is refused with its place."""

import shutil

import pytest

from observer_kit.checklists.own import read_own
from observer_kit.config import resources
from observer_kit.errors import FormsInvalid, MissionInvalid
from observer_kit.missions.load import open_folder
from observer_kit.missions.reports import open_table

ALBANIA = resources("forms") / "missions" / "albania-2017"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(ALBANIA, tmp_path / "mission")


def change(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def rows(folder):
    opened = open_folder(folder)
    return list(open_table(folder, opened.mission.zone).rows(opened.own_checklists()["opening"]))


def test_a_cell_that_no_code_names_is_refused_with_line_and_column(folder):
    change(
        folder / "reports.csv", "Shkoder,0001-00,701,n/a,pub,7_00,7,po", "Shkoder,0001-00,701,n/a,pub,7_00,7,perhaps"
    )
    with pytest.raises(MissionInvalid, match="perhaps") as refused:
        rows(folder)
    assert refused.value.place == "reports.csv, line 2, column secrecyOpen"


@pytest.mark.parametrize("number", ["1,6970", "-3", "1 234", "7.5"])
def test_a_number_that_is_none_is_refused_and_not_guessed(folder, number):
    change(folder / "reports.csv", "Shkoder,0001-00,701,", f'Shkoder,0001-00,"{number}",')
    with pytest.raises(MissionInvalid) as refused:
        rows(folder)
    assert refused.value.place == "reports.csv, line 2, column votersList"


def test_no_answer_is_left_blank_and_not_applicable_is_kept(folder):
    found = {kept.location: kept.answers for kept in rows(folder)}
    assert "ballots_received" not in found["0001-00"]
    assert found["0003-00"]["campaign_material_removed_inside"] == "not_applicable"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('checklist = "opening"\n', "", "reports.toml"),
        ("at = 2017-06-25T07:00:00", 'at = "morning"', "reports.toml, key at"),
        ('secrecyOpen = "secrecy_possible"', 'secrecyOpen = "secrecy"', "reports.toml, key columns"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_with_its_key(folder, old, new, place):
    change(folder / "reports.toml", old, new)
    with pytest.raises(MissionInvalid) as refused:
        rows(folder)
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('stage = "opening"', 'stage = "breakfast"', "stage"),
        ('good = ["yes"]', 'good = ["perhaps"]', "perhaps"),
        ('name = "room_to_move"', 'name = "secrecy_possible"', "not yet used"),
        ('type = "select_one"', 'type = "integer"', "choices"),
        ('ru = "Открытие участка", ', "", "ru"),
        ("minimum = 0", "minimum = 0\nmood = 1", "mood"),
    ],
)
def test_a_checklist_of_its_own_that_is_wrong_is_refused(folder, old, new, said):
    change(folder / "checklist-opening.toml", old, new)
    with pytest.raises(FormsInvalid, match=said):
        read_own(folder / "checklist-opening.toml", "election")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("population = 5362", "population = 0", "sampling.population"),
        ("population = 5362", "population = 540", "sampling.drawn"),
        ("population = 5362\n", "", "sampling.population"),
        ('sample = "random"', 'sample = "purposive"', "sampling"),
        ('sample = "random"', 'sample = "stratified"', "sampling.strata"),
        ("drawn = 541", 'drawn = 541\nstrata = "region"', "sampling.strata"),
        ("drawn = 541", "drawn = 541\nmargin = 2", "sampling.margin"),
    ],
)
def test_a_sample_that_cannot_be_is_refused_with_its_key(folder, old, new, key):
    change(folder / "mission.toml", old, new)
    with pytest.raises(MissionInvalid) as refused:
        open_folder(folder)
    assert refused.value.place == f"mission.toml, key {key}"
