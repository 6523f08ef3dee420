"""What the source of a rebuilt mission tells and no figure counts, with the reason: for the annex."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from observer_kit.statements.edition.figure_rows import NOTHING
from observer_kit.statements.edition.model import Edition
from observer_kit.statements.text.agreement import digits
from observer_kit.statements.text.places import place_in

Say = Callable[..., str]


def uncounted_rows(edition: Edition, say: Say) -> list[list[str]]:
    """Give a row for each: what it is, how it is printed, where, and why it is not counted."""
    if not edition.reconstruction:
        return []
    labels = {each.definition.id: each.definition.label for each in edition.figures.values()}
    rows = []
    for row in edition.printed:
        if row.get("uncounted"):
            label = row.get("label") or labels.get(row["id"], {})
            rows.append([
                label.get(edition.language) or str(row.get("claim", row["id"])),
                "; ".join(_printed(row, edition.language, say)) or NOTHING,
                place_in(str(row.get("locator", "")), edition.language),
                say(f"uncounted_{row['uncounted']}"),
            ])  # fmt: skip
    return rows


def _printed(row: Mapping[str, Any], language: str, say: Say) -> Iterator[str]:
    """Give each number as it stands there: digits in the language, words in the source's own."""
    number, base, percent = (row.get(key) for key in ("numerator", "denominator", "percent_as_printed"))
    if number is not None:
        with_base = row.get("base_printed") and base is not None
        yield " / ".join(_said(each, language, say) for each in ((number, base) if with_base else (number,)))
    if percent is not None:
        told = _said(percent, language, say)
        yield say("in_percent", what=told) if str(percent)[-1:].isdigit() else told
    for each in row.get("again", ()):
        said = "; ".join(_printed({"base_printed": True, **each}, language, say))
        yield say("source_at", what=said, place=place_in(str(each.get("locator", "")), language))


def _said(value: object, language: str, say: Say) -> str:
    whole = isinstance(value, int) or (isinstance(value, str) and value.isdigit())
    return digits(int(str(value)), language) if whole else say("quoted", text=value)
