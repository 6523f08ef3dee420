"""Pictures: the same bytes each time, style as attributes, words beside every shape, no data never as 0."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from observer_kit.missions.maps import MapInvalid, grid_for, grids, read_shapes
from observer_kit.statements import pictures as p
from observer_kit.statements.pictures import Bar, Limit, Moment, Rule, Series, Share, Stack, model, svg
from tests.missions.samples import places

REGIONS = [
    Share("Akmola", 11, 110, "AKM", "/desk/m/submissions?region=AKM&a=1"), Share("Astana", 6, 24, "AST"),
    Share("Almaty <b>$5 & $6</b>", None, None, "ALA"), Share("Қызылорда", 0, 160, "KYZ"),
]  # fmt: skip
NAMES = {"AKM": "Akmola", "AST": "Astana", "ALA": "Almaty", "KYZ": "Kyzylorda"}
SQUARE = '{"type": "Polygon", "coordinates": [[[60, 45], [70, 45], [70, 50], [60, 50], [60, 45]]]}'


def shapes(geometry=SQUARE, properties='{"code": "AKM"}'):
    feature = f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}'
    return f'{{"type": "FeatureCollection", "features": [{feature}]}}'


def drawn():
    """Draw one picture of each kind."""
    grid = grid_for(NAMES)
    moments = tuple(Moment(n, 0.6 + 1 / n, 0.5, 0.7) for n in range(10, 90, 10))
    limits = [Limit(base, 0.01, 0.3, 0.0, 0.4) for base in range(20, 200, 20)]
    return {
        "bars": p.bars("Bars", "", [Bar("One", 241, "241", "of 1,622"), Bar("Two", None, "–")]),
        "by_region": p.by_region("Regions", "", REGIONS, "en", Share("All", 17, 294)),
        "stacked": p.stacked("Steps", "", ["Good", "Bad"], [Stack("Voting", (90, 10), 3), Stack("None", (0, 0))], "en"),
        "by_hour": p.by_hour("Hours", "", [Share("07", 3, 40), Share("08", None, None), Share("09", 0, 10)], "ru"),
        "reports": p.by_hour("Hours", "", [Share("07", None, 40), Share("08", None, 0)], "en", shares=False),
        "funnel": p.funnel("Funnel", "", REGIONS, "kk", whole=Share("All", 17, 294), limits=limits, outside=["Akmola"]),
        "convergence": p.convergence("Count", "", [Series("Yes", moments), Series("Turnout", moments[:3])], "en"),
        "reconciliation": p.reconciliation("Rules", "", [Rule("Issued", 261, 72, 0), Rule("Valid", 320, 10, 3)], "en"),
        "tiles": p.tiles("Map", "", REGIONS, "en", grid),
        "shapes": p.tiles("Map", "", REGIONS, "en", read_shapes(shapes()), counts=True),
        "nothing": p.by_region("Nothing", "", [], "en"),
    }  # fmt: skip


KINDS = list(drawn())


@pytest.mark.parametrize("sheet", ["paper", "wide", "slim"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_the_same_each_time_and_fits_the_policy_of_pages(kind, sheet):
    first = drawn()[kind].svg(sheet)
    model._drawn.cache_clear()
    assert drawn()[kind].svg(sheet) == first
    root = ElementTree.fromstring(first)
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    named = {root.get("aria-labelledby"), root.get("aria-describedby")}
    assert named <= set(ids)
    for each in root.iter():
        assert "style" not in each.attrib
        assert not each.tag.endswith("}style")
    texts = [each for each in root.iter() if each.tag.endswith("}text")]
    assert all(float(each.get("font-size")) >= 5 for each in texts)
    width, height = (float(value) for value in root.get("viewBox").split()[2:])
    assert all(-1 <= float(each.get("x")) <= width + 1 and 0 <= float(each.get("y")) <= height for each in texts)


def test_every_number_of_a_picture_is_in_the_table_behind_it():
    for picture in drawn().values():
        assert all(len(row) == len(picture.head) for row in picture.rows)
    regions = drawn()["by_region"]
    assert regions.rows[0] == ("Astana", "6", "24", "–")  # below 30 no per cent is written
    assert ("Almaty <b>$5 & $6</b>", "–", "–", "–") in regions.rows
    assert ("Қызылорда", "0", "160", "0\u00a0%") in regions.rows
    said = regions.svg()
    assert "&lt;b&gt;$5 &amp; $6&lt;/b&gt;" in said
    assert "6 of 24" in said


def test_a_region_without_data_is_outlined_and_never_a_zero():
    picture = drawn()["tiles"].svg()
    root = ElementTree.fromstring(picture)
    texts = [each.text for each in root.iter() if each.tag.endswith("}text")]
    assert texts.count("–") == 1
    assert "0\u00a0%" in texts
    links = [each for each in root.iter() if each.tag.endswith("}a")]
    assert [(each.get("href"), each.get("aria-label")) for each in links] == [
        ("/desk/m/submissions?region=AKM&a=1", "Akmola: 11 of 110")
    ]
    assert root.get("role") == "group"  # an image's children would be out of reach


def test_colours_are_apart_in_grey():
    def grey(code):
        red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [grey(svg.INK[f"t{step}"]) for step in range(1, 6)]
    assert all(lighter - darker > 0.08 for lighter, darker in zip(steps, steps[1:], strict=False))


def test_matplotlib_is_not_loaded_before_a_picture_is_drawn():
    code = (
        "import sys; from observer_kit.app import load_rooms; load_rooms();"
        "from observer_kit.statements.pictures import Bar, bars; bars('a', '', [Bar('b', 1, '1')]);"
        "print('matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("mission", ["eom-2011", "ram-2022", "sco-2024", "ots-2024", "cica-2024"])
def test_every_sample_of_kazakhstan_has_its_grid(mission):
    names = {each.code: str(each.name) for each in places(mission).values() if each.kind == "region"}
    grid = grid_for(names)
    assert grid.drawn_up
    assert {tile.code for tile in grid.tiles} == set(names)


def test_a_grid_has_one_region_in_a_place_and_names_it_in_every_language():
    for grid in grids():
        assert len({(tile.row, tile.column) for tile in grid.tiles}) == len(grid.tiles)
        for tile in grid.tiles:
            assert set(tile.name) == set(tile.short) == {"en", "ru", "kk"}
    assert sorted(len(grid.tiles) for grid in grids()) == [
        12,
        16,
        17,
        20,
    ]  # Albania's counties, Kazakhstan in 2011, in 2022 and 2024


def test_regions_that_nobody_drew_up_stand_in_order_of_their_names():
    grid = grid_for({"T": "Tirana", "F": "Fier", "E": "Elbasan"})
    assert not grid.drawn_up
    assert [tile.code for tile in grid.tiles] == ["E", "F", "T"]


@pytest.mark.parametrize("content", [
    "", "[]", "null", '{"type": "FeatureCollection"}', '{"type": "FeatureCollection", "features": []}',
    shapes('{"type": "Point", "coordinates": [60, 45]}'), shapes('{"type": "Polygon", "coordinates": []}'),
    shapes(properties="{}"), shapes(properties="null"),
    shapes('{"type": "Polygon", "coordinates": [[[6000, 45], [70, 45], [70, 50], [60, 50]]]}'),
    shapes('{"type": "Polygon", "coordinates": [[["a", 45], [70, 45], [70, 50], [60, 50]]]}'), "[" * 100_000,
])  # fmt: skip
def test_shapes_that_are_none_are_refused_with_a_code(content):
    with pytest.raises(MapInvalid) as refusal:
        read_shapes(content)
    assert re.match(r"regions\.geojson", str(refusal.value))
    assert refusal.value.code == "map_invalid"
