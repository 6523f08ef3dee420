"""Where a rebuilt statement prints another number than its source: the source's own characters, for the annex."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from observer_kit.statements.model import Figure
from observer_kit.statements.text.places import place_in
from observer_kit.statistics.rounding import screen_percent, stands_as
from observer_kit.words import words

_GROUPS: Final = re.compile(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}\b)")
_NUMBER: Final = re.compile(r"(\d+)(?: [^\W\d]+)?")
"""A number, and what it counts: "78 commissions"."""


class Quoted(NamedTuple):
    """A source's own characters: what differs from the annex; what stands beside a number and differs from nothing."""

    differs: str = ""
    beside: str = ""


def differences(
    figures: Iterable[Figure], printed: Iterable[Mapping[str, Any]], language: str, *, shares: bool = True
) -> dict[str, Quoted]:
    """Say, by the figures' names, what the source prints where it is not what the annex prints, or prints beside it.

    `printed` are the rows of published.toml (`numerator`, `denominator`,
    `percent_as_printed`), each with its figure's id; `again` holds what the
    source prints for it in other places. Without `shares` the annex has no per
    cents, and none is compared.
    """
    rows = {str(row.get("id")): row for row in printed}
    say = words(language)
    found = {}
    for figure in figures:
        row = rows.get(figure.definition.id)
        if not row or figure.numerator is None:
            continue
        # By what is said, where: the source may say the same in several places.
        differs: dict[str, list[str]] = {}
        beside: dict[str, list[str]] = {}
        for each in (row, *row.get("again", ())):
            printed_base = each is not row or bool(row.get("base_printed"))
            place = "" if each is row else place_in(str(each.get("locator", "")), language)
            for part, text in _otherwise(figure, each, printed_base, shares):
                told = say(f"edition.source_{part}", printed=text)
                (beside if part == "beside" else differs).setdefault(told, []).append(place)

        def whole(said: Mapping[str, list[str]]) -> list[str]:
            at = {told: "; ".join(filter(None, places)) for told, places in said.items()}
            return [say("edition.source_at", what=told, place=place) if place else told for told, place in at.items()]

        if differs or beside:
            lead = say("edition.differs", why="; ".join(whole(differs))) if differs else ""
            found[figure.definition.name] = Quoted(lead, ". ".join(whole(beside)))
    return found


def _otherwise(figure: Figure, row: Mapping[str, Any], printed_base: bool, shares: bool) -> Iterator[tuple[str, str]]:
    """Give each part that is printed otherwise, with its characters: number, base, what stands beside, percent."""
    if figure.definition.shows == "number" and not _same(row.get("numerator"), figure.numerator):
        yield "number", str(row["numerator"])
    if printed_base and not _same(row.get("denominator"), figure.denominator or None):
        yield "base" if figure.denominator else "beside", str(row["denominator"])
    percent = row.get("percent_as_printed")
    if shares and percent is not None and str(percent).replace(",", ".") != _share(figure):
        yield "percent" if str(percent)[-1:].isdigit() else "number", str(percent)


def _share(figure: Figure) -> str | None:
    """Give the per cent as the annex has it; none stands for a small base, unless the source prints nothing else."""
    only = figure.definition.shows == "percent"
    if not figure.denominator or (not only and stands_as(figure.denominator) == "counts"):
        return None
    return screen_percent(figure.numerator, figure.denominator).removesuffix(" %")


def _same(printed: object, counted: int | None) -> bool:
    """Tell whether what is printed is this number; what is not printed at all differs from nothing."""
    if printed is None:
        return True
    found = _NUMBER.fullmatch(_GROUPS.sub("", str(printed)))
    return found is not None and found[1] == str(counted)
