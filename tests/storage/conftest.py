"""A store on each of the two databases, and a mission with a phone in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from observer_kit.checklists.model import Checklist
from observer_kit.config import Config
from observer_kit.storage import Store, open_store
from observer_kit.storage.intake import Intake
from tests import databases, phones, postgres


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    url = databases.sqlite(tmp_path) if request.param == "sqlite" else postgres.fresh_url()
    return Config(data=tmp_path, exports=tmp_path / "exports", database_url=url)


@pytest.fixture
def store(config: Config) -> Iterator[Store]:
    opened = open_store(config)
    yield opened
    opened.close()


@pytest.fixture
def asked(store: Store) -> Checklist:
    return phones.lay_ground(store)


@pytest.fixture
def phone(store: Store, asked: Checklist) -> phones.Phone:
    return phones.enrol(store, asked)


@pytest.fixture
def intake(store: Store) -> Intake:
    return Intake(store, store.config)
