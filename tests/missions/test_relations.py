"""A published.toml whose relations can't be read says which file, which relation and what is expected."""

import shutil
from datetime import date

import pytest

from observer_kit.config import resources
from observer_kit.errors import FormsInvalid
from observer_kit.missions.printed import PublishedMissing, RelationInvalid
from observer_kit.missions.published_rows import with_tellings
from observer_kit.missions.relations import read_published

FIGURES = """
[[document]]
id = "report"
title = "Final report"

[[figure]]
id = "a"
claim = "A"
numerator = 24
denominator = 151
locator = "1"
unit = "station"
base = "counts"

[[figure]]
id = "b"
claim = "B"
numerator = 151
locator = "2"
unit = "station"
base = "none"

[[figure]]
id = "c"
claim = "C"
numerator = 7
locator = "3"
unit = "case"
base = "none"

[[figure]]
id = "words"
claim = "in isolated cases"
locator = "4"
unit = "case"
base = "none"
"""


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "small"
    path.mkdir()
    for name in ("mission.toml", "locations.csv", "teams.csv"):
        shutil.copyfile(resources("forms") / "missions" / "cica-2024" / name, path / name)
    return path


def read(folder, text):
    (folder / "published.toml").write_text(FIGURES + text, "utf-8")
    return read_published(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[relation]]\nsame = ["a", "b"]', "name: expected a text"),
        ('[[relation]]\nname = "r"', "expected one of same, whole"),
        ('[[relation]]\nname = "r"\nsame = ["a", "b"]\nat_most = ["a", "b"]', "expected one of same, whole"),
        ('[[relation]]\nname = "r"\nsame = ["a", "nobody"]', "found 'nobody'"),
        ('[[relation]]\nname = "r"\nsame = "a"', "same: expected a list of printed figures"),
        ('[[relation]]\nname = "r"\nsame = ["a"]', "same: expected more numbers"),
        ('[[relation]]\nname = "r"\nsame = []', "same: expected"),
        ('[[relation]]\nname = "r"\nsame = ["a", true]', "expected the id of a printed figure; found True"),
        ('[[relation]]\nname = "r"\nat_most = ["a", "b", "b"]', "at_most: expected two numbers"),
        ('[[relation]]\nname = "r"\nwhole = "b"', "parts: expected a list"),
        ('[[relation]]\nname = "r"\nwhole = "b"\nparts = [24, 115]', "locator: expected where 24 is printed"),
        ('[[relation]]\nname = "r"\nwhole = "b"\nparts = ["a"]\nof = "b"', "key 'of' does not go with whole"),
        ('[[relation]]\nname = "r"\nwhole = "b"\nparts = ["a"]\nrest = 3', "rest: expected a text; found 3"),
        ('[[relation]]\nname = "r"\nsame = ["a/percent", "b"]', "numbers only, or shares only"),
        ('[[relation]]\nname = "r"\nsame = ["words", "b"]', "words prints no such number"),
        ('[[relation]]\nname = "r"\nsame = ["b", "c"]', "numbers of case and station"),
        ('[[relation]]\nname = "r"\nsame = ["b", "c"]\nacross_units = "yes"', "across_units: expected true or false"),
        ('[[relation]]\nname = "r"\napart = ["a", "b"]', "because: expected why"),
        ('[[relation]]\nname = "r"\nshare = ["a"]\nof = "b"', "prints no number with a per cent"),
        ('[[relation]]\nname = "r"\nwhole = "b"\nparts = ["result/*/votes"]', "meets no cell of the results"),
        ('[[relation]]\nname = "r"\nsame = ["b", "../../etc:b"]', "is no mission with a published.toml"),
        ('[[relation]]\nname = "r"\nsame = ["b", "elsewhere:b"]', "'elsewhere' is no mission with a published.toml"),
        ('[[relation]]\nname = "r"\nsame = ["b", "..:b"]', "'..' is no mission with a published.toml"),
        ('[[relation]]\nname = "r"\nat_most = ["a", "b"]\n[[relation]]\nname = "r"\nat_most = ["a", "b"]', "only once"),
        ('[[again]]\nnumerator = 3\nlocator = "9"', "figure: expected a text"),
        ('[[again]]\nfigure = "b"\nnumerator = 3', "expected a locator or document"),
        ('[[again]]\nfigure = "b"\nlocator = "9"', "and numerator or percent_as_printed"),
        ('[[again]]\nfigure = "b"\nnumerator = 3\nlocator = "9"\nsaid = "x"', "unknown key 'said'"),
        ('[[again]]\nfigure = "b"\nnumerator = "quite a few"\nlocator = "9"', "found 'quite a few'"),
        ('[[again]]\nfigure = "b"\npercent_as_printed = 3\nlocator = "9"', "b prints no such number"),
        ('[[again]]\nfigure = "b"\nnumerator = 3\ndocument = "diary"', "document: expected one of report"),
        ('[[document]]\nid = "report"\ntitle = "Again"', "an id that stands only once"),
        ('[[document]]\nid = "other"', "title: expected a text"),
        ('[bases]\n"counts" = 5', "bases: expected figures by the words of a base"),
        ('[bases]\n"nowhere" = "b"', "found 'nowhere'"),
        ('[[result]]\nvalue = 4', "expected a text for region or label"),
        ('[[result]]\nlabel = "x"\nvalue = "many"', "numerator: expected a number"),
        ('[[result]]\nlabel = "x"\nvalue = 1\n[[result]]\nlabel = "x"\nvalue = 2', "result/x only once"),
        ('relation = "all of them"', "relation"),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_refused_with_its_place(folder, text, said):
    if text.startswith("relation ="):
        (folder / "published.toml").write_text(text + "\n" + FIGURES, "utf-8")
        with pytest.raises(FormsInvalid, match="relation: expected a list of tables"):
            read_published(folder)
        return
    with pytest.raises(FormsInvalid) as refused:
        read(folder, text)
    assert said in refused.value.message
    assert "published.toml" in (refused.value.place or "")
    assert refused.value.code in (RelationInvalid.code, FormsInvalid.code)


def test_a_mission_without_printed_figures_says_so(folder):
    with pytest.raises(PublishedMissing) as missing:
        read_published(folder)
    assert (missing.value.code, missing.value.place) == ("published_missing", "small/published.toml")


def test_the_mission_beside_this_one_is_read_by_its_folder(folder):
    shutil.copytree(folder, folder.parent / "other")
    (folder.parent / "other" / "published.toml").write_text(FIGURES, "utf-8")
    text = read(folder, '[[relation]]\nname = "r"\nsame = ["b", "other:b"]')
    (relation,) = text.relations
    assert relation.members[0].figure.numbers[0].nominal == 151


def test_every_row_but_the_wholes_own_is_a_part(folder):
    rows = "".join(
        f'[[result]]\nregion = "{name}"\nvotes = {votes}\n' for name, votes in (("N", 3), ("S", 4), ("all", 7))
    )
    text = read(folder, f'{rows}[[relation]]\nname = "r"\nwhole = "result/all/votes"\nparts = ["result/*/votes"]')
    assert [member.figure.id for member in text.relations[0].members] == ["result/N/votes", "result/S/votes"]


def test_a_row_is_given_with_what_the_same_text_prints_elsewhere_and_nothing_of_another_document():
    rows = with_tellings([{"id": "a", "numerator": 24}, {"id": "b"}], {
        "document": [{"id": "report"}, {"id": "release"}],
        "again": [
            {"figure": "a", "percent_as_printed": "one of six", "locator": "I para 13", "unit": "station"},
            {"figure": "a", "numerator": 25, "document": "release"},
            {"figure": "a", "numerator": date(2011, 4, 3), "locator": "II"}, {"figure": 5}, "a",
        ],
    })  # fmt: skip
    again = [{"percent_as_printed": "one of six", "locator": "I para 13"}, {"locator": "II"}]
    assert rows == [{"id": "a", "numerator": 24, "again": again}, {"id": "b"}]
    assert with_tellings([{"id": "a"}], {"again": "nothing"}) == [{"id": "a"}]
