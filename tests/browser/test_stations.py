"""Stations of a large mission: loaded apart, gone on with after a cut, found with no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from observer_kit.missions.model import Location
from observer_kit.storage import register
from observer_kit.web.sync import manifest, places
from tests.browser.conftest import Field, Phone
from tests.browser.field import MISSION

pytestmark = pytest.mark.browser

REGIONS = [
    Location("KAR", "region", "Karaganda region"),
    Location("ALM", "region", "Almaty"),
    Location("AKT", "region", "Aktobe"),
]
NAMES = ("Школа-гимназия", "Мәдениет үйі", "Ёлочка, детский сад", "Қазақстан мектебі")


def stations(most: int = 120) -> list[Location]:
    """Give stations whose numbers and names are the same in each region."""
    return [
        Location(
            f"{region.code}-{number:04}", "polling_station", f"{NAMES[number % 4]} № {number}",
            region=region.code, number=str(number), zone="Asia/Almaty",
        )
        for region in REGIONS
        for number in range(1, most + 1)
    ]  # fmt: skip


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    monkeypatch.setattr(manifest, "MOST_PLACES", 50)
    monkeypatch.setattr(places, "PIECE", 100)
    opened = Field(tmp_path / "data")
    lay(opened, stations())
    opened.start()
    yield opened
    opened.stop()
    opened.store.close()


def lay(field: Field, found: list[Location]) -> None:
    with field.store.atomic() as tx:
        register.replace(tx, MISSION, [*REGIONS, *found])


def ready(phone: Phone) -> None:
    phone.day()
    expect(phone.page.locator("#offline")).to_contain_text("All checklists are in the phone")


def found(phone: Phone, query: str) -> list[str]:
    phone.page.fill("#station-query", query)
    phone.page.wait_for_timeout(300)
    return phone.page.locator("#station-found button").all_inner_texts()


@pytest.fixture
def phone(large: Field, phones: Callable[..., Phone]) -> Phone:
    enrolled = phones(large).enrol()
    ready(enrolled)
    return enrolled


def test_every_station_is_in_the_phone_when_it_says_that_it_is_ready(phone: Phone) -> None:
    assert len(phone.records("stations")) == 360


def test_a_station_is_found_by_number_with_no_network_and_the_teams_own_region_first(phone: Phone) -> None:
    phone.context.set_offline(True)
    phone.begin()
    texts = found(phone, "14")
    assert texts[0].split("\n") == ["Station 14", "Ёлочка, детский сад № 14 · Karaganda region"]
    assert [text for text in texts if text.startswith("Station 14\n")][1:] == [
        "Station 14\nЁлочка, детский сад № 14 · Aktobe",
        "Station 14\nЁлочка, детский сад № 14 · Almaty",
    ]


def test_a_station_is_found_by_the_words_of_its_name_whatever_the_keyboard(phone: Phone) -> None:
    phone.begin()
    for query in ("елочка 14", "ЁЛОЧКА 14", "сад 14", "14 дет"):
        assert found(phone, query)[0].startswith("Station 14\n"), query
    assert found(phone, "казак мект 7")[0].startswith("Station 7\n")
    assert found(phone, "Мадениет 5")[0].startswith("Station 5\n")
    assert found(phone, "гимнастика") == []


def test_a_region_that_is_named_is_looked_through(phone: Phone) -> None:
    phone.begin()
    assert found(phone, "almaty 77")[0] == "Station 77\nМәдениет үйі № 77 · Almaty"


def test_a_chosen_station_keeps_its_name_on_every_page(phone: Phone) -> None:
    phone.begin()
    phone.page.fill("#station-query", "almaty 77")
    phone.page.locator("#station-found button").first.click()
    expect(phone.page.locator("#station-region")).to_contain_text("Almaty")
    phone.saved()
    phone.page.wait_for_timeout(200)
    assert phone.records("drafts")[0]["location"] == "ALM-0077"
    phone.page.reload()
    expect(phone.page.locator("#station-name")).to_have_text("Station 77")
    phone.day()
    expect(phone.page.locator("#today")).to_contain_text("Station 77")


def test_an_unlisted_station_can_be_named(phone: Phone) -> None:
    phone.begin()
    assert found(phone, "Школа у моста") == []
    phone.page.click("#station-unlisted")
    expect(phone.page.locator("#station-name")).to_have_text("Школа у моста")


def test_a_load_that_was_cut_goes_on_where_it_stopped(large: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(large)
    asked: list[str] = []

    def cut(route: Route) -> None:
        asked.append(route.request.url.rpartition("=")[2])
        if len(asked) == 3:
            route.abort()
        else:
            route.continue_()

    phone.context.route("**/api/locations*", cut)
    phone.enrol()
    expect(phone.page.locator("#offline")).to_contain_text("not whole yet: 200 of 360")
    phone.begin()
    assert found(phone, "14")[0].startswith("Station 14\n")
    ready(phone)
    assert len(phone.records("stations")) == 360
    assert asked[:2] == [asked[0], asked[1]]
    assert len(set(asked[:2])) == 2
    assert asked[2] == asked[3]


def test_a_replaced_register_takes_the_place_of_the_old_one(large: Field, phone: Phone) -> None:
    lay(large, stations(60))
    ready(phone)
    assert len(phone.records("stations")) == 180
    phone.begin()
    assert found(phone, "118") == []


def test_a_phone_whose_register_is_not_whole_is_not_ready(large: Field, phones: Callable[..., Phone]) -> None:
    phone = phones(large)
    phone.context.route("**/api/locations?after=1*", lambda route: route.abort())
    phone.enrol()
    phone.page.goto(phone.address("ready"))
    expect(phone.page.locator("#again")).to_be_enabled(timeout=60_000)
    expect(phone.page.locator("#check-offline")).to_contain_text("not whole yet: 100 of 360")
    phone.context.unroute("**/api/locations?after=1*")
    phone.page.click("#again")
    expect(phone.page.locator("#check-offline")).to_contain_text("open without a network", timeout=60_000)
