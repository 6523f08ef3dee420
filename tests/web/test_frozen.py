"""What was published stays as it went out, and is made again to the byte, whatever the mission brings later."""

import io
import shutil

import pikepdf
import pytest
from click.testing import CliRunner
from PIL import Image

from observer_kit.cli import cli
from observer_kit.missions import maps
from observer_kit.missions.model import Location
from observer_kit.statements.edition import attached
from observer_kit.statements.text import load_style
from observer_kit.storage import figure_notes, missions, register, releases, settings
from observer_kit.web.papers import own_styles
from observer_kit.web.protocols import OWN_RULES
from tests.web.conftest import FIGURES, PROTOCOL, mission, station
from tests.web.test_office_approval import go, published
from tests.web.test_office_drafts import PAGE, address, base_of, keep

MARKS = "Negative: [[f_negative of form]]. Unequal: [[f_rule of form]].\n\n[[chart ours]]\n\n[[table protocol_rules]]"
CHART = """
[[chart]]
name = "ours"
title = { en = "What was seen", ru = "Отмечено", kk = "Байқалды" }
note = { en = "Cases.", ru = "Случаи.", kk = "Жағдайлар." }
figures = ["f_negative", "f_rule"]
"""
RULE = {
    "id": "f_rule", "label": {"en": "Unequal", "ru": "Не равно", "kk": "Тең емес"}, "unit": "form", "measure": "rule",
    "base": "reports", "checklist": "protocol", "question": "S1",
    "where": {"kind": "polling_station", "region": "A"},
}  # fmt: skip


def logo(colour):
    out = io.BytesIO()
    Image.new("RGB", (30, 30), colour).save(out, "PNG")
    return out.getvalue()


def command(config, *words):
    return CliRunner(env={"OBSERVER_KIT_DATABASE_URL": config.database_url}).invoke(
        cli, ["--data", str(config.data), "statement", *map(str, words)]
    )


@pytest.fixture
def release(staff, sender, store, config):
    """Publish a statement of a style, a logo and rules of the mission's own; gives its address."""
    folder = own_styles(config, "m-1") / "sco"
    shutil.copytree(load_style("sco").folder, folder)
    with (folder / "style.toml").open("a") as file:
        file.write(CHART)
    (folder.parent / "logo.png").write_bytes(logo("teal"))
    with store.atomic() as tx:
        more = {"second_person": False, "small_cell": 1, "lists_stations": True}
        missions.save(tx, mission("m-1", figures=(*FIGURES, RULE), **more))
    numbers = {"b_received": 500, "b_issued": 95, "b_cancelled": 300, "valid": 90, "invalid": 5}
    sender.send({"vo_stuffing": "yes", "vo_overall": "bad"})
    sender.send({"vo_stuffing": "no", "vo_overall": "good"}, location="R-2", team="T02")
    sender.send(numbers, checklist=PROTOCOL)
    sender.send(numbers | {"b_cancelled": 405}, checklist=PROTOCOL)
    draft = staff.post(f"{PAGE}/new", {"paper": "sco/en"}, page=PAGE).headers["Location"].rsplit("/", 1)[1]
    page = staff.get(address(draft)).text
    for plan in load_style("sco").sections:
        text = MARKS if plan.id == "outcome" else "The Mission wishes it well." if plan.kind == "verdict" else ""
        keep(staff, draft, text, base_of(page, plan.id), section=plan.id)
    assert go(staff, draft, "approved").status_code == 303
    return published(staff, draft)


def everything_changes(store, config, monkeypatch):
    """Bring another mission file, style, logo, register and rules, withhold stations, name regions otherwise."""
    folder = own_styles(config, "m-1") / "sco"
    style = (folder / "style.toml").read_text()
    style = style.replace('layout = "letterhead"', 'layout = "cover"').replace("What was seen", "Another chart")
    (folder / "style.toml").write_text(style.replace('figures = ["f_negative", "f_rule"]', 'figures = ["f_gap"]'))
    (folder.parent / "logo.png").write_bytes(logo("red"))
    figures = [{**each, "label": dict.fromkeys(("en", "ru", "kk"), "Renamed")} for each in (*FIGURES, RULE)]
    with store.atomic() as tx:
        missions.save(
            tx,
            mission("m-1", figures=tuple(figures), small_cell=5, name=RULE["label"], zone="Asia/Aqtau", expected={}),
        )
        register.replace(tx, "m-1", [
            Location("A", "region", "Elsewhere"), Location("B", "region", "Nowhere"),
            station("R-1", "B", "rural"), station("R-2", "A", "urban"),
        ])  # fmt: skip
        settings.put(tx, "m-1", OWN_RULES, {"off": ["S1"]}, None)
        figure_notes.decide(tx, "m-1", "f_negative", figure_notes.WITHHELD, "", None)
    monkeypatch.setattr(maps, "known_name", lambda code, name: {"en": "X", "ru": "X", "kk": "X"})


def test_a_published_paper_is_made_again_to_the_byte_whatever_has_changed_since(
    release, staff, store, config, monkeypatch, tmp_path
):
    with staff.get(f"{release}.pdf") as given:
        data = given.data
    with pikepdf.open(io.BytesIO(data)) as document:
        rows = bytes(document.attachments[attached.ROWS].get_file().read_bytes())
        assert b'"A"' in rows, "the paper rests on the register"
        assert b'"fail"' in rows, "and on the rules"
        assert len(document.pages[0].get_images()) == 1
    number = release.rsplit("/", 1)[1]
    everything_changes(store, config, monkeypatch)
    with staff.get(f"{release}.pdf") as given:
        assert given.data == data
    monkeypatch.setattr(attached, "MAKERS", (*attached.MAKERS, "click"))
    out = tmp_path / "again.pdf"
    done = command(config, "rebuild", "m-1", number, "--out", out)
    assert (done.exit_code, done.stdout.splitlines()[-1].split(":")[0]) == (0, "the same bytes"), done.output
    assert out.read_bytes() == data

    assert "click was of a version not noted then and is" in done.stdout, "what made it is not what makes it now"
    assert f"{number}  " in command(config, "releases", "m-1").stdout
    assert command(config, "rebuild", "m-1", 10**9).exit_code == 1
    with store.reading() as tx:
        assert releases.all(tx, "m-1")[0].followed is None
