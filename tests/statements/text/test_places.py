"""Where a source says a thing: no English word is left in the places that a Russian or Kazakh page prints."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from observer_kit.config import resources
from observer_kit.statements.text.places import place_in

# Names that are the same in every language: an address, and what a file of the source calls a thing.
NAMES = {"constitution.my", "pass_registrants_trigger", "sampler, data/albania.rda"}


def _places(read: Any) -> Iterator[str]:
    if isinstance(read, dict):
        if isinstance(ref := read.get("ref"), str) and isinstance(place := read.get("place"), str):
            yield f"{ref} {place}"
        if isinstance(locator := read.get("locator"), str):
            yield locator
    for each in read.values() if isinstance(read, dict) else read if isinstance(read, list) else ():
        yield from _places(each)


@cache
def _catalogue() -> set[str]:
    paths = resources("forms").rglob("*.toml")
    return {place for path in paths for place in _places(tomllib.loads(path.read_text("utf-8")))}


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_no_english_word_is_left_in_the_place_of_a_source(language: str) -> None:
    found = _catalogue()
    said = {place: place_in(place, language) for place in found}
    for name in NAMES:
        said = {place: words.replace(name, "") for place, words in said.items()}
    assert len(found) > 300
    assert not {place: words for place, words in said.items() if re.search(r"[a-z]{2}|, *[,;]", words)}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("XIV.A paras 3 and 5-7; XIV.B para 1 (reasons)", "XIV.A, 3, 5–7-абзацтар; XIV.B, 1-абзац"),
        ("EOM XIV.B para 3, fn 117, and para 6", "EOM XIV.B, 3-абзац, 117-сілтеме және 6-абзац"),
        ("L20 para 2(8)", "L20, 2-тармақтың 8) тармақшасы"),
        ("HB5 p. 55", "HB5, 55-бет"),
    ],
)
def test_kazakh_puts_the_number_before_the_part(place: str, said: str) -> None:
    assert place_in(place, "kk") == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("XIV.A paras 3 and 5-7; XIV.B para 1 (reasons)", "XIV.A, абз. 3 и 5–7; XIV.B, абз. 1"),
        ("L40 para 4(1)", "L40, подп. 1) п. 4"),
        ("TEN26 personal voting", "TEN26, личное голосование"),
        ("AST26 632 special stations", "AST26, 632 участка в местах временного пребывания"),
        ("CEC05 para on Art. 43(8)", "CEC05, абзац о пункте 8 статьи 43"),
    ],
)
def test_russian_names_the_law_by_its_clauses(place: str, said: str) -> None:
    assert place_in(place, "ru") == said
