"""What a published text says of its own numbers: published.toml's relations beside its figures.

    [[document]]              # the texts it is taken from; the first is meant where a figure names none
    id = "statement"
    title = "Mission statement, 7 October 2024"

    [bases]                   # the words of a figure's `base`, and the figure that is that base
    "counts observed" = "eom11_counts_observed"

    [[again]]                 # a figure that the text prints again, elsewhere or in other words
    figure = "eom11_not_posted"
    percent_as_printed = "over one of four"
    locator = "I para 13"

    [[relation]]
    name = "registered voters at the close"
    same = ["eom11_voters_close", "result/national/registered"]     # one quantity, printed twice
    # or  whole = "eom11_counts_observed"  parts = ["…", "…"]       add up; with rest = "…" they need not fill it
    # or  at_most = ["the smaller", "the larger"]
    # or  share = ["result/*/kasymov"]  of = "result/national/valid"  printed per cents recompute
    # or  apart = ["…", "…"]  because = "…"                           look alike, and are two things

A member is a figure's id, `result/ROW/FIELD` or, for a table of labels,
`result/LABEL`, `*` for every row but the whole's; `/number`, `/base` or
`/percent` behind it picks one of its numbers; `MISSION:` before it takes it
from the folder beside this one. A whole or a part may be a plain number that
stands at the relation's own `locator`; among per cents it is one too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from observer_kit.missions.phrases import NUMBER, SHARE, exactly, read_phrases
from observer_kit.missions.printed import (
    KINDS,
    Member,
    PrintedFigure,
    PublishedMissing,
    PublishedText,
    Relation,
    RelationInvalid,
    without_pick,
)
from observer_kit.missions.printed_file import FILE, RESULT, PrintedFile

_AGAIN: Final = ("figure", "numerator", "denominator", "percent_as_printed", "locator", "document", "unit", "note")
_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "same": ("across_units",),
    "whole": ("parts", "rest", "locator", "across_units"),
    "at_most": ("across_units",),
    "share": ("of",),
    "apart": ("because",),
}
"""What may stand beside a relation's kind."""


def read_published(folder: Path) -> PublishedText:
    """Read a mission's published.toml whole; raises PublishedMissing, MissionInvalid and RelationInvalid."""
    if not (folder / FILE).is_file():
        raise PublishedMissing("this mission has no figures as printed", place=f"{folder.name}/{FILE}")
    return _Reader(folder).read()


class _Reader(PrintedFile):
    """One file being read, with those beside it that its relations lead to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.beside: dict[str, Mapping[str, PrintedFigure]] = {}

    def read(self) -> PublishedText:
        """Read what the file says of its figures."""
        named = self.values.get("bases", {})
        if not isinstance(named, Mapping) or not all(isinstance(each, str) for each in named.values()):
            raise RelationInvalid("bases: expected figures by the words of a base", place=self.place)
        by_words = {words: self._one(each, f"{self.place}, bases").figure for words, each in named.items()}
        if unknown := sorted(set(by_words) - {figure.base for figure in self.figures.values()}):
            raise RelationInvalid(f"bases: expected the base of a figure; found {unknown[0]!r}", place=self.place)
        bases = {each.id: by_words[each.base] for each in self.figures.values() if each.base in by_words}
        return PublishedText(self.folder.name, self.figures, (*self._again(), *self._relations()), bases)

    def _again(self) -> Iterator[Relation]:
        """Hold each further place against the figure that it repeats."""
        for entry in self.entries("again"):
            first = self._one(entry.word("figure"), entry.place).figure
            if unknown := sorted(set(entry.table) - set(_AGAIN)):
                raise RelationInvalid(f"unknown key {unknown[0]!r}", place=entry.place)
            own = {"unit": first.unit, "claim": first.claim, "base_printed": True, **entry.table, "id": first.id}
            again = self.figure(own, entry.place)
            if not ({"locator", "document"} & set(entry.table) and (again.numbers or again.percents)):
                expected = "a locator or document, and numerator or percent_as_printed"
                raise RelationInvalid(f"expected {expected}", place=entry.place)
            pick = "percent" if not again.numbers else None
            against, member = Member(first, pick), Member(again, pick)
            self._comparable((against, member), entry.place)
            self._of_one_unit((against, member), entry.place)
            yield Relation(f"{first.id} again, {again.locator or again.document}", "same", against, (member,))

    def _relations(self) -> Iterator[Relation]:
        seen: set[str] = set()
        for entry in self.entries("relation"):
            name = entry.word("name")
            if name in seen:
                raise entry.refuse("name", "a name that stands only once")
            seen.add(name)
            yield self._relation(entry.table, name, f"{self.place}, relation {name!r}")

    def _relation(self, table: Mapping[str, Any], name: str, place: str) -> Relation:
        kinds = [kind for kind in KINDS if kind in table]
        if len(kinds) != 1:
            raise RelationInvalid(f"expected one of {', '.join(KINDS)}", place=place)
        kind = kinds[0]
        if unknown := sorted(set(table) - {"name", kind, *_BESIDE[kind]}):
            raise RelationInvalid(f"key {unknown[0]!r} does not go with {kind}", place=place)
        locator, rest, because = (_text(table, key, place) for key in ("locator", "rest", "because"))
        if kind == "apart" and not because:
            raise RelationInvalid("because: expected why they are two things; it is missing", place=place)
        if kind == "whole":
            against = self._member(table["whole"], "whole", place, locator)
            parts = self._members(table.get("parts"), "parts", place, locator, without=against.figure)
            against, *members = _as_shares(against, list(parts))
        elif kind == "share":
            against = self._member(table.get("of"), "of", place)
            members = list(self._members(table["share"], "share", place))
        else:
            against, *members = [*self._members(table[kind], kind, place)] or [self._member(None, kind, place)]
        if not members or (kind == "at_most" and len(members) != 1):
            raise RelationInvalid(f"{kind}: expected {'two' if kind == 'at_most' else 'more'} numbers", place=place)
        if kind == "share":
            self._shares(against, members, place)
        elif kind != "apart":
            self._comparable((against, *members), place)
            if not _flag(table, "across_units", place):
                self._of_one_unit((against, *members), place)
        return Relation(name, kind, against, tuple(members), rest or because)

    @staticmethod
    def _comparable(members: Iterable[Member], place: str) -> None:
        """Refuse to hold numbers against shares, or a figure that prints no number."""
        kinds = set()
        for member in members:
            if not member.phrases:
                raise RelationInvalid(f"{member.figure.id} prints no such number", place=place)
            kinds |= {phrase.kind for phrase in member.phrases}
        if kinds == {NUMBER, SHARE}:
            raise RelationInvalid("expected numbers only, or shares only (/number, /percent)", place=place)

    @staticmethod
    def _shares(base: Member, members: Iterable[Member], place: str) -> None:
        """Refuse a base that is no number, and a cell without number or per cent."""
        if not base.phrases or base.phrases[0].kind != NUMBER:
            raise RelationInvalid(f"of: {base.figure.id} prints no number", place=place)
        for member in members:
            if not (member.figure.numbers and member.figure.percents):
                raise RelationInvalid(f"share: {member.figure.id} prints no number with a per cent", place=place)

    @staticmethod
    def _of_one_unit(members: Iterable[Member], place: str) -> None:
        units = {member.figure.unit for member in members if member.pick is None or member.pick == "number"}
        if len(units - {"none"}) > 1:
            said = f"numbers of {' and '.join(sorted(units - {'none'}))}: say across_units = true if that is meant"
            raise RelationInvalid(said, place=place)

    def _members(
        self, listed: object, key: str, place: str, locator: str = "", without: PrintedFigure | None = None
    ) -> Iterator[Member]:
        if not isinstance(listed, list):
            raise RelationInvalid(f"{key}: expected a list of printed figures; found {listed!r}", place=place)
        for each in listed:
            if isinstance(each, str) and each.startswith(f"{RESULT}*"):
                yield from self._rows(each, key, place, without)
            else:
                yield self._member(each, key, place, locator)

    def _rows(self, address: str, key: str, place: str, without: PrintedFigure | None) -> Iterator[Member]:
        """Give this field of every row of the results, but for the whole's own."""
        wanted, pick = (address, None) if address in self.figures else without_pick(address)
        field = wanted.removeprefix(f"{RESULT}*")
        met = [
            figure
            for id, figure in self.figures.items()
            if id.startswith(RESULT) and id.endswith(field) and id.count("/") == wanted.count("/")
        ]
        if not met:
            raise RelationInvalid(f"{key}: {address!r} meets no cell of the results", place=place)
        yield from (Member(figure, pick) for figure in met if without is None or figure.id != without.id)

    def _member(self, address: object, key: str, place: str, locator: str = "") -> Member:
        if isinstance(address, int | float) and not isinstance(address, bool):
            if not locator:
                raise RelationInvalid(f"locator: expected where {address} is printed; it is missing", place=place)
            value = exactly(Fraction(str(address)), f"{address:,}")
            title = next(iter(self.documents.values()), self.folder.name)
            return Member(PrintedFigure("", "", title, locator, "none", "", True, numbers=(value,)))
        if not isinstance(address, str):
            raise RelationInvalid(f"{key}: expected the id of a printed figure; found {address!r}", place=place)
        return self._one(address, place)

    def _one(self, address: str, place: str) -> Member:
        mission, colon, rest = address.partition(":")
        known = self._of_mission(mission, place) if colon else self.figures
        wanted = rest if colon else address
        for id, pick in ((wanted, None), without_pick(wanted)):
            if id in known:
                return Member(known[id], pick)
        raise RelationInvalid(f"expected the id of a printed figure or result; found {address!r}", place=place)

    def _of_mission(self, name: str, place: str) -> Mapping[str, PrintedFigure]:
        if name not in self.beside:
            folder = self.folder.parent / name
            if folder.parent != self.folder.parent or not name.strip(".") or not (folder / FILE).is_file():
                raise RelationInvalid(f"{name!r} is no mission with a {FILE} beside this one", place=place)
            self.beside[name] = PrintedFile(folder).figures
        return self.beside[name]


def _as_shares(whole: Member, parts: list[Member]) -> list[Member]:
    """Make plain numbers per cents where the printed ones beside them are shares: 100 as a whole is exact."""
    printed = [phrase for each in (whole, *parts) if each.figure.id for phrase in each.phrases]
    if not any(phrase.kind == SHARE for phrase in printed):
        return [whole, *parts]
    found = []
    for member in (whole, *parts):
        if member.figure.id:
            found.append(member)
            continue
        plain = member.phrases[0]
        exact = exactly(plain.nominal / 100, plain.text, SHARE)
        share = exact if member is whole else read_phrases(plain.text, percent=True)[0]
        found.append(Member(replace(member.figure, numbers=(share,))))
    return found


def _text(table: Mapping[str, Any], key: str, place: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise RelationInvalid(f"{key}: expected a text; found {value!r}", place=place)
    return value


def _flag(table: Mapping[str, Any], key: str, place: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise RelationInvalid(f"{key}: expected true or false; found {value!r}", place=place)
    return value
