"""Where a source says a thing, in the statement's language: «XIV.A, абз. 3» for "XIV.A para 3"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from observer_kit.config import resources


@cache
def _words() -> Mapping[str, Sequence[tuple[re.Pattern[str], str]]]:
    path = resources("templates") / "statements" / "places.toml"
    found = tomllib.loads(path.read_text("utf-8"))
    return {language: [(re.compile(old), new) for old, new in pairs] for language, pairs in found.items()}


def place_in(place: str, language: str) -> str:
    """Say a place of a source in a language; English, in which the catalogue names places, stays as it is."""
    for pattern, words in _words().get(language, ()):
        place = pattern.sub(words, place)
    return place.strip()
