"""Where a rebuilt statement prints another number than its source: the source's own characters, for the annex."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from observer_kit.statements.model import Figure
from observer_kit.statistics.rounding import screen_percent
from observer_kit.words import words

_GROUPS: Final = re.compile(r"(?<=\d)[,\u00a0\u202f ](?=\d{3}\b)")
_NUMBER: Final = re.compile(r"(\d+)(?: [^\W\d]+)?")
"""A number, and what it counts: "78 commissions"."""


def differences(
    figures: Iterable[Figure], printed: Iterable[Mapping[str, Any]], language: str, *, shares: bool = True
) -> dict[str, str]:
    """Quote, by the figures' names, what the source prints where it is not what the annex prints.

    `printed` are the rows of published.toml (`numerator`, `denominator`,
    `percent_as_printed`), each with its figure's id. Without `shares` the annex
    has no per cents, and none is compared.
    """
    rows = {str(row.get("id")): row for row in printed}
    say = words(language)
    found = {}
    for figure in figures:
        row = rows.get(figure.definition.id)
        quoted = list(_otherwise(figure, row, shares)) if row and figure.numerator is not None else []
        if quoted:
            parts = [say(f"edition.source_{part}", printed=text) for part, text in quoted]
            found[figure.definition.name] = "; ".join(parts)
    return found


def _otherwise(figure: Figure, row: Mapping[str, Any], shares: bool) -> Iterator[tuple[str, str]]:
    """Give each part that is printed otherwise, with its characters: number, base, percent."""
    if figure.definition.shows == "number" and not _same(row.get("numerator"), figure.numerator):
        yield "number", str(row["numerator"])
    if row.get("base_printed") and figure.denominator and not _same(row.get("denominator"), figure.denominator):
        yield "base", str(row["denominator"])
    percent = row.get("percent_as_printed")
    if shares and percent is not None and figure.denominator:
        ours = screen_percent(figure.numerator, figure.denominator).removesuffix(" %")
        if str(percent).replace(",", ".") != ours:
            yield "percent" if any(map(str.isdigit, str(percent))) else "number", str(percent)


def _same(printed: object, counted: int | None) -> bool:
    """Tell whether what is printed is this number; what is not printed at all differs from nothing."""
    if printed is None:
        return True
    found = _NUMBER.fullmatch(_GROUPS.sub("", str(printed)))
    return found is not None and found[1] == str(counted)
