"""Tables that a text may place: made by the program out of frozen rows, so that nobody can type in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Final

from observer_kit.checklists.model import Text
from observer_kit.statements.text.agreement import digits
from observer_kit.statements.text.places import place_in
from observer_kit.words import Words, words

SIZES: Final = ("1-5", "6-20", "over_20")
"""By how many ballots the two sides of a formula differ, as protocols.reconcile sorts them."""
DASH: Final = "–"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One reconciliation rule over the protocols reviewed; a part that no source prints is None."""

    rule: str
    label: Text
    reviewed: int | None
    fails: int
    unknown: int | None
    sizes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one station in both documents; where a source prints only the difference, both numbers are None."""

    label: Text
    protocol: int | None
    table: int | None
    difference: int | None


@dataclass(frozen=True, slots=True)
class RowLine:
    """One station's protocol beside its row of an aggregation table, with the patterns that the differences show.

    `table` names the commission whose table it is.
    """

    table: Text
    station: str
    region: Text
    patterns: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """How many stations of one region have a protocol that was reviewed."""

    region: Text
    stations: int | None
    protocols: int


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One official number as announced, by territory (empty for the whole), with its per cent as printed."""

    territory: Text
    label: Text
    value: int
    percent: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that a statement's tables are made of, frozen with its figures.

    `compared` rows of aggregation tables stood beside a protocol; `rows` are
    those that differ.
    """

    rules: tuple[RuleLine, ...] = ()
    rows: tuple[RowLine, ...] = ()
    coverage: tuple[CoverageLine, ...] = ()
    results: tuple[ResultLine, ...] = ()
    locator: str = ""
    compared: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give plain lists and texts, to be stored with a snapshot."""
        return asdict(self)


def read_tables(stored: Mapping[str, Any]) -> Tables:
    """Give what `as_dict` wrote."""
    return Tables(
        rules=tuple(RuleLine(**{**each, "sizes": tuple(each["sizes"])}) for each in stored.get("rules", ())),
        rows=tuple(
            RowLine(
                **{
                    **each,
                    "table": _of_all(each["table"]),
                    "patterns": tuple(each["patterns"]),
                    "cells": tuple(Cell(**c) for c in each["cells"]),
                }
            )
            for each in stored.get("rows", ())
        ),
        coverage=tuple(CoverageLine(**each) for each in stored.get("coverage", ())),
        results=tuple(ResultLine(**each) for each in stored.get("results", ())),
        locator=str(stored.get("locator", "")),
        compared=stored.get("compared"),
    )


def _of_all(name: Text | str) -> Text:
    """Read a name that was frozen before it could differ by language."""
    return {"en": name} if isinstance(name, str) else name


def tables_html(tables: Tables, language: str) -> dict[str, str]:
    """Write every table that has something to show, by name; the others are left out."""
    say = words(language)
    made = {name: make(tables, language, say) for name, make in _MAKERS.items()}
    return {name: html for name, html in made.items() if html}


def _html(caption: str, head: Sequence[tuple[str, bool]], bodies: Iterable[Iterable[str]], note: str = "") -> str:
    """Write a table; `head` says of each column whether it holds numbers, each body keeps its rows on one page."""
    columns = "".join(f'<th scope="col"{_numeric(number)}>{escape(text)}</th>' for text, number in head)
    groups = "".join(f"<tbody>{''.join(rows)}</tbody>" for rows in bodies)
    below = f'<p class="table-note">{escape(note)}</p>' if note else ""
    return (
        f'<table class="listing"><caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>{groups}</table>'
        f"{below}"
    )


def _numeric(number: bool) -> str:
    return ' class="n"' if number else ""


def _n(value: int | None, language: str) -> str:
    return f'<td class="n">{DASH if value is None else digits(value, language)}</td>'


def _signed(value: int | None, language: str) -> str:
    if value is None:
        return f'<td class="n">{DASH}</td>'
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return f'<td class="n">{sign}{digits(abs(value), language)}</td>'


def _of(text: Text, language: str) -> str:
    return text.get(language) or text.get("en") or ""


def _text(text: Text, language: str) -> str:
    return escape(_of(text, language) or DASH)


def _rules(tables: Tables, language: str, say: Words) -> str:
    if not tables.rules:
        return ""
    unknown = any(line.unknown is not None for line in tables.rules)
    head = [(say("protocols.rule"), False), (say("protocols.reviewed"), True), (say("protocols.fails"), True)]
    if unknown:
        head.append((say("protocols.unknown"), True))
    rows = (
        f'<tr><th scope="row">{_text(line.label, language)}</th>{_n(line.reviewed, language)}{_n(line.fails, language)}'
        f"{_n(line.unknown, language) if unknown else ''}</tr>"
        for line in tables.rules
    )
    return _html(say("protocols.rules_caption"), head, [rows], say("protocols.rules_note") if unknown else "")


def _sizes(tables: Tables, language: str, say: Words) -> str:
    lines = [line for line in tables.rules if any(line.sizes)]
    if not lines:
        return ""
    head = [(say("protocols.rule"), False)]
    head += [(say(f"protocols.size_{size.replace('-', '_')}"), True) for size in SIZES]
    rows = (
        f'<tr><th scope="row">{_text(line.label, language)}</th>'
        f"{''.join(_n(each, language) for each in line.sizes)}</tr>"
        for line in lines
    )
    return _html(say("protocols.sizes_caption"), head, [rows], say("protocols.sizes_note"))


def _rows(tables: Tables, language: str, say: Words) -> str:
    if not tables.rows:
        return ""
    head = [(say("protocols.field"), False), (say("protocols.protocol"), True), (say("protocols.table"), True)]
    head.append((say("protocols.difference"), True))
    return _html(
        say("protocols.rows_caption"), head, [_row(line, language, say) for line in tables.rows],
        say("protocols.rows_note"),
    )  # fmt: skip


def _row(line: RowLine, language: str, say: Words) -> list[str]:
    region = _of(line.region, language)
    place = say("protocols.place", station=line.station, table=_of(line.table, language), region=region)
    patterns = "; ".join(say(f"desk.pattern_{name}") for name in line.patterns)
    told = f"{escape(place)}<br><i>{escape(patterns)}</i>" if patterns else escape(place)
    rows = [f'<tr class="group"><th scope="rowgroup" colspan="4">{told}</th></tr>']
    for cell in line.cells:
        rows.append(
            f'<tr><th scope="row">{_text(cell.label, language)}</th>{_n(cell.protocol, language)}'
            f"{_n(cell.table, language)}{_signed(cell.difference, language)}</tr>"
        )
    return rows


def _coverage(tables: Tables, language: str, say: Words) -> str:
    if not tables.coverage:
        return ""
    head = [(say("protocols.region"), False), (say("protocols.stations"), True), (say("protocols.reviewed"), True)]
    rows = (
        f'<tr><th scope="row">{_text(line.region, language)}</th>{_n(line.stations, language)}'
        f"{_n(line.protocols, language)}</tr>"
        for line in tables.coverage
    )
    return _html(say("protocols.coverage_caption"), head, [rows])


def _results(tables: Tables, language: str, say: Words) -> str:
    whole = [line for line in tables.results if not line.territory]
    regional = [line for line in tables.results if line.territory]
    parts = []
    if whole:
        percent = any(line.percent for line in whole)
        head = [("", False), (say("protocols.announced"), True)] + (
            [(say("protocols.printed_percent"), True)] * percent
        )
        rows = (
            f'<tr><th scope="row">{_text(line.label, language)}</th>{_n(line.value, language)}'
            + (f'<td class="n">{escape(_decimal(line.percent, language)) or DASH}</td>' if percent else "")
            + "</tr>"
            for line in whole
        )
        parts.append(_html(say("protocols.results_caption"), head, [rows], _source(tables, say)))
    if regional:
        names = list(dict.fromkeys(_text(line.label, language) for line in regional))
        by_place: dict[str, dict[str, ResultLine]] = {}
        for line in regional:
            by_place.setdefault(_text(line.territory, language), {})[_text(line.label, language)] = line
        head_html = [(say("protocols.region"), False), *((name, True) for name in names)]
        rows = (
            f'<tr><th scope="row">{place}</th>'
            + "".join(_n(found[name].value if name in found else None, language) for name in names)
            + "</tr>"
            for place, found in by_place.items()
        )
        parts.append(_html(say("protocols.results_by_region"), head_html, [rows], _source(tables, say)))
    return "\n".join(parts)


def _source(tables: Tables, say: Words) -> str:
    return say("protocols.source", locator=place_in(tables.locator, say.language)) if tables.locator else ""


def _decimal(text: str, language: str) -> str:
    return text if language == "en" else text.replace(".", ",")


_MAKERS: Final[Mapping[str, Callable[[Tables, str, Words], str]]] = {
    "protocol_rules": _rules,
    "protocol_sizes": _sizes,
    "protocol_rows": _rows,
    "protocol_coverage": _coverage,
    "official_results": _results,
}
NAMES: Final = tuple(_MAKERS)
"""The tables that a text may place."""
