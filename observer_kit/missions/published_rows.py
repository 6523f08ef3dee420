"""The rows of published.toml: what may stand in one, and what a statement's annex says of it.

    [[figure]]
    id = "eom11_complaints_day"
    numerator = "some 100"
    uncounted = "rough"       # why no figure of the kit stands for it; one of UNCOUNTED
    label = { en = "…", ru = "…", kk = "…" }    # what it is, where no figure of the kit says so

    [[again]]                 # how the source tells the same figure elsewhere
    figure = "eom11_not_posted"
    percent_as_printed = "over one of four"
    locator = "I para 13"

Nothing is computed from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from observer_kit.errors import MissionInvalid

UNCOUNTED: Final = ("words", "rough", "again", "typed", "days", "rule", "judgement", "elsewhere")
"""Why a row is not counted.

Told in words without a number; a rough number without what it was made of; a
counted figure told in another way; an official number that was only typed;
days; a rule of law; a judgement; printed in another text than the mission's.
"""
_TOLD: Final = ("numerator", "denominator", "percent_as_printed", "locator")
_TEXT: Final = ((str,), "a text")
_NUMBER: Final = ((int, float, str), "a number, or the words that are printed for it")
_PRINTED: Final[Mapping[str, tuple[tuple[type, ...], str]]] = {
    "id": _TEXT, "claim": _TEXT, "category": _TEXT, "kind": _TEXT, "locator": _TEXT, "unit": _TEXT, "base": _TEXT,
    "numerator": _NUMBER, "denominator": _NUMBER, "percent_as_printed": _NUMBER, "percent_computed": _NUMBER,
    "base_printed": ((bool,), "true or false"), "note": _TEXT, "source_line": _TEXT, "document": _TEXT,
    "uncounted": _TEXT, "label": ((dict,), "a text in each language"),
}  # fmt: skip


def with_tellings(rows: Iterable[Mapping[str, Any]], values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give each row with what the same text prints for it elsewhere, under `again`; `values` is the whole file.

    What is wrong with an `[[again]]` is said where relations are read; here it
    is passed over, for nothing is counted from it. What another document prints
    is not the source's.
    """
    own = next((each.get("id") for each in _tables(values, "document")), None)
    told: dict[str, list[dict[str, Any]]] = {}
    for each in _tables(values, "again"):
        if isinstance(each.get("figure"), str) and each.get("document", own) == own:
            kept = {key: each[key] for key in _TOLD if isinstance(each.get(key), int | float | str)}
            told.setdefault(each["figure"], []).append(kept)
    return [{**row, "again": told[row["id"]]} if row["id"] in told else dict(row) for row in rows]


def _tables(values: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = values.get(key)
    yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, Mapping))


def check_printed(entry: Mapping[str, Any]) -> None:
    """Refuse a printed figure with a key that is none, or a value of another kind."""
    place = f"published.toml, figure {entry['id']}"
    if unknown := sorted(set(entry) - set(_PRINTED)):
        raise MissionInvalid(f"key {unknown[0]!r} is not one of {', '.join(_PRINTED)}", place=place)
    for key, value in entry.items():
        kinds, expected = _PRINTED[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise MissionInvalid(f"{key}: expected {expected}, found {str(value)[:60]!r}", place=place)
    if not all(isinstance(text, str) for text in entry.get("label", {}).values()):
        raise MissionInvalid("label: expected a text in each language", place=place)
    if (why := entry.get("uncounted", UNCOUNTED[0])) not in UNCOUNTED:
        raise MissionInvalid(f"uncounted: expected one of {', '.join(UNCOUNTED)}, found {why[:60]!r}", place=place)
