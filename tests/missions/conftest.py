"""A small mission's folder to be spoilt."""

from datetime import date

import pytest

from observer_kit.missions.blank import write_blank


@pytest.fixture
def mission_folder(tmp_path):
    """Give a small mission's folder that is right."""
    write_blank(tmp_path / "mission", "small", "election", date(2026, 11, 22))
    return tmp_path / "mission"
