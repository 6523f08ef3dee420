"""Frozen rows → the tables that a text may place, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Final

from observer_kit.checklists.model import Text
from observer_kit.statements.text.agreement import digits
from observer_kit.statements.text.places import place_in
from observer_kit.statements.text.tables import SIZES, ResultLine, RowLine, Tables
from observer_kit.words import Words, words

DASH: Final = "–"


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
        head = [(say("protocols.field"), False), (say("protocols.announced"), True)] + (
            [(say("protocols.printed_percent"), True)] * percent
        )
        rows = (
            f'<tr><th scope="row">{_text(line.label, language)}</th>{_n(line.value, language)}'
            + (f'<td class="n">{escape(_decimal(line.percent, language)) or DASH}</td>' if percent else "")
            + "</tr>"
            for line in whole
        )
        parts.append(_html(say("protocols.results_caption"), head, [rows], _source(tables, say, whole)))
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
        parts.append(_html(say("protocols.results_by_region"), head_html, [rows], _source(tables, say, regional)))
        if any(line.percent for line in regional):
            shares = (
                f'<tr><th scope="row">{place}</th>'
                + "".join(_share(found.get(name), language) for name in names)
                + "</tr>"
                for place, found in by_place.items()
            )
            parts.append(_html(say("protocols.results_shares"), head_html, [shares], _source(tables, say)))
    return "\n".join(parts)


def _share(line: ResultLine | None, language: str) -> str:
    return f'<td class="n">{escape(_decimal(line.percent, language)) if line and line.percent else DASH}</td>'


def _source(tables: Tables, say: Words, lines: Iterable[ResultLine] = ()) -> str:
    """Name the source, and quote it where its characters write another number than the table."""
    told = [say("protocols.source", locator=place_in(tables.locator, say.language))] if tables.locator else []
    for line in lines:
        if line.printed:
            what = ", ".join(filter(None, (_of(line.territory, say.language), _of(line.label, say.language))))
            place = place_in(line.locator, say.language)
            told.append(say("protocols.result_printed", what=what, printed=line.printed, place=place))
    return " ".join(told)


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
