"""A mission's own shapes: brought with its folder, drawn on the day, held by the check."""

import re

import pytest
from sqlalchemy import update

from observer_kit.cli.mission import import_folder
from observer_kit.missions.blank import write_blank
from observer_kit.missions.load import open_folder
from observer_kit.missions.maps import MapInvalid
from observer_kit.storage import desk_tables as d
from observer_kit.storage import shapes
from observer_kit.storage.check import check
from tests.statements.test_pictures import shapes as geojson


def test_shapes_come_with_the_folder_and_go_with_it(store, tmp_path):
    from datetime import date

    folder = tmp_path / "mission"
    write_blank(folder, "blank-1", "election", date(2026, 11, 22))
    code = next(each.code for each in open_folder(folder).register if each.kind == "region")
    path = folder / "regions.geojson"
    path.write_text("\ufeff" + geojson(properties=f'{{"code": "{code}"}}'), encoding="utf-8")
    import_folder(store, open_folder(folder))
    with store.reading() as tx:
        assert [known for known, _ in shapes.of(tx, "blank-1").regions] == [code]
    assert not check(store)
    path.write_text(geojson(properties='{"code": "nowhere"}'))
    with pytest.raises(MapInvalid, match="nowhere"):
        import_folder(store, open_folder(folder))
    with store.atomic() as tx:
        tx.execute(update(d.Shapes).values(content=geojson()))
    assert [fault.kind for fault in check(store)] == ["shapes_altered"]
    path.unlink()
    import_folder(store, open_folder(folder))
    with store.reading() as tx:
        assert shapes.of(tx, "blank-1") is None
    assert not check(store)


def test_the_day_draws_the_mission_s_own_shapes(coordinator, store, sender):
    sender.send({"vo_stuffing": "no"}, location="R-1")
    plain = coordinator.get("/desk/m-1/").text
    with store.atomic() as tx:
        shapes.replace(tx, "m-1", geojson(properties='{"code": "A"}'))
    drawn = coordinator.get("/desk/m-1/").text
    assert drawn != plain
    link = re.search(r'<a href="([^"]*region=A[^"]*)" aria-label="([^"]*)"><path', drawn)
    assert link
    assert link[2].endswith(": 1 of 1")
