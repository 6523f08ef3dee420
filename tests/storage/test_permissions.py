"""The data folder is for its owner alone: what was observed, and every password's hash, lies in it."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from observer_kit.config import Config
from observer_kit.storage import Store, open_store
from tests import phones

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")


@pytest.fixture
def wide() -> object:
    """Let new files be readable by everyone, as most systems do."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def config_of(data: Path) -> Config:
    return Config(data, data / "exports", f"sqlite:///{data / 'kit.sqlite'}")


@pytest.mark.usefixtures("wide")
def test_a_folder_that_was_there_before_is_closed_to_others(config: Config) -> None:
    config.data.chmod(0o755)
    open_store(config).close()
    assert mode(config.data) == 0o700


@pytest.mark.usefixtures("wide")
def test_the_database_and_the_files_beside_it_are_its_owner_s_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    store = open_store(config_of(data))
    phones.lay_ground(store)
    beside = {path.name: mode(path) for path in data.glob("kit.sqlite*")}
    assert {"kit.sqlite", "kit.sqlite-wal", "kit.sqlite-shm", "kit.sqlite.lock"} <= set(beside)
    assert set(beside.values()) == {0o600}
    store.close()


@pytest.mark.usefixtures("wide")
def test_a_database_that_others_could_read_is_closed_to_them_when_it_is_opened(tmp_path: Path) -> None:
    open_store(config_of(tmp_path)).close()
    (tmp_path / "kit.sqlite").chmod(0o644)
    store: Store = open_store(config_of(tmp_path))
    phones.lay_ground(store)
    assert {mode(path) for path in tmp_path.glob("kit.sqlite*")} == {0o600}
    store.close()


@pytest.mark.usefixtures("wide")
def test_a_folder_that_everyone_shares_keeps_its_mode_and_the_database_in_it_is_closed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    open_store(config_of(shared)).close()
    assert mode(shared) == 0o1777
    assert mode(shared / "kit.sqlite") == 0o600
