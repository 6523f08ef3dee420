"""What a section's conditions may ask: one frozen object, `d`, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from observer_kit.missions.model import DiaryEntry, Mission
from observer_kit.statements import wording
from observer_kit.statements.model import Figure
from observer_kit.statements.text.agreement import Grammar
from observer_kit.statements.text.model import StyleInvalid
from observer_kit.statements.text.safety import as_markdown
from observer_kit.words import collated

_LONGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region in a loop: its code, its name, and the figure that counts there."""

    code: str
    name: str
    figure: str


@dataclass(frozen=True, slots=True)
class DiaryRow:
    """One entry of the diary in a loop."""

    title: str
    detail: str
    count: int
    day: str


@dataclass(frozen=True, slots=True)
class Draftable:
    """What a style's conditions see of a mission and its figures.

    Names and facts come escaped: they stand in Markdown as they are.
    """

    language: str
    event: str
    mission_name: str
    event_name: str
    country: str
    day: str
    reconstruction: bool
    sample: str
    facts: Mapping[str, str]
    charts: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    _figures: Mapping[str, Figure] = field(default_factory=dict)
    _items: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _diary: Sequence[DiaryEntry] = ()
    _regions: Mapping[str, str] = field(default_factory=dict)

    def _figure(self, name: str) -> Figure | None:
        return self._figures.get(name)

    def without_bare_shares(self) -> Draftable:
        """Give the same without the figures whose source prints a per cent alone."""
        kept = {name: each for name, each in self._figures.items() if each.definition.shows != "percent"}
        return replace(self, _figures=kept)

    def has(self, *names: str) -> bool:
        """Tell whether any of these figures was counted; reports that never came are nothing to speak of."""
        return any(wording.speaks(figure) for figure in map(self._figure, names) if figure is not None)

    def seen(self, *names: str) -> bool:
        """Tell whether any of these was seen at least once."""
        return any(bool(figure.numerator) for figure in map(self._figure, names) if figure is not None)

    def none(self, *names: str) -> bool:
        """Tell whether each was counted, is 0, and lacks nothing: only then may "none" be written."""
        found = [self._figure(name) for name in names]
        return bool(found) and all(f is not None and f.numerator == 0 and wording.is_complete(f) for f in found)

    def every(self, *names: str) -> bool:
        """Tell whether each is all of its base and lacks nothing: only then may "all" be written."""
        found = [self._figure(name) for name in names]
        return bool(found) and all(
            f is not None and bool(f.denominator) and f.numerator == f.denominator and wording.is_complete(f)
            for f in found
        )

    def certainty(self, name: str) -> str:
        """Say how a figure is known: seen, indication, reported; "" for one that is not there."""
        figure = self._figure(name)
        return figure.definition.certainty if figure is not None else ""

    def fact(self, name: str) -> str:
        """Give a typed fact's text, "" where there is none; in a text rather write [[fact name]]."""
        return self.facts.get(name, "")

    def items(self, name: str) -> tuple[str, ...]:
        """Give a fact that is a list one by one, as a mission's members; "candidates" are those of the ballot."""
        return self._items.get(name, ())

    def diary(self, kind: str = "") -> tuple[DiaryRow, ...]:
        """Give the diary's entries of this kind, by day."""
        rows = sorted((each for each in self._diary if not kind or each.kind == kind), key=lambda each: each.day)
        grammar = Grammar(self.language, self.event)
        return tuple(DiaryRow(as_markdown(e.title), as_markdown(e.detail), e.count, grammar.day(e.day)) for e in rows)

    def regions(self, name: str) -> tuple[RegionRow, ...]:
        """Give the figures that count the same as this one region by region, largest share first.

        A region whose reports all lack an answer has nothing to be said of it.
        """
        whole = self._figure(name)
        question = whole.definition.question if whole is not None else name
        counted = whole.definition.counted if whole is not None else ()
        rows = []
        for figure in self._figures.values():
            region = figure.definition.where.get("region")
            same = figure.definition.question == question and (not counted or figure.definition.counted == counted)
            said = figure.numerator is not None and bool(figure.denominator) and figure.definition.name != name
            if region and same and said:
                told = self._regions.get(str(region), str(region))
                rows.append((figure, RegionRow(str(region), as_markdown(told), figure.definition.name)))
        rows.sort(key=lambda pair: (-(pair[0].percent or 0), collated(pair[1].name, self.language)))
        return tuple(row for _, row in rows)

    def ranked(self, name: str, most: int = 5) -> tuple[str, ...]:
        """Name the figures that give the reasons behind this one, largest number first: those named `<name>_…`
        or filtered by it (`of = "reports:…"`), that were seen at least once."""
        found = [
            figure
            for key, figure in self._figures.items()
            if key.startswith(f"{name}_") and figure.numerator and not figure.definition.where.get("region")
        ]
        found.sort(key=lambda figure: (-(figure.numerator or 0), figure.definition.name))
        return tuple(figure.definition.name for figure in found[: max(0, min(most, 50))])

    def chart(self, name: str) -> str:
        """Place a chart, in a paragraph of its own; nothing where the style has no such chart."""
        return f"\n\n[[chart {name}]]\n\n" if name in self.charts else ""

    def table(self, name: str) -> str:
        """Place a table of the program, in a paragraph of its own; nothing where it would be empty."""
        return f"\n\n[[table {name}]]\n\n" if name in self.tables else ""

    def joined(self, parts: Iterable[str]) -> str:
        """Join what there is to say as the language does: "a, b and c"; empty parts are left out."""
        said = [part for part in parts if isinstance(part, str) and part]
        if sum(map(len, said)) > _LONGEST:
            raise StyleInvalid("a list longer than any sentence")
        return Grammar(self.language, self.event).joined(said)


ASKED: Final[Mapping[type, frozenset[str]]] = {
    Draftable: frozenset(
        {
            "language", "event", "mission_name", "event_name", "country", "day", "reconstruction", "sample", "facts",
            "has", "seen", "none", "every", "certainty", "fact", "items", "diary", "regions", "ranked", "chart",
            "table", "joined",
        }
    ),
    RegionRow: frozenset({"code", "name", "figure"}),
    DiaryRow: frozenset({"title", "detail", "count", "day"}),
}  # fmt: skip
"""Which attributes a section's conditions may ask of which objects."""


def fact_text(value: Any, language: str, grammar: Grammar) -> str:
    """Write a fact's value in the language: a text, a list of texts, a date, a number."""
    if isinstance(value, Mapping):
        value = value.get(language) or value.get("en") or ""
    if isinstance(value, list | tuple):
        return grammar.joined(fact_text(each, language, grammar) for each in value)
    if isinstance(value, date):
        return grammar.day(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return grammar.number(value)
    return str(value) if isinstance(value, str | float) else ""


def fact_items(value: Any, language: str, grammar: Grammar) -> tuple[str, ...]:
    """Write a fact that is a list one by one, in the language."""
    if isinstance(value, Mapping):
        value = value.get(language) or value.get("en") or ""
    each = value if isinstance(value, list | tuple) else [value]
    return tuple(said for one in each if (said := fact_text(one, language, grammar)))


def draftable(
    mission: Mission,
    figures: Iterable[Figure],
    language: str,
    *,
    diary: Sequence[DiaryEntry] = (),
    regions: Mapping[str, str] | None = None,
    charts: Iterable[str] = (),
    tables: Iterable[str] = (),
) -> Draftable:
    """Make what a style's conditions see; `regions` names each region by its code."""
    grammar = Grammar(language, mission.event)
    return Draftable(
        language=language,
        event=mission.event,
        mission_name=as_markdown(mission.name.get(language) or mission.code),
        event_name=as_markdown(mission.event_name.get(language) or mission.code),
        country=as_markdown(mission.country.get(language) or ""),
        day=grammar.day(mission.day),
        reconstruction=bool(mission.reconstruction),
        sample=mission.sample,
        facts={
            name: as_markdown(fact_text(fact.get("value"), language, grammar)) for name, fact in mission.facts.items()
        },
        charts=frozenset(charts),
        tables=frozenset(tables),
        _figures=wording.printable(figures, reconstruction=bool(mission.reconstruction)),
        _items={
            "candidates": tuple(as_markdown(each.name.get(language) or each.code) for each in mission.candidates),
        }
        | {
            name: tuple(map(as_markdown, fact_items(fact.get("value"), language, grammar)))
            for name, fact in mission.facts.items()
        },
        _diary=tuple(diary),
        _regions=dict(regions or {}),
    )
