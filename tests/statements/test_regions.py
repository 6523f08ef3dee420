"""A figure in each region: counted by the general definition, in the mission's own regions, named, and said by text."""

from datetime import date

import pytest

from observer_kit.errors import FormsInvalid
from observer_kit.missions.model import Mission
from observer_kit.statements import Evidence, compute
from observer_kit.statements.definitions import by_region, define, load_definitions
from observer_kit.statements.figures import counted_at_all
from observer_kit.statements.text.draftable import draftable
from observer_kit.statements.text.marks import Mark, read
from observer_kit.statements.text.saying import Speaker
from tests.builders import checklist, question, report, text

RATING = ("very_good", "good", "bad", "very_bad")
FORM = checklist(question("vo_overall", "rating", RATING))
REGIONS = {
    "AKM": {"en": "Akmola region", "ru": "Акмолинская область", "kk": "Ақмола облысы"},
    "ALA": {"en": "Almaty city", "ru": "город Алматы", "kk": "Алматы қаласы"},
    "SKO": {"en": "South Kazakhstan region", "ru": "Южно-Казахстанская область", "kk": "Оңтүстік Қазақстан облысы"},
    "Абай": {"en": "Abai region", "ru": "область Абай", "kk": "Абай облысы"},
}
GENERAL = load_definitions()["voting_negative"]
EVENT = Mission(
    "m-1", text("Mission"), "election", text("Election"), date(2026, 11, 22), "The Organisation", text("Country"),
    "Asia/Almaty", ("en", "ru", "kk"),
)  # fmt: skip


def rated(region, good, bad, unseen=0):
    answers = ["good"] * good + ["bad"] * bad + ["not_observed"] * unseen
    return [report({"vo_overall": each}, f"{region}-{n}", region=region) for n, each in enumerate(answers)]


def counted(reports, own=()):
    evidence = Evidence({"voting": reports}, {"voting": FORM})
    found = compute([GENERAL, *own, *by_region([GENERAL, *own], REGIONS)], evidence)
    return {each.definition.name: each for each in found if each.definition.part_of is None or counted_at_all(each)}


def test_every_observed_region_has_its_part_and_the_parts_are_the_whole():
    reports = [*rated("AKM", 30, 10, 3), *rated("ALA", 11, 1), *rated("Абай", 0, 0, 2)]
    found = counted(reports)
    assert set(found) == {"voting_negative", "voting_negative.AKM", "voting_negative.ALA", "voting_negative.4"}
    akmola, whole = found["voting_negative.AKM"], found["voting_negative"]
    assert (akmola.numerator, akmola.denominator, akmola.not_observed) == (10, 40, 3)
    assert akmola.definition.label["kk"].endswith(", Ақмола облысы")
    assert dict(akmola.definition.where) == {"region": "AKM"}
    parts = [each for each in found.values() if each.definition.part_of == "voting_negative"]
    for name in ("numerator", "denominator", "not_observed", "missing"):
        assert sum(getattr(each, name) or 0 for each in parts) == getattr(whole, name)


def test_a_text_goes_through_the_regions_and_says_no_per_cent_of_a_small_one():
    found = counted([*rated("AKM", 30, 10), *rated("ALA", 11, 1), *rated("SKO", 80, 20), *rated("Абай", 0, 0, 2)])
    d = draftable(EVENT, found.values(), "en", regions={code: names["en"] for code, names in REGIONS.items()})
    rows = d.regions("voting_negative")
    assert [row.name for row in rows] == ["Akmola region", "South Kazakhstan region", "Almaty city"]
    said = [Speaker("en").say(read(f"{row.figure} percent -"), found[row.figure]).text for row in rows]
    assert [each.replace("\u00a0", " ") for each in said] == ["25 per cent (10 of 40)", "20 per cent", "1 of 12"]


def test_a_region_that_the_mission_counts_itself_is_not_counted_twice():
    entry = {
        "id": "neg_south", "label": text("South"), "unit": "station", "measure": "answers", "base": "answered",
        "checklist": "voting", "question": "vo_overall", "counted": ["very_bad", "bad"], "where": {"region": "SKO"},
    }  # fmt: skip
    own = define(entry, "figures.toml")
    found = counted([*rated("AKM", 30, 10), *rated("SKO", 80, 20)], [own])
    assert set(found) == {"voting_negative", "neg_south", "voting_negative.AKM"}


def test_every_part_has_a_name_that_a_mark_can_say():
    for part in by_region(load_definitions().values(), REGIONS):
        assert isinstance(read(f"{part.name} percent station"), Mark)
    register = next(each for each in by_region(load_definitions().values(), REGIONS) if each.measure == "register")
    assert register.of == "register:polling_station:AKM"


def test_only_what_can_be_counted_by_region_may_be_regional():
    entry = {"id": "x", "label": text("X"), "unit": "case", "measure": "diary", "regional": True}
    with pytest.raises(FormsInvalid, match="regional: expected true only for answers"):
        define(entry, "figures.toml")
