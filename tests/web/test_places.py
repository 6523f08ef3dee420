"""A large register on its way to a phone: apart from the manifest, in pieces, the same bytes until it changes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from observer_kit.app import create_app
from observer_kit.config import Config
from observer_kit.missions.model import Location, Team
from observer_kit.storage import Store, devices, open_store, register
from observer_kit.web.sync import manifest, places
from tests import databases, phones
from tests.phones import MISSION, Phone

STATIONS = [
    Location(f"S-{n:04}", "polling_station", f"Школа № {n}", region="A" if n < 3 else "B", number=str(n))
    for n in range(25)
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(manifest, "MOST_PLACES", 10)
    monkeypatch.setattr(places, "PIECE", 10)
    opened = open_store(Config(tmp_path, tmp_path / "exports", databases.sqlite(tmp_path)))
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return create_app(store.config, store).test_client()


@pytest.fixture
def phone(store: Store) -> Phone:
    asked = phones.lay_ground(store)
    replace(store, STATIONS)
    return phones.enrol(store, asked)


def replace(store: Store, stations: list[Location]) -> None:
    with store.atomic() as tx:
        register.replace(tx, MISSION, [Location("A", "region", "Акмола"), Location("B", "region", "West"), *stations])


def ask(client: FlaskClient, phone: Phone, after: int | None = None, **headers: str) -> TestResponse:
    query = "" if after is None else f"?after={after}"
    return client.get(
        f"/api/locations{query}", headers={"Authorization": f"Bearer {phone.token}", **headers}
    )  # fmt: skip


def lines(answer: TestResponse) -> tuple[dict[str, Any], list[list[Any]]]:
    head, *found = [orjson.loads(line) for line in answer.get_data().splitlines()]
    return head, found


def told(client: FlaskClient, phone: Phone) -> dict[str, Any]:
    return client.get("/api/mission", headers={"Authorization": f"Bearer {phone.token}"}).json  # type: ignore[no-any-return,return-value]


def test_a_small_mission_carries_its_places_in_the_manifest(
    store: Store, client: FlaskClient, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "MOST_PLACES", 100)
    body = told(client, phone)
    assert [place["code"] for place in body["locations"]] == ["S-0000", "S-0001", "S-0002"]
    assert body["register"] is None


def test_a_large_mission_names_its_register_and_carries_the_teams_own_places_if_they_are_few(
    client: FlaskClient, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = told(client, phone)
    assert [place["code"] for place in body["locations"]] == ["S-0000", "S-0001", "S-0002"]
    assert body["register"]["count"] == 25
    assert [region["name"] for region in body["regions"]] == ["Акмола", "West"]
    monkeypatch.setattr(manifest, "MOST_PLACES", 2)
    assert told(client, phone)["locations"] == []


def test_a_place_of_several_names_carries_them_all_in_the_manifest_and_in_the_pieces(
    store: Store, client: FlaskClient, phone: Phone
) -> None:
    names = {"en": "District commission", "ru": "Районная комиссия", "kk": "Аудандық комиссия"}
    place = Location("C", "commission", names["en"], region="A", name_ru=names["ru"], name_kk=names["kk"])
    team = {"en": "Team north", "ru": "Северная группа", "kk": "Солтүстік топ"}
    with store.atomic() as tx:
        register.replace(tx, MISSION, [Location("ALA", "region", "Almaty city"), place, *STATIONS])
        register.save_teams(tx, MISSION, [Team("T1", team["en"], "A", name_ru=team["ru"], name_kk=team["kk"])])
    body = told(client, phone)
    assert body["team"]["name"] == team
    assert body["locations"][-1]["name"] == names
    assert body["regions"][0]["name"]["ru"] == "город Алматы"
    assert lines(ask(client, phone))[1][0] == ["C", "commission", None, names, "A"]


def test_the_pieces_hold_every_place_once(client: FlaskClient, phone: Phone) -> None:
    after, found, heads = None, [], []
    while True:
        head, places_ = lines(ask(client, phone, after))
        found += places_
        heads.append(head)
        if head["next"] is None:
            break
        after = head["next"]
    assert [place[0] for place in found] == [station.code for station in STATIONS]
    assert found[3] == ["S-0003", "polling_station", "3", "Школа № 3", "B"]
    assert len(heads) == 3
    assert {(head["revision"], head["count"]) for head in heads} == {(told(client, phone)["register"]["revision"], 25)}


def test_a_register_of_whole_pieces_ends_with_an_empty_one(store: Store, client: FlaskClient, phone: Phone) -> None:
    replace(store, STATIONS[:10])
    head, found = lines(ask(client, phone))
    assert (len(found), head["next"] is None) == (10, False)
    head, found = lines(ask(client, phone, head["next"]))
    assert (found, head["next"]) == ([], None)


def test_an_unchanged_piece_costs_no_bytes_and_a_replaced_register_is_told(
    store: Store, client: FlaskClient, phone: Phone
) -> None:
    first = ask(client, phone)
    tag = first.headers["ETag"]
    again = ask(client, phone, **{"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    replace(store, STATIONS[:20])
    anew = ask(client, phone, **{"If-None-Match": tag})
    assert anew.status_code == 200
    assert lines(anew)[0]["revision"] != lines(first)[0]["revision"]


def test_a_piece_is_packed_for_whoever_takes_it_so(client: FlaskClient, phone: Phone) -> None:
    packed = ask(client, phone, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.get_data()) == ask(client, phone).get_data()


def test_only_a_phone_of_the_mission_is_told(store: Store, client: FlaskClient, phone: Phone) -> None:
    assert client.get("/api/locations").status_code == 401
    with store.atomic() as tx:
        devices.revoke(tx, phone.device.id, "office@example.org")
    assert ask(client, phone).status_code == 401


def test_a_position_that_is_none_begins_at_the_start(client: FlaskClient, phone: Phone) -> None:
    answer = client.get("/api/locations?after=x", headers={"Authorization": f"Bearer {phone.token}"})
    assert lines(answer)[1][0][0] == "S-0000"
