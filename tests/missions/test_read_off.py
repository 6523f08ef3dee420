"""Nothing read off a printed text is missing from its mission's published.toml, and nothing there is altered."""

import csv
from functools import cache
from pathlib import Path

import pytest

from observer_kit.missions.mission_file import read_toml
from observer_kit.missions.relations import read_published
from tests.missions.samples import opened

HERE = Path(__file__).parent
PRINTED = ("numerator", "denominator", "percent_as_printed", "base_printed", "locator", "kind")
MISSIONS = ("eom-2011", "ram-2022", "sco-2024", "ots-2024", "cis-2024", "cica-2024")
ADDED = {"khb24_intl_observers"}
"""Read off with the figures of another mission: Khabar para 4 repeats what the SCO and the OTS print."""


@cache
def read_off(mission):
    with (HERE / "read_off.csv").open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file) if row["mission"] == mission}


def written(row):
    """Write a row of published.toml as it was read off."""
    found = {key: row.get(key, "") for key in PRINTED}
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in found.items()}


@pytest.mark.parametrize("mission", MISSIONS)
def test_every_figure_read_off_stands_in_the_file_as_it_was_printed(mission):
    figures = {key: row for key, row in read_off(mission).items() if not key.startswith("result/")}
    rows = {row["id"]: row for row in opened(mission).published()}
    assert set(rows) - ADDED == set(figures)
    for key, row in figures.items():
        assert written(rows[key]) == {name: row[name] for name in PRINTED}, key


@pytest.mark.parametrize(("mission", "cells"), [("eom-2011", 73), ("ram-2022", 7)])
def test_every_cell_of_the_results_read_off_stands_in_the_file(mission, cells):
    results = {key: row for key, row in read_off(mission).items() if key.startswith("result/")}
    assert len(results) == cells
    figures = read_published(opened(mission).path).figures
    assert {key for key in figures if key.startswith("result/")} == set(results)
    for key, row in results.items():
        found = figures[key]
        number = [each.text for each in found.written] or [str(int(each.nominal)) for each in found.numbers]
        assert number == ([row["numerator"]] if row["numerator"] else []), key
        percents = [float(each.text.rstrip("%").replace(",", ".")) for each in found.percents]
        told = row["percent_as_printed"].rstrip("%").replace(",", ".")
        assert percents == ([float(told)] if told else []), key


def test_what_the_texts_contradict_and_what_looks_like_it_is_all_told_in_the_file():
    beside, found = read_toml(opened("eom-2011").path / "published.toml"), read_toml(HERE / "read_off.toml")
    assert beside["conflict"] == found["conflict"]
    assert beside["remark"] == found["remark"]
